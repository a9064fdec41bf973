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
    (f"test {FILES} a.jpg b.jpg -save_labels", f"yolofleet detect {OURS} a.jpg b.jpg --yolo labels",
     ["Darknet takes the first picture only; here all of them are taken",
      "Darknet writes a label file near each picture; --yolo writes all below one folder"]),
    (f"test {FILES} data/list.txt", f"yolofleet detect {OURS} @data/list.txt",
     ["data/list.txt is taken for a list of pictures, which is written @data/list.txt"]),
    (f"test {FILES} a.jpg -thresh high -gpus 0,x -out", f"yolofleet detect {OURS} a.jpg",
     ["-thresh is left out: 'high' isn't a number from 0 to 1", "-out is left out: its value is missing",
      "-gpus is left out: 'x' isn't the number of a GPU"]),
    (f"test {FILES} -thresh 30 a.jpg -i", f"yolofleet detect {OURS} a.jpg",
     ["-thresh is left out: '30' isn't a number from 0 to 1", "-i is left out: its value is missing"]),
    (f"test {FILES} --conf 0.3 a.jpg --fp16 --save-txt=found", f"yolofleet detect {OURS} a.jpg --confidence 0.3 "
     "--precision fp16 --yolo=found", []),
    (f"test {FILES} --thresh 0.3 --source a.jpg --frob", f"yolofleet detect {OURS} a.jpg --confidence 0.3",
     ["--frob is left out: neither Darknet nor yolofleet has such an option"]),
    (f"map {FILES} -points 7 -iou_thresh", f"yolofleet eval {OURS} --precision fp32",
     ["-iou_thresh is left out: its value is missing", "-points is left out: 7 not in {0,11,101}"]),
    (f"test {FILES} a.jpg -save_labels -nogpu", f"yolofleet detect {OURS} a.jpg --devices cpu --yolo .", []),
    (f"test {FILES} a.jpg -i -1", f"yolofleet detect {OURS} a.jpg --devices cpu", []),
    (f"test {FILES} a.jpg --devices cpu:2 -points 11 -frob -o out.jsonl",
     f"yolofleet detect {OURS} a.jpg --devices cpu:2 -o out.jsonl",
     ["-points is left out: it has no effect here", "-frob is left out: neither Darknet nor yolofleet has such an option"]),
    ("test obj.data x.cfg", "yolofleet detect obj.data --cfg x.cfg --weights WEIGHTS @-",
     ["these files are missing: WEIGHTS",
      "@- reads the names of the pictures from standard input, one a line"]),
    ("test obj.data x.cfg a.jpg", "yolofleet detect obj.data --cfg x.cfg --weights WEIGHTS a.jpg",
     ["these files are missing: WEIGHTS"]),
    ("test -thresh 0.3", "yolofleet detect DATA --cfg CFG --weights WEIGHTS @- --confidence 0.3",
     ["these files are missing: DATA, CFG, WEIGHTS",
      "@- reads the names of the pictures from standard input, one a line"]),
    ("test cfg/x.cfg x.weights a.jpg", "yolofleet detect --cfg cfg/x.cfg --weights x.weights a.jpg",
     ["there is no .data file: classes are numbers; --names FILE has their names"]),
    ("map cfg/x.cfg x.weights", "yolofleet eval DATA --cfg cfg/x.cfg --weights x.weights --precision fp32",
     ["these files are missing: DATA"]),
    ("valid cfg/x.cfg x.weights",
     "yolofleet detect DATA --cfg cfg/x.cfg --weights x.weights @LIST --confidence 0.001 --nms 0.6 "
     "--coco coco_results.json",
     ["these files are missing: DATA",
      "LIST stands for the file that `valid` of the .data file names",
      "results are COCO's JSON, whatever `eval` of the .data file says"]),
    (f"test {FILES} -nms .4 a.jpg -frob 7", f"yolofleet detect {OURS} a.jpg --nms .4",
     ["-frob 7 is left out: neither Darknet nor yolofleet has such an option"]),
    (f"-i 1 test {FILES} a.jpg -thresh 0.25", f"yolofleet detect {OURS} a.jpg --confidence 0.25 --devices cuda:1", []),
    (f"-dont_show map -points 11 {FILES}", f"yolofleet eval {OURS} --points 11 --precision fp32",
     ["-dont_show is left out: no window is opened"]),
    (f"demo {FILES} -c 1 -benchmark -i 0", f"yolofleet bench {OURS} --devices cuda:0",
     ["bench measures with made-up pictures, not with a video or a camera; pictures after the model take their place"]),
    (f"map {FILES}", f"yolofleet eval {OURS} --precision fp32", []),
    (f"map {FILES} --precision bf16", f"yolofleet eval {OURS} --precision bf16", []),
    (f"map {FILES} -thresh 0.2 -iou_thresh 0.75 -points 101 -letter_box -gpus 0,2",
     f"yolofleet eval {OURS} --map-confidence 0.2 --iou 0.75 --points 101 --letterbox --precision fp32 "
     "--devices cuda:0,cuda:2", []),
    (f"recall {FILES}", f"yolofleet eval {OURS} --precision fp32", ["eval prints precision and recall with mAP"]),
    (f"valid {FILES} -out mine -i 0",
     f"yolofleet detect {OURS} @data/valid.txt --confidence 0.001 --nms 0.6 --coco mine.json --devices cuda:0",
     ["results are COCO's JSON, whatever `eval` of the .data file says"]),
    ("valid gone.data x.cfg x.weights",
     "yolofleet detect gone.data --cfg x.cfg --weights x.weights @LIST --confidence 0.001 --nms 0.6 "
     "--coco coco_results.json",
     ["gone.data can't be read; LIST stands for the file that `valid` of the .data file names",
      "results are COCO's JSON, whatever `eval` of the .data file says"]),
    (f"demo {FILES} test.mp4 -thresh 0.4 -out_filename res.avi -dont_show",
     f"yolofleet detect {OURS} test.mp4 --confidence 0.4 --annotated drawn",
     ["--annotated writes a video for each video, and a picture for each picture",
      "-dont_show is left out: no window is opened"]),
    (f"demo {FILES} -c 1 -time_limit_sec 60", f"yolofleet detect {OURS} /dev/video1 --to 60", []),
    (f"demo {FILES} test.mp4 -time_limit_sec 60 -fps 5", f"yolofleet detect {OURS} test.mp4",
     ["-time_limit_sec is left out: --to TIME ends a video",
      "-fps is left out: --fps F takes at most F frames a second"]),
    (f"demo {FILES} rtsp://10.0.0.1/s -prefix p", f"yolofleet detect {OURS} rtsp://10.0.0.1/s --annotated drawn", []),
    (f"demo {FILES} rtsp://user:secret@10.0.0.1/s -mjpeg_port 8090",
     f"yolofleet detect {OURS} rtsp://10.0.0.1/s --view 8090",
     ["the user and the password of the address aren't repeated here"]),
    (f"demo {FILES}", f"yolofleet detect {OURS} /dev/video0", []),
    (f"demo {FILES} test.mp4 -benchmark", f"yolofleet bench {OURS}",
     ["bench measures with made-up pictures, not with a video or a camera; pictures after the model take their place"]),
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
