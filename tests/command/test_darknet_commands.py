"""Darknet's command lines: the command here that does the same is printed, and nothing is run."""

import os
import subprocess

import pytest

from conftest import BIN, lines, refused

FILES = "data/obj.data cfg/x.cfg x.weights"
OURS = "data/obj.data --cfg cfg/x.cfg --weights x.weights"


def translated(result):
    """The printed command, without the program, and the notes."""
    assert result.returncode == 2 and result.stdout == ""
    first, command, *notes = result.stderr.splitlines()
    assert first.startswith("yolofleet: error: `det") and first.endswith("` is Darknet's; the same here:")
    assert all(note.startswith("yolofleet: ") for note in notes)
    assert command.startswith("  ")
    return command[2:].replace(BIN, "yolofleet"), [note.removeprefix("yolofleet: ") for note in notes]


@pytest.mark.parametrize("words, command, notes", [
    (f"test {FILES} pic.jpg -thresh 0.3 -ext_output",
     f"yolofleet detect {OURS} pic.jpg --confidence 0.3 --format darknet", []),
    (f"test {FILES} -dont_show -ext_output -out result.json",
     f"yolofleet detect {OURS} @- --format darknet --darknet-json result.json",
     ["@- reads the names of the pictures from standard input, one a line",
      "-dont_show is left out: no window is opened"]),
    (f"test -i 1 {FILES} -letter_box VOC/JPEGImages/a.jpg -save_labels",
     f"yolofleet detect {OURS} VOC/JPEGImages/a.jpg --letterbox --devices cuda:1 --yolo VOC/labels", []),
    (f"test {FILES} a.jpg -save_labels -nogpu", f"yolofleet detect {OURS} a.jpg --devices cpu --yolo .", []),
    (f"test {FILES} a.jpg -i -1", f"yolofleet detect {OURS} a.jpg --devices cpu", []),
    (f"test {FILES} a.jpg --devices cpu:2 -points 11 -frob -o out.jsonl",
     f"yolofleet detect {OURS} a.jpg --devices cpu:2 -o out.jsonl",
     ["-points is left out: it has no effect here", "-frob is left out: Darknet has no such option"]),
    ("test obj.data x.cfg", "yolofleet detect obj.data --cfg x.cfg --weights WEIGHTS @-",
     ["the words in capitals stand for files that weren't given",
      "@- reads the names of the pictures from standard input, one a line"]),
    (f"map {FILES}", f"yolofleet eval {OURS}", []),
    (f"map {FILES} -thresh 0.2 -iou_thresh 0.75 -points 101 -letter_box -gpus 0,2",
     f"yolofleet eval {OURS} --map-confidence 0.2 --iou 0.75 --points 101 --letterbox --devices cuda:0,cuda:2", []),
    (f"recall {FILES}", f"yolofleet eval {OURS}", ["eval prints precision and recall with mAP"]),
    (f"valid {FILES} -out mine -i 0",
     f"yolofleet detect {OURS} @data/valid.txt --confidence 0.001 --nms 0.6 --coco mine.json --devices cuda:0",
     ["results are COCO's JSON, whatever `eval` of the .data file says"]),
    ("valid gone.data x.cfg x.weights",
     "yolofleet detect gone.data --cfg x.cfg --weights x.weights @LIST --confidence 0.001 --nms 0.6 "
     "--coco coco_results.json",
     ["gone.data can't be read; LIST stands for the file that its `valid` names",
      "results are COCO's JSON, whatever `eval` of the .data file says"]),
    (f"demo {FILES} test.mp4 -thresh 0.4 -out_filename res.avi -dont_show",
     "mkdir -p frames && ffmpeg -i test.mp4 -q:v 2 frames/%06d.jpg && "
     f"yolofleet detect {OURS} frames --confidence 0.4 --annotated drawn",
     ["videos aren't read yet: ffmpeg makes a picture of each frame",
      "videos aren't written yet: --annotated writes the pictures with their detections",
      "-dont_show is left out: no window is opened"]),
    (f"demo {FILES} test.mp4 -benchmark", f"yolofleet bench {OURS}",
     ["bench measures with made-up pictures; pictures after the model take their place"]),
])
def test_detector(place, words, command, notes):
    (place / "data").mkdir()
    (place / "data/obj.data").write_text("classes = 1\nvalid  = valid.txt\nnames = obj.names\n")
    (place / "data/valid.txt").write_text("a.jpg\n")
    assert translated(place.run("detector", *words.split())) == (command, notes)
    assert place.files() == ["data/obj.data", "data/valid.txt"]


@pytest.mark.parametrize("words, message", [
    (f"train {FILES} -map", "`detector train` is Darknet's: yolofleet doesn't train; it runs the weights that "
                            "Darknet has trained, and `yolofleet eval` measures their mAP"),
    ("calc_anchors data/obj.data -num_of_clusters 9", "yolofleet doesn't compute anchors; `yolofleet inspect` shows"),
    (f"draw {FILES} a.jpg", "`detector draw` is Darknet's: yolofleet doesn't paint over pictures"),
    (f"demo {FILES} -c 0", "`detector demo` is Darknet's: cameras and streams aren't read yet"),
    (f"demo {FILES} rtsp://10.0.0.1/s", "cameras and streams aren't read yet"),
    (f"demo {FILES}", "cameras and streams aren't read yet"),
    ("frob", "`detector frob` is Darknet's: test, map, valid, recall or demo can be translated"),
    ("", "`detector` is Darknet's: test, map, valid, recall or demo can be translated"),
])
def test_functions_without_a_counterpart(place, words, message):
    refused(place.run("detector", *words.split()), 2, message)


def test_names_are_quoted_for_a_shell(place):
    name = "it's a \u65e5\x1b[2J.jpg"
    command, _ = translated(place.run("detector", "test", "o.data", "x y.cfg", "x.weights", name))
    assert command.split(" ", 1)[1].startswith("detect o.data --cfg 'x y.cfg' --weights x.weights $'it\\'s")
    words = subprocess.run(["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True).stdout
    assert words.split(b"\0")[-2].decode() == name


def test_detect_with_a_cfg_and_weights(place):
    place.picture("two words.png")
    result = place.run("detect", "model/square.cfg", "model/square.weights", "-thresh", ".3", "two words.png", "-dont_show")
    command, notes = translated(result)
    assert command == ("yolofleet detect --cfg model/square.cfg --weights model/square.weights 'two words.png' "
                       "--confidence .3")
    assert notes == ["-dont_show is left out: no window is opened"]
    printed = result.stderr.splitlines()[1]
    ran = subprocess.run(["bash", "-c", printed], cwd=place.folder, capture_output=True, text=True, check=True, env=os.environ)
    [found] = lines(ran.stdout)
    assert found["image"] == "two words.png" and len(found["detections"]) == 1


def test_our_own_detect_isnt_taken_for_darknets(place):
    place.picture("a.png")
    assert place.run("detect", "--cfg", "model/square.cfg", "--weights", "model/square.weights", "a.png").returncode == 0
    refused(place.run("detect", "model/square.cfg", "a.png"), 2, "model/square.cfg: is a file")
