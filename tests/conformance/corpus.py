"""The conformance corpus, and how detections are compared.

A detection here is (class_id, confidence, (center_x, center_y, width, height)), relative to the
picture, as Darknet prints them.
"""

import hashlib
import json
import os
import pathlib
import subprocess

CORPUS = pathlib.Path(os.environ["YOLOFLEET_CORPUS"])
CASES = pathlib.Path(os.environ.get("YOLOFLEET_CASES", CORPUS.parent / "cases"))
DEMO = pathlib.Path(os.environ["DEMO_FOLDER"])
YOLOFLEET = os.environ["YOLOFLEET"]
DEVICES = os.environ.get("YOLOFLEET_DEVICES", "cpu")  # what the command runs on
SURE = 0.3

MODELS = sorted(folder.name for folder in (CORPUS / "models").iterdir())


def model_files(name):
    """--cfg, --weights and --names of a model. yolov4-tiny's weights are the demo's."""
    folder = CORPUS / "models" / name
    (cfg,), (names,) = folder.glob("*.cfg"), folder.glob("*.names")
    weights = next(folder.glob("*.weights"), DEMO / "model" / "yolov4-tiny.weights")
    return ["--cfg", cfg, "--weights", weights, "--names", names]


def detect(name, inputs, *options):
    """The command's JSON objects, one a picture, in order."""
    run = subprocess.run(
        [YOLOFLEET, "detect", *model_files(name), *inputs, "--output", "-", "--format", "jsonl",
         "--devices", DEVICES, *options],
        capture_output=True, text=True, check=False,
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def relative(picture):
    """The detections of one JSON object."""
    found = []
    for each in picture["detections"]:
        x, y, width, height = each["box"]
        found.append((
            each["class_id"], each["confidence"],
            ((x + width / 2) / picture["width"], (y + height / 2) / picture["height"],
             width / picture["width"], height / picture["height"]),
        ))
    return found


def darknet(name):
    """(picture, detections) for each of Darknet's exact-size results."""
    results = json.loads((CORPUS / "models" / name / "darknet_exact_size.json").read_text())
    for result in results:
        yield CORPUS / result["image"], [
            (each["class_id"], each["confidence"],
             tuple(each[key] for key in ("center_x", "center_y", "width", "height")))
            for each in result["detections"]
        ]


def box_difference(a, b):
    return max(abs(x - y) for x, y in zip(a[2], b[2]))


def match(wanted, offered, least):
    """Pairs each of `wanted` of at least this confidence with the nearest of its class in `offered`,
    one to one, the surest first. Gives (wanted, offered or None)."""
    left = list(offered)
    pairs = []
    for one in sorted(wanted, key=lambda each: -each[1]):
        if one[1] < least:
            continue
        alike = [other for other in left if other[0] == one[0] and box_difference(one, other) < 0.1]
        partner = min(alike, key=lambda other: box_difference(one, other), default=None)
        if partner is not None:
            left.remove(partner)
        pairs.append((one, partner))
    return pairs


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
