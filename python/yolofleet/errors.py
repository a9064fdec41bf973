"""The exceptions of yolofleet: one class for each code of the C++ library, with the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Error(Exception):
    """An error of yolofleet.

    `message` is one line for a person: the problem, its place (file, line, key), the value found, and the values that
    are allowed. `code` is stable: the command writes it to its JSON output. `warnings` are about the same files.
    """

    code = "internal"

    def __init__(self, message: str, warnings: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.warnings = list(warnings)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.warnings)


class InvalidArgumentError(Error, ValueError):
    """An option or an argument is wrong, whatever the files contain."""

    code = "invalid_argument"


class NotFoundError(Error):
    """No such file, folder, device or module."""

    code = "not_found"


class IoError(Error):
    """Reading or writing failed: permission, full disk, broken pipe."""

    code = "io"


class MalformedError(Error):
    """The bytes break the rules of their format: corrupt, truncated."""

    code = "malformed"


class UnsupportedError(Error):
    """Well formed, but yolofleet or this machine can't read or run it."""

    code = "unsupported"


class MismatchError(Error):
    """Each part is well formed, but the parts don't belong together."""

    code = "mismatch"


class TooLargeError(Error):
    """Over a documented limit, refused before its memory is taken; or no memory."""

    code = "too_large"


class DeviceError(Error):
    """A device or its runtime failed."""

    code = "device"


class CancelledError(Error):
    """Stopped before the work was done, such as by `Detector.close`."""

    code = "cancelled"


class InternalError(Error):
    """A bug in yolofleet."""

    code = "internal"


_CLASSES = {
    kind.code: kind
    for kind in (InvalidArgumentError, NotFoundError, IoError, MalformedError, UnsupportedError, MismatchError,
                 TooLargeError, DeviceError, CancelledError, InternalError)
}


def error_of(code: str, message: str, warnings: Sequence[str] = ()) -> Error:
    """The exception for a code of the C++ library."""
    return _CLASSES[code](message, warnings)
