"""eval: average precision on annotations of made-up pictures."""

import json
import os
import sys

import pytest

from conftest import SQUARE, refused

CATEGORY = {"id": 7, "name": "white square"}


def annotations(names, **changes):
    return {
        "images": [{"id": 10 + place, "file_name": name} for place, name in enumerate(names)],
        "categories": [CATEGORY],
        "annotations": [{"image_id": 10 + place, "category_id": 7, "bbox": SQUARE} for place in range(len(names))],
        **changes,
    }


class Evaluation:
    """Three pictures in a folder with one square each, and their annotations."""

    names = ["a.png", "b.png", "sub/c.png"]

    def __init__(self, place):
        self.place = place
        for name in self.names:
            place.picture(f"in/{name}")
        self.annotate(annotations(self.names))

    def annotate(self, content):
        text = content if isinstance(content, str) else json.dumps(content)
        (self.place / "truth.json").write_text(text)

    def run(self, *arguments, python=sys.executable, **options):
        named = ["--python", python] if python else []
        return self.place.run("eval", "model", "truth.json", "in", *named, *arguments, **options)

    def json(self, *arguments):
        result = self.run("--json", "-", *arguments)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture(name="evaluation")
def make_evaluation(place):
    return Evaluation(place)


def script(place, text):
    """A program that stands in for Python."""
    file = place / "fake"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_everything_found_is_an_average_precision_of_one(evaluation):
    result = evaluation.run("--precision", "fp32", "--json", "eval.json")
    assert result.returncode == 0 and result.stderr == ""
    head, device, truth = result.stdout.splitlines()[:3]
    assert head == ("square: input 64x64x3, stretch; confidence over 0.005, NMS at 0.45, "
                    "at most 1000 detections a picture")
    assert device.startswith("cpu: OpenVINO ") and ", fp32, " in device
    assert truth.startswith("truth.json: 3 pictures with 3 objects; 3 detections (pycocotools 2.")
    assert "\nAP    1.0000  (IoU 0.50 to 0.95)\nAP50  1.0000\nAP75  1.0000\n" in result.stdout
    assert result.stdout.endswith("white square        3  1.0000  1.0000\n")
    report = json.loads((evaluation.place / "eval.json").read_text())
    assert (report["ap"], report["ap50"], report["ap75"]) == (1, 1, 1)
    assert (report["confidence"], report["nms"], report["max_detections"]) == (0.005, 0.45, 1000)
    assert (report["pictures"], report["failures"], report["missing"]) == (3, 0, 0)
    assert report["classes"] == [{"id": 7, "name": "white square", "objects": 3, "ap": 1, "ap50": 1}]
    assert report["resize"] == "stretch" and report["without_class"] == []


def test_detections_are_kept_where_that_is_asked_for(evaluation):
    temporary = evaluation.place / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    assert evaluation.run("--keep", "found.json", env=environment).returncode == 0
    found = json.loads((evaluation.place / "found.json").read_text())
    assert [(each["image_id"], each["category_id"]) for each in found] == [(10, 7), (11, 7), (12, 7)]
    assert evaluation.run("--no-self-test", env=environment).returncode == 0
    assert list(temporary.iterdir()) == []


def test_what_isnt_found_costs(evaluation):
    truth = annotations(evaluation.names)
    truth["annotations"][1]["bbox"] = [0, 0, 16, 16]
    truth["annotations"].append({"image_id": 10, "category_id": 7, "bbox": [0, 48, 8, 8], "iscrowd": 1})
    evaluation.annotate(truth)
    report = evaluation.json()
    assert report["objects"] == 3, "a crowd isn't counted"
    assert 0.3 < report["ap50"] < 0.7
    evaluation.annotate(annotations(evaluation.names, annotations=[]))
    assert evaluation.json()["ap"] is None
    assert "\nAP    -  (IoU" in evaluation.run().stdout


def test_nothing_found_is_zero(evaluation):
    report = evaluation.json("--confidence", "1")
    assert report["detections"] == 0 and report["ap"] == 0


def test_ids_from_zero_count_too(evaluation):
    truth = annotations(evaluation.names)
    for number, each in enumerate(truth["annotations"]):
        each["id"] = number
    evaluation.annotate(truth)
    assert evaluation.json()["ap"] == 1


def test_categories_without_a_class_are_named(evaluation):
    truth = annotations(evaluation.names, categories=[CATEGORY, {"id": 9, "name": "circle"}])
    truth["annotations"].append({"image_id": 10, "category_id": 9, "bbox": [0, 0, 5, 5]})
    evaluation.annotate(truth)
    result = evaluation.run()
    assert result.stdout.endswith("\nno class of the model, so nothing is found: circle\n")
    report = evaluation.json()
    assert report["ap"] == 0.5 and report["without_class"] == ["circle"]


def test_categories_by_a_map_where_names_differ(evaluation):
    evaluation.annotate(annotations(evaluation.names, categories=[{"id": 7, "name": "box"}]))
    refused(evaluation.run(), 2, 'truth.json: no category is called as a class of the model: the first category is "box"; '
            'the first class is "white square"; --coco-classes FILE gives the ids')
    (evaluation.place / "map").write_text("7 white square\n")
    assert evaluation.json("--coco-classes", "map")["ap"] == 1
    (evaluation.place / "map").write_text("7 white square\n8\n")
    refused(evaluation.run("--coco-classes", "map"), 2, "map: 2 category ids, but the model has 1 classes")


def test_missing_pictures_are_named_and_left_out_only_on_demand(evaluation):
    (evaluation.place / "in/b.png").unlink()
    refused(evaluation.run(), 2, "in: lacks 1 of the 3 pictures of truth.json: b.png; --allow-missing evaluates the others")
    result = evaluation.run("--allow-missing")
    assert result.returncode == 0
    assert "truth.json: 2 pictures with 2 objects;" in result.stdout
    assert "\n1 more pictures of the annotations are missing, and don't count\n" in result.stdout
    report = evaluation.json("--allow-missing")
    assert (report["pictures"], report["missing"], report["ap"]) == (2, 1, 1)
    evaluation.annotate(annotations([f"{number}.png" for number in range(7)]))
    refused(evaluation.run("--allow-missing"), 2,
            "in: has none of the 7 pictures of truth.json: 0.png, 1.png, 2.png, 3.png, 4.png ...")


def test_a_picture_that_fails_counts_as_empty(evaluation):
    (evaluation.place / "in/b.png").write_bytes(b"hello")
    result = evaluation.run()
    assert result.returncode == 1
    assert "yolofleet: in/b.png: " in result.stderr
    assert "\n1 of the pictures failed, and count as without detections\n" in result.stdout
    assert "3 pictures with 3 objects; 2 detections" in result.stdout


@pytest.mark.parametrize(
    "content, words",
    [
        ("{", ["truth.json: isn't JSON: "]),
        ("[]", ['truth.json: isn\'t COCO annotations: holds no list of "images"']),
        ({"images": {}}, ['holds no list of "images"']),
        ({"images": []}, ['holds no list of "categories"']),
        ({"images": [], "categories": []}, ['holds no list of "annotations"']),
        (annotations([]), ["truth.json: lists no images"]),
        (annotations([], images=[{"id": 1}]),
         ['truth.json: image 0 (from 0) lacks a "file_name" (text) or an "id" (whole number)']),
        (annotations(["a.png"], categories=[CATEGORY, {"id": 8}]), ['category 1 (from 0) lacks a "name"']),
        (annotations(["a.png", "a.png"]), ['two entries have the file_name "a.png"']),
        (annotations([], images=[{"id": 1, "file_name": "a.png"}, {"id": 1, "file_name": "b.png"}]),
         ["two entries have the image id 1"]),
        (annotations(["a.png"], categories=[]), ["there are no categories"]),
        (annotations(["a.png"], annotations=7), ['truth.json: holds no list of "annotations"']),
        (annotations(["a.png"], annotations=[{"image_id": 10, "category_id": 7, "bbox": [1, 2]}]),
         ['truth.json: annotation 0 (from 0) lacks a "bbox" of x, y, width and height']),
        (annotations(["a.png"], annotations=[{"image_id": 10, "category_id": 1, "bbox": SQUARE}]),
         ['annotation 0 (from 0) lacks an "image_id", or a "category_id" of the categories']),
    ],
)
def test_annotations_that_cant_be_right(evaluation, content, words):
    evaluation.annotate(content)
    refused(evaluation.run(), 2, *words)


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["eval"], "no model"),
        (["eval", "model", "truth.json"], "behind the model stand two names, not 1: ANNOTATIONS"),
        (["eval", "model", "truth.json", "in", "in"], "two names, not 3"),
        (["eval", "nowhere", "truth.json", "in"], "nowhere: no such folder"),
        (["eval", "model", "gone.json", "in"], "gone.json: can't be read: no such file"),
        (["eval", "model", "in", "in"], "in: can't be read"),
        (["eval", "model", "truth.json", "gone"], "gone: no such folder of pictures"),
        (["eval", "model", "truth.json", "in", "--precision", "int8"], "int8"),
        (["eval", "model", "truth.json", "in", "--devices", "toaster"], 'no device "toaster" here'),
        (["eval", "model", "truth.json", "in", "--letterbox", "--resize", "stretch"], "contradict each other"),
        (["eval", "model", "truth.json", "in", "--keep", "-"], "--keep needs a file: Python reads it again"),
        (["eval", "model", "truth.json", "in", "--keep", "x", "--json", "x"], "--keep and --json name the same file, x"),
        (["eval", "model", "truth.json", "in", "--keep", "truth.json"], "--keep truth.json: would write over truth.json"),
        (["eval", "model", "truth.json", "in", "--json", "in/a.png"], "--json in/a.png: would write over in/a.png"),
        (["eval", "model", "truth.json", "in", "--json", "gone/x"], "gone/x: can't be written"),
        (["eval", "model", "truth.json", "in", "--keep", "gone/x"], "gone/x: can't be written"),
    ],
)
def test_wrong_use(evaluation, arguments, word):
    before = evaluation.place.files()
    refused(evaluation.place.run(*arguments, *(["--python", sys.executable] if len(arguments) > 1 else [])), 2, word)
    assert evaluation.place.files() == before


def test_a_folder_for_the_detections_that_isnt_there(evaluation):
    refused(evaluation.run(env={**os.environ, "TMPDIR": str(evaluation.place / "gone")}), 2,
            "no temporary folder can be made for the detections")


def test_a_python_that_isnt_there_or_lacks_pycocotools(evaluation):
    how = "`python3 -m pip install pycocotools` installs it (in a clone `make setup`)"
    refused(evaluation.run(python="gone/python"), 2, "average precision needs a Python with pycocotools: "
            "gone/python: can't be started: No such file or directory", how)
    bare = script(evaluation.place, f'exec "{sys.executable}" -S "$@"')
    refused(evaluation.run(python=bare), 2, f"{bare}: ModuleNotFoundError: No module named 'pycocotools'", how)
    refused(evaluation.run(python=None, env={**os.environ, "YOLOFLEET_PYTHON": str(bare)}), 2, f"{bare}: Module", how)
    named = {**os.environ, "YOLOFLEET_PYTHON": sys.executable}
    assert evaluation.run(python=None, env=named).returncode == 0


def test_a_python_that_fails(evaluation):
    words = "failed to measure average precision (exit code 3): out of luck"
    failing = script(evaluation.place, 'case "$2" in *COCOeval*) echo out of luck >&2; exit 3;; esac')
    refused(evaluation.run(python=failing), 2, f"{failing} {words}")
    silent = script(evaluation.place, "exit 0")
    refused(evaluation.run(python=silent), 2, f"{silent} gave no average precision")


def test_no_module_of_the_folder_is_taken_for_pycocotools(evaluation):
    (evaluation.place / "numpy.py").write_text("raise SystemExit('planted')")
    (evaluation.place / "json.py").write_text("raise SystemExit('planted')")
    assert evaluation.json()["ap"] == 1
