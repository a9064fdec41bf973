"""Average precision by pycocotools: the part of `yolofleet eval` that is Python. The command carries this text.

Reads {"annotations": FILE, "results": FILE, "images": [ID, ...]} on standard input, where results are COCO's and
only these images count, and writes one JSON object: what was measured, or {"error": TEXT}.
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


class Refused(Exception):
    """Something is wrong with the annotations."""


def checked(data):
    """The annotations with what pycocotools needs and the file may lack."""
    annotations = data.get("annotations")
    if not isinstance(annotations, list):
        raise Refused('holds no list of "annotations"')
    known = {category["id"] for category in data["categories"]}
    for number, each in enumerate(annotations):
        box = each.get("bbox") if isinstance(each, dict) else None
        if not isinstance(box, list) or len(box) != 4 or not all(isinstance(side, (int, float)) for side in box):
            raise Refused(f'annotation {number} (from 0) lacks a "bbox" of x, y, width and height')
        if "image_id" not in each or each.get("category_id") not in known:
            raise Refused(f'annotation {number} (from 0) lacks an "image_id", or a "category_id" of the categories')
        each["id"] = number + 1  # pycocotools takes an object of id 0 for one that isn't found
        each.setdefault("area", box[2] * box[3])
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


def measured(request):
    with open(request["annotations"], encoding="utf-8") as file:
        truth = index(checked(json.load(file)))
    with open(request["results"], encoding="utf-8") as file:
        results = json.load(file)
    evaluation = evaluate(truth, results, request["images"])
    # IoU x recall x category x area x detections a picture: those of any area, 100 at most.
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    thresholds = evaluation.params.iouThrs

    def at(iou):
        return precision[numpy.isclose(thresholds, iou)]

    objects = dict.fromkeys(evaluation.params.catIds, 0)
    images = set(request["images"])
    for each in truth.dataset["annotations"]:
        objects[each["category_id"]] += each["image_id"] in images and not each["iscrowd"]
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
    request = json.load(sys.stdin)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            answer = measured(request)
    except Refused as refused:
        answer = {"error": f"{request['annotations']}: {refused}"}
    json.dump(answer, sys.stdout)


main()
