"""bench, on the CPU."""

import json
import os
import pty
import re
import subprocess

import pytest

from conftest import refused

QUICK = ["--seconds", "0.1", "--rounds", "1"]
CPU = ["--devices", "cpu"]


def test_a_table_of_made_up_frames(place):
    result = place.run("bench", "model", *QUICK, *CPU, "--no-self-test", "--frames", "64x48")
    assert result.returncode == 0 and result.stderr == ""
    heading, *rows = [line.split() for line in result.stdout.splitlines()]
    assert heading == ["what", "devices", "batch", "slots", "pixels", "pictures/s", "of", "sum", "of", "engine",
                       "bytes", "mean", "batch,", "busy", "of", "each"]
    assert [row[:5] for row in rows] == [[part, "cpu", "auto", "auto", pixels] for part, pixels in
                                         (("engine", "-"), ("lane", "rgb"), ("fleet", "rgb"))]
    engine, lane, fleet = (float(row[5]) for row in rows)
    assert engine > 0
    assert float(rows[1][6]) == pytest.approx(lane / engine, rel=0.01, abs=0.001)
    assert float(rows[2][6]) == pytest.approx(fleet / engine, rel=0.01, abs=0.001)


def test_frames_and_files_as_planes_and_as_rgb(place):
    place.picture("a.jpg")
    place.picture("b.png")
    for inputs, fleet in ([], ["rgb", "planes"]), (["a.jpg", "b.png"], [None]):
        result = place.run("bench", "model", *inputs, *QUICK, *CPU, "--pixels", "planes,rgb", "--parts", "lane,fleet",
                           "--json")
        assert result.returncode == 0, result.stderr
        runs = json.loads(result.stdout)["runs"]
        assert [(run["what"], run["pixels"]) for run in runs] == [
            ("lane", "rgb"), ("lane", "planes"), *(("fleet", pixels) for pixels in fleet)]
        assert all(run["pictures_per_second"] > 0 and run["bytes_a_picture"] is None for run in runs), "no bus"


def test_json_of_files_and_batches(place):
    place.picture("a.png")
    place.picture("b.jpg")
    result = place.run("bench", "model", "a.png", "b.jpg", *QUICK, *CPU, "--batches", "2,4", "--parts", "fleet",
                       "--json")
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert (report["model"], report["input"], report["pictures"]) == ("square", "64x64", "2 files")
    assert [run["batch"] for run in report["runs"]] == [2, 4]
    for run in report["runs"]:
        assert run["what"] == "fleet" and run["of_engine"] is None
        assert run["pictures_per_second"] > 0 and run["devices"] == "cpu"
        assert run["descriptions"][0].startswith("cpu: OpenVINO")
        assert run["each"][0]["share"] == 1


def test_json_of_a_sweep_over_slots(place):
    place.picture("a.png", size=(128, 96))
    result = place.run("bench", "model", "a.png", *QUICK, *CPU, "--slots", "2,4", "--parts", "lane,engine", "--json")
    assert result.returncode == 0, result.stderr
    runs = json.loads(result.stdout)["runs"]
    assert [(run["what"], run["slots"]) for run in runs] == [("engine", 2), ("lane", 2), ("engine", 4), ("lane", 4)]
    for engine, lane in (runs[:2], runs[2:]):
        assert engine["of_engine"] is None and engine["each"][0]["stages"] == {}
        assert lane["of_engine"] == pytest.approx(lane["pictures_per_second"] / engine["pictures_per_second"])
        [device] = lane["each"]
        assert list(device["stages"]) == ["decode", "resize", "network", "boxes"]
        assert device["stages"]["network"] > 0 and device["batches"] > 0
        assert device["host_microseconds_a_batch"] is None, "the CPU does nothing else"


@pytest.mark.parametrize(("arguments", "words"), [
    (["--frames", "0x4"], ["--frames 0x4: isn't a width and a height in pixels"]),
    (["gone.jpg"], ["gone.jpg: can't be read"]),
    (["empty"], ["empty"]),
    (["--seconds", "0"], ["'0' isn't a number from 0.01 to 3600"]),
    (["--batches", "0"], ["'0' isn't a whole number from 1 to 1024"]),
    (["--slots", "65"], ["'65' isn't a whole number from 1 to 64"]),
    (["--parts", "engine,wheel"], ["--parts", "wheel"]),
    (["--pixels", "rgb,yuv"], ["--pixels", "yuv"]),
    (["--devices", "cpu,cpu"], ['device "cpu" is named twice']),
    (["--devices", "cpu,"], ['no device ""']),
    (["--devices", "cpu:1,cpu:2"], ['device "cpu:2" is named twice']),
    (["--devices", "auto,cpu"], ['device "auto" can\'t be combined with other devices']),
    (["--batches", "010"], ["'010' isn't a whole number"]),
    (["--batches", "1,,2"], ["--batches: '' isn't a whole number from 1 to 1024"]),
    (["--batches", "1.5"], ["'1.5' isn't a whole number from 1 to 1024"]),
    (["--batches", ""], ["'' isn't a whole number from 1 to 1024"]),
    (["--batches", "8,4,8"], ["--batches: 8 is named twice"]),
    (["--slots", "3,"], ["--slots: '' isn't a whole number from 1 to 64"]),
    (["--slots", "3,3"], ["--slots: 3 is named twice"]),
    (["--parts", "lane,lane"], ["--parts: lane is named twice"]),
    (["--batches", "4", "--batch", "3"], ["--batch and --batches can't be used together; give only one of them"]),
    (["--frames", "64x48", "text.jpg"], ["--frames and INPUT can't be used together; give only one of them"]),
    (["--frames", ""], ["--frames : isn't a width and a height in pixels"]),
    (["--frames", "99999x99999"], ["--frames 99999x99999: 9999800001 pixels; at most 16777216 are allowed"]),
    ([*CPU, "--parts", "lane", "text.jpg"], ["text.jpg: looks like text"]),
    ([*CPU, "--parts", "fleet", "text.jpg"], ["text.jpg: looks like text"]),
])
def test_what_is_refused(place, arguments, words):
    (place / "empty").mkdir()
    (place / "text.jpg").write_text("this is no picture")
    refused(place.run("bench", "model", *QUICK, *arguments), 2, *words)


@pytest.mark.parametrize("devices", ["cuda:0", "cpu,cuda:0", "GPU-1234", "cpu:0", "tpu", "cpu,,cpu"])
def test_devices_are_refused_as_detect_does(place, devices):
    place.picture("a.png")
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    words = [place.run(*command, "--devices", devices, env=environment) for command in
             (["bench", "model", *QUICK], ["detect", "model", "a.png"])]
    assert [result.returncode for result in words] == [2, 2]
    assert words[0].stderr == words[1].stderr and words[0].stdout == ""


def test_a_number_of_threads(place):
    result = place.run("bench", "model", *QUICK, "--devices", "cpu:1", "--parts", "engine,fleet", "--json")
    assert result.returncode == 0, result.stderr
    assert [run["devices"] for run in json.loads(result.stdout)["runs"]] == ["cpu:1", "cpu:1"]
    assert "cpu:4 is the CPU with 4 threads" in " ".join(place.run("bench", "--help").stdout.split())


def test_people_are_told_of_each_measurement(place):
    ours, its = pty.openpty()
    result = place.run("bench", "model", *CPU, "--seconds", "0.1", "--rounds", "2", "--parts", "engine,lane", "--json",
                       capture_output=False, stdout=subprocess.PIPE, stderr=its)
    told = os.read(ours, 65536).decode().splitlines()
    os.close(its)
    os.close(ours)
    assert result.returncode == 0 and len(json.loads(result.stdout)["runs"]) == 2
    assert [line.split(":")[:2] for line in told] == [["yolofleet", f" {number}/4"] for number in range(1, 5)]
    for line, (part, pixels) in zip(told, [("engine", ""), ("lane", ", rgb")] * 2):
        assert re.fullmatch(rf".*: {part} of cpu, batch auto, slots auto{pixels}: [0-9.]+ pictures/s", line)


def test_what_a_model_is_warned_of(place):
    with (place / "model" / "square.weights").open("ab") as weights:
        weights.write(b"more..")
    result = place.run("bench", "model", *QUICK, *CPU, "--parts", "engine", "--allow-trailing-weights")
    assert result.returncode == 0 and "6 more than" in result.stderr
