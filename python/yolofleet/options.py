"""The options of a Detector, as keyword arguments."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypedDict

from . import _core
from .errors import InvalidArgumentError


class Options(TypedDict, total=False):
    """The options of a Detector. `default_options` has the defaults; they are those of the C++ library.

    devices: "auto" (every usable GPU, or the CPU if there is none), "all" (every usable GPU and the CPU), or names
        and UUIDs: "cuda:0,cuda:2,cpu", "cpu:4" (with 4 threads), or a sequence of them
    precision: of the network's numbers; "auto": FP16 on a GPU, BF16 on a CPU that computes in it, else FP32
    resize: how a picture is fitted to the network's input; "model": as the cfg says
    confidence: detections with a confidence over this are kept; 0 to 1
    nms: IoU threshold of non-maximum suppression; 0 to 1
    max_detections: the most detections of a picture, the strongest; 0: no limit
    classes: detections of these classes (numbers from 0, or names) are returned, and no others; empty: all that
        aren't hidden
    hidden_classes: with empty `classes`: return detections of classes whose name begins with dont_show, too
    threads: CPU threads, 0 to 1024; 0: one for each CPU that this process may use, or five for eight CPUs where GPUs
        decode files, too
    decode: what decodes JPEG files for GPUs
    decode_scale: "auto": large JPEG files are decoded at a fraction of their size, which is faster
    batch: the largest batch of a GPU, in pictures; 0: 16, or fewer if its memory is too small
    slots: batches that a GPU holds at once, 1 to 64; 0: 5
    mish: how Mish is computed on a GPU
    build_level: TensorRT's builder optimization level, 0 to 5
    engine_cache: folder of the engine cache; empty: the user's
    use_engine_cache: False: build every engine anew and don't store it
    max_wait_ms: how long a picture waits for others that would fill its batch, in milliseconds, 0 to 60000
    ordered: True: results come in the order of the pictures; False: each comes as soon as it is ready
    on_device_error: "fail": a device that can't be opened is an error; "continue": the other devices do its work
    self_test: with several devices: compare them on a made-up picture when they are opened
    max_pixels: the most pixels (width times height) of an encoded picture
    """

    devices: str | Sequence[str]
    precision: Literal["auto", "fp32", "bf16", "fp16", "tf32"]
    resize: Literal["model", "stretch", "letterbox"]
    confidence: float
    nms: float
    max_detections: int
    classes: Iterable[int | str]
    hidden_classes: bool
    threads: int
    decode: Literal["auto", "gpu", "cpu"]
    decode_scale: Literal["off", "auto"]
    batch: int
    slots: int
    mish: Literal["auto", "plugin", "native"]
    build_level: int
    engine_cache: str | os.PathLike[str]
    use_engine_cache: bool
    max_wait_ms: float
    ordered: bool
    on_device_error: Literal["fail", "continue"]
    self_test: bool
    max_pixels: int


def default_options() -> Options:
    """All options with their defaults."""
    return _core.default_options()


def core_options(options: Options, names: Sequence[str]) -> dict[str, Any]:
    """The options as the extension module takes them. `names`: those of the model's classes."""
    given: dict[str, Any] = dict(options)
    if not isinstance(given.get("devices", ""), str):
        given["devices"] = ",".join(_words("devices", given["devices"]))
    if "classes" in given:
        given["classes"] = [_class_id(wanted, names) for wanted in _sequence("classes", given["classes"])]
    if "engine_cache" in given:
        if not isinstance(given["engine_cache"], (str, os.PathLike)):
            raise TypeError(f"engine_cache is a {type(given['engine_cache']).__name__}; allowed is the name of a folder")
        given["engine_cache"] = os.fspath(given["engine_cache"])
    return given


def _sequence(name: str, given: Any) -> list[Any]:
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise InvalidArgumentError(f"{name} is {given!r}; allowed is a list")
    return list(given)


def _words(name: str, given: Any) -> list[str]:
    words = _sequence(name, given)
    if not all(isinstance(word, str) for word in words):
        raise InvalidArgumentError(f"{name} is {given!r}; allowed is a list of names")
    return words


def _class_id(wanted: int | str, names: Sequence[str]) -> int:
    if not isinstance(wanted, str):
        try:
            number = operator.index(wanted)
        except TypeError:
            raise InvalidArgumentError(f"classes has {wanted!r}; allowed are whole numbers and names") from None
        if abs(number) >= 1 << 31:
            raise InvalidArgumentError(f"the model has no class {number}")
        return number
    if wanted not in names:
        raise InvalidArgumentError(f"the model has no class '{wanted}'")
    return list(names).index(wanted)
