"""eval on YOLO label files: the figures of `darknet detector map`."""

import json
import os
import random
import struct

import pytest
from PIL import Image

import plain_map
from conftest import SQUARE, lines, refused

# The white square of a 64 x 64 picture as a label.
LABEL = f"0 {(SQUARE[0] + 8) / 64} {(SQUARE[1] + 8) / 64} 0.25 0.25\n"
COLOURS_CFG = """[net]
width=64
height=64
channels=3

[convolutional]
filters=8
size=16
stride=16
pad=0
activation=linear

[yolo]
mask=0
anchors=24,24
classes=3
num=1
"""


def write_colours_model(folder):
    """Finds coloured cells of 16 x 16 pixels: red, green and blue are the classes, their sum the objectness."""
    folder.mkdir()
    (folder / "colours.cfg").write_text(COLOURS_CFG)
    (folder / "colours.names").write_text("red\ngreen\nblue\n")
    pixels = 16 * 16
    biases = [0, 0, 0, 0, -6, -6, -6, -6]
    weights = []
    for channel in range(8):
        for colour in range(3):
            weight = 8 if channel == 4 else 12 if channel == 5 + colour else 0
            weights += [weight / pixels] * pixels
    (folder / "colours.weights").write_bytes(
        struct.pack("<iiiq", 0, 2, 5, 0) + struct.pack(f"<{8 + len(weights)}f", *biases, *weights))


class Labelled:
    """Three pictures of one square each in data/, their labels beside them, a list of them and a .data file."""

    def __init__(self, place):
        self.place = place
        for name in "abc":
            place.picture(f"data/{name}.png")
            self.label(name, LABEL)
        (place / "data/test.txt").write_text("data/a.png\ndata/b.png\r\n\ndata/c.png\n")
        (place / "obj.data").write_text("classes = 1\nvalid = data/test.txt\nnames = model/square.names\n")

    def label(self, name, text):
        (self.place / f"data/{name}.txt").write_text(text)

    def run(self, *arguments, data="obj.data", **options):
        return self.place.run("eval", data, "--cfg", self.place / "model/square.cfg", "--weights",
                              self.place / "model/square.weights", *arguments, **options)

    def json(self, *arguments, **options):
        result = self.run("--json", "-", *arguments, **options)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture(name="labelled")
def make_labelled(place):
    return Labelled(place)


def test_a_data_file_with_all_found(labelled):
    labelled.label("c", "")
    (labelled.place / "data/b.txt").unlink()
    result = labelled.run("--precision", "fp32", "--json", "map.json")
    assert (result.returncode, result.stderr) == (0, "")
    head, device, source, unlabelled, empty, *rest = result.stdout.splitlines()
    assert head == "square: input 64x64x3, stretch; confidence over 0.005, NMS at 0.45"
    assert device.startswith("cpu: OpenVINO ")
    assert source == "data/test.txt: 3 pictures with 1 object; 3 detections"
    assert unlabelled == "without a label file, counted as without objects: 1 picture"
    assert empty == ""
    assert rest == [
        "mAP@0.50  1.0000  (area under the curve, mean over 1 class)", "",
        "confidence over 0.25", "precision    0.3333", "recall       1.0000", "F1           0.5000",
        "average IoU  0.3333", "TP 1, FP 2, FN 0", "",
        "class         objects      AP      TP      FP", "white square        1  1.0000       1       2"]
    report = json.loads((labelled.place / "map.json").read_text())
    assert (report["labels_of"], report["pictures"], report["without_labels"]) == ("data/test.txt", 3, 1)
    assert (report["iou"], report["points"], report["map_confidence"], report["confidence"]) == (0.5, 0, 0.25, 0.005)
    row, = report["classes"]
    assert row["average_iou"] == pytest.approx(1 / 3, abs=1e-6)
    del row["average_iou"]
    assert row == {
        "id": 0, "name": "white square", "objects": 1, "detections": 3, "ap": 1, "true_positives": 1,
        "false_positives": 2, "false_negatives": 0, "precision": 1 / 3, "recall": 1, "f1": 0.5}


@pytest.mark.parametrize("pictures", ["data", "@data/test.txt", "data/*.png"])
def test_pictures_of_a_folder_a_list_or_a_pattern(labelled, pictures):
    result = labelled.place.run("eval", "model", pictures, "--json", "-", "--points", "11")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["labels_of"], report["map"], report["objects"]) == (pictures, 1, 3)


def test_nothing_found_and_nothing_there(labelled):
    result = labelled.run("--confidence", "1")
    assert "mAP@0.50  0.0000" in result.stdout and "TP 0, FP 0, FN 3" in result.stdout
    assert "precision    -\nrecall       0.0000\nF1           -\naverage IoU  -\n" in result.stdout
    for name in "abc":
        labelled.label(name, "\n")
    result = labelled.run()
    assert "          1 of them has no objects, so AP 0, as in Darknet\n" in result.stdout
    report = labelled.json()
    assert (report["map"], report["recall"], report["classes_without_objects"]) == (0, None, 1)


def test_paths_are_looked_for_from_the_working_folder_then_from_the_data_files_then_from_the_lists(labelled):
    place = labelled.place
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    report = labelled.json(data=place / "obj.data", cwd=elsewhere)
    assert (report["map"], report["labels_of"]) == (1, str(place / "data/test.txt"))
    (place / "data/test.txt").write_text("a.png\nb.png\n")
    assert labelled.json(data=place / "obj.data", cwd=elsewhere)["pictures"] == 2
    place.picture("elsewhere/a.png")
    (elsewhere / "a.txt").write_text("0 0.1 0.1 0.1 0.1\n")
    report = labelled.json(data=place / "obj.data", cwd=elsewhere)
    assert report["false_negatives"] == 1, "a.png of the working folder comes first"


def test_labels_beside_images(labelled):
    place = labelled.place
    place.picture("set/images/val2017/1.png")
    place.picture("set/images/2.png")
    (place / "set/labels/val2017").mkdir(parents=True)
    (place / "set/labels/val2017/1.txt").write_text(LABEL)
    (place / "set/labels/2.txt").write_text(LABEL)
    result = place.run("eval", "model", "set/images", "--json", "-")
    report = json.loads(result.stdout)
    assert (report["objects"], report["without_labels"], report["true_positives"]) == (2, 0, 2)


def test_lines_that_darknet_skips_are_told(labelled):
    for name in "abc":
        labelled.label(name, LABEL + "eyes shut\n" + LABEL)
    result = labelled.run("--json", "map.json")
    assert result.returncode == 0
    assert result.stderr.splitlines() == [
        f"yolofleet: warning: data/{name}.txt:2: eyes shut: isn't the number of a class: like Darknet, yolofleet reads "
        "no further" for name in "abc"]
    report = json.loads((labelled.place / "map.json").read_text())
    assert (report["objects"], report["partly_read_labels"]) == (3, 3)
    for number in range(7):
        labelled.place.picture(f"more/{number}.png")
        (labelled.place / f"more/{number}.txt").write_text("no\n")
    result = labelled.run("more")
    assert len(result.stderr.splitlines()) == 6
    assert result.stderr.endswith("yolofleet: warning: 2 more label files aren't read to their end, either\n")
    assert labelled.run("more", "-q").stderr == ""


def test_classes_that_the_model_lacks_are_told_and_count_as_not_found(labelled):
    labelled.label("b", LABEL + "1 .5 .5 .1 .1\n-1 .5 .5 .1 .1\n")
    result = labelled.run("--json", "map.json")
    assert result.stderr == ("yolofleet: warning: data/b.txt:2: class 1: the model's classes are 0 to 0; 2 objects of "
                             "other classes count as not found\n")
    report = json.loads((labelled.place / "map.json").read_text())
    assert (report["objects"], report["false_negatives"], report["recall"], report["map"]) == (5, 2, 0.6, 1)


def test_lines_that_darknet_misreads_are_refused(labelled):
    labelled.label("b", LABEL + "0 .5 .5 .2 .2 0.9\n")
    refused(labelled.run(), 2, "data/b.txt:2: 0 .5 .5 .2 .2 0.9: has more than the five columns")


def test_a_pipe_as_a_label_file_is_refused(labelled):
    (labelled.place / "data/b.txt").unlink()
    os.mkfifo(labelled.place / "data/b.txt")
    refused(labelled.run(timeout=30), 2, "data/b.txt: can't be read: it isn't a regular file")


def test_objects_that_cant_be_there_are_told(labelled):
    labelled.label("b", LABEL + "0 320 240 64 48\n0 .5 .5 0 .1\n")
    result = labelled.run("--json", "map.json")
    assert result.stderr == (
        "yolofleet: warning: data/b.txt:2: 0 320 240 64 48: no object can be there: x and y are 0 to 1, width and height "
        "over 0 to 1, as parts of the picture; it counts as it is, as in Darknet, and so does 1 more object in this file\n")
    assert json.loads((labelled.place / "map.json").read_text())["false_negatives"] == 2
    for number in range(7):
        labelled.place.picture(f"more/{number}.png")
        (labelled.place / f"more/{number}.txt").write_text("0 nan .5 .1 .1\n")
    result = labelled.run("more")
    assert len(result.stderr.splitlines()) == 6
    assert result.stderr.endswith("warning: 2 more of the label files have objects that can't be in a picture\n")


def test_pictures_without_any_label_file_are_told(labelled):
    labelled.place.picture("bare/images/a.png")
    labelled.place.picture("bare/images/b.png")
    result = labelled.run("bare/images")
    assert result.returncode == 0
    assert result.stderr == (
        "yolofleet: warning: none of the 2 pictures has a label file, so there is nothing to find; that of "
        "bare/images/a.png would be bare/images/a.txt\n")
    assert labelled.run("bare/images", "-q").stderr == ""


def test_several_pictures_are_one_argument(labelled):
    for words in (["data/a.png", "data/b.png"], ["@data/test.txt", "data"], ["data/*.png", "data"]):
        refused(labelled.run(*words), 2, f"{words[0]}: isn't a COCO annotation file, which the first of two arguments "
                                         "after the model must be; PICTURES with label files are one argument: @LIST")
    refused(labelled.run("data", "data"), 2, "data: can't be read: it is a folder; ANNOTATIONS, a file, stands before",
            "a folder of PICTURES with label files is the only argument after the model")
    refused(labelled.run("data/a.png", "data/b.png", "data/c.png"), 2, "or one argument for PICTURES that have label files",
            "not 3 arguments")


def test_missing_pictures(labelled):
    (labelled.place / "data/b.png").unlink()
    refused(labelled.run(), 2, "data/test.txt: 1 of its 3 pictures don't exist: data/b.png; --allow-missing evaluates")
    result = labelled.run("--allow-missing")
    assert "\nmissing and not counted: 1 picture\n" in result.stdout
    assert labelled.json("--allow-missing")["objects"] == 2
    (labelled.place / "data/test.txt").write_text("x.png\n")
    refused(labelled.run("--allow-missing"), 2, "data/test.txt: none of its 1 picture exists: x.png")


def test_a_picture_that_fails_counts_as_empty(labelled):
    (labelled.place / "data/b.png").write_bytes(b"hello")
    result = labelled.run()
    assert result.returncode == 1
    assert "\nfailed, counted as without detections: 1 picture\n" in result.stdout
    assert "TP 2, FP 0, FN 1" in result.stdout


def test_difficult_objects(labelled):
    place = labelled.place
    labelled.label("b", "")
    for name in "abc":
        place.picture(f"difficult/{name}.png")
    (place / "difficult/b.txt").write_text(LABEL)
    (place / "difficult.txt").write_text("difficult/a.png\ndifficult/b.png\ndifficult/c.png\n")
    with (place / "obj.data").open("a", encoding="utf-8") as file:
        file.write("difficult=difficult.txt\n")
    report = labelled.json()
    assert (report["detections"], report["false_positives"], report["map"]) == (2, 1, 1), "as in Darknet"
    (place / "difficult.txt").write_text("difficult/a.png\n")
    refused(labelled.run(), 2, "difficult.txt: 1 picture, but data/test.txt lists 3: the two need a line for each picture")


def test_a_hidden_class_is_evaluated(labelled):
    (labelled.place / "model/square.names").write_text("dont_show square\n")
    assert labelled.json()["true_positives"] == 3


@pytest.mark.parametrize(
    "content, words",
    [
        ("classes=1\nnames=model/square.names\n", "obj.data: has no line valid=FILE"),
        ("classes=1\nnames=model/square.names\nvalid=no.txt\n", "obj.data:3: valid=no.txt: no such file"),
        ("classes=2\nnames=model/square.names\nvalid=data/test.txt\n", "obj.data:1: classes=2, but the network of "),
        ("valid=data/test.txt\n", "obj.data: has no line names=FILE"),
        ("valid=data/test.txt\nnames=no.names\n", "obj.data:2: names=no.names: no such file"),
        ("valid=data/empty.txt\nnames=model/square.names\n", "data/empty.txt: the list names no picture"),
        ("valid=data/test.txt\nnames=model/square.names\ndifficult=no.txt\n", "obj.data:3: difficult=no.txt: no such file"),
        ("hello\n", "obj.data: is not a .data file"),
    ],
)
def test_data_files_that_lack_something(labelled, content, words):
    (labelled.place / "data/empty.txt").write_text("\n")
    (labelled.place / "obj.data").write_text(content)
    refused(labelled.run(), 2, words)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["obj.data"], "obj.data: a .data file names no network: give --cfg FILE and --weights FILE, too"),
        (["obj.data", "--cfg", "model/square.cfg"], "obj.data: a .data file names no network: give --weights FILE, too"),
        (["gone.data", "--cfg", "model/square.cfg", "--weights", "model/square.weights"], "gone.data: "),
        (["model"], "or PICTURES that have label files (such as @test.txt), not 0 arguments; without any, MODEL must be"),
        (["model", "truth.json"], "truth.json: COCO annotations need a second argument, the FOLDER of their pictures"),
        (["model", "-"], "-: a picture on standard input has no label file"),
        (["model", "truth.json", "data", "--iou", "0.5"], "--iou, --points and --map-confidence are for label files"),
        (["model", "data", "--keep", "x"], "--coco-classes, --python and --keep are for COCO annotations"),
        (["model", "data", "--points", "5"], "--points"),
        (["model", "data", "--iou", "1.5"], "a number from 0 to 1"),
        (["model", "data", "--map-confidence", "x"], "a number from 0 to 1"),
        (["model", "data", "--json", "data/a.txt"], "--json data/a.txt: would write over data/a.txt"),
        (["model", "data", "--json", "data/a.png"], "--json data/a.png: would write over data/a.png"),
        (["model", "@data/test.txt", "--json", "data/test.txt"], "--json data/test.txt: would write over data/test.txt"),
        (["model", "empty"], "empty: the folder holds no picture"),
    ],
)
def test_wrong_use(labelled, arguments, words):
    (labelled.place / "empty").mkdir()
    refused(labelled.place.run("eval", *arguments), 2, words)


def test_outputs_over_the_data_files_lists_are_refused(labelled):
    for name in ("obj.data", "data/test.txt", "model/square.names"):
        refused(labelled.run("--json", name), 2, f"--json {name}: would write over {name}")


def random_label(chance, cell, colour):
    """A label near a cell of 16 x 16 pixels, mostly of the right class."""
    x, y = 16 * (cell % 4) + 8 + chance.uniform(-5, 5), 16 * (cell // 4) + 8 + chance.uniform(-5, 5)
    width, height = chance.uniform(18, 30), chance.uniform(18, 30)
    class_id = colour.index(max(colour)) if chance.random() < 0.7 else chance.randrange(3)
    return f"{class_id} {x / 64:.6f} {y / 64:.6f} {width / 64:.6f} {height / 64:.6f}\n"


def write_random_pictures(place, chance, count):
    for number in range(count):
        image = Image.new("RGB", (64, 64))
        labels = []
        for cell in chance.sample(range(16), 7):
            colour = tuple(chance.choice((0, chance.randrange(60, 256))) for _ in range(3))
            image.paste(colour, (16 * (cell % 4), 16 * (cell // 4), 16 * (cell % 4) + 16, 16 * (cell // 4) + 16))
            labels += [random_label(chance, cell, colour) for _ in range(chance.choice((0, 1, 1, 2)))]
        (place / "random").mkdir(exist_ok=True)
        image.resize(chance.choice([(64, 64), (128, 64), (64, 192)]), Image.Resampling.NEAREST).save(
            place / f"random/{number:03}.png")
        (place / f"random/{number:03}.txt").write_text("".join(labels) if number % 7 else "")


@pytest.mark.parametrize("how", [0, 11, 101])
@pytest.mark.parametrize("least_iou, over", [(0.5, 0.25), (0.3, 0.6), (0.6, 0.005)])
def test_random_detections_and_labels_against_darknets_formulas(place, how, least_iou, over):
    write_colours_model(place / "colours")
    write_random_pictures(place, random.Random(17), 60)
    found = lines(place.run("detect", "colours", "random", "--confidence", "0.005", "--precision", "fp32").stdout)
    pictures = [(plain_map.detections_of(each),
                 plain_map.read_labels((place / each["image"].replace(".png", ".txt")).read_text()), []) for each in found]
    wanted = plain_map.evaluate(pictures, 3, least_iou, how, over)
    assert wanted["true_positives"] > 20 and wanted["false_positives"] > 20 and 0.05 < wanted["map"] < 0.95
    result = place.run("eval", "colours", "random", "--precision", "fp32", "--json", "-", "--iou", least_iou, "--points",
                       how, "--map-confidence", over)
    assert result.returncode == 0, result.stderr
    plain_map.assert_same(json.loads(result.stdout), wanted, 1e-6)


def test_names_that_arent_utf8(labelled):
    odd = os.fsencode(labelled.place.folder) + b"/odd\xff"
    os.rename(labelled.place / "data", odd)
    result = labelled.place.run("eval", "model", "--json", "-", odd.decode("utf-8", "surrogateescape"))
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["objects"] == 3
