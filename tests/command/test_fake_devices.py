"""The whole command on devices that are scripts (src/backend/fake), from a library that lists them."""

import json
import os
import pathlib

import pytest

from conftest import BIN, lines

MODULES = str(pathlib.Path(BIN).parents[1] / "lib")
LIBRARY = os.environ["YOLOFLEET_FAKE_LIBRARY_DIR"]


@pytest.fixture(name="on")
def fixture_on(place):
    """on(script, *arguments): the command's result on these devices."""

    def run(script, *arguments):
        return place.run(*arguments, env={**os.environ, "LD_LIBRARY_PATH": LIBRARY, "CUDA_VISIBLE_DEVICES": "",
                                          "YOLOFLEET_MODULE_DIR": MODULES, "YOLOFLEET_FAKE_DEVICES": script})

    return run


def pictures(place, count):
    for number in range(count):
        place.picture(f"{number:03}.png", size=(64 + number, 64))
    return [f"{number:03}.png" for number in range(count)]


def test_the_library_of_users_has_no_fake_device(place):
    place.picture("a.png")
    result = place.run("detect", "model", "a.png", "--devices", "fake:0",
                       env={**os.environ, "YOLOFLEET_FAKE_DEVICES": "fake:0"})
    assert result.returncode == 2
    assert 'no device "fake:0" here' in result.stderr


def test_they_are_listed(on):
    result = on("fake:0; fake:1 unavailable=its_script_says_so", "devices")
    assert result.returncode == 0, result.stderr
    assert "fake:0" in result.stdout and "a scripted device" in result.stdout
    assert "its script says so" in result.stdout
    assert "no GPU" not in result.stdout


def test_auto_takes_them_and_keeps_the_order(place, on):
    names = pictures(place, 60)
    result = on("fake:0 delay=20 batch=2; fake:1 delay=1", "detect", "model", *names, "--verbose")
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    assert [line["image"] for line in found] == names
    for number, line in enumerate(found):
        assert (line["width"], line["height"]) == (64 + number, 64)
        assert line["detections"][0]["box"] == pytest.approx([(64 + number) / 4, 16, (64 + number) / 2, 32])
    assert "fake:0: scripted" in result.stderr and "fake:1: scripted" in result.stderr


def test_a_lane_that_takes_pixels_gets_them_decoded(place, on, tmp_path):
    names = pictures(place, 20)
    report = tmp_path / "report.json"
    result = on("fake:0 decodes=0 pixel_memory=1048576", "detect", "model", *names, "--threads", "2",
                "--report", report)
    assert result.returncode == 0, result.stderr
    assert len(lines(result.stdout)) == 20
    assert json.loads(report.read_text())["decode_threads"] == 2


def test_what_a_device_has_no_room_for_is_told(place, on, tmp_path):
    names = pictures(place, 3)
    report = tmp_path / "report.json"
    result = on("fake:0 found=500 room=450", "detect", "model", *names, "--report", report)
    assert result.returncode == 0, result.stderr
    for line in lines(result.stdout):
        assert len(line["detections"]) == 450 and line["candidates_dropped"] == 50 and "detections_cut" not in line
    assert ("yolofleet: warning: a device had no room for 150 candidates in 3 pictures: the weakest were left out "
            "before NMS; a higher --confidence gives fewer\n") in result.stderr
    written = json.loads(report.read_text())
    assert (written["candidates_dropped"], written["pictures_over_room"], written["detections_cut"]) == (150, 3, 0)
    both = on("fake:0 found=500 room=450", "detect", "model", *names, "--max-detections", "400")
    for line in lines(both.stdout):
        assert (len(line["detections"]), line["detections_cut"], line["candidates_dropped"]) == (400, 50, 50)
    assert "--max-detections left out 150 detections in 3 pictures\n" in both.stderr


@pytest.mark.parametrize("how", ["fail", "continue"])
def test_a_device_that_fails(place, on, how):
    names = pictures(place, 40)
    result = on("fake:0 delay=2; fake:1 fail_after=2 batch=2 delay=2", "detect", "model", *names,
                "--on-device-error", how)
    found = lines(result.stdout)
    assert [line["image"] for line in found] == names
    errors = [line["error"] for line in found if "error" in line]
    if how == "continue":
        assert result.returncode == 0, result.stderr
        assert not errors
    else:
        assert result.returncode == 3
        assert errors and {error["message"] for error in errors} == {"fake:1: failed as its script says"}


def test_an_outlier_of_three_is_excluded(place, on):
    names = pictures(place, 10)
    result = on("fake:0; fake:1 wrong=1; fake:2", "detect", "model", *names)
    assert result.returncode == 3
    assert len([line for line in lines(result.stdout) if line["detections"]]) == 10
    assert "fake:1 isn't used" in result.stderr


def test_a_device_that_cant_be_opened(place, on):
    [name] = pictures(place, 1)
    result = on("fake:0; fake:1 open_error=no_memory", "detect", "model", name)
    assert result.returncode == 3
    assert "fake:1: no memory" in result.stderr
    result = on("fake:0; fake:1 open_error=no_memory", "detect", "model", name, "--on-device-error", "continue")
    assert result.returncode == 0
    assert "fake:1 isn't used: no memory" in result.stderr


def test_engines_are_built_for_a_kind_that_needs_them(on):
    result = on("fake:0 kind=big; fake:1 kind=big; fake:2 kind=small", "build", "model")
    assert result.returncode == 0, result.stderr
    for name in ("fake:0", "fake:1", "fake:2", "big.engine", "small.engine"):
        assert name in result.stdout + result.stderr
    refused = on("fake:0 kind=big; fake:1", "build", "model", "--devices", "fake:0,fake:1")
    assert refused.returncode == 2
    assert 'devices are "fake:0,fake:1", but fake:1 needs no engine' in refused.stderr


def test_bench_measures_them(place, on):
    place.picture("a.png")
    result = on("fake:0 delay=10; fake:1 delay=10", "bench", "model", "a.png", "--seconds", "0.2", "--rounds", "1",
                "--json")
    assert result.returncode == 0, result.stderr
    assert "fake:0: scripted, the network alone" in result.stdout
    assert "fake:1: scripted" in result.stdout


def test_verify_says_how_far_they_are_from_the_cpu(place, on):
    place.picture("a.png")
    result = on("fake:0", "verify", "model", "a.png", "--devices", "fake:0", "--heads")
    assert result.returncode == 1, result.stderr
    assert "a.png: white square 0.5000 at 16,16 32x32 is extra" in result.stdout


def test_verify_says_where_a_device_had_no_room(place, on):
    place.picture("a.png")
    result = on("fake:0 found=5 room=2", "verify", "model", "a.png", "--devices", "fake:0")
    assert ("fake:0 fp32: in 1 picture, where --max-detections or a device's room left out detections, only those "
            "over 0.505 or less were compared, not those over 0.25\n") in result.stdout


def test_a_script_that_cant_be_read_is_said(place, on):
    [name] = pictures(place, 1)
    result = on("fake:0 colour=red", "detect", "model", name, "--devices", "fake:0")
    assert result.returncode == 2
    assert 'fake:0 can\'t be used: fake:0: "colour=red" is no KEY=VALUE of a script' in result.stderr
