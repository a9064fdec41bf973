"""The detectors among the cfg files of Darknet's own repository: which load, and which are refused.

The files aren't part of the corpus: YOLOFLEET_DARKNET names a clone of github.com/AlexeyAB/darknet.
"""

import dataclasses
import os
import pathlib
import re

from expected import loaded

DARKNET = pathlib.Path(os.environ["YOLOFLEET_DARKNET"]) if os.environ.get("YOLOFLEET_DARKNET") else None
HEAD = re.compile(r"(?mi)^\s*\[(yolo|region|gaussian_yolo)\]")
# A recurrent layer, and xnor=1.
REFUSED = {"tiny-yolo_xnor", "yolov3-tiny_occlusion_track", "yolov3-tiny_xnor"}
# Those with layers that no cfg of the corpus has: the size at which their heads are judged, and keys that OpenCV skips.
NEW_LAYERS = {"resnet152_trident": ((320, 320), "share_index"), "yolov4-tiny_contrastive": ((320, 320), "")}


def detectors():
    """The cfg files that have a head, sorted by name."""
    return [path for path in sorted((DARKNET / "cfg").glob("*.cfg")) if HEAD.search(path.read_text(errors="replace"))]


@dataclasses.dataclass
class OwnCfg:
    name: str
    parameters: int | None
    refusal: str | None


def own_cfgs():
    return [OwnCfg(path.stem, *loaded(path)) for path in detectors()]
