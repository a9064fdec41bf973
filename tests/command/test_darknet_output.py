"""Outputs for those who come from Darknet: its text, its JSON and label files."""

import json
import os
import re
import signal
import time

import pytest
from PIL import Image

from conftest import SQUARE, lines, refused

LINE = re.compile(r"(.+): (\d+)%\t\(left_x: +(-?\d+)   top_y: +(-?\d+)   width: +(\d+)   height: +(\d+)\)")
PREDICTED = re.compile(r"(.*): Predicted in (\d+\.\d{6}) milli-seconds\.")


def test_the_text_of_one_picture(place):
    place.picture("a.png")
    result = place.detect("a.png", "--format", "darknet", "--output", "o.jsonl")
    assert result.returncode == 0, result.stderr
    heads, predicted, found = result.stdout.splitlines()
    assert heads == " Detection layer: 1 - type = 28 "
    assert PREDICTED.fullmatch(predicted)[1] == "a.png"
    assert LINE.fullmatch(found).groups() == ("white square", "100", *(str(number) for number in SQUARE))
    assert len(lines((place / "o.jsonl").read_text())) == 1


def test_the_text_of_a_list_as_with_its_names_on_standard_input(place):
    place.picture("in/a.png")
    Image.new("RGB", (64, 64)).save(place / "in/b.png")
    (place / "in/c.png").write_bytes(b"")
    place.picture("in/d.png")
    (place / "list.txt").write_text("in/a.png\nin/b.png\nin/c.png\nin/d.png\n")
    for arguments in (["in"], ["@list.txt"], ["in/a.png", "in/b.png", "in/c.png", "in/d.png"], ["in/*.png"]):
        result = place.detect(*arguments, "--format", "darknet")
        assert result.returncode == 1 and "in/c.png" in result.stderr
        before, *pictures, after = result.stdout.split("Enter Image Path: ")
        assert before == after == ""
        pictures = [picture.splitlines()[1:] for picture in pictures]
        names, times = zip(*(PREDICTED.fullmatch(picture[0]).groups() for picture in pictures))
        assert names == ("in/a.png", "in/b.png", "in/d.png") and all(float(time) >= 0 for time in times)
        assert [len(picture) for picture in pictures] == [2, 1, 2]
        assert LINE.fullmatch(pictures[0][1])[1] == "white square"


def test_the_times_add_up_to_the_run(place):
    names = [place.picture(f"{number}.png").name for number in range(20)]
    result = place.detect(*names, "--format", "darknet", "--report", "r.json")
    sum_of_times = sum(float(found[1]) for found in re.findall(PREDICTED, result.stdout)) / 1000
    seconds = json.loads((place / "r.json").read_text())["seconds"]
    assert 0 < sum_of_times <= seconds and sum_of_times == pytest.approx(seconds, rel=0.5)


def test_the_json_of_out(place):
    place.picture("in/a.png")
    (place / "in/b.png").write_bytes(b"")
    Image.new("RGB", (64, 64)).save(place / "in/c.png")
    result = place.detect("in", "--darknet-json", "result.json")
    assert result.returncode == 1
    text = (place / "result.json").read_text()
    assert text.startswith('[\n{\n "frame_id":1, \n "filename":"in/a.png", \n "objects": [ \n  {"class_id":0, "name":')
    assert '\n ] \n}, \n{\n "frame_id":3, \n' in text and text.endswith('"objects": [ \n\n ] \n}\n]')
    first, last = json.loads(text)
    assert list(first) == ["frame_id", "filename", "objects"] and last["objects"] == []
    [found] = first["objects"]
    assert list(found) == ["class_id", "name", "relative_coordinates", "confidence"]
    box = found["relative_coordinates"]
    assert list(box) == ["center_x", "center_y", "width", "height"]
    assert list(box.values()) == pytest.approx([40 / 64, 24 / 64, 16 / 64, 16 / 64], abs=0.01)
    assert place.detect("in/c.png", "--darknet-json", "-").stdout.startswith('[\n{\n "frame_id":1, ')


def test_the_json_of_out_without_a_picture_is_an_empty_list(place):
    result = place.detect("gone.png", "--darknet-json", "result.json")
    assert result.returncode == 1 and (place / "result.json").read_text() == "[\n\n]"


def test_the_json_of_out_of_a_stopped_run(place):
    place.picture("a.png")
    os.mkfifo(place / "never.png")
    partial = place / "result.json.partial"
    with place.start("detect", "model", "a.png", "never.png", "--darknet-json", "result.json") as process:
        until = time.monotonic() + 30
        while time.monotonic() < until and not (partial.exists() and partial.read_text()):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert [each["frame_id"] for each in json.loads(partial.read_text())] == [1]


def test_label_files_have_five_columns_and_a_sixth_by_an_option(place):
    place.picture("a.png")
    expected = [0, 40 / 64, 24 / 64, 16 / 64, 16 / 64]
    assert place.detect("a.png", "--yolo", "y").returncode == 0
    assert (place / "y/a.txt").read_text().count("\n") == 1
    assert [float(text) for text in (place / "y/a.txt").read_text().split()] == pytest.approx(expected, abs=0.01)
    assert place.detect("a.png", "--yolo", "z", "--yolo-confidence").returncode == 0
    assert [float(text) for text in (place / "z/a.txt").read_text().split()] == pytest.approx([*expected, 1], abs=0.01)


def test_label_files_that_exist_are_kept(place):
    place.picture("in/a.png")
    place.picture("in/b.png")
    (place / "in/b.txt").write_text("7 0.5 0.5 0.1 0.1\n")
    result = place.detect("in", "--yolo", "in", "--output", "o.jsonl", "--verbose")
    refused(result, 2, "--yolo in: in/b.txt exists already; name another folder, or give --overwrite")
    assert "square: input" not in result.stderr, "before the model is loaded"
    assert place.files() == ["in/a.png", "in/b.png", "in/b.txt"]
    assert (place / "in/b.txt").read_text() == "7 0.5 0.5 0.1 0.1\n"
    assert place.detect("in", "--yolo", "in", "--overwrite").returncode == 0
    assert (place / "in/b.txt").read_text().startswith("0 0.6")
    refused(place.detect("@-", "--yolo", "in", input="in/a.png\n"), 2, "--yolo in: in/a.txt exists already")


def test_a_label_file_that_appears_during_the_run_is_kept(place):
    place.picture("a.png")
    os.mkfifo(place / "slow.png")
    with place.start("detect", "model", "a.png", "slow.png", "--yolo", "y") as process:
        until = time.monotonic() + 30
        while time.monotonic() < until and not (place / "y/a.txt").exists():
            time.sleep(0.02)
        (place / "y/slow.txt").write_text("mine\n")
        with (place / "slow.png").open("wb") as pipe:
            pipe.write((place / "a.png").read_bytes())
        assert process.wait(timeout=30) == 2
        assert "y/slow.txt: can't be written: it exists already, and didn't when the run began" in process.stderr.read()
    assert (place / "y/slow.txt").read_text() == "mine\n"


def test_coco_ids_end_the_file_name(place):
    for name in ("COCO_val2014_000000000436.jpg", "cat.jpg"):
        place.picture(name)
    result = place.detect("COCO_val2014_000000000436.jpg", "cat.jpg", "--coco", "c.json")
    assert result.returncode == 0
    assert [each["image_id"] for each in json.loads((place / "c.json").read_text())] == [436, 1]
    assert "warning: --coco: the file name of 1 of the 2 pictures is neither a number" in result.stderr
    place.picture("x/a_1.jpg")
    refused(place.detect("x/a_1.jpg", "cat.jpg", "--coco", "c.json"), 2, "COCO image_id 1; --coco-images JSON")
