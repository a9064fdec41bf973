"""Detectors: a model on the devices of this machine."""

from __future__ import annotations

import atexit
import os
import sys
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Unpack, overload

from . import _core, pictures
from .errors import DeviceError, error_of
from .model import Model, Path, model_of
from .options import Options, core_options
from .results import Result

#: Detectors that are open: their threads must end before the interpreter does.
_OPEN: weakref.WeakSet[Detector] = weakref.WeakSet()
#: How long the end of the interpreter waits for devices that are still being opened, in seconds.
_OPENING_LIMIT = 10


class Detector:
    """Runs a model on the devices of this machine.

    Thread-safe: several threads may call `detect` and read streams at the same time; the devices share the work.
    Open one in each process: a forked child can't use its parent's, and it can't be pickled.
    """

    def __init__(self, model: Model | Path, *, on_build: Callable[[dict[str, Any]], None] | None = None,
                 **options: Unpack[Options]) -> None:
        """Opens the devices. This may take seconds, or minutes if the engine of a GPU has to be built: `on_build` then
        gets its progress about once a second, a dict with device, seconds, waiting, done and failed. Ctrl-C ends the
        wait. `options`: see Options."""
        if on_build is not None and not callable(on_build):
            raise TypeError(f"on_build is a {type(on_build).__name__}; allowed is a function")
        self._model = model_of(model)
        self._core = _core.CoreDetector(self._model._core, core_options(options, self._model.names), on_build)
        _OPEN.add(self)

    @overload
    def detect(self, image: list[Any] | tuple[Any, ...], *, bgr: bool = False) -> list[Result]: ...
    @overload
    def detect(self, image: Any, *, bgr: bool = False) -> Result: ...

    def detect(self, image: Any, *, bgr: bool = False) -> Result | list[Result]:
        """Detects in one picture and returns its Result, or in a list or tuple of pictures and returns a list.

        A picture is an array (H, W, 3) uint8 in RGB (`bgr`: in BGR, as OpenCV has it) or (H, W) in grey, a tensor of a
        GPU of this shape (DLPack), the path of a JPEG, PNG, WebP or BMP file, or its bytes. Arrays aren't copied if
        pixels have no gaps; don't change them before the result is there. Raises the error of a single picture; in a
        list only a DeviceError, and Result.error has the others; but an object that is no picture (an array of a wrong
        type or shape) always raises.
        """
        bgr = bool(bgr)
        if isinstance(image, (list, tuple)):
            results = self._detect(image, bgr)
            for result in results:
                if isinstance(result.error, DeviceError):
                    raise result.error
            return results
        result = self._detect([image], bgr)[0]
        if result.error:
            raise result.error
        return result

    def stream(self, images: Iterable[Any], *, bgr: bool = False) -> Iterator[Result]:
        """Yields the results of many pictures, in their order unless the option `ordered` is False.

        Lazy and bounded: it takes as many pictures as the devices can hold (`capacity`). An element of `images` is a
        picture as for `detect`, or a tuple (picture, tag): Result.tag is then the tag. A picture that fails gives a
        Result with its error. If `images` raises, or gives an object that is no picture, the results of the pictures
        before come first, then the exception. While `images` makes its next picture, no result is yielded: with a
        source that takes long for each picture, `detect` gives results earlier.
        """
        if isinstance(images, (str, bytes, os.PathLike)) or hasattr(images, "__dlpack__"):
            raise TypeError(f"stream takes many pictures, not a {type(images).__name__}; give a list, or use detect")
        bgr = bool(bgr)
        inbox = self._core.open_inbox(True)
        ready: deque[Result] = deque()
        failure = None
        items = iter(images)
        more = True
        try:
            while more or ready or self._core.under_way(inbox):
                if more:
                    try:
                        more = self._submit_next(inbox, items, bgr, ready)
                    except Exception as error:  # of `images`, or a picture of a wrong type: told after the results
                        failure, more = error, False
                if not more and not ready and self._core.under_way(inbox):
                    ready.append(self._next(inbox))
                # Two for each that is submitted: results that came late don't stay behind a live source.
                for _ in range(2):
                    if not ready and (result := self._next_if_ready(inbox)) is not None:
                        ready.append(result)
                    if ready:
                        yield ready.popleft()
            if failure:
                raise failure
        finally:
            self._core.close_inbox(inbox)

    def report(self) -> dict[str, Any]:
        """The work of the detector and of each device so far: pictures, failures, seconds, and for each device its
        batches, share, busy_seconds and the seconds of its stages."""
        report = self._core.report()
        for part in (*report["devices"], *report["decoders"]):
            part["error"] = error_of(*part["error"]) if part["error"] else None
        return report

    def close(self) -> None:
        """Ends the detector: pictures that no device has started are dropped; calls that wait raise CancelledError. Does
        nothing in a forked child, whose parent has the detector."""
        _OPEN.discard(self)
        self._core.close()

    def __enter__(self) -> Detector:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model(self) -> Model:
        """The model that it runs."""
        return self._model

    @property
    def devices(self) -> Sequence[str]:
        """The opened devices with runtime and precision: "cpu: OpenVINO 2026.4.1, bf16, 2 threads"."""
        return self._core.devices

    @property
    def decoders(self) -> Sequence[str]:
        """The decoders of the devices, or why there is none."""
        return self._core.decoders

    @property
    def warnings(self) -> Sequence[str]:
        """From opening the devices, one line each."""
        return self._core.warnings

    @property
    def capacity(self) -> int:
        """The number of pictures that may be under way: submitted, and their results not taken yet."""
        return self._core.capacity

    def __repr__(self) -> str:
        try:
            return f"<Detector {self._model.name} on {'; '.join(self.devices)}>"
        except Exception as error:  # closed, or of another process
            return f"<Detector {self._model.name}: {error}>"

    def __reduce__(self) -> Any:
        raise TypeError("a Detector can't be pickled: open one in each process")

    def _submit(self, inbox: _core.Inbox, item: Any, bgr: bool, ready: deque[Result]) -> None:
        """Submits one picture; while there is no room, takes results."""
        picture, tag = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
        attachment = (picture, bgr, tag)
        pending = pictures.pending(picture, bgr)
        while not self._core.try_submit(inbox, pending, attachment):
            if (result := self._next_if_ready(inbox)) is not None:
                ready.append(result)
            else:
                self._core.wait_for_room()

    def _submit_next(self, inbox: _core.Inbox, items: Iterator[Any], bgr: bool, ready: deque[Result]) -> bool:
        """False at the end of the pictures."""
        try:
            item = next(items)
        except StopIteration:
            return False
        self._submit(inbox, item, bgr, ready)
        return True

    def _next(self, inbox: _core.Inbox) -> Result:
        """Waits for the next result."""
        return self._result(self._core.next(inbox, True))

    def _next_if_ready(self, inbox: _core.Inbox) -> Result | None:
        taken = self._core.next(inbox, False)
        return None if taken is None else self._result(taken)

    def _result(self, taken: Any) -> Result:
        attachment, core = taken
        return Result(core, attachment, self._model.names)

    def _detect(self, images: Sequence[Any], bgr: bool) -> list[Result]:
        inbox = self._core.open_inbox(False)
        ready: deque[Result] = deque()
        try:
            for image in images:
                self._submit(inbox, (image, None), bgr, ready)
            while len(ready) < len(images):
                ready.append(self._next(inbox))
        finally:
            self._core.close_inbox(inbox)
        return sorted(ready, key=lambda result: result.index)


os.register_at_fork(after_in_child=_core.after_fork)


@atexit.register
def _end() -> None:
    for detector in list(_OPEN):
        detector.close()
    _wait_for_opening()
    _core.end_of_interpreter()


def _wait_for_opening() -> None:
    """Ctrl-C has ended the wait for devices that are still being opened, in a thread that can't be stopped. It must end
    before the libraries that it uses do, or else the process at once."""
    last = time.monotonic() + _OPENING_LIMIT
    try:
        while _core.working():
            if time.monotonic() > last:
                raise KeyboardInterrupt
            time.sleep(0.01)
    except KeyboardInterrupt:
        sys.stdout.flush()
        os._exit(130)


def build_engines(model: Model | Path, *, on_build: Callable[[dict[str, Any]], None] | None = None,
                  **options: Unpack[Options]) -> tuple[list[dict[str, Any]], list[str]]:
    """Builds the engines that the GPUs of the options need and that aren't in the cache yet, which takes minutes each.
    Returns for each device a dict with device, file, bytes, built and seconds; and warnings."""
    model = model_of(model)
    return _core.build_engines(model._core, core_options(options, model.names), on_build)


def devices() -> list[dict[str, Any]]:
    """The devices of this machine, those that can't be used with the reason in `unavailable`."""
    return _core.list_devices()


def why_no_gpu() -> str:
    """Why `devices` lists no GPU; empty if it lists one."""
    return _core.why_no_gpu()
