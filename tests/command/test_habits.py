"""Options as Darknet and other programs have them: refused before anything is read or written, and
the message names the option that is meant."""

import pytest

from conftest import lines, refused

DETECT = ["detect", "model", "a.png"]
ONE_LETTER = "one dash is for one letter, two are for a word (a file of this name is written ./"


@pytest.mark.parametrize("words, message", [
    # Darknet's, in each subcommand.
    (["-out", "result.json"], "unknown option -out: did you mean --darknet-json FILE"),
    (["-thresh", "0.3"], "unknown option -thresh: did you mean --confidence P"),
    (["-thresh=0.3"], "unknown option -thresh=0.3: did you mean --confidence P"),
    (["-iou_thresh", "0.5"], "(the threshold of non-maximum suppression is --nms IOU)"),
    (["-ext_output"], "did you mean --format darknet"),
    (["-save_labels"], "did you mean --yolo DIR"),
    (["-dont_show"], "leave it out (no window is opened"),
    (["-i", "0"], "unknown option -i: did you mean --devices LIST (GPU 1 is cuda:1)"),
    (["-c", "0"], "leave it out (a camera is an INPUT: /dev/video0 is camera 0)"),
    (["-letter_box"], "did you mean --letterbox"),
    (["-gpus", "0,1"], "did you mean --devices LIST (GPUs 0,1 are cuda:0,cuda:1)"),
    (["-nogpu"], "did you mean --devices cpu"),
    (["-points", "11"], "did you mean --points 0|11|101"),
    (["-map"], "leave it out (`yolofleet eval` measures mAP"),
    (["-hier", "0.5"], "leave it out (trees of classes (YOLO9000) aren't supported"),
    (["-prefix", "p"], "did you mean --annotated DIR"),
    (["-out_filename", "r.avi"], "did you mean --annotated DIR (it writes a video for each video)"),
    (["-json_port", "8070"], "did you mean --output - (results aren't served over the network)"),
    (["-mjpeg_port", "8090"], "did you mean --view PORT (a page for browsers on this machine)"),
    (["-benchmark"], "leave it out (`yolofleet bench` measures the speed"),
    (["-avgframes", "3"], "leave it out (detections aren't averaged over frames"),
    (["-s", "3"], "leave it out (frames of files are never dropped"),
    (["-time_limit_sec", "3"], "leave it out (--to TIME ends a video"),
    (["-clear"], "leave it out (yolofleet doesn't train"),
    (["-num_of_clusters", "9"], "leave it out (yolofleet doesn't compute anchors"),
    (["--ext_output"], "unknown option --ext_output: did you mean --format darknet"),
    (["--dont-show"], "leave it out ("),
    # Ours, written in another way.
    (["-output", "o"], "unknown option -output: did you mean --output?"),
    (["-input_size", "64x64"], "did you mean --input-size?"),
    (["--input_size", "64x64"], "unknown option --input_size: did you mean --input-size?"),
    (["-help"], "did you mean --help?"),
    (["-oFILE"], "unknown option -oFILE: one dash is for one letter: write -o FILE"),
    (["-o=x"], "one dash is for one letter: write -o x"),
    (["-o=", "x"], "unknown option -o=: one dash is for one letter: write -o and its value as the next word"),
    (["-thresh0.3"], "unknown option -thresh0.3: did you mean --confidence P?"),
    (["-THRESH", "0.3"], "unknown option -THRESH: did you mean --confidence P?"),
    (["-iou_thresh.5"], "did you mean --iou X of `yolofleet eval`"),
    (["-gpus0,1"], "did you mean --devices LIST"),
    (["-nms0.4"], "did you mean --nms?"),
    (["--Output", "o"], "did you mean --output?"),
    # A slip.
    (["--confidense", "0.3"], "unknown option --confidense: did you mean --confidence"),
    (["--anotated=x"], "unknown option --anotated=x: did you mean --annotated"),
    (["--annot", "x"], "did you mean --annotated"),
    (["--nm", "0.5"], "did you mean --nms"),
    (["-qv"], ONE_LETTER + "-qv"),
    (["-frobnicate"], ONE_LETTER + "-frobnicate"),
    (["--output", "-frobnicate"], ONE_LETTER + "-frobnicate"),
    (["\u2013thresh", "0.3"], "which begins with a long dash: did you mean --confidence P"),
    (["\u2014output", "o"], "which begins with a long dash: did you mean --output?"),
    # Other programs'.
    (["--thresh", "0.3"], "unknown option --thresh: did you mean --confidence P"),
    (["--conf", "0.3"], "unknown option --conf: did you mean --confidence P"),
    (["--conf-thres=0.3"], "did you mean --confidence P"),
    (["--conf_threshold", "0.3"], "did you mean --confidence P"),
    (["--iou-thres", "0.5"], "did you mean --nms IOU"),
    (["--iou", "0.5"], "did you mean --nms IOU"),
    (["--source", "a.png"], "unknown option --source: an INPUT (pictures, folders, patterns, @LIST) follows MODEL without an option"),
    (["--imgsz", "416"], "did you mean --input-size WxH"),
    (["--save-txt"], "did you mean --yolo DIR"),
    (["--save-conf"], "did you mean --yolo-confidence, with --yolo DIR"),
    (["--model", "m"], "MODEL is the first argument without an option, or write --cfg FILE --weights FILE"),
    (["--data", "obj.data"], "a .data file is MODEL, the first argument"),
    (["--device", "0"], "did you mean --devices LIST"),
    (["--batch-size", "8"], "did you mean --batch N"),
    (["--half"], "did you mean --precision fp16"),
    (["--max-det", "5"], "did you mean --max-detections N"),
    (["--agnostic-nms"], "unknown option --agnostic-nms: leave it out (NMS compares boxes of the same class only)"),
    (["--visualize"], "unknown option --visualize: did you mean --annotated DIR?"),
    (["--classes-file", "c.names"], "unknown option --classes-file: did you mean --names FILE?"),
    (["--help-all"], "unknown option --help-all: did you mean --help?"),
    (["-?"], "unknown option '-?': did you mean --help?"),
    (["--video", "a.mp4"], "an INPUT (a video, an address or a camera such as /dev/video0) follows MODEL"),
])
def test_an_option_of_another_program(place, words, message):
    place.picture("a.png")
    (place / "result.json").write_text("mine")
    refused(place.run(*DETECT, *words, "--yolo", "labels"), 2, message)
    assert place.files() == ["a.png", "result.json"] and (place / "result.json").read_text() == "mine"


@pytest.mark.parametrize("words, message", [
    (["eval", "model", "-thresh", "0.3"], "did you mean --map-confidence P"),
    (["eval", "model", "-iou_thresh", "0.75"], "--iou"),
    (["inspect", "model", "-thresh", "0.3"], "did you mean --confidence P of `yolofleet detect`"),
    (["build", "model", "-i", "1"], "did you mean --devices LIST (GPU 1 is cuda:1)"),
    (["bench", "model", "--conf", "0.3"], "did you mean --confidence P of `yolofleet detect`"),
    (["verify", "model", "-letter_box"], "did you mean --letterbox"),
    (["devices", "-json"], "did you mean --json?"),
    (["cache", "list", "-json"], "did you mean --json?"),
    (["cache", "-nogpu"], "did you mean --devices cpu of `yolofleet detect`"),
    (["-thresh", "0.3"], "did you mean --confidence P of `yolofleet detect`"),
    (["cache", "-list"], "unknown option -list: did you mean list (a subcommand has no dash)?"),
    (["cache", "--clear"], "did you mean clear (a subcommand has no dash)?"),
    (["cache", "lst"], "unknown subcommand 'cache lst': did you mean list?"),
    (["cache", "list", "x"], "(see `yolofleet cache list --help`)"),
    (["devices", "x"], "(see `yolofleet devices --help`)"),
    (["detetc", "model", "a.png"], "unknown subcommand detetc: did you mean detect?"),
    (["predict"], "unknown subcommand predict: did you mean detect?"),
    (["help"], "unknown subcommand help: did you mean --help?"),
    (["help", "detect"], "did you mean --help?"),
    (["train"], "unknown subcommand train: yolofleet runs trained detectors and doesn't train"),
])
def test_every_subcommand_refuses_it(place, words, message):
    refused(place.run(*words), 2, message)


def test_all_wrong_words_are_told_at_once(place):
    refused(place.run(*DETECT, "-thresh", ".3", "-dont_show", "--imgsz", "416"), 2,
            "unknown option -thresh: did you mean --confidence P? unknown option -dont_show: leave it out (",
            "; unknown option --imgsz: did you mean --input-size WxH?")


def test_other_unknown_options_are_refused_with_the_help(place):
    refused(place.run(*DETECT, "--frobnicate"), 2, "unknown option --frobnicate (see `yolofleet detect --help`)")
    refused(place.run(*DETECT, "-z"), 2, "unknown option -z (see `yolofleet detect --help`)")
    refused(place.run("cache", "list", "-z"), 2, "unknown option -z (see `yolofleet cache list --help`)")
    refused(place.run("--frobnicate"), 2, "unknown option --frobnicate (see `yolofleet --help`)")
    place.picture("a.png")
    result = place.run(*DETECT, "--output", "--frobnicate")
    assert result.returncode == 0 and (place / "--frobnicate").exists(), "a value may have dashes"


def test_negative_numbers_are_values(place):
    place.picture("a.png")
    refused(place.run(*DETECT, "--threads", "-1"), 2, "'-1' isn't a whole number from 0 to 1024")
    refused(place.run(*DETECT, "--confidence", "-.5"), 2, "'-.5' isn't a number from 0 to 1")
    refused(place.run(*DETECT, "--nms", "-1e-3"), 2, "'-1e-3' isn't a number from 0 to 1")


def test_a_negative_number_is_no_picture(place):
    place.picture("x.png").rename(place / "-1")
    for words in [["-1"], ["--verbose", "-1"], ["--nms", "0.4", "-1"], ["--nms=0.4", "-1"], ["--threads", "-1", "-1"]]:
        refused(place.run(*DETECT, *words), 2, "unknown option -1: a file of this name is written ./-1")
    refused(place.run("bench", "model", "-.5"), 2, "unknown option -.5: ")
    refused(place.run("-1"), 2, "unknown option -1: ")
    assert "option -1" not in place.run(*DETECT, "-i", "-1").stderr, "the value of Darknet's -i"
    for words in [["./-1"], ["--", "-1"]]:
        result = place.run("detect", "model", *words)
        assert result.returncode == 0, result.stderr
        assert len(lines(result.stdout)[0]["detections"]) == 1


@pytest.mark.parametrize("words, option, word", [
    (["-o", "-q"], "-o", "-q"),
    (["--output", "--table"], "--output", "--table"),
    (["--yolo", "--overwrite"], "--yolo", "--overwrite"),
    (["--coco", "--report=r.json"], "--coco", "--report"),
    (["--annotated", "-v", "--letterbox"], "--annotated", "-v"),
])
def test_an_option_is_no_value(place, words, option, word):
    place.picture("a.png")
    before = place.files()
    refused(place.detect("a.png", *words), 2,
            f"{option}: its value is missing before {word} (a file of this name is written ./{word})")
    assert place.files() == before


@pytest.mark.parametrize("words, message", [
    (["--shard", "-1/2"], "--shard: "),
    (["--input-size", "-1x5"], "--input-size -1x5: "),
    (["--from", "-0:05"], "--from: '-0:05' isn't a time"),
    (["--threads", "-1"], "--threads: "),
])
def test_an_option_says_what_is_wrong_with_a_negative_value(place, words, message):
    place.picture("a.png")
    result = place.detect("a.png", *words)
    assert result.returncode == 2 and message in result.stderr and "unknown option" not in result.stderr


def test_two_dashes_end_the_options(place):
    for name in ["-thresh.png", "--output", "-5.png", "bench", "plain.png"]:
        place.picture("x.png").rename(place / name)
    result = place.run("detect", "model", "plain.png", "--", "-thresh.png", "--output", "-5.png", "bench")
    assert result.returncode == 0, result.stderr
    assert [each["image"] for each in lines(result.stdout)] == [
        "plain.png", "-thresh.png", "--output", "-5.png", "bench"]
    result = place.run("detect", "--quiet", "--", "model", "--output")
    assert [each["image"] for each in lines(result.stdout)] == ["--output"]
    refused(place.run("detect", "model", "plain.png", "--output", "--", "-thresh.png"), 2,
            "--output: its value is missing before --")
    result = place.run("inspect", "--json", "--", "model")
    assert result.returncode == 0 and result.stdout.startswith("{")
    result = place.run("detect", "model", "--", "-gone.png", "-o")
    assert [each["error"]["message"] for each in lines(result.stdout)] == [
        "-gone.png: can't be read: No such file or directory", "-o: can't be read: No such file or directory"]
