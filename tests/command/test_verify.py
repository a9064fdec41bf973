"""verify: compares the devices and precisions of this machine with the CPU in FP32."""

import json
import os
import signal
import struct
import time

import pytest
from PIL import Image

from conftest import refused

# No GPU is seen, whatever the machine has.
ENVIRONMENT = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(name="verify")
def make_verify(place):
    return lambda *arguments: place.run("verify", "model", *arguments, env=ENVIRONMENT)


def has_bf16(place):
    [cpu] = json.loads(place.run("devices", "--json", env=ENVIRONMENT).stdout)
    return "bf16" in cpu["precisions"]


def write_model_beyond_bf16(place):
    """White cells are found by a small difference of two weights, of which BF16 leaves nothing."""
    weights = [0.0] * 6 * 768
    weights[4 * 768:4 * 768 + 512] = [16 * 1.0035] * 256 + [-16.0] * 256
    (place / "model/square.weights").write_bytes(
        struct.pack("<iiiq", 0, 2, 5, 0) + struct.pack(f"<{6 + 6 * 768}f", 0, 0, 0, 0, -10, 10, *weights))


def test_what_agrees_is_within(place, verify):
    for name, size in (("a.png", (64, 64)), ("b.jpg", (160, 96))):
        place.picture(name, size)
    result = verify("a.png", "b.jpg", "--json", "v.json")
    assert result.returncode == 0 and result.stderr == ""
    assert result.stdout.startswith("square: input 64x64x3, stretch\nreference: cpu: OpenVINO ")
    assert "\n2 pictures, 2 detections over 0.25 by the reference\n" in result.stdout
    assert "allowed in fp32: confidence 0.005, box 0.002 of the picture, heads 0.001\n" in result.stdout
    report = json.loads((place / "v.json").read_text())
    assert report["pictures"] == report["pictures_with_heads"] == 2 and not report["pictures_made_up"]
    assert report["reference_detections"] == 2 and report["pictures_failed"] == []
    lanes = {lane["precision"]: lane for lane in report["lanes"]}
    assert set(lanes) == ({"fp32", "bf16"} if has_bf16(place) else {"fp32"})
    exact = lanes["fp32"]
    assert exact["device"] == "cpu" and exact["verdict"] == "within" and exact["error"] is None
    assert (exact["matched"], exact["missing"], exact["extra"], exact["beyond"]) == (2, 0, 0, 0)
    assert exact["confidence_difference"] == exact["box_difference"] == 0 and exact["head_errors"] == [0]
    assert exact["allowed"] == {"confidence": 0.005, "box": 0.002, "heads": 0.001, "beyond": 0}


def test_made_up_pictures_are_the_same_each_time_and_said_to_be_made_up(verify):
    first, second = verify("--precision", "fp32"), verify("--precision", "fp32")
    assert first.returncode == 0 and first.stdout == second.stdout
    assert "\n4 made-up pictures, " in first.stdout
    assert "no INPUT was given: made-up pictures say little about boxes\n" in first.stdout


def test_without_detections_only_heads_are_compared_and_it_says_so(place, verify):
    Image.new("RGB", (64, 64)).save(place / "black.png")
    result = verify("black.png", "--precision", "fp32")
    assert result.returncode == 0
    assert "cpu fp32: no detection over 0.25, only heads were compared\n" in result.stdout
    [lane] = json.loads(verify("black.png", "--precision", "fp32", "--json", "-").stdout)["lanes"]
    assert lane["matched"] == 0 and lane["confidence_difference"] is lane["box_difference"] is None
    assert lane["head_errors"] == [0]


def test_what_differs_is_beyond_and_named(place, verify):
    if not has_bf16(place):
        pytest.skip("this CPU has no BF16")
    write_model_beyond_bf16(place)
    place.picture("a.png")
    result = verify("a.png")
    assert result.returncode == 1, result.stdout
    assert "\ncpu bf16, 1 beyond:\n  a.png: white square 0.98" in result.stdout
    assert " at 32,16 16x16 is missing\n" in result.stdout
    exact, rounded = json.loads(verify("a.png", "--json", "-").stdout)["lanes"]
    assert exact["verdict"] == "within" and rounded["verdict"] == "beyond"
    assert rounded["missing"] == rounded["beyond"] == 1 and rounded["head_errors"][0] > 0.25
    assert len(rounded["worst"]) == 1


def test_a_limit_of_pictures_is_said(place, verify):
    for number in range(3):
        place.picture(f"in/{number}.png")
    assert "\n2 pictures (the first ones; use --limit N for more), 2 detections" in verify("in", "--limit", "2").stdout
    assert "\n3 pictures, 3 detections" in verify("in", "--limit", "3").stdout


def test_a_picture_that_cant_be_read_is_named_and_no_success(place, verify):
    place.picture("a.png")
    (place / "bad.png").write_bytes(b"hello")
    result = verify("a.png", "bad.png", "gone.png")
    assert result.returncode == 1
    assert "yolofleet: warning: bad.png: " in result.stderr
    assert "yolofleet: warning: gone.png: can't be read: No such file or directory\n" in result.stderr
    assert "\n1 picture, 1 detection over" in result.stdout
    refused(verify("gone.png"), 2, "gone.png: can't be read: No such file or directory")


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["--precision", "int8"], "int8"),
        (["--precision", "fp32,fp16"], "--precision fp16: no device has it: cpu has fp32"),
        (["--devices", "toaster"], 'no device "toaster" here; "auto" or "all" alone, "cpu"'),
        (["--devices", "cpu,cuda:1000"], "cuda:1000"),
        (["--devices", "cpu,cpu"], 'device "cpu" is named twice'),
        (["--devices", "cpu:0"], 'device "cpu:0": after "cpu:" comes the number of threads, 1 to 1024'),
        (["--devices", "cpu:x"], 'device "cpu:x": after "cpu:" comes the number of threads, 1 to 1024'),
        (["--devices", "cpu:2", "--threads", "1"], "contradict each other"),
        (["--limit", "0"], "'0' isn't a whole number from 1 to 10000"),
        (["--letterbox", "--resize", "stretch"], "--letterbox and --resize stretch can't be used together"),
        (["empty"], "empty: the folder holds no picture"),
        (["a.png", "--json", "a.png"], "--json a.png: would write over a.png, which this run reads"),
        (["--json", "model/square.cfg"], "would write over model/square.cfg"),
        (["--json", "gone/v.json"], "gone/v.json: can't be written: No such file or directory"),
    ],
)
def test_wrong_use(place, verify, arguments, word):
    place.picture("a.png")
    (place / "empty").mkdir()
    refused(verify(*arguments), 2, word)
    assert place.files() == ["a.png"]


def test_a_model_is_needed(place):
    refused(place.run("verify"), 2, "no model: name a folder")
    refused(place.run("verify", "nowhere"), 2, "nowhere: no such folder")


def test_help_has_the_tolerances_that_there_are(place, verify):
    text = place.run("verify", "--help").stdout
    place.picture("a.png")
    for lane in json.loads(verify("a.png", "--json", "-").stdout)["lanes"]:
        [row] = [line.split() for line in text.splitlines() if line.split()[:1] == [lane["precision"]]]
        assert [float(word) for word in row[1:4]] == [lane["allowed"][key] for key in ("confidence", "box", "heads")]


@pytest.mark.parametrize("victim", ["list.txt", "bad.png", "b.png"])
def test_json_isnt_written_over_what_is_named(place, verify, victim):
    for name in ("a.png", "b.png"):
        place.picture(name)
    (place / "bad.png").write_bytes(b"hello")
    (place / "list.txt").write_text("bad.png\na.png\nb.png\n")
    before = (place / victim).read_bytes()
    refused(
        verify("@list.txt", "--limit", "1", "--json", victim), 2,
        f"--json {victim}: would write over {victim}, which this run reads",
    )
    assert (place / victim).read_bytes() == before


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_nothing(place, number, code):
    os.mkfifo(place / "never.png")
    with place.start("verify", "model", "never.png", "--json", "v.json", env=ENVIRONMENT) as process:
        with (place / "never.png").open("wb"):  # once it can be opened, it is being read
            time.sleep(0.2)
            process.send_signal(number)
            assert process.wait(timeout=30) == code
        assert process.stderr.read() == "yolofleet: error: never.png: reading was stopped\n"
    assert place.files() == []


def test_a_signal_between_pictures_leaves_nothing(place):
    place.picture("a.png", (64, 64))
    (place / "list.txt").write_text("a.png\n" * 10000)
    with place.start("verify", "model", "@list.txt", "--limit", "10000", "--json", "v.json",
                     env=ENVIRONMENT) as process:
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert place.files() == ["a.png", "list.txt"]


def test_a_file_called_dash_in_a_list_isnt_standard_input(place, verify):
    (place / "-").write_bytes(place.picture("a.png").read_bytes())
    (place / "list.txt").write_text("-\n")
    assert "\n1 picture, 1 detection over" in verify("@list.txt").stdout


def test_a_threshold_that_a_full_list_raises_is_said(place, verify):
    place.picture("a.png")
    limited = ["--precision", "fp32", "--max-detections", "1"]
    words = "cpu fp32: in 1 picture, where --max-detections or a device's room left out detections, only those over "
    Image.new("RGB", (64, 64), (255, 255, 255)).save(place / "white.png")
    assert words + "1 or less were compared, not those over 0.25\n" in verify("white.png", *limited).stdout
    assert "max-detections" not in verify("white.png", "--precision", "fp32").stdout
    assert "max-detections" not in verify("a.png", *limited).stdout, "nothing was cut"


def test_heads_that_are_no_numbers_are_said_to_be(place, verify):
    weights = [0.0] * 6 * 768
    weights[:768] = [3e38] * 768
    (place / "model/square.weights").write_bytes(
        struct.pack("<iiiq", 0, 2, 5, 0) + struct.pack(f"<{6 + 6 * 768}f", 0, 0, 0, 0, -10, 10, *weights))
    place.picture("a.png")
    result = verify("a.png", "--precision", "fp32", "--json", "v.json")
    assert result.returncode == 1
    assert ("cpu fp32: the inputs of the heads have values that aren't finite, also in the reference\n"
            in result.stdout)
    [lane] = json.loads((place / "v.json").read_text())["lanes"]
    assert lane["heads_finite"] is lane["reference_heads_finite"] is False and lane["head_errors"] == [None]


def test_a_models_name_cant_command_a_terminal(place):
    (place / "model/square.cfg").rename(place / "model/a\x1b[31m.cfg")
    result = place.run("verify", "model", "--precision", "fp32", env=ENVIRONMENT)
    assert "\x1b" not in result.stdout and ": input 64x64x3" in result.stdout, result.stderr


def test_help_has_the_codes_and_no_cache_is_taken(verify):
    text = verify("--help").stdout
    assert "--no-cache" in text and "130, 143  stopped by SIGINT or SIGTERM" in text and "141 " in text
    assert verify("--no-cache", "--precision", "fp32").returncode == 0
