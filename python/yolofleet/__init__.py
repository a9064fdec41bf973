"""YOLOv4-family detectors in Darknet's format on every GPU of a machine, or on its CPU.

    import yolofleet
    detector = yolofleet.Detector("model/")
    result = detector.detect("picture.jpg")
    print(result.names, result.boxes)
"""

from . import tensorrt_folder as _tensorrt_folder
from ._core import HeadInfo, LayerInfo, __version__
from .command import CommandError, command_path, evaluate, run_command, verify
from .detector import Detector, build_engines, devices, why_no_gpu
from .errors import (CancelledError, DeviceError, Error, InternalError, InvalidArgumentError, IoError, MalformedError,
                     MismatchError, NotFoundError, TooLargeError, UnsupportedError)
from .model import Model
from .options import Options, default_options
from .results import Result

_tensorrt_folder.tell()

__all__ = [
    "CancelledError", "CommandError", "Detector", "DeviceError", "Error", "HeadInfo", "InternalError", "InvalidArgumentError", "IoError",
    "LayerInfo", "MalformedError", "MismatchError", "Model", "NotFoundError", "Options", "Result", "TooLargeError",
    "UnsupportedError", "__version__", "build_engines", "command_path", "default_options", "devices", "evaluate", "run_command", "verify",
    "why_no_gpu",
]
