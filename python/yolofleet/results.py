"""The detections of a picture."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core, pictures
from .errors import Error, InvalidArgumentError, error_of


_BYTES = (bytes, bytearray, memoryview)
_FILE = (str, os.PathLike, *_BYTES)


class Result:
    """The detections of one picture, by falling confidence, or the error in their place.

    N detections: `boxes` is (N, 4) float32, each x1, y1, x2, y2 in pixels of the picture after its EXIF orientation was
    applied, from the top left corner, not clipped; `confidences` is (N,) float32, `class_ids` (N,) int32 from 0.
    `error` is None or the Error of this picture; then N is 0. `index` counts the pictures of the call or stream from 0.
    """

    __slots__ = ("index", "width", "height", "boxes", "confidences", "class_ids", "detections_cut",
                 "candidates_dropped", "device", "error", "tag", "model_names", "_picture", "_bgr")

    index: int
    width: int  #: of the picture, in pixels; 0 if it wasn't decoded
    height: int
    boxes: npt.NDArray[np.float32]
    confidences: npt.NDArray[np.float32]
    class_ids: npt.NDArray[np.int32]
    detections_cut: int  #: weaker detections that the option max_detections left out
    candidates_dropped: int  #: weakest candidates of a GPU, which keeps 16,384 of a picture
    device: str  #: the device that ran it, such as "cuda:0"
    error: Error | None
    tag: Any  #: as given to `Detector.stream`
    model_names: Sequence[str]  #: of all classes of the model

    def __init__(self, core: tuple[Any, ...], attachment: tuple[Any, bool, Any], model_names: Sequence[str]) -> None:
        (self.index, self.width, self.height, self.boxes, self.confidences, self.class_ids, self.detections_cut,
         self.candidates_dropped, self.device, error) = core
        self._picture, self._bgr, self.tag = attachment
        self.error = self._error_of(*error) if error else None
        self.model_names = model_names

    def _error_of(self, code: str, message: str, warnings: Sequence[str]) -> Error:
        """With the name of the file, if it is about one."""
        if isinstance(self._picture, (str, os.PathLike)) and code not in ("device", "cancelled"):
            message = pictures.about(os.fsdecode(self._picture), message)
        return error_of(code, message, warnings)

    @property
    def names(self) -> list[str]:
        """The name of each detection's class, N of them."""
        return [self.model_names[number] for number in self.class_ids]

    @property
    def picture(self) -> Any:
        """The picture as it was given: an array, a path, bytes, a tensor."""
        return self._picture

    def __len__(self) -> int:
        return len(self.class_ids)

    def __repr__(self) -> str:
        if self.error:
            return f"<Result {type(self.error).__name__}: {self.error}>"
        where = f"{self._picture}: " if isinstance(self._picture, (str, os.PathLike)) else ""
        found = ", ".join(f"{name} {confidence:.2f}" for name, confidence in zip(self.names[:5], self.confidences))
        more = ", ..." if len(self) > 5 else ""
        count = f"{len(self)} detection{'' if len(self) == 1 else 's'}"
        return f"<Result {where}{self.width}x{self.height}, {count}{': ' if found else ''}{found}{more}>"

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def plot(self, picture: Any = None) -> npt.NDArray[np.uint8]:
        """The picture with boxes and labels drawn in: a new array (H, W, 3) uint8, in the order of the picture's
        channels; RGB if the picture was a file; (H, W, 1) if it is grey. `picture`: an array of the same size to draw
        on instead."""
        picture = self._picture if picture is None else picture
        drawn, bgr = self._drawn(picture)
        is_reversed = not isinstance(picture, _FILE) and bgr != self._bgr
        return np.ascontiguousarray(drawn[:, :, ::-1]) if is_reversed else drawn

    def _drawn(self, picture: Any) -> tuple[npt.NDArray[np.uint8], bool]:
        """The drawing, and whether it is in BGR."""
        pixels, bgr = self._pixels(picture)
        if not self.error and pixels.shape[:2] != (self.height, self.width):
            raise InvalidArgumentError(f"plot got a picture of {pixels.shape[1]}x{pixels.shape[0]} pixels; the boxes are "
                                       f"those of {self.width}x{self.height}")
        rows = np.column_stack([self.boxes, self.confidences, self.class_ids]).astype(float).tolist()
        return _core.draw(pixels, bgr, rows, list(self.model_names)), bgr

    def _pixels(self, picture: Any) -> tuple[npt.NDArray[np.uint8], bool]:
        if isinstance(picture, (str, os.PathLike)):
            path = os.fsdecode(picture)
            try:
                picture = pictures.read(path)
            except (OSError, ValueError) as error:
                code, message = pictures.error_in_reading(error)
                raise error_of(code, pictures.about(path, message)) from None
        if isinstance(picture, _BYTES):
            return _core.decode(bytes(picture), _core.DEFAULT_MAX_PIXELS), False
        if isinstance(picture, np.ndarray) or not hasattr(picture, "__dlpack__"):
            return pictures.pixels_of(picture, self._bgr)
        raise InvalidArgumentError("the picture of this result is a tensor; give plot an array of its pixels")

    def _repr_png_(self) -> bytes | None:
        """For notebooks: the picture with its detections."""
        if self.error:
            return None
        try:
            drawn, bgr = self._drawn(self._picture)
            return _core.encode(drawn, bgr, True)
        except Error:
            return None

    def to_supervision(self) -> Any:
        """As `supervision.Detections`, with the names in data["class_name"]. Needs the package supervision."""
        import supervision

        names = np.array(self.names, dtype=str)
        return supervision.Detections(xyxy=self.boxes, confidence=self.confidences,
                                      class_id=self.class_ids.astype(int), data={"class_name": names})

    def to_coco(self, image_id: int | str, category_ids: Sequence[int] | None = None) -> list[dict[str, Any]]:
        """As COCO's results: a dict with image_id, category_id, bbox (x, y, width, height in pixels, clipped to the
        picture) and score for each detection. `category_ids`: of each class of the model; default: its number plus 1."""
        if category_ids is not None and len(category_ids) < len(self.model_names):
            raise InvalidArgumentError(f"to_coco got {len(category_ids)} category ids; the model has "
                                       f"{len(self.model_names)} classes")
        limits = np.array([self.width, self.height] * 2, dtype=np.float32)
        clipped = np.clip(self.boxes, 0, limits)
        clipped[:, 2:] -= clipped[:, :2]
        return [{"image_id": image_id,
                 "category_id": int(category_ids[number] if category_ids is not None else number + 1),
                 "bbox": [round(float(side), 2) for side in box], "score": float(confidence)}
                for box, confidence, number in zip(clipped, self.confidences, self.class_ids)]
