"""Models in Darknet's format."""

from __future__ import annotations

import operator
import os
from collections.abc import Sequence
from typing import Any

from . import _core
from .errors import InvalidArgumentError

Path = str | os.PathLike[str]


class Model:
    """A network that was read from Darknet's files and checked, with the names of its classes and its weights.

    Immutable and thread-safe. Errors name the file, line, section, key, the value found and what is allowed. A pickled
    model has the names of its files, and is read from them again.
    """

    def __init__(self, folder: Path | None = None, *, cfg: Path | None = None, weights: Path | None = None,
                 names: Path | None = None, data: Path | None = None, input_size: tuple[int, int] | None = None,
                 allow_unknown_keys: bool = False, allow_trailing_weights: bool = False) -> None:
        """Reads a folder with one .cfg, one .weights and at most one .names; or the files `cfg`, `weights`, and `names`
        or a `data` file that names them. Without `weights` the model has its architecture only and can't be run.

        `input_size`: width and height of the network's input in pixels, in place of the cfg's.
        """
        self._files = {"folder": folder, "cfg": cfg, "weights": weights, "names": names, "data": data,
                       "input_size": input_size, "allow_unknown_keys": allow_unknown_keys,
                       "allow_trailing_weights": allow_trailing_weights}
        how = (_size(input_size), bool(allow_unknown_keys), bool(allow_trailing_weights))
        if (folder is None) == (cfg is None):
            raise TypeError("a Model needs a folder or cfg=FILE, and not both")
        if folder is not None:
            if weights is not None or names is not None or data is not None:
                raise TypeError("weights, names and data need cfg=FILE in place of a folder")
            self._core = _core.CoreModel.load_folder(_path("folder", folder), *how)
        else:
            self._core = _core.CoreModel.load_files(_path("cfg", cfg), weights and _path("weights", weights),
                                                    names and _path("names", names), data and _path("data", data), how)
        self._names = tuple(self._core.names)

    @property
    def name(self) -> str:
        """The cfg's file name without its ending."""
        return self._core.name

    @property
    def names(self) -> Sequence[str]:
        """One name for each class; without a names file the class's number."""
        return self._names

    @property
    def input_size(self) -> tuple[int, int]:
        """Width and height of the network's input, in pixels."""
        return self._core.input_size

    @property
    def input_channels(self) -> int:
        """1 or 3."""
        return self._core.input_channels

    @property
    def letterbox(self) -> bool:
        """Whether the cfg has letter_box=1."""
        return self._core.letterbox

    @property
    def layers(self) -> list[_core.LayerInfo]:
        """In the cfg's order."""
        return self._core.layers

    @property
    def heads(self) -> list[_core.HeadInfo]:
        """In the cfg's order."""
        return self._core.heads

    @property
    def parameters(self) -> int:
        """Floats in the weights file, without its header."""
        return self._core.parameters

    @property
    def flops(self) -> int:
        """For one picture; a multiply-add counts as two."""
        return self._core.flops

    @property
    def has_weights(self) -> bool:
        """False: the model was read without weights and can't be run."""
        return self._core.has_weights

    @property
    def warnings(self) -> list[str]:
        """About accepted parts of the files that may be mistakes; one line each."""
        return self._core.warnings

    def __repr__(self) -> str:
        return repr(self._core)

    def __reduce__(self) -> Any:
        return _read_again, (self._files,)


def _read_again(files: dict[str, Any]) -> Model:
    return Model(**files)


def _size(given: Any) -> tuple[int, int] | None:
    if given is None:
        return None
    try:
        width, height = (operator.index(side) for side in given)
    except (TypeError, ValueError):
        raise InvalidArgumentError(f"input_size is {given!r}; allowed are two whole numbers, (width, height)") from None
    if not all(0 < side < 1 << 31 for side in (width, height)):
        raise InvalidArgumentError(f"input_size is {given!r}; a side has 1 to {(1 << 31) - 1} pixels")
    return width, height


def _path(name: str, given: Any) -> str:
    """The name of a file or folder. `name`: of the argument."""
    if not isinstance(given, (str, os.PathLike)):
        raise TypeError(f"{name} is a {type(given).__name__}; allowed is the name of a file or folder")
    path = os.fsdecode(given)
    if "\0" in path:
        raise InvalidArgumentError(f"{name} is {path!r}; no file has such a name")
    return path


def model_of(model: Model | Path) -> Model:
    """The model itself, or that of a folder."""
    return model if isinstance(model, Model) else Model(model)
