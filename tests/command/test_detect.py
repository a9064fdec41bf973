"""What `yolofleet detect` gives for good input."""

import json
import re
import os
import pty

import pytest
from PIL import Image

from conftest import BIN, SQUARE, lines, refused


def test_the_json_of_a_picture(place):
    place.picture("a.png")
    result = place.detect("a.png")
    assert result.returncode == 0, result.stderr
    [found] = lines(result.stdout)
    assert list(found) == ["index", "image", "width", "height", "detections"]
    assert (found["index"], found["image"], found["width"], found["height"]) == (0, "a.png", 64, 64)
    [detection] = found["detections"]
    assert list(detection) == ["class_id", "label", "confidence", "box"]
    assert (detection["class_id"], detection["label"]) == (0, "white square")
    assert detection["confidence"] == pytest.approx(1, abs=0.01)
    assert detection["box"] == pytest.approx(SQUARE, abs=0.5)
    assert result.stderr.startswith("yolofleet: 1 picture, 0 failed, 1 detection, ")


def crowd(place, name):
    """A white picture: with --input-size 320x320 the model finds an object in each of its 400 cells."""
    Image.new("RGB", (320, 320), (255, 255, 255)).save(place / name)
    return [name, "--input-size", "320x320", "--precision", "fp32"]


def test_a_crowd_is_whole(place):
    place.picture("a.png")
    result = place.detect("a.png", *crowd(place, "crowd.png"), "--report", "report.json")
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    assert list(found[1]) == ["index", "image", "width", "height", "detections"]
    assert len({tuple(each["box"]) for each in found[1]["detections"]}) == 400
    assert "warning" not in result.stderr
    report = json.loads((place / "report.json").read_text())
    assert (report["detections_cut"], report["pictures_over_limit"]) == (0, 0)


def test_what_a_limit_cuts_is_told(place):
    place.picture("a.png")
    result = place.detect("a.png", *crowd(place, "crowd.png"), "--max-detections", "300", "--report", "report.json")
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    assert len(found[1]["detections"]) == 300 and found[1]["detections_cut"] == 100
    assert "detections_cut" not in found[0] and "candidates_dropped" not in found[1]
    assert "yolofleet: warning: --max-detections left out 100 detections in 1 picture\n" in result.stderr
    report = json.loads((place / "report.json").read_text())
    assert (report["detections_cut"], report["pictures_over_limit"]) == (100, 1)
    assert (report["candidates_dropped"], report["pictures_over_room"]) == (0, 0)
    quiet = place.detect(*crowd(place, "crowd.png"), "--max-detections", "300", "--quiet")
    assert quiet.stderr == "" and lines(quiet.stdout)[0]["detections_cut"] == 100


def test_one_device_is_not_compared_with_anything(place):
    place.picture("a.png")
    tested = place.detect("a.png", "--devices", "cpu")
    untested = place.detect("a.png", "--devices", "cpu", "--no-self-test")
    assert tested.returncode == untested.returncode == 0 and tested.stdout == untested.stdout != ""
    assert len(tested.stderr.splitlines()) == len(untested.stderr.splitlines()) == 1


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "bmp"])
def test_every_format_in_pixels_of_the_picture(place, ending):
    place.picture(f"a.{ending}", size=(128, 192))
    [found] = lines(place.detect(f"a.{ending}").stdout)
    assert (found["width"], found["height"]) == (128, 192)
    left, top, width, height = SQUARE
    assert found["detections"][0]["box"] == pytest.approx([left * 2, top * 3, width * 2, height * 3], abs=2)


def test_order_of_output_is_order_of_input_whatever_fails_between(place):
    names = [f"{number:02}.png" for number in range(40)]
    for name in names[::2]:
        place.picture(name)
    (place / names[7]).write_bytes(b"")
    result = place.detect(*names)
    assert result.returncode == 1
    found = lines(result.stdout)
    assert [each["index"] for each in found] == list(range(40))
    assert [each["image"] for each in found] == names
    assert all(("error" in each) == bool(each["index"] % 2) for each in found)
    assert "only the output names further failures" not in result.stderr
    assert "40 pictures, 20 failed, 20 detections" in result.stderr


def test_unordered_results_have_the_index_of_their_picture(place):
    names = [f"{number:02}.png" for number in range(40)]
    for name in names[::2]:
        place.picture(name, size=(64 + 8 * int(name[:2]), 64))
    arguments = ["--coco", "coco.json", "--max-wait", "0", "--on-device-error", "continue"]
    result = place.detect(*names, "--unordered", *arguments)
    assert result.returncode == 1
    found = lines(result.stdout)
    assert sorted(each["index"] for each in found) == list(range(40))
    for each in found:
        number = each["index"]
        assert each["image"] == names[number]
        assert ("error" in each) == bool(number % 2)
        assert number % 2 or each["width"] == 64 + 8 * number
    assert sorted(each["image_id"] for each in json.loads((place / "coco.json").read_text())) == list(range(0, 40, 2))


def test_a_folder_is_read_recursively_and_sorted(place):
    for name in ["in/b.png", "in/a/z.png", "in/a.png", "in/B.PNG"]:
        place.picture(name)
    (place / "in/readme.txt").write_text("x")
    os.symlink("..", place / "in/a/up")
    found = lines(place.detect("in").stdout)
    assert [each["image"] for each in found] == ["in/B.PNG", "in/a.png", "in/a/z.png", "in/b.png"]


def test_globs_lists_and_standard_input(place):
    picture = place.picture("sub/a.png")
    place.picture("b.png")
    (place / "list.txt").write_bytes(b"b.png\r\n\r\nsub/a.png")
    found = lines(place.detect("*.png", "**/a.png", "@list.txt", "-", stdin=picture.open("rb")).stdout)
    assert [each["image"] for each in found] == ["b.png", "sub/a.png", "b.png", "sub/a.png", "-"]
    assert all(len(each["detections"]) == 1 for each in found)
    piped = place.detect("@-", input="b.png\n")
    assert [each["image"] for each in lines(piped.stdout)] == ["b.png"]


def test_a_model_by_its_files_and_without_names(place):
    place.picture("a.png")
    files = ["--cfg", "model/square.cfg", "--weights", "model/square.weights"]
    [found] = lines(place.run("detect", *files, "a.png").stdout)
    assert found["detections"][0]["label"] == "0"
    [found] = lines(place.run("detect", *files, "--names", "model/square.names", "a.png").stdout)
    assert found["detections"][0]["label"] == "white square"


def test_a_name_that_is_not_utf8_leaves_the_json_whole(place):
    source = place.picture("a.png")
    os.rename(source, os.path.join(os.fsencode(place.folder), b"caf\xe9.png"))
    result = place.detect(b"caf\xe9.png".decode(errors="surrogateescape"))
    [found] = lines(result.stdout)
    assert found["image"] == "caf\ufffd.png"


def test_options_reach_the_library(place):
    place.picture("a.png", size=(128, 64))
    assert lines(place.detect("a.png", "--confidence", "1").stdout)[0]["detections"] == []
    assert "too_large" in place.detect("a.png", "--max-pixels", "8191").stdout
    assert place.detect("a.png", "--max-pixels", "8192").returncode == 0
    stretched = lines(place.detect("a.png").stdout)
    letterboxed = lines(place.detect("a.png", "--letterbox").stdout)
    assert stretched != letterboxed
    assert letterboxed == lines(place.detect("a.png", "--resize", "letterbox").stdout)
    said = place.detect("a.png", "--precision", "fp32", "--threads", "1", "--verbose").stderr
    assert "square: input 64x64x3, 1 classes" in said and "fp32, 1 thread" in said
    assert re.search(r"a\.png: \d+ detections?, by cpu$", said, re.MULTILINE)
    assert ", by " not in place.detect("a.png").stderr
    assert "1 thread" in place.detect("a.png", "--devices", "cpu:1", "--verbose").stderr
    bigger = place.detect("a.png", "--input-size", "128x64", "--verbose").stderr
    assert "input 128x64x3" in bigger
    assert place.detect("a.png", "--quiet").stderr == ""


def test_all_the_files_it_writes(place):
    for name in ["in/000000000139.png", "in/sub/7.jpg", "in/sub/8.webp"]:
        place.picture(name)
    result = place.detect("in", "--output", "out.jsonl", "--coco", "coco.json", "--yolo", "yolo",
                          "--annotated", "drawn", "--table")
    assert result.returncode == 0, result.stderr
    assert place.files("yolo") == ["000000000139.txt", "sub/7.txt", "sub/8.txt"]
    assert place.files("drawn") == ["000000000139.png", "sub/7.jpg", "sub/8.jpg"]
    assert not [name for name in place.files() if name.endswith(".partial")]

    assert [each["index"] for each in lines((place / "out.jsonl").read_text())] == [0, 1, 2]
    coco = json.loads((place / "coco.json").read_text())
    assert [each["image_id"] for each in coco] == [139, 7, 8]
    assert list(coco[0]) == ["image_id", "category_id", "bbox", "score"]
    assert coco[0]["category_id"] == 1 and coco[0]["bbox"] == pytest.approx(SQUARE, abs=0.5)
    numbers = [float(text) for text in (place / "yolo/sub/7.txt").read_text().split()]
    assert numbers == pytest.approx([0, 40 / 64, 24 / 64, 16 / 64, 16 / 64], abs=0.02)
    with Image.open(place / "drawn/000000000139.png") as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (64, 64))
        assert any(len(set(color)) > 1 for _, color in drawn.getcolors()), "drawn in colour"
    with Image.open(place / "drawn/sub/8.jpg") as drawn:
        assert drawn.format == "JPEG"

    table = result.stdout.splitlines()
    assert table[0].split() == ["image", "label", "confidence", "left", "top", "width", "height"]
    assert table[1].split() == ["in/000000000139.png", "white", "square", "100.0", "%", "32", "16", "16", "16"]
    assert len({len(line) for line in table[:2]}) == 1


def test_coco_ids_from_files(place):
    place.picture("a.png")
    place.picture("b.png")
    images = {"images": [{"file_name": "a.png", "id": 77}], "annotations": [{"id": 1}]}
    (place / "images.json").write_text(json.dumps(images))
    (place / "classes.map").write_text("18 dog\n")
    result = place.detect("a.png", "b.png", "--coco", "-", "--coco-images", "images.json",
                          "--coco-classes", "classes.map")
    assert [(each["image_id"], each["category_id"]) for each in json.loads(result.stdout)] == [(77, 18), (1, 18)]
    assert "images.json: doesn't list 1 of the 2 pictures" in result.stderr


def test_coco_without_a_detection_is_an_empty_list(place):
    Image.new("RGB", (64, 64)).save(place / "black.png")
    result = place.detect("black.png", "--coco", "c.json", "--yolo", "y")
    assert json.loads((place / "c.json").read_text()) == []
    assert (place / "y/black.txt").read_text() == ""
    assert lines(result.stdout)[0]["detections"] == []


def test_drawn_pictures_are_not_read_as_input(place):
    place.picture("in/a.png")
    for _ in range(2):
        result = place.detect("in", "--annotated", "in/drawn")
        assert len(lines(result.stdout)) == 1
    assert place.files("in") == ["a.png", "drawn/a.png"]


def on_a_terminal(place, *arguments):
    """What the command writes when standard output and error are a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(place.folder)
        os.execv(BIN, [BIN, "detect", "model", *arguments])
    written = b""
    try:
        while chunk := os.read(terminal, 4096):
            written += chunk
    except OSError:  # how Linux tells that the other side has gone
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), written.decode()


def test_a_terminal_gets_a_table_and_a_progress_line(place):
    place.picture("a.png")
    code, written = on_a_terminal(place, "a.png", "gone.png")
    assert code == 1
    assert "white square" in written and "confidence" in written and '"index"' not in written
    assert "\r0/2    0 %  [" in written
    assert written.rstrip().splitlines()[-1].removeprefix("\x1b[K").startswith("yolofleet: 2 pictures, 1 failed")
    _, written = on_a_terminal(place, "a.png", "--no-progress", "--format", "jsonl")
    assert '"index":0' in written and " %" not in written


@pytest.mark.parametrize("name", ["o.data", "o.DATA", "data.txt"])
def test_inspect_a_data_file(place, name):
    (place / name).write_text("classes = 1\nnames = model/square.names\n")
    refused(place.run("inspect", name), 2, f"{name}: a .data file names no network: give --cfg FILE, too")
    described = json.loads(place.run("inspect", name, "--cfg", "model/square.cfg", "--json").stdout)
    assert (described["names"], described["has_weights"]) == (["white square"], False)
    (place / name).write_text("classes = 2\nnames = model/square.names\n")
    refused(place.run("inspect", name, "--cfg", "model/square.cfg"), 2,
            f"{name}:1: classes=2, but the network of model/square.cfg has 1 classes")


def test_inspect_with_and_without_weights(place):
    result = place.run("inspect", "model")
    assert result.returncode == 0, result.stderr
    text = result.stdout.splitlines()
    assert text[0].split()[:2] == ["layer", "kind"]
    assert text[1].split()[:2] == ["0", "convolutional"] and "4614" in text[1]
    assert "head at layer 1: 4 x 4 cells, stride 16, 1 classes, anchors 16x16" in result.stdout
    assert "4614 parameters" in text[-1] and "no weights" not in text[-1]

    described = json.loads(place.run("inspect", "model", "--json").stdout)
    assert described["parameters"] == 4614 and described["names"] == ["white square"]
    assert described["layers"][0]["output"] == [4, 4, 6]
    assert described["heads"][0]["anchors"] == [[16, 16]]

    (place / "model/square.weights").unlink()
    for arguments in (["model"], ["model/square.cfg"], ["--cfg", "model/square.cfg"]):
        assert "no weights" in place.run("inspect", *arguments).stdout
    larger = json.loads(place.run("inspect", "model", "--json", "--input-size", "128x64").stdout)
    assert larger["input"]["width"] == 128 and larger["has_weights"] is False


def test_help_and_version(place):
    assert place.run("--version").stdout.startswith("yolofleet ")
    for arguments in (["--help"], ["detect", "--help"], ["inspect", "--help"], ["devices", "-h"],
                      ["build", "-h"], ["cache", "-h"], ["cache", "list", "-h"], ["cache", "clear", "-h"], ["cache", "export", "-h"]):
        result = place.run(*arguments)
        assert result.returncode == 0 and "Usage: yolofleet" in result.stdout
    told = place.run("detect", "--help").stdout
    for default in ("P=0.25", "IOU=0.45", "N=0", "N=178956970", "TYPE=auto", "LIST=auto", "HOW=model"):
        assert default in told
    assert max(map(len, told.splitlines())) <= 100, "fits a terminal"
