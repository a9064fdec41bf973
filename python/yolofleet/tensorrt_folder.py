"""Tells the library where PyPI's TensorRT is: TensorRT isn't on the loader's path there."""

from __future__ import annotations

import importlib.util
import os
import pathlib

#: Names the folder of libnvinfer.so.N to the library.
VARIABLE = "YOLOFLEET_TENSORRT_DIR"


def find() -> pathlib.Path | None:
    """The folder of the package tensorrt_libs, on which PyPI's tensorrt depends; None if it isn't installed."""
    found = importlib.util.find_spec("tensorrt_libs")
    places = list(found.submodule_search_locations or []) if found else []
    return next((folder for place in places if any((folder := pathlib.Path(place)).glob("libnvinfer.so.*"))), None)


def tell() -> None:
    """Sets the variable for this process and those that it starts, unless the user has set it."""
    if not os.environ.get(VARIABLE) and (folder := find()):
        os.environ[VARIABLE] = str(folder)
