"""The options of a Detector, as keyword arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypedDict

from . import _core
from .errors import InvalidArgumentError


class Options(TypedDict, total=False):
    """The options of a Detector. `default_options` has the defaults; they are those of the C++ library."""

    #: "auto" (every usable GPU, or the CPU if there is none), "all" (every usable GPU and the CPU), or names and UUIDs:
    #: "cuda:0,cuda:2,cpu", "cpu:4" (with 4 threads), or a sequence of them
    devices: str | Sequence[str]
    #: of the network's numbers; "auto": FP16 on a GPU, BF16 on a CPU that computes in it, else FP32
    precision: Literal["auto", "fp32", "bf16", "fp16", "tf32"]
    #: how a picture is fitted to the network's input; "model": as the cfg says
    resize: Literal["model", "stretch", "letterbox"]
    #: detections with a confidence over this are kept; 0 to 1
    confidence: float
    #: IoU threshold of non-maximum suppression; 0 to 1
    nms: float
    #: the most detections of a picture, the strongest; 0: no limit
    max_detections: int
    #: detections of these classes (numbers from 0, or names) are returned, and no others; empty: all that aren't hidden
    classes: Iterable[int | str]
    #: with empty `classes`: return detections of classes whose name begins with dont_show, too
    hidden_classes: bool
    #: CPU threads; 0: one for each CPU that this process may use
    threads: int
    #: what decodes JPEG files for GPUs
    decode: Literal["auto", "gpu", "cpu"]
    #: "auto": large JPEG files are decoded at a fraction of their size, which is faster
    decode_scale: Literal["off", "auto"]
    #: the largest batch of a GPU, in pictures; 0: 16, or fewer if its memory is too small
    batch: int
    #: batches that a GPU holds at once, 1 to 64; 0: 5
    slots: int
    #: how Mish is computed on a GPU
    mish: Literal["auto", "plugin", "native"]
    #: TensorRT's builder optimization level, 0 to 5
    build_level: int
    #: folder of the engine cache; empty: the user's
    engine_cache: str
    #: False: build every engine anew and don't store it
    use_engine_cache: bool
    #: how long a picture waits for others that would fill its batch, in milliseconds, 0 to 60000
    max_wait_ms: float
    #: True: results come in the order of the pictures; False: each comes as soon as it is ready
    ordered: bool
    #: "fail": a device that can't be opened is an error; "continue": the other devices do its work
    on_device_error: Literal["fail", "continue"]
    #: with several devices: compare them on a made-up picture when they are opened
    self_test: bool
    #: the most pixels (width times height) of an encoded picture
    max_pixels: int


def default_options() -> Options:
    """All options with their defaults."""
    return _core.default_options()


def core_options(options: Options, names: Sequence[str]) -> dict:
    """The options as the extension module takes them. `names`: those of the model's classes."""
    given = dict(options)
    if not isinstance(given.get("devices", ""), str):
        given["devices"] = ",".join(given["devices"])
    if "classes" in given:
        given["classes"] = [_class_id(wanted, names) for wanted in given["classes"]]
    if "engine_cache" in given:
        given["engine_cache"] = str(given["engine_cache"])
    return given


def _class_id(wanted: int | str, names: Sequence[str]) -> int:
    if not isinstance(wanted, str):
        return int(wanted)
    if wanted not in names:
        raise InvalidArgumentError(f"the model has no class '{wanted}'")
    return list(names).index(wanted)
