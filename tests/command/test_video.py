"""Videos, streams and cameras among the inputs of detect; clips are made by ffmpeg."""

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.request

import pytest

from conftest import BIN, fake_devices, lines, refused
from videos import clip, ffmpeg, fixture_server, frames_of, probe, send_slowly, stream_of  # pylint: disable=unused-import


def test_videos_and_a_picture_at_once(place):
    clip(place / "a.mp4", 30)
    clip(place / "sub/b.mkv", 20, audio=True)
    place.picture("c.png")
    result = place.detect("a.mp4", "c.png", "sub/b.mkv", "--report", "r.json")
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    for source, index, count in [("a.mp4", 0, 30), ("sub/b.mkv", 2, 20)]:
        frames = frames_of(found, source)
        assert [each["frame"] for each in frames] == list(range(count))
        assert [each["seconds"] for each in frames] == pytest.approx([number / 25 for number in range(count)], abs=0.002)
        assert {each["index"] for each in frames} == {index}
        assert all(each["detections"][0]["box"] == pytest.approx([32, 16, 16, 16], abs=0.5) for each in frames)
    assert [each["index"] for each in found if "image" in each] == [1]
    assert len(found) == 51
    assert "2 videos, 50 frames, 1 picture, 0 failed, 51 detections" in result.stderr
    report = json.loads((place / "r.json").read_text())
    assert report["pictures"] == 51 and report["frames"] == 50 and report["complete"]
    assert [(each["source"], each["frames"], each["live"]) for each in report["videos"]] == [
        ("a.mp4", 30, False), ("sub/b.mkv", 20, False)]


def test_on_several_devices_the_frames_stay_in_order(place):
    clip(place / "a.mp4", 60)
    clip(place / "b.mp4", 60)
    result = place.detect("a.mp4", "b.mp4", env=fake_devices("fake:0 delay=20 batch=2; fake:1 delay=1"))
    assert result.returncode == 0, result.stderr
    for source in ["a.mp4", "b.mp4"]:
        assert [each["frame"] for each in frames_of(lines(result.stdout), source)] == list(range(60))
    shares = [line.split(": ")[1] for line in result.stderr.splitlines() if "% of the pictures" in line]
    assert len(shares) == 2


def test_patterns_lists_and_folders(place):
    clip(place / "in/a.mkv", 3)
    clip(place / "in/b.mp4", 3)
    place.picture("in/c.png")
    sources = lambda *arguments: {each.get("source", each.get("image"))
                                  for each in lines(place.detect(*arguments).stdout)}
    assert sources("in/*.mkv") == {"in/a.mkv"}
    assert sources("in/*") == {"in/c.png"}
    assert sources("in") == {"in/c.png"}
    (place / "list.txt").write_text("in/b.mp4\nin/c.png\n")
    assert sources("@list.txt", "in/a.mkv") == {"in/a.mkv", "in/b.mp4", "in/c.png"}
    assert "skipped in in: 1 .mkv, 1 .mp4; give its videos as 'in/*.m" in place.detect("in").stderr
    refused(place.detect("in/*.avi"), 2, "in/*.avi: no video matches this pattern")
    (place / "in/c.png").unlink()
    refused(place.detect("in"), 2, "skipped: 1 .mkv, 1 .mp4; give its videos as 'in/*.m")


def test_a_video_on_standard_input(place):
    for name in ["a.mp4", "a.ts"]:
        with clip(place / name, 3).open("rb") as video:
            result = place.detect("-", stdin=video)
        assert result.returncode == 1
        assert "can be read; standard input takes pictures only: save a video to a file\n" in result.stderr


@pytest.mark.parametrize("options, numbers", [
    (["--every", "10"], [0, 10, 20, 30, 40]),
    (["--fps", "5"], [0, 5, 10, 15, 20, 25, 30, 35, 40, 45]),
    (["--to", "0.2"], [0, 1, 2, 3, 4]),
    (["--every", "2", "--to", "0:00.2"], [0, 2, 4]),
])
def test_some_frames_only(place, options, numbers):
    clip(place / "a.mp4", 50)
    result = place.detect("a.mp4", *options)
    assert [each["frame"] for each in lines(result.stdout)] == numbers


def test_from_skips_frames(place):
    clip(place / "a.mp4", 50)
    found = lines(place.detect("a.mp4", "--from", "1", "--to", "1.4").stdout)
    assert [each["frame"] for each in found] == list(range(10))
    assert [each["seconds"] for each in found] == pytest.approx([1 + number / 25 for number in range(10)], abs=0.002)
    result = place.detect("a.mp4", "--from", "1:00:00")
    assert result.returncode == 1
    assert "a.mp4: has no frame at or after --from 3600\n" in result.stderr
    result = place.detect("a.mp4", "--from", "10", "--to", "11")
    assert "a.mp4: has no frame between --from and --to\n" in result.stderr


@pytest.mark.parametrize("arguments, message", [
    (["a.png", "--every", "2"], "--every is for videos, streams and cameras, and no input is one"),
    (["a.png", "--fps", "2"], "--fps is for videos"),
    (["a.png", "--from", "2"], "--from is for videos"),
    (["a.png", "--to", "2"], "--to is for videos"),
    (["a.mp4", "--every", "0"], "--every"),
    (["a.mp4", "--fps", "nan"], "'nan' isn't a number from 0.001 to 1000"),
    (["a.mp4", "--from", "1:60"], "'1:60' isn't a time: seconds, M:SS or H:MM:SS"),
    (["a.mp4", "--to", "0"], "--to 0: must be later than 0"),
    (["a.mp4", "--from", "1:30", "--to", "80"], "--to 80: must be later than --from 1:30"),
    (["a.mp4", "--unordered"], "--unordered can't be used with videos: the frames of each stay in order"),
    (["a.mp4", "--coco", "r.json"], "--coco can't be used with videos: COCO has no ids for frames"),
    (["a.mp4", "--annotated", "."], "--annotated .: would write over the video a.mp4 itself"),
    (["a.mp4", "./a.mp4", "--yolo", "out"], "a.mp4 (INPUT 1) and ./a.mp4 (INPUT 2) are the same video; both results would"),
    (["a.mp4", "a.mkv", "--yolo", "out"], "a.mp4 and a.mkv would both be written to out/a_000000.txt"),
    (["a.mp4", "a.mov", "--annotated", "out"], "a.mp4 and a.mov would both be drawn to out/a.mp4"),
])
def test_options_that_are_refused(place, arguments, message):
    place.picture("a.png")
    clip(place / "a.mp4", 2)
    refused(place.detect(*arguments), 2, message)
    assert place.files() == ["a.mp4", "a.png"]


def test_labels_and_darknets_outputs(place):
    clip(place / "in/a.mp4", 4)
    result = place.detect("in/a.mp4", "--every", "3", "--yolo", "labels", "--darknet-json", "d.json", "--format", "darknet")
    assert result.returncode == 0, result.stderr
    assert place.files("labels") == ["a_000000.txt", "a_000003.txt"]
    assert (place / "labels/a_000003.txt").read_text().startswith("0 0.625000 0.375000 0.25")
    assert [(each["frame_id"], each["filename"]) for each in json.loads((place / "d.json").read_text())] == [
        (1, "in/a.mp4"), (4, "in/a.mp4")]
    assert "in/a.mp4#0: Predicted in" in result.stdout and "in/a.mp4#3: Predicted in" in result.stdout
    refused(place.detect("in/a.mp4", "--yolo", "labels"), 2, "labels/a_000000.txt exists already")
    (place / "labels/a_000000.txt").unlink()
    again = place.detect("in/a.mp4", "--yolo", "labels", "--output", "o")
    assert again.returncode == 2
    assert "labels/a_000003.txt: can't be written: it exists already; --overwrite replaces it" in again.stderr
    assert place.detect("in/a.mp4", "--yolo", "labels", "--overwrite").returncode == 0
    assert "a.mp4#1 " in place.detect("in/a.mp4", "--table").stdout


def test_motion_jpeg_is_a_video(place):
    clip(place / "a.mjpg", 4)
    (place / "a.mjpg").rename(place / "b.mjpeg")
    clip(place / "a.mjpg", 6)
    result = place.detect("a.mjpg", "b.mjpeg")
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    assert len(frames_of(found, "a.mjpg")) == 6 and len(frames_of(found, "b.mjpeg")) == 4


def test_what_is_wrong_with_one_video_does_not_stop_the_others(place):
    clip(place / "good.mp4", 5)
    whole = clip(place / "whole.mkv", 100, size="320x240").read_bytes()
    (place / "cut.mkv").write_bytes(whole[:len(whole) // 2])
    (place / "garbage.mp4").write_bytes(bytes(range(256)) * 40)
    (place / "empty.mp4").write_bytes(b"")
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", place / "sound.mp4")
    names = ["cut.mkv", "garbage.mp4", "empty.mp4", "sound.mp4", "gone.mp4", "/dev/video99"]
    result = place.detect(*names, "good.mp4")
    assert result.returncode == 1
    found = lines(result.stdout)
    assert [each["frame"] for each in frames_of(found, "good.mp4")] == list(range(5))
    errors = {each["source"]: each["error"] for each in found if "error" in each}
    assert set(names[1:]) <= set(errors)
    assert all(errors[name]["message"].startswith(name + ": ") for name in errors)
    assert errors["gone.mp4"]["code"] == "not_found" and errors["/dev/video99"]["code"] == "not_found"
    assert errors["sound.mp4"]["code"] == "unsupported" and errors["garbage.mp4"]["code"] == "malformed"
    for name in errors:
        assert result.stderr.count(f"yolofleet: {name}: ") == 1
    assert 0 < len(frames_of(found, "cut.mkv")) < 100


def test_an_address_that_answers_garbage(place, server):
    address = server(lambda connection, _: connection.sendall(b"\x00garbage\xff" * 3000))
    result = place.detect(f"tcp://{address}")
    assert result.returncode == 1
    error, = lines(result.stdout)
    assert error["error"]["message"].startswith(f"tcp://{address}: ")


def test_an_address_that_is_not_there_and_its_password(place):
    place.picture("a.png")
    result = place.detect("rtsp://me:secret@127.0.0.1:9/s", "a.png")
    assert result.returncode == 1
    assert "rtsp://127.0.0.1:9/s: " in result.stderr
    assert "secret" not in result.stdout + result.stderr
    assert result.stderr.count("127.0.0.1:9/s") == 1 and "me:" not in result.stdout
    addresses = ["rtsp://me:se#cret@127.0.0.1:9/a", "rtsp://me:se/cret@127.0.0.1:9/b", "rtsp://me:se?cret@127.0.0.1:9/c",
                 "ftp://me:se@cret@127.0.0.1:9/d", "rtsps://me:se#cret@127.0.0.1:9/e", "http://me:secret@127.0.0.1:9/f.jpg",
                 "tcp://me:secret@127.0.0.1:99999/g"]
    (place / "list").write_text("\n".join(addresses))
    for inputs in [addresses, ["@list"]]:
        result = place.detect(*inputs, "a.png")
        assert result.returncode == 1
        assert "cret" not in result.stdout + result.stderr
        assert "tcp://127.0.0.1:99999/g: 99999 isn't a port (1 to 65535)" in result.stderr
        assert result.stderr.count("ftp://127.0.0.1:9/d: such addresses aren't read") == 1
        assert "http://127.0.0.1:9/f.jpg: addresses aren't read; `curl" in result.stderr
    for address in addresses[3:6]:
        refused(place.detect(address), 2, address.split("://")[0] + "://127.0.0.1:9/")
        assert "cret" not in place.detect(address).stderr


def wait_for(process, condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)


def test_a_live_stream_that_breaks_and_comes_back(place, server):
    stream = stream_of(place)
    stop = threading.Event()

    def answer(connection, number):
        send_slowly(connection, stream)
        if number > 0:
            while not stop.is_set():
                send_slowly(connection, stream)

    address = server(answer)
    with place.start("detect", "model", f"tcp://{address}", "--output", "o", "--annotated", "out", "--report",
                     "r.json") as process:
        partial = place / "o.partial"
        wait_for(process, lambda: partial.exists() and len(partial.read_text().splitlines()) > 30)
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30)
        said = process.stderr.read()
    stop.set()
    assert code == 130, said
    assert f"tcp://{address}: " in said and "it is opened again in 1 s" in said and "is back after" in said
    found = lines((place / "o").read_text())
    numbers = [each["frame"] for each in found]
    assert numbers == sorted(set(numbers))
    seconds = [each["seconds"] for each in found]
    assert seconds == sorted(set(seconds))
    source, = json.loads((place / "r.json").read_text())["videos"]
    assert source["live"] and source["reconnects"] >= 1 and source["frames"] == len(found)
    assert source["frames"] + source["dropped"] >= numbers[-1] and source["latency_median_seconds"] > 0
    assert "1 reconnect, latency" in said
    drawn, = place.files("out")
    assert drawn == f"{address.replace(':', '_')}.mp4"
    assert probe(place / "out" / drawn)[2] == len(found)


@pytest.mark.skipif(os.environ.get("YOLOFLEET_METRICS", "ON") != "ON", reason="the build has no metrics server")
def test_the_metrics_of_a_live_stream(place, server):
    stream = stream_of(place)
    stop = threading.Event()

    def answer(connection, _):
        while not stop.is_set():
            send_slowly(connection, stream)

    address = server(answer)
    with place.start("detect", "model", f"tcp://me:secret@{address}", "--output", "o", "--metrics-port", "0",
                     "--metrics-address", "127.0.0.1") as process:
        url = re.fullmatch(r"yolofleet: metrics at (http://.+)\n", process.stderr.readline())[1]
        label = f'{{source="tcp://{address}"'
        text = ""
        until = time.monotonic() + 20
        while f"yolofleet_source_latency_seconds_count{label}}} " not in text and time.monotonic() < until:
            with urllib.request.urlopen(url, timeout=10) as got:
                text = got.read().decode()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    stop.set()
    for name in ["frames_total", "dropped_total", "reconnects_total", "latency_seconds_sum"]:
        assert f"yolofleet_source_{name}{label}}} " in text
    for share in ["0.5", "0.99"]:
        assert f'yolofleet_source_latency_seconds{label},quantile="{share}"}} ' in text
    assert "secret" not in text


def test_the_progress_line_has_the_part_of_the_video(place):
    clip(place / "a.mp4", 200)
    command = f"{BIN} detect model a.mp4 --output o"
    result = subprocess.run(["script", "-qec", command, "/dev/null"], cwd=place.folder, check=True, capture_output=True,
                            text=True, timeout=60)
    assert re.search(r"[\r\n] *\d+ %  \[#* *\]  \d+ frames?  [\d.]+ frames/s  \d:\d\d left", result.stdout), result.stdout
    assert "1 video, 200 frames, 0 failed" in result.stdout


def test_to_ends_a_live_stream(place, server):
    stream = stream_of(place, 60)
    address = server(lambda connection, _: (connection.sendall(stream), time.sleep(20)))
    result = place.detect(f"tcp://{address}", "--to", "1")
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    assert found and all(each["seconds"] < 1 for each in found)
    result = place.detect(f"tcp://{address}", "--from", "3")
    assert result.returncode == 1
    assert f"yolofleet: tcp://{address}: --from is for files; a live source can't skip\n" in result.stderr
    os.mkfifo(place / "pipe.mp4")
    assert "pipe.mp4: a video can't come by a pipe; save it to a file\n" in place.detect("pipe.mp4").stderr


def test_a_silent_source_does_not_hold_up_the_others_nor_ctrl_c(place, server):
    clip(place / "a.mp4", 5)
    address = server(lambda connection, _: time.sleep(60))
    with place.start("detect", "model", f"tcp://{address}", "a.mp4", "--output", "o") as process:
        partial = place / "o.partial"
        wait_for(process, lambda: partial.exists() and len(partial.read_text().splitlines()) == 5)
        assert len(partial.read_text().splitlines()) == 5
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert time.monotonic() - begin < 3
        assert "5 frames, 0 failed" in process.stderr.read()


def test_ctrl_c_finishes_what_is_under_way(place):
    clip(place / "a.mp4", 3000, size="320x240")
    with place.start("detect", "model", "a.mp4", "--output", "o", "--annotated", "out") as process:
        partial = place / "o.partial"
        wait_for(process, lambda: partial.exists() and partial.read_text().count("\n") > 20)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        said = process.stderr.read()
    found = lines(partial.read_text())
    assert [each["frame"] for each in found] == list(range(len(found))) and len(found) < 3000
    assert "partial results are in o.partial" in said and "partial results are in out/a.partial.mp4" in said
    assert place.files("out") == ["a.partial.mp4"]
    assert probe(place / "out/a.partial.mp4") == (320, 240, len(found))


def test_a_stopped_run_names_its_partial_videos(place):
    names = ["a.mp4", "b.mp4", "c.mp4", "d.mp4", "e.mp4"]
    for name in names:
        clip(place / name, 2000)
    with place.start("detect", "model", *names, "--output", "o", "--annotated", "out") as process:
        wait_for(process, lambda: len(place.files("out")) == 5 if (place / "out").exists() else False)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        said = process.stderr.read()
    assert ("partial results are in out/a.partial.mp4, out/b.partial.mp4, out/c.partial.mp4 and 2 more") in said, said
