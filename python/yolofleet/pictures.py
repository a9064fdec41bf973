"""What a Detector takes as a picture: arrays, files, tensors of a GPU."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from .errors import InvalidArgumentError

#: The device type of CUDA in DLPack.
_CUDA = 2
_CPU_KINDS = (1, 3)
#: cudaStreamLegacy, as DLPack numbers it and as CUDA's runtime takes it.
_LEGACY_STREAM = 1
_MOST_FILE_BYTES = 512 << 20


def pending(picture: Any, bgr: bool) -> _core.PendingPicture:
    """The picture as the extension module takes it. A file that can't be read becomes an error in its place.

    Raises InvalidArgumentError and TypeError for an array of a wrong shape or type, or another object.
    """
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return _core.of_bytes(bytes(picture))
    if isinstance(picture, (str, os.PathLike)):
        return _file(os.fspath(picture))
    if _is_on_gpu(picture):
        return _device_tensor(picture, bgr)
    pixels, bgr = pixels_of(picture, bgr)
    return _core.of_array(pixels, bgr)


def read(path: str) -> bytes:
    """The bytes of a file. Raises OSError."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > _MOST_FILE_BYTES:
            raise OSError(errno.EFBIG, f"has {size} bytes, more than the {_MOST_FILE_BYTES} that are allowed")
        return file.read()


def error_in_reading(error: OSError | ValueError) -> tuple[str, str]:
    """The code and the message, without the path, of the error in a picture's place."""
    if isinstance(error, ValueError):  # a name that no file can have
        return "invalid_argument", str(error)
    if isinstance(error, FileNotFoundError):
        return "not_found", "no such file"
    return "too_large" if error.errno == errno.EFBIG else "io", error.strerror or str(error)


def about(path: str, message: str) -> str:
    """The message of an error with the file that it is about."""
    shown = path.encode("utf-8", "backslashreplace").decode()
    return f"{shown if shown.isprintable() else repr(shown)}: {message}"


def _file(path: str | bytes) -> _core.PendingPicture:
    path = os.fsdecode(path)
    try:
        return _core.of_bytes(read(path))
    except (OSError, ValueError) as error:
        return _core.of_error(*error_in_reading(error))


def _is_on_gpu(picture: Any) -> bool:
    device = getattr(picture, "__dlpack_device__", None)
    if device is None or isinstance(picture, np.ndarray):
        return False
    kind, number = device()
    if int(kind) in _CPU_KINDS:
        return False
    if int(kind) != _CUDA:
        raise InvalidArgumentError(f"a picture lies on a device of DLPack's type {int(kind)} (number {number}); only "
                                   "memory of the host and CUDA's can be read")
    return True


def _device_tensor(tensor: Any, bgr: bool) -> _core.PendingPicture:
    shape, kind = tuple(tensor.shape), str(tensor.dtype)
    if not kind.endswith("uint8"):
        raise InvalidArgumentError(f"a tensor of a picture has the type {kind}; allowed is uint8")
    if len(shape) != 3 or shape[2] not in (1, 3) or 0 in shape:
        raise InvalidArgumentError(f"a tensor of a picture has the shape {shape}; allowed is (height, width, 3), or "
                                   "(height, width, 1) for grey")
    # The producer makes its work visible to this stream, on which the Detector waits.
    with _its_gpu(tensor):
        tensor = _without_gaps(tensor)
        capsule = tensor.__dlpack__(stream=_LEGACY_STREAM)
    return _core.of_device(capsule, bgr, _LEGACY_STREAM, tensor)


def _its_gpu(tensor: Any) -> contextlib.AbstractContextManager[Any]:
    """Makes the GPU of the tensor the current one: PyTorch and CuPy hand a tensor out only then."""
    torch, cupy = sys.modules.get("torch"), sys.modules.get("cupy")
    if torch is not None and isinstance(tensor, torch.Tensor):
        return torch.cuda.device(tensor.device)
    if cupy is not None and isinstance(tensor, cupy.ndarray):
        return tensor.device
    return contextlib.nullcontext()


def _without_gaps(tensor: Any) -> Any:
    """The tensor, or a copy on its device if it has gaps between pixels."""
    strides = tensor.stride() if callable(getattr(tensor, "stride", None)) else getattr(tensor, "strides", None)
    if strides is None or _is_dense(tuple(tensor.shape), tuple(strides)):
        return tensor
    return tensor.contiguous() if hasattr(tensor, "contiguous") else tensor.copy(order="C")


def _is_dense(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether the rows of (H, W, C) bytes have no gaps between pixels. Rows themselves may have gaps between them."""
    height, width, channels = shape
    return ((channels == 1 or strides[2] == 1) and (width == 1 or strides[1] == channels)
            and (height == 1 or strides[0] >= width * channels))


def pixels_of(picture: Any, bgr: bool) -> tuple[npt.NDArray[np.uint8], bool]:
    """(H, W, 3 or 1) uint8 whose rows have no gaps between pixels, and whether it is in BGR. Copies only if pixels
    have gaps; an array whose last axis is reversed is read as BGR, a picture of Pillow as RGB."""
    if _is_pillow(picture):
        picture, bgr = _in_rgb(picture), False
    pixels = _array_of(picture)
    if pixels.dtype != np.uint8:
        raise InvalidArgumentError(f"an array of a picture has the type {pixels.dtype}; allowed is uint8 with values "
                                   "from 0 to 255")
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or 0 in pixels.shape:
        raise InvalidArgumentError(f"an array of a picture has the shape {pixels.shape}; allowed is (height, width, 3), "
                                   "or (height, width) for grey")
    if max(pixels.shape[:2]) >= 1 << 31:
        raise InvalidArgumentError(f"an array of a picture has the shape {pixels.shape}; a side has less than 2^31 pixels")
    if pixels.shape[2] == 3 and pixels.strides[2] == -1:
        pixels, bgr = pixels[:, :, ::-1], not bgr
    dense = _is_dense(pixels.shape, pixels.strides)
    return (pixels if dense else np.ascontiguousarray(pixels)), bgr


def _is_pillow(picture: Any) -> bool:
    return isinstance(getattr(picture, "mode", None), str) and hasattr(picture, "convert")


def _in_rgb(picture: Any) -> Any:
    """A picture of Pillow in RGB or grey."""
    if picture.mode.startswith(("I", "F")):  # Pillow would clip their values
        raise InvalidArgumentError(f"a picture of Pillow has the mode {picture.mode}, with more than 8 bits a sample; "
                                   "convert it to RGB or L")
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")


def _array_of(picture: Any) -> npt.NDArray[Any]:
    if hasattr(picture, "__array__") or hasattr(picture, "__array_interface__") or hasattr(picture, "__buffer__"):
        return np.asarray(picture)
    if hasattr(picture, "__dlpack__"):
        return np.from_dlpack(picture)
    raise TypeError(f"a picture is a {type(picture).__name__}; allowed are an array (height, width, 3) of uint8, the "
                    "path of a file, its bytes, and a tensor of a GPU")
