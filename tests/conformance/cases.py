"""Small inputs that once failed: yolov4-tiny's cfg with one thing changed, each with its right value.

A case is right if it is refused with its message, or if it loads with its warning and gives the right
detections in the demo's bus.jpg. They are those of yolov4-tiny's own cfg, unless the case has others.
"""

import dataclasses
import json
import re
import subprocess

from corpus import CASES, DEMO, DEVICES, YOLOFLEET, box_difference, match, relative
from judges import BOX_WITHIN, CONFIDENCE_WITHIN

CONFIDENCE = 0.25
PICTURE = DEMO / "photos" / "bus.jpg"


@dataclasses.dataclass
class Case:
    name: str
    about: str
    message: str = ""  # a pattern: of the warning, or of the error if the case must be refused
    refused: bool = False
    detections: tuple = ()  # (class, confidence, x, y, width, height) in pixels; empty: those of yolov4-tiny's own cfg

    @property
    def cfg(self):
        return CASES / "cfg" / f"{self.name}.cfg"


ALL = [
    Case("no_equals", "a line without `=`",
         r"no_equals\.cfg:218: focal_loss is neither \[section\] nor key=value; ignored, as in Darknet"),
    Case("jiang", "`filters=255  (80+5)x3`",
         r"jiang\.cfg:\d+: \[convolutional\] filters=255\(80\+5\)x3: 255 is taken, as in Darknet; \"\(80\+5\)x3\" "
         "after it is left out"),
    Case("float_int", "`width=416.0`",
         r"float_int\.cfg:8: \[net\] width=416\.0: 416 is taken, as in Darknet; \"\.0\" after it is left out"),
    Case("odd_anchor", "13 numbers of anchors for 6 pairs",
         r"odd_anchor\.cfg:\d+: \[yolo\] anchors=.*: 13 numbers: the last one, 5, has no pair and is left out"),
    Case("upper_yolo", "`[YOLO]`", r"\[YOLO\]: Darknet has no such section; the nearest known one is \[yolo\]", True),
    Case("trail_comma_mask", "`mask = 3,4,5,`", r"\[yolo\] mask=3,4,5,: .*Darknet reads 0 there", True),
    Case("size-412x412", "width and height 412", detections=(
        (0, .9921, 48.16, 379.53, 173.82, 526.95), (0, .9643, 670.82, 372.44, 137.55, 489.87),
        (0, .9511, 211.69, 404.02, 137.04, 436.12), (5, .8578, 85.47, 192.35, 674.95, 569.88),
        (7, .3789, 98.66, 225.35, 738.14, 581.12), (0, .2956, 2.53, 525.55, 67.68, 329.23))),
]


def run(cfg):
    return subprocess.run(
        [YOLOFLEET, "detect", "--cfg", cfg, "--weights", DEMO / "model" / "yolov4-tiny.weights", PICTURE, "--output", "-",
         "--format", "jsonl", "--precision", "fp32", "--devices", DEVICES, "--confidence", str(CONFIDENCE)],
        capture_output=True, text=True, check=False)


def of_case(case, picture):
    """The case's right detections, as `relative` gives them; None: it has none of its own."""
    width, height = picture["width"], picture["height"]
    return [(class_id, confidence, ((x + w / 2) / width, (y + h / 2) / height, w / width, h / height))
            for class_id, confidence, x, y, w, h in case.detections]


def fault(case):
    """What is wrong with a case; empty if it is right."""
    ran = run(case.cfg)
    if not re.search(case.message, ran.stderr):
        return f"no such message: {case.message}"
    if case.refused or ran.returncode:
        return "" if case.refused and ran.returncode == 2 else f"exit code {ran.returncode}: {ran.stderr.strip()}"
    picture = json.loads(ran.stdout)
    found = relative(picture)
    own = of_case(case, picture) or relative(json.loads(run(DEMO / "model" / "yolov4-tiny.cfg").stdout))
    pairs = match(own, found, 0)
    if len(own) != len(found) or not own or any(partner is None for _, partner in pairs):
        return f"{len(found)} detections, not these {len(own)}"
    if max(abs(one[1] - partner[1]) for one, partner in pairs) > CONFIDENCE_WITHIN:
        return "other confidences"
    return "other boxes" if max(box_difference(*pair) for pair in pairs) > BOX_WITHIN else ""


def row(case):
    wrong = fault(case)
    how = "refused" if case.refused else "loads, with a warning" if case.message else "runs"
    return f"| {case.name} | {case.about} | {how} | {f'**WRONG**: {wrong}' if wrong else 'right'} |"


def without_value():
    """Cases of the folder that have no right value here, and values without a case."""
    return {path.stem for path in (CASES / "cfg").glob("*.cfg")} ^ {case.name for case in ALL}
