"""Differences from other programs: from Darknet's detections, from OpenCV's raw heads."""

import dataclasses
import os
import pathlib
import re
import subprocess

import cv2
import numpy

import plain_network
from corpus import CORPUS, SURE, box_difference, darknet, detect, match, relative

CONFIDENCE_WITHIN = 0.005
MEDIAN_WITHIN = 0.0005
BOX_WITHIN = 0.002
RAW_HEADS_WITHIN = 1e-3
OPENCV_EPSILON = 1e-6  # of batch normalisation: its setBatchNorm, modules/dnn/src/darknet/darknet_io.cpp
# OpenCV has no [Gaussian_yolo]. Its input is as large as that of a [yolo] with four more classes, and only
# the input is compared.
GAUSSIAN_EXTRA = 4


@dataclasses.dataclass
class Detections:
    """Darknet's and our detections in the same pictures, compared."""

    confidence: list
    box: list
    alone: list  # sentences: detections without a partner

    @property
    def agree(self):
        return (not self.alone and max(self.confidence) <= CONFIDENCE_WITHIN
                and numpy.median(self.confidence) < MEDIAN_WITHIN and max(self.box) <= BOX_WITHIN)


def beside_darknet(name):
    """Our detections in the corpus' pictures of the exact input size, compared with Darknet's."""
    pictures, theirs = zip(*darknet(name))
    ours = [relative(each) for each in detect(name, pictures, "--precision", "fp32", "--confidence", "0.1")]
    found = Detections([], [], [])
    for wanted, offered in zip(theirs, ours):
        for one, partner in match(wanted, offered, SURE):
            if partner is None:
                found.alone.append(f"Darknet's {one} isn't there")
                continue
            found.confidence.append(abs(one[1] - partner[1]))
            found.box.append(box_difference(one, partner))
        found.alone += [f"{one} isn't Darknet's" for one, partner in match(offered, wanted, SURE + 0.01)
                        if partner is None]
    return found


def for_opencv(cfg):
    """A cfg's text with heads that OpenCV takes; their inputs stay the same."""
    sections = re.split(r"(?m)^(?=\s*\[)", cfg)
    return "".join(head_for_opencv(section) if "anchors" in section else section for section in sections)


def head_for_opencv(section):
    """OpenCV needs exactly `num` anchors. A [yolo] chooses some of them by `mask`, a [region] uses all `num`."""
    listed = re.search(r"(?m)^(\s*anchors\s*=)(.*)$", section)
    num = re.search(r"(?m)^(\s*num\s*=\s*)(\d+)", section)
    sides = [each for each in listed[2].split(",") if each.strip()]
    if "[region]" in section:
        return section.replace(listed[0], listed[1] + ",".join(sides[:2 * int(num[2])]))
    section = section.replace(num[0], f"{num[1]}{len(sides) // 2}")
    if "[Gaussian_yolo]" in section:
        section = section.replace("[Gaussian_yolo]", "[yolo]")
        section = re.sub(r"(?m)^(\s*classes\s*=\s*)(\d+)",
                         lambda found: f"{found[1]}{int(found[2]) + GAUSSIAN_EXTRA}", section)
    return section


def opencv_heads(cfg, weights, picture, folder):
    """The input of each head, channels x rows x columns, in the cfg's order. Raises cv2.error if OpenCV
    can't read the cfg."""
    known = pathlib.Path(folder) / "opencv.cfg"
    known.write_text(for_opencv(pathlib.Path(cfg).read_text()))
    net = cv2.dnn.readNetFromDarknet(str(known), str(weights))
    net.enableWinograd(False)  # quicker, and less exact
    image = cv2.imread(str(picture), cv2.IMREAD_UNCHANGED)
    net.setInput(cv2.dnn.blobFromImage(image, 1 / 255, swapRB=image.ndim == 3))
    names = net.getLayerNames()
    before = [names[names.index(head) - 1] for head in net.getUnconnectedOutLayersNames()]
    return [head[0].transpose(2, 0, 1) for head in net.forward(before)]


def plain_heads(cfg, weights, picture, epsilon=plain_network.EPSILON):
    image = cv2.imread(str(picture), cv2.IMREAD_UNCHANGED)
    planes = image[None] if image.ndim == 2 else image[:, :, ::-1].transpose(2, 0, 1)
    return plain_network.PlainNetwork(pathlib.Path(cfg).read_text(), weights, epsilon).heads(planes / 255)


def our_heads(cfg, weights, picture, folder, shapes):
    subprocess.run([os.environ["RAW_HEADS"], cfg, weights, picture, folder], check=True)
    heads = [numpy.fromfile(pathlib.Path(folder) / f"head_{i}.f32", numpy.float32).reshape(shape)
             for i, shape in enumerate(shapes)]
    assert not (pathlib.Path(folder) / f"head_{len(heads)}.f32").exists()
    return heads


def apart(some, others):
    """For each head the largest difference, over the largest value of `others`."""
    return [float(numpy.abs(one - other).max() / numpy.abs(other).max()) for one, other in zip(some, others)]


@dataclasses.dataclass
class RawHeads:
    """The differences of the raw heads, one for each head; None where OpenCV can't load the cfg."""

    ours_formulas: list  # from Darknet's formulas in double, plain_network.py
    spread: float  # the standard deviation of a channel over all places, divided by that of the head; the smallest
    largest: float
    refusal: str = ""  # OpenCV's
    ours_opencv: list | None = None
    opencv_formulas: list | None = None
    opencv_epsilon: list | None = None  # OpenCV from the formulas with its own epsilon, if it disagrees

    @property
    def right(self):
        """Whether our heads are Darknet's."""
        return max(self.ours_formulas) < RAW_HEADS_WITHIN

    @property
    def agree(self):
        """Whether OpenCV and we agree; also true where OpenCV can't load the cfg."""
        return self.ours_opencv is None or max(self.ours_opencv) < RAW_HEADS_WITHIN

    @property
    def tell(self):
        """Whether a wrong layer would show: the heads are neither the same everywhere nor out of range."""
        return self.spread > 0.1 and self.largest < 1e4


def raw_heads(cfg, weights, picture, folder, unknown_to_opencv=""):
    """`unknown_to_opencv`: keys that OpenCV skips without a word; it is no judge then."""
    plain = plain_heads(cfg, weights, picture)
    ours = our_heads(cfg, weights, picture, folder, [head.shape for head in plain])
    found = RawHeads(apart(ours, plain), min(float(head.std(axis=(1, 2)).mean() / head.std()) for head in plain),
                     max(float(numpy.abs(head).max()) for head in plain))
    if unknown_to_opencv:
        found.refusal = f"it skips {unknown_to_opencv}"
        return found
    try:
        theirs = opencv_heads(cfg, weights, picture, folder)
    except cv2.error as error:
        found.refusal = reason(error)
        return found
    assert [head.shape for head in theirs] == [head.shape for head in plain]
    found.ours_opencv, found.opencv_formulas = apart(ours, theirs), apart(theirs, plain)
    if not found.agree:
        found.opencv_epsilon = apart(theirs, plain_heads(cfg, weights, picture, OPENCV_EPSILON))
    return found


def reason(error):
    """OpenCV's reason for the refusal, without the path of its source."""
    return str(error).split("error: ", 1)[-1].splitlines()[0].split(" in function")[0]


def sized(cfg, size):
    """A cfg's text with another width and height."""
    text = pathlib.Path(cfg).read_text()
    for key, side in zip(("width", "height"), size):
        text, count = re.subn(rf"(?m)^\s*{key}\s*=.*$", f"{key}={side}", text, count=1)
        assert count == 1, f"{cfg}: no {key}"
    return text


def size_of(cfg):
    """Width, height and channels of a cfg's [net]."""
    text = pathlib.Path(cfg).read_text()
    sides = [re.search(rf"(?m)^\s*{key}\s*=\s*(\d+)", text) for key in ("width", "height", "channels")]
    return tuple(int(found[1]) if found else 3 for found in sides)


def prepare(cfg, size, folder):
    """The cfg at this size, generated weights and a photo of this size; size None: the cfg's own."""
    width, height, channels = size_of(cfg)
    size = size or (width, height)
    ours = pathlib.Path(folder) / "model.cfg"
    ours.write_text(sized(cfg, size))
    weights = ours.with_suffix(".weights")
    subprocess.run([os.environ["GENERATE_WEIGHTS"], ours, weights], check=True, stderr=subprocess.DEVNULL)
    photo = cv2.imread(str(CORPUS / "photos" / "dog.jpg"),
                       cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR)
    picture = ours.with_suffix(".png")
    cv2.imwrite(str(picture), cv2.resize(photo, size, interpolation=cv2.INTER_AREA))
    return ours, weights, picture
