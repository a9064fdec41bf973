"""Options as Darknet and other programs have them: refused before anything is read or written, and
the message names the option that is meant."""

import pytest

from conftest import lines, refused

DETECT = ["detect", "model", "a.png"]
ONE_LETTER = "one dash is for one letter, two are for a word; a file of this name is written ./"


@pytest.mark.parametrize("words, message", [
    # Darknet's, in each subcommand.
    (["-out", "result.json"], "'-out' isn't an option: Darknet's -out is --darknet-json FILE"),
    (["-thresh", "0.3"], "'-thresh' isn't an option: Darknet's -thresh is --confidence P"),
    (["-thresh=0.3"], "'-thresh=0.3' isn't an option: Darknet's -thresh is --confidence P"),
    (["-iou_thresh", "0.5"], "(the threshold of non-maximum suppression is --nms IOU)"),
    (["-ext_output"], "Darknet's -ext_output is --format darknet"),
    (["-save_labels"], "Darknet's -save_labels is --yolo DIR"),
    (["-dont_show"], "leave Darknet's -dont_show out: no window is opened"),
    (["-i", "0"], "'-i' isn't an option: Darknet's -i is --devices LIST (GPU 1 is cuda:1)"),
    (["-c", "0"], "leave Darknet's -c out: videos and cameras aren't read yet"),
    (["-letter_box"], "Darknet's -letter_box is --letterbox"),
    (["-gpus", "0,1"], "Darknet's -gpus is --devices LIST (GPUs 0,1 are cuda:0,cuda:1)"),
    (["-nogpu"], "Darknet's -nogpu is --devices cpu"),
    (["-points", "11"], "Darknet's -points is --points 0|11|101"),
    (["-map"], "leave Darknet's -map out: `yolofleet eval` measures mAP"),
    (["-hier", "0.5"], "leave Darknet's -hier out: trees of classes (YOLO9000) aren't supported"),
    (["-prefix", "p"], "Darknet's -prefix is --annotated DIR"),
    (["-out_filename", "r.avi"], "Darknet's -out_filename is --annotated DIR (videos aren't written yet)"),
    (["-json_port", "8070"], "Darknet's -json_port is --output - (results aren't served over the network)"),
    (["-mjpeg_port", "8090"], "Darknet's -mjpeg_port is --annotated DIR"),
    (["-benchmark"], "leave Darknet's -benchmark out: `yolofleet bench` measures the speed"),
    (["-avgframes", "3"], "leave Darknet's -avgframes out: videos and cameras aren't read yet"),
    (["-clear"], "leave Darknet's -clear out: yolofleet doesn't train"),
    (["-num_of_clusters", "9"], "leave Darknet's -num_of_clusters out: yolofleet doesn't compute anchors"),
    (["--ext_output"], "'--ext_output' isn't an option: Darknet's -ext_output is --format darknet"),
    (["--dont-show"], "leave Darknet's -dont_show out"),
    # Ours, written in another way.
    (["-output", "o"], "'-output' isn't an option: write --output"),
    (["-input_size", "64x64"], "write --input-size"),
    (["--input_size", "64x64"], "'--input_size' isn't an option: write --input-size"),
    (["-help"], "write --help"),
    (["-oFILE"], "'-oFILE' isn't an option: one dash is for one letter: write -o FILE"),
    (["-o=x"], "one dash is for one letter: write -o x"),
    (["-qv"], ONE_LETTER + "-qv"),
    (["-frobnicate"], ONE_LETTER + "-frobnicate"),
    (["--output", "-frobnicate"], ONE_LETTER + "-frobnicate"),
    (["\u2013thresh", "0.3"], "it begins with a long dash; Darknet's -thresh is --confidence P"),
    (["\u2014output", "o"], "it begins with a long dash; write --output"),
    # Other programs'.
    (["--thresh", "0.3"], "'--thresh' isn't an option: Darknet's -thresh is --confidence P"),
    (["--conf", "0.3"], "'--conf' isn't an option: meant is --confidence P"),
    (["--conf-thres=0.3"], "meant is --confidence P"),
    (["--conf_threshold", "0.3"], "meant is --confidence P"),
    (["--iou-thres", "0.5"], "meant is --nms IOU"),
    (["--iou", "0.5"], "meant is --nms IOU"),
    (["--source", "a.png"], "meant is an INPUT: pictures, folders, patterns and @LIST follow MODEL"),
    (["--imgsz", "416"], "meant is --input-size WxH"),
    (["--save-txt"], "meant is --yolo DIR"),
    (["--save-conf"], "meant is --yolo-confidence, with --yolo DIR"),
    (["--model", "m"], "meant is MODEL, the first argument without an option, or --cfg FILE --weights FILE"),
    (["--data", "obj.data"], "meant is MODEL: a .data file is the first argument"),
    (["--device", "0"], "meant is --devices LIST"),
    (["--batch-size", "8"], "meant is --batch N"),
    (["--half"], "meant is --precision fp16"),
    (["--max-det", "5"], "meant is --max-detections N"),
    (["--video", "a.mp4"], "meant is nothing here yet: videos, cameras and streams aren't read"),
])
def test_an_option_of_another_program(place, words, message):
    place.picture("a.png")
    (place / "result.json").write_text("mine")
    refused(place.run(*DETECT, *words, "--yolo", "labels"), 2, message)
    assert place.files() == ["a.png", "result.json"] and (place / "result.json").read_text() == "mine"


@pytest.mark.parametrize("words, message", [
    (["eval", "model", "-thresh", "0.3"], "Darknet's -thresh is --map-confidence P"),
    (["eval", "model", "-iou_thresh", "0.75"], "--iou"),
    (["inspect", "model", "-thresh", "0.3"], "Darknet's -thresh is --confidence P of `yolofleet detect`"),
    (["build", "model", "-i", "1"], "Darknet's -i is --devices LIST (GPU 1 is cuda:1)"),
    (["bench", "model", "--conf", "0.3"], "meant is --confidence P of `yolofleet detect`"),
    (["verify", "model", "-letter_box"], "Darknet's -letter_box is --letterbox"),
    (["devices", "-json"], "write --json"),
    (["cache", "list", "-json"], "write --json"),
    (["cache", "-nogpu"], "Darknet's -nogpu is --devices cpu of `yolofleet detect`"),
    (["-thresh", "0.3"], "Darknet's -thresh is --confidence P of `yolofleet detect`"),
    (["predict"], "'predict' isn't a subcommand"),
    (["predict"], "; meant is detect"),
    (["train"], "; meant is none: yolofleet runs trained detectors and doesn't train"),
])
def test_every_subcommand_refuses_it(place, words, message):
    refused(place.run(*words), 2, message)


def test_all_wrong_words_are_told_at_once(place):
    refused(place.run(*DETECT, "-thresh", ".3", "-dont_show", "--imgsz", "416"), 2,
            "'-thresh' isn't an option: Darknet's -thresh is --confidence P; '-dont_show' isn't an option: leave",
            "; '--imgsz' isn't an option: meant is --input-size WxH")


def test_other_unknown_options_are_refused_as_before(place):
    refused(place.run(*DETECT, "--frobnicate"), 2, "not expected: --frobnicate")
    refused(place.run(*DETECT, "-z"), 2, "not expected: -z")


def test_negative_numbers_are_values(place):
    place.picture("a.png")
    refused(place.run(*DETECT, "--threads", "-1"), 2, "'-1' isn't a whole number from 0 to 1024")
    refused(place.run(*DETECT, "--confidence", "-.5"), 2, "'-.5' isn't a number from 0 to 1")
    refused(place.run(*DETECT, "--nms", "-1e-3"), 2, "'-1e-3' isn't a number from 0 to 1")


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
