"""Average precision by pycocotools: the part of `yolofleet eval` that is Python. The command carries this text.

Its arguments are a file of COCO annotations, which the command has checked, and one of COCO results; standard input has
the ids of the images that count, [ID, ...]. Writes one JSON object: what was measured.
"""

import sys

sys.path = [folder for folder in sys.path if folder]  # no module of the folder that the user happens to be in

import contextlib
import importlib.metadata
import io
import json

import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def completed(data):
    """The annotations with what pycocotools needs and the file may lack."""
    for number, each in enumerate(data["annotations"]):
        each["id"] = number + 1  # pycocotools takes an object of id 0 for one that isn't found
        each.setdefault("area", each["bbox"][2] * each["bbox"][3])
        each.setdefault("iscrowd", 0)
    return data


def index(data):
    coco = COCO()
    coco.dataset = data
    coco.createIndex()
    return coco


def evaluate(truth, results, images):
    found = truth.loadRes(results) if results else index({**truth.dataset, "annotations": []})
    evaluation = COCOeval(truth, found, "bbox")
    evaluation.params.imgIds = sorted(images)
    evaluation.evaluate()
    evaluation.accumulate()
    return evaluation


def mean(precision):
    """None where there is no object to be found."""
    there = precision[precision > -1]
    return float(there.mean()) if there.size else None


def measured(annotations, results_file, images):
    with open(annotations, encoding="utf-8-sig") as file:
        truth = index(completed(json.load(file)))
    with open(results_file, encoding="utf-8") as file:
        results = json.load(file)
    evaluation = evaluate(truth, results, images)
    # IoU x recall x category x area x detections a picture: those of any area, 100 at most.
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    thresholds = evaluation.params.iouThrs

    def at(iou):
        return precision[numpy.isclose(thresholds, iou)]

    objects = dict.fromkeys(evaluation.params.catIds, 0)
    counted = set(images)
    for each in truth.dataset["annotations"]:
        objects[each["category_id"]] += each["image_id"] in counted and not each["iscrowd"]
    return {
        "pycocotools": importlib.metadata.version("pycocotools"),
        "ap": mean(precision), "ap50": mean(at(0.5)), "ap75": mean(at(0.75)),
        "detections": len(results),
        "classes": [
            {"id": int(category), "name": truth.cats[category]["name"], "objects": objects[category],
             "ap": mean(precision[:, :, place]), "ap50": mean(at(0.5)[:, :, place])}
            for place, category in enumerate(evaluation.params.catIds)
        ],
    }


def main():
    images = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        answer = measured(*sys.argv[1:], images)
    json.dump(answer, sys.stdout)


main()
