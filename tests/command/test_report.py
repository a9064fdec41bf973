"""What --report writes."""

import json
import signal
import subprocess

import pytest

from conftest import lines, refused


def test_a_report_has_what_the_run_did(place):
    names = [place.picture(f"{number}.png").name for number in range(10)]
    result = place.detect(*names, "gone.png", "--report", "report.json", "--devices", "cpu")
    assert result.returncode == 1 and len(lines(result.stdout)) == 11
    report = json.loads((place / "report.json").read_text())
    assert list(report) == ["pictures", "frames", "failures", "detections", "detections_cut", "pictures_over_limit", "candidates_dropped",
                            "pictures_over_room", "complete", "seconds", "pictures_per_second",
                            "limited_by", "limited_by_stage", "stages", "decode_threads", "decoded_by_threads",
                            "decoders", "videos", "devices", "decode", "decode_scale"]
    assert (report["pictures"], report["failures"], report["detections"]) == (11, 1, 10)
    assert report["complete"] is True
    assert report["pictures_per_second"] == pytest.approx(11 / report["seconds"])
    assert report["limited_by"] in ("reading", "decoding", "devices", "writing", "none")
    assert (report["limited_by_stage"] in ("decode", "resize", "network", "boxes")) == (report["limited_by"] == "devices")
    assert list(report["stages"]) == ["read", "wait", "decode", "write"]
    assert all(0 <= seconds <= report["seconds"] for seconds in report["stages"].values())
    assert report["stages"]["read"] > 0 and report["stages"]["write"] > 0
    [device] = report["devices"]
    assert (device["device"], device["share"], device["pictures"], device["failures"]) == ("cpu", 1, 10, 0)
    assert device["batches"] == 10 and device["mean_batch"] == 1
    assert 0 < device["busy_seconds"] <= report["seconds"] and device["queue_seconds"] >= 0
    assert device["error"] is None
    assert list(device["stages"]) == ["decode", "resize", "network", "boxes"]
    assert all(seconds > 0 for seconds in device["stages"].values())
    assert "of the pictures" not in result.stderr, "one device needs no line of its own"


def test_a_report_on_standard_output_is_alone_there(place):
    place.picture("a.png")
    result = place.detect("a.png", "--report", "-", "--quiet")
    assert result.returncode == 0 and json.loads(result.stdout)["pictures"] == 1
    result = place.detect("a.png", "--report", "-", "-o", "out.jsonl")
    assert json.loads(result.stdout)["pictures"] == 1 and len(lines((place / "out.jsonl").read_text())) == 1


def test_slow_input_is_what_limits(place):
    place.picture("a.png")
    with place.start("detect", "model", "-", "--report", "report.json") as process:
        with pytest.raises(subprocess.TimeoutExpired):  # nothing comes for a while
            process.wait(timeout=1.5)
        process.stdin.buffer.write((place / "a.png").read_bytes())
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    report = json.loads((place / "report.json").read_text())
    assert report["limited_by"] == "reading" and report["stages"]["read"] > 0.5


def test_a_run_that_is_stopped_has_a_report(place):
    with place.start("detect", "model", "-", "--report", "report.json", "-o", "out.jsonl") as process:
        while not (place / "report.json.partial").exists() and process.poll() is None:
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 143
    report = json.loads((place / "report.json").read_text())
    assert (report["complete"], report["pictures"]) == (False, 0)


def test_a_report_that_cant_be_written(place):
    place.picture("a.png")
    refused(place.detect("a.png", "-o", "out.jsonl", "--report", "/dev/full"), 2,
            "/dev/full: can't be written: No space left on device")
    assert len(lines((place / "out.jsonl").read_text())) == 1
    (place / "out.jsonl").unlink()
    assert place.detect("gone.png", "-o", "out.jsonl", "--report", "/dev/full").returncode == 2
