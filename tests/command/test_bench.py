"""bench, on the CPU."""

import json

import pytest

from conftest import refused

QUICK = ["--seconds", "0.1", "--rounds", "1"]
CPU = ["--devices", "cpu"]


def test_a_table_of_made_up_frames(place):
    result = place.run("bench", "model", *QUICK, *CPU, "--no-self-test", "--frames", "64x48")
    assert result.returncode == 0 and result.stderr == ""
    heading, line = result.stdout.splitlines()
    assert heading.split() == ["devices", "batch", "pictures/s", "of", "sum", "mean", "batch,", "busy", "of", "each"]
    words = line.split()
    assert words[:2] == ["cpu", "auto"] and float(words[2]) > 0


def test_json_of_files_and_batches(place):
    place.picture("a.png")
    place.picture("b.jpg")
    result = place.run("bench", "model", "a.png", "b.jpg", *QUICK, *CPU, "--batches", "2,4", "--json")
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert (report["model"], report["input"], report["pictures"]) == ("square", "64x64", "2 files")
    assert [run["batch"] for run in report["runs"]] == [2, 4]
    for run in report["runs"]:
        assert run["pictures_per_second"] > 0 and run["devices"] == "cpu"
        assert run["descriptions"][0].startswith("cpu: OpenVINO")
        assert run["each"][0]["share"] == 1


@pytest.mark.parametrize(("arguments", "words"), [
    (["--frames", "0x4"], ["--frames 0x4: isn't a width and a height in pixels"]),
    (["gone.jpg"], ["gone.jpg: can't be read"]),
    (["empty"], ["empty"]),
    (["--seconds", "0"], ["'0' isn't a number from 0.01 to 3600"]),
    (["--batches", "0"], ["'0' isn't a whole number from 1 to 1024"]),
    (["--devices", "cpu,cpu"], ['device "cpu" is named twice']),
    (["--devices", "cpu,"], ['no device ""']),
    (["text.jpg", *CPU], ["looks like text"]),
])
def test_what_is_refused(place, arguments, words):
    (place / "empty").mkdir()
    (place / "text.jpg").write_text("this is no picture")
    refused(place.run("bench", "model", *QUICK, *arguments), 2, *words)
