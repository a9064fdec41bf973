"""`yolofleet eval` on the corpus' 60 COCO pictures with YOLO label files, by Darknet's formulas."""

import collections
import json
import pathlib
import subprocess
import sys

import pytest

from corpus import CORPUS, DEVICES, YOLOFLEET, detect, model_files

sys.path.append(str(pathlib.Path(__file__).parents[1] / "command"))
import plain_map  # pylint: disable=wrong-import-position

NAME = "yolo-fastest-1.1-coco"
TRUTH = CORPUS / "coco60" / "instances.json"


@pytest.fixture(name="labels", scope="module")
def write_labels(tmp_path_factory):
    """A .data file of the pictures, and the text of each one's label file in labels/ by its name."""
    folder = tmp_path_factory.mktemp("coco60")
    truth = json.loads(TRUTH.read_text())
    categories = {category["id"]: number for number, category in enumerate(
        sorted(truth["categories"], key=lambda each: each["id"]))}
    boxes = collections.defaultdict(list)
    for each in truth["annotations"]:
        boxes[each["image_id"]].append(each)
    (folder / "images").symlink_to(TRUTH.parent / "images")
    (folder / "labels").mkdir()
    texts = {}
    for image in truth["images"]:
        rows = []
        for each in boxes[image["id"]]:
            x, y, width, height = each["bbox"]
            values = [(x + width / 2) / image["width"], (y + height / 2) / image["height"],
                      width / image["width"], height / image["height"]]
            rows.append(f"{categories[each['category_id']]} " + " ".join(f"{value:.6f}" for value in values))
        texts[image["file_name"]] = "\n".join(rows) + "\n"
        (folder / "labels" / image["file_name"]).with_suffix(".txt").write_text(texts[image["file_name"]])
    (folder / "list.txt").write_text("".join(f"images/{name}\n" for name in texts))
    names = model_files(NAME)[-1]
    (folder / "coco.data").write_text(f"classes=80\nvalid=list.txt\nnames={names}\n")
    return folder, texts


@pytest.mark.parametrize("points", [0, 11, 101])
def test_figures_are_those_of_the_formulas(labels, points):
    folder, texts = labels
    files = [str(each) for each in model_files(NAME)[:4]]
    run = subprocess.run([YOLOFLEET, "eval", folder / "coco.data", *files, "--precision", "fp32", "--devices", DEVICES,
                          "--points", str(points), "--json", "-"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    found = detect(NAME, [folder / "images" / name for name in texts], "--precision", "fp32", "--confidence", "0.005",
                   "--nms", "0.45", "--max-detections", str(report["max_detections"]))
    pictures = [(plain_map.detections_of(each), plain_map.read_labels(texts[pathlib.Path(each["image"]).name]), [])
                for each in found]
    wanted = plain_map.evaluate(pictures, 80, how=points)
    print(f"\n{points} points: mAP {report['map']:.6f}, {report['objects']} objects, {report['detections']} detections")
    assert wanted["map"] > 0.3
    plain_map.assert_same(report, wanted, 1e-6)
