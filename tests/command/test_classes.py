"""The classes that detect keeps: --classes, and dont_show before a name. Also MODEL as a .data file."""

import json

import pytest

from conftest import lines, refused


@pytest.fixture(name="data")
def make_data(place):
    """The arguments of detect for a .data file."""
    place.picture("in/a.png")
    (place / "obj.data").write_text("classes=1\nnames=model/square.names\nname=typo\n")
    return ["detect", "obj.data", "--cfg", "model/square.cfg", "--weights", "model/square.weights"]


def test_a_data_file_gives_the_names(place, data):
    result = place.run(*data, "in")
    assert result.returncode == 0
    assert lines(result.stdout)[0]["detections"][0]["label"] == "white square"
    assert "yolofleet: warning: obj.data:3: name=typo: ignored: the key is unknown\n" in result.stderr
    (place / "other.names").write_text("tile\n")
    result = place.run(*data, "--names", "other.names", "in")
    assert lines(result.stdout)[0]["detections"][0]["label"] == "tile", "--names comes first"
    (place / "obj.data").write_text("classes=80\nnames=model/square.names\n")
    refused(place.run(*data, "in"), 2, "obj.data:1: classes=80, but the network of model/square.cfg has 1 classes")


def test_every_subcommand_takes_a_data_file(place, data):
    model = data[1:]
    inspected = place.run("inspect", *model, "--json")
    assert inspected.returncode == 0 and json.loads(inspected.stdout)["layers"]
    assert place.run("inspect", *model[:3]).returncode == 0, "without weights"
    assert place.run("verify", *model, "in", "--devices", "cpu").returncode == 0
    assert place.run("bench", *model, "--devices", "cpu", "--seconds", "0.1", "--rounds", "1").returncode == 0
    refused(place.run(*data, "in", "--output", "obj.data"), 2, "--output obj.data: would write over obj.data")


@pytest.mark.parametrize("name, options, count", [
    ("white square", [], 1),
    ("white square", ["--classes", "white square"], 1),
    ("white square", ["--classes", "0"], 1),
    ("dont_show white square", [], 0),
    ("dont_show white square", ["--classes", "0"], 1),
])
def test_all_outputs_have_the_wanted_classes_only(place, name, options, count):
    (place / "model/square.names").write_text(name + "\n")
    place.picture("in/a.png")
    result = place.detect("in", *options, "--table", "--output", "out.jsonl", "--coco", "coco.json", "--yolo", "yolo",
                          "--report", "report.json")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count(name) == count
    found, = lines((place / "out.jsonl").read_text())
    assert len(found["detections"]) == count
    assert len(json.loads((place / "coco.json").read_text())) == count
    assert len((place / "yolo/a.txt").read_text().splitlines()) == count
    assert json.loads((place / "report.json").read_text())["detections"] == count


def test_a_warning_says_if_all_classes_are_hidden(place):
    warning = "yolofleet: warning: nothing will be detected: the names of all classes begin with dont_show"
    (place / "model/square.names").write_text("dont_show white square\n")
    place.picture("a.png")
    assert warning in place.detect("a.png").stderr
    assert warning not in place.detect("a.png", "--classes", "0").stderr


def test_unknown_classes_are_refused(place):
    place.picture("in/a.png")
    refused(place.detect("in", "--classes", "white sqare"), 2,
            "--classes: no class of the model is called 'white sqare': did you mean 'white square'?")
    far = place.detect("in", "--classes", "zebra")
    refused(far, 2, "--classes: no class of the model is called 'zebra'")
    assert "did you mean" not in far.stderr
    refused(place.detect("in", "--classes", "1"), 2, "--classes: 1: the model's classes are 0 to 0")
    refused(place.detect("in", "--classes", ""), 2, "names no class")
    refused(place.detect("in", "--classes", "white square,"), 2, "--classes: a name is empty: there is a comma too many")
    assert place.files() == ["in/a.png"]
