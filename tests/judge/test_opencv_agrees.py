"""OpenCV's own Darknet importer as an independent judge: the same detections, number by number.

The photos are brought to the network's exact input size first, so that no resizer comes between. One of the sizes is
the cfg's; the others aren't multiples of 32.
"""

import json
import os
import pathlib
import subprocess

import cv2
import numpy
import pytest

DEMO = pathlib.Path(os.environ["DEMO_FOLDER"])
MODEL = DEMO / "model"
PHOTOS = sorted((DEMO / "photos").glob("*.jpg"))
SIZES = [(416, 416), (412, 412), (627, 340)]  # width and height
SURE = 0.3  # a detection of this confidence must be found by the other, too
LOWEST = 0.25  # of those looked at
NMS = 0.45


def opencv_detections(picture, size):
    """A list of (class_id, confidence, box): box is x, y, width, height, 0 to 1."""
    cfg = (MODEL / "yolov4-tiny.cfg").read_text(encoding="utf-8")
    cfg = cfg.replace("width=416", f"width={size[0]}").replace("height=416", f"height={size[1]}")
    net = cv2.dnn.readNetFromDarknet(cfg.encode(), (MODEL / "yolov4-tiny.weights").read_bytes())
    net.setInput(cv2.dnn.blobFromImage(cv2.imread(str(picture)), 1 / 255, size, swapRB=True))
    rows = numpy.concatenate(net.forward(net.getUnconnectedOutLayersNames()))
    found = []
    for class_id in range(rows.shape[1] - 5):
        scores = rows[:, 5 + class_id]
        sure = numpy.flatnonzero(scores > LOWEST)
        boxes = [(x - w / 2, y - h / 2, w, h) for x, y, w, h in rows[sure, :4].astype(float)]
        kept = cv2.dnn.NMSBoxes(boxes, scores[sure].astype(float).tolist(), LOWEST, NMS)
        found += [(class_id, float(scores[sure[k]]), boxes[k]) for k in numpy.asarray(kept, int).ravel()]
    return found


def our_detections(picture, size, precision):
    run = subprocess.run(
        [os.environ["YOLOFLEET"], "detect", MODEL, picture, "--precision", precision,
         "--input-size", f"{size[0]}x{size[1]}", "--confidence", str(LOWEST), "--nms", str(NMS)],
        capture_output=True, text=True, check=False,
    )
    assert run.returncode == 0, run.stderr
    (line,) = run.stdout.splitlines()
    return [
        (each["class_id"], each["confidence"], [number / side for number, side in zip(each["box"], size * 2)])
        for each in json.loads(line)["detections"]
    ]


def unmatched(wanted, offered, confidence_within, box_within):
    """The sure ones of `wanted` that have no partner of their own in `offered`."""
    left = list(offered)
    missing = []
    for class_id, confidence, box in sorted(wanted, key=lambda each: -each[1]):
        if confidence < SURE:
            continue
        partner = next(
            (other for other in left
             if other[0] == class_id
             and abs(other[1] - confidence) <= confidence_within
             and max(abs(a - b) for a, b in zip(other[2], box)) <= box_within),
            None,
        )
        if partner is None:
            missing.append((class_id, confidence, box))
        else:
            left.remove(partner)
    return missing


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}", name="size")
def choose_size(request):
    return request.param


@pytest.fixture(params=PHOTOS, ids=lambda path: path.stem, name="picture")
def make_picture(request, size, tmp_path):
    path = tmp_path / f"{request.param.stem}.png"
    cv2.imwrite(str(path), cv2.resize(cv2.imread(str(request.param)), size, interpolation=cv2.INTER_AREA))
    return path


def test_the_demo_photos_are_there():
    assert len(PHOTOS) == 2, f"{DEMO} lacks them: scripts/demo_model.py gets them"


def test_opencv_and_yolofleet_find_the_same(picture, size):
    theirs = opencv_detections(picture, size)
    ours = our_detections(picture, size, "fp32")
    assert sum(confidence >= SURE for _, confidence, _ in theirs) >= 2
    assert not unmatched(theirs, ours, 0.005, 0.002)
    assert not unmatched(ours, theirs, 0.005, 0.002)


def test_the_comparison_sees_a_difference():
    box = [0.1, 0.2, 0.3, 0.4]
    assert not unmatched([(0, 0.9, box)], [(0, 0.904, box)], 0.005, 0.002)
    assert unmatched([(0, 0.9, box)], [(0, 0.89, box)], 0.005, 0.002)
    assert unmatched([(0, 0.9, box)], [(1, 0.9, box)], 0.005, 0.002)
    assert unmatched([(0, 0.9, box)], [(0, 0.9, [0.1, 0.2, 0.3, 0.41])], 0.005, 0.002)
    assert unmatched([(0, 0.9, box), (0, 0.9, box)], [(0, 0.9, box)], 0.005, 0.002)
