"""eval: average precision on annotations of made-up pictures."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

from conftest import BIN, SQUARE, refused

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
    assert head == ("square: input 64x64x3, stretch; confidence over 0.005, NMS at 0.45")
    assert device.startswith("cpu: OpenVINO ") and ", fp32, " in device
    assert truth.startswith("truth.json: 3 pictures with 3 objects; 3 detections (pycocotools 2.")
    assert "\nAP    1.0000  (IoU 0.50 to 0.95)\nAP50  1.0000\nAP75  1.0000\n" in result.stdout
    assert result.stdout.endswith("white square        3  1.0000  1.0000\n")
    report = json.loads((evaluation.place / "eval.json").read_text())
    assert (report["ap"], report["ap50"], report["ap75"]) == (1, 1, 1)
    assert (report["confidence"], report["nms"], report["max_detections"]) == (0.005, 0.45, 0)
    assert (report["decode"], report["decode_scale"]) == ("auto", "off")
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


def test_what_a_limit_cuts_is_told(evaluation):
    Image.new("RGB", (64, 64), (255, 255, 255)).save(evaluation.place / "in" / evaluation.names[0])
    result = evaluation.run("--precision", "fp32", "--max-detections", "10", "--json", "eval.json")
    assert result.returncode == 0
    assert result.stderr == "yolofleet: warning: --max-detections left out 6 detections in 1 picture\n"
    assert "NMS at 0.45, at most 10 detections a picture\n" in result.stdout
    report = json.loads((evaluation.place / "eval.json").read_text())
    assert (report["detections_cut"], report["candidates_dropped"], report["max_detections"]) == (6, 0, 10)


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
    assert result.stdout.endswith("\ncategories without a class of the model, never detected: circle\n")
    report = evaluation.json()
    assert report["ap"] == 0.5 and report["without_class"] == ["circle"]


def test_categories_by_a_map_where_names_differ(evaluation):
    evaluation.annotate(annotations(evaluation.names, categories=[{"id": 7, "name": "box"}]))
    refused(evaluation.run(), 2, 'truth.json: no category has the name of a class of the model: the first category is "box"; '
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
    assert "\nmissing and not counted: 1 picture of the annotations\n" in result.stdout
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
    assert "\nfailed, counted as without detections: 1 picture\n" in result.stdout
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
         ['truth.json: image 0 (from 0) lacks a "file_name" (text) or an "id" (whole number of 64 bits)']),
        (annotations(["a.png"], categories=[CATEGORY, {"id": 8}]), ['category 1 (from 0) lacks a "name"']),
        (annotations(["a.png", "a.png"]), ['two entries have the file_name "a.png"']),
        (annotations([], images=[{"id": 1, "file_name": "a.png"}, {"id": 1, "file_name": "b.png"}]),
         ["two entries have the image id 1"]),
        (annotations(["a.png"], categories=[], annotations=[]), ["there are no categories"]),
        (annotations(["a.png"], annotations=7), ['truth.json: isn\'t COCO annotations: holds no list of "annotations"']),
        (annotations(["a.png"], annotations=None), ['holds no list of "annotations"']),
        (annotations(["a.png"], annotations=[{"image_id": 10, "category_id": 7, "bbox": [1, 2]}]),
         ['truth.json: annotation 0 (from 0) lacks a "bbox" of x, y, width and height (numbers)']),
        (annotations(["a.png"], annotations=[{"image_id": 10, "category_id": 1, "bbox": SQUARE}]),
         ['truth.json: annotation 0 (from 0) has the "category_id" 1, which no category has']),
        ('{"images": [{"id": 1e400}]}', ["truth.json: isn't JSON: ", "1e400"]),
        ("7", ['holds no list of "images"']),
        ('{"images": [], "images": []}', ['truth.json: holds two lists of "images"']),
        ({"images": [7]}, ["truth.json: image 0 (from 0) is no object"]),
        ('{"info": ' + "[" * 201, ["truth.json: more than 200 lists and objects inside each other"]),
        (annotations([], images=[{"id": 2**63, "file_name": "a.png"}]),
         ['image 0 (from 0) lacks a "file_name" (text) or an "id"']),
        (annotations([""]), ['image 0 (from 0) has the "file_name" "", which names no file']),
        (annotations(["a.png\0"]), ["which names no file"]),
        (annotations(["a" * 4096]), ['image 0 (from 0) has a "file_name" of 4096 bytes; at most 4095 are allowed']),
        (annotations(["a.png"], categories=[{"id": number, "name": "a"} for number in range(65537)]),
         ["truth.json: more than 65536 categories"]),
        (annotations(["a.png", "sub/../../x"]), ['image 1 (from 0) has the "file_name" "sub/../../x", which leads out of']),
        (annotations(["/etc/passwd"]), ['has the "file_name" "/etc/passwd", which leads out of the folder']),
    ],
)
def test_annotations_that_cant_be_right(evaluation, content, words):
    evaluation.annotate(content)
    refused(evaluation.run(), 2, *words)


@pytest.mark.parametrize(
    "key, value, words",
    [
        ("bbox", [1, 2, 3, "4"], 'lacks a "bbox" of x, y, width and height (numbers)'),
        ("bbox", [1, 2, 3, True], 'lacks a "bbox"'),
        ("bbox", [1, 2, 3, [4]], 'lacks a "bbox"'),
        ("bbox", {"x": 1}, 'lacks a "bbox"'),
        ("bbox", None, 'lacks a "bbox"'),
        ("image_id", "10", 'lacks an "image_id" or a "category_id" (whole numbers of 64 bits)'),
        ("image_id", [10], 'lacks an "image_id"'),
        ("category_id", 2**64 + 7, 'lacks an "image_id" or a "category_id"'),
        ("category_id", 2**63, 'lacks an "image_id" or a "category_id"'),
        ("category_id", [7], 'lacks an "image_id" or a "category_id"'),
        ("area", "5", 'has an "area" that is no number'),
        ("area", None, 'has an "area" that is no number'),
        ("iscrowd", "no", 'has an "iscrowd" that is neither 0 nor 1'),
        ("iscrowd", 2, 'has an "iscrowd"'),
    ],
)
def test_an_annotation_of_wrong_types_is_named_before_a_picture_is_looked_at(evaluation, key, value, words):
    truth = annotations(evaluation.names)
    truth["annotations"][1][key] = value
    evaluation.annotate(truth)
    refused(evaluation.run(python="gone/python"), 2, f"truth.json: annotation 1 (from 0) {words}")


def test_lists_in_any_order_and_a_byte_order_mark(evaluation):
    truth = annotations(evaluation.names, info={"images": [1]}, segments=[[1, {"id": 2}]])
    truth["annotations"][0].update(segmentation=[[1, 2.5, 3, 4]], area=4.5, iscrowd=0, keypoints={"bbox": [1]})
    text = json.dumps(dict(reversed(truth.items())))
    (evaluation.place / "truth.json").write_text("\ufeff" + text, encoding="utf-8")
    assert evaluation.json()["ap"] == 1


def test_annotations_of_pictures_that_arent_listed_are_counted_in_a_warning(evaluation):
    truth = annotations(evaluation.names)
    truth["annotations"] += [{"image_id": 99, "category_id": 7, "bbox": SQUARE}] * 2
    evaluation.annotate(truth)
    result = evaluation.run()
    assert result.returncode == 0
    assert result.stderr == ("yolofleet: warning: truth.json: ignored 2 annotations of pictures that aren't "
                             "listed\n")
    assert "3 pictures with 3 objects;" in result.stdout
    assert evaluation.run("-q").stderr == ""


def test_ids_of_the_map_that_no_category_has_are_counted_in_a_warning(evaluation):
    (evaluation.place / "map").write_text("8\n")
    result = evaluation.run("--coco-classes", "map", "--json", "eval.json")
    assert result.returncode == 0
    assert result.stderr == "yolofleet: warning: map: of 1 id, 1 is no category of truth.json\n"
    assert json.loads((evaluation.place / "eval.json").read_text())["without_class"] == ["white square"]


def test_many_images_are_read_in_linear_time(evaluation):
    many = ", ".join(f'{{"id": {number}, "file_name": "{number}.png"}}' for number in range(300_000))
    evaluation.annotate(f'{{"images": [{many}], "categories": [], "annotations": []}}')
    refused(evaluation.run(timeout=30), 2, "in: has none of the 300000 pictures of truth.json: 0.png")


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["eval"], "no model"),
        (["eval", "model", "truth.json"], "truth.json: COCO annotations need a second argument, the FOLDER"),
        (["eval", "model", "truth.json", "in", "in"], "not 3 arguments; without any, MODEL must be a .data file"),
        (["eval", "nowhere", "truth.json", "in"], "nowhere: no such folder"),
        (["eval", "model", "gone.json", "in"], "gone.json: can't be read: no such file"),
        (["eval", "model", "in", "in"], "in: can't be read"),
        (["eval", "model", "in", "truth.json"], "in: can't be read: it is a folder; ANNOTATIONS, a file, stands before"),
        (["eval", "model", "/dev/null", "in"], "/dev/null: can't be read: annotations are a regular file"),
        (["eval", "model", "truth.json", "in", "--keep", "/dev/null"], "--keep /dev/null: isn't a regular file"),
        (["eval", "model", "truth.json", "gone"], "gone: no such folder of pictures"),
        (["eval", "model", "truth.json", "in", "--precision", "int8"], "int8"),
        (["eval", "model", "truth.json", "in", "--devices", "toaster"], 'no device "toaster" here'),
        (["eval", "model", "truth.json", "in", "--letterbox", "--resize", "stretch"], "can't be used together"),
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
            "no temporary file can be made for the detections")


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
    failing = script(evaluation.place, 'case "$2" in *COCOeval*) echo out of luck >&2; exit 3;; esac; echo pycocotools is here')
    refused(evaluation.run(python=failing), 2, f"{failing} {words}")
    silent = script(evaluation.place, "echo pycocotools is here")
    refused(evaluation.run(python=silent), 2, f"{silent} gave no average precision")


@pytest.mark.parametrize("answer", ['{"ap": 1}', '{"error": 5}', "7", "", '{"pycocotools": 1e400}'])
def test_a_python_that_answers_something_else(evaluation, answer):
    odd = script(evaluation.place, f"case \"$2\" in *COCOeval*) echo '{answer}';; *) echo pycocotools is here;; esac")
    refused(evaluation.run(python=odd), 2, f"{odd} gave no average precision")


def test_a_program_that_is_no_python(evaluation):
    refused(evaluation.run(python="true"), 2, "needs a Python with pycocotools: true: doesn't work as a Python interpreter; ")
    refused(evaluation.run(python="false"), 2, "needs a Python with pycocotools: false: exit code 1; ")


def test_names_that_arent_utf8(evaluation):
    odd = os.fsencode(evaluation.place.folder) + b"/odd\xff"
    os.mkdir(odd)
    os.rename(evaluation.place / "truth.json", odd + b"/truth.json")
    result = subprocess.run(
        [BIN, "eval", "model", odd + b"/truth.json", "in", "--python", sys.executable],
        cwd=evaluation.place.folder, env={**os.environb, b"TMPDIR": odd}, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "\nAP    1.0000  (IoU" in result.stdout
    assert os.listdir(odd) == [b"truth.json"]


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("hangs, else_does", [("*COCOeval*", "echo pycocotools is here"), ("*import*", ":")],
                         ids=["measuring", "probed"])
def test_a_signal_while_python_runs_ends_both(evaluation, number, code, hangs, else_does):
    hanging = script(evaluation.place, f'case "$2" in {hangs}) sleep 60 & echo $! > sleeping; mv sleeping asleep; wait;; '
                     f'*) {else_does};; esac')
    temporary = evaluation.place / "temporary"
    temporary.mkdir()
    asleep = evaluation.place / "asleep"
    with evaluation.place.start("eval", "model", "truth.json", "in", "--python", hanging,
                                env={**os.environ, "TMPDIR": str(temporary)}) as process:
        until(asleep.exists)
        assert list(temporary.iterdir()) == []
        process.send_signal(number)
        assert process.wait(timeout=10) == code
        assert process.stderr.read() == ""
    until(lambda: not is_running(asleep.read_text().strip()), 5)


def test_a_pipe_of_annotations_is_refused(evaluation):
    os.mkfifo(evaluation.place / "pipe")
    refused(evaluation.place.run("eval", "model", "pipe", "in"), 2, "pipe: can't be read: annotations are a regular file")


def test_without_a_cache(evaluation):
    assert evaluation.run("--no-cache").returncode == 0


def test_no_module_of_the_folder_is_taken_for_pycocotools(evaluation):
    (evaluation.place / "numpy.py").write_text("raise SystemExit('planted')")
    (evaluation.place / "json.py").write_text("raise SystemExit('planted')")
    assert evaluation.json()["ap"] == 1
