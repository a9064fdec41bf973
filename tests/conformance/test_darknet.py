"""Every model of the corpus against what Darknet itself found, on pictures of the exact input size."""

import os
import pathlib
import re
import statistics
import subprocess

import cv2
import numpy
import pytest

from corpus import MODELS, SURE, box_difference, darknet, detect, match, model_files, relative

CONFIDENCE_WITHIN = 0.005
MEDIAN_WITHIN = 0.0005
BOX_WITHIN = 0.002
RAW_HEADS_WITHIN = 1e-3
ENOUGH = 5  # with fewer detections a model's raw heads are compared as well


@pytest.mark.parametrize("name", MODELS)
def test_the_same_detections(name, record_property):
    pictures, theirs = zip(*darknet(name))
    ours = [relative(each) for each in detect(name, pictures, "--precision", "fp32", "--confidence", "0.1")]
    confidence, box = [], []
    for wanted, offered in zip(theirs, ours):
        for one, partner in match(wanted, offered, SURE):
            assert partner is not None, f"Darknet's {one} isn't there"
            confidence.append(abs(one[1] - partner[1]))
            box.append(box_difference(one, partner))
        for one, partner in match(offered, wanted, SURE + 0.01):
            assert partner is not None, f"{one} isn't Darknet's"
    print(f"\n{name}: {len(confidence)} detections; confidence differs by at most {max(confidence):.5f}, "
          f"median {statistics.median(confidence):.5f}; boxes by at most {max(box):.5f}")
    assert max(confidence) <= CONFIDENCE_WITHIN
    assert statistics.median(confidence) < MEDIAN_WITHIN
    assert max(box) <= BOX_WITHIN


def few_detections():
    return [name for name in MODELS
            if sum(one[1] >= SURE for _, found in darknet(name) for one in found) < ENOUGH]


def for_opencv(cfg, folder):
    """The cfg as OpenCV takes it: of a [region] it wants exactly as many anchors as it uses."""
    text = cfg.read_text()
    num = re.search(r"^num *= *(\d+)", text, re.MULTILINE)
    if "[region]" in text:
        text = re.sub(r"^(anchors *= *(?:[^,\n]+,){%d}[^,\n]+).*" % (2 * int(num[1]) - 1), r"\1", text,
                      flags=re.MULTILINE)
    copy = pathlib.Path(folder) / "opencv.cfg"
    copy.write_text(text)
    return copy


def opencv_heads(cfg, weights, picture, folder):
    """What goes into each head, anchors x (5 + classes) x rows x columns."""
    net = cv2.dnn.readNetFromDarknet(str(for_opencv(cfg, folder)), str(weights))
    net.setInput(cv2.dnn.blobFromImage(cv2.imread(str(picture)), 1 / 255, swapRB=True))
    sections = re.findall(r"^\[(.+)\]", cfg.read_text(), re.MULTILINE)[1:]
    return net.forward([f"conv_{i - 1}" for i, name in enumerate(sections) if name in ("yolo", "region")])


def our_heads(files, picture, shapes, folder):
    subprocess.run([os.environ["RAW_HEADS"], *files, picture, folder], check=True)
    return [numpy.fromfile(pathlib.Path(folder) / f"head_{i}.f32", numpy.float32).reshape(shape)
            for i, shape in enumerate(shapes)]


@pytest.mark.parametrize("name", few_detections())
def test_the_same_raw_heads_as_opencv(name, tmp_path):
    _, cfg, _, weights, *_ = model_files(name)
    for picture, _ in darknet(name):
        theirs = opencv_heads(cfg, weights, picture, tmp_path)
        assert theirs
        ours = our_heads([cfg, weights], picture, [head.shape for head in theirs], tmp_path)
        for one, other in zip(ours, theirs):
            error = numpy.abs(one - other).max() / numpy.abs(other).max()
            assert error < RAW_HEADS_WITHIN, f"{picture.name}: {error}"
