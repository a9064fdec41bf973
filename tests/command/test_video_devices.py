"""Videos on devices that say that they decode videos. The decoder of a scripted device decodes none, so the CPU does."""

import json
import time

import pytest

from conftest import fake_devices, lines
from videos import clip, ffmpeg, fixture_server, frames_of, probe, stream_of  # pylint: disable=unused-import

ONE = "fake:0 decodes_videos=1 device_images=1"
TWO = f"{ONE}; fake:1 decodes_videos=1 device_images=1"


@pytest.fixture(name="on")
def fixture_on(place):
    """on(script, *inputs and options): the result of detect on these devices."""
    return lambda script, *arguments: place.detect(*arguments, env=fake_devices(script))


def told(name, device, codec="h264"):
    return f"yolofleet: {name}: {device} can't decode this kind of {codec}; the CPU does\n"


def test_what_a_device_cannot_decode_the_cpu_does(place, on):
    clip(place / "clip.mp4", 30)
    result = on(ONE, "clip.mp4", "--devices", "fake:0")
    assert result.returncode == 0, result.stderr
    assert result.stderr.count(told("clip.mp4", "fake:0")) == 1 and result.stderr.count("can't decode") == 1
    assert [each["frame"] for each in lines(result.stdout)] == list(range(30))
    by_cpu = on(ONE, "clip.mp4", "--devices", "fake:0", "--decode", "cpu")
    assert by_cpu.returncode == 0 and "can't decode" not in by_cpu.stderr
    assert result.stdout == by_cpu.stdout
    assert "can't decode" not in on("fake:0", "clip.mp4").stderr, "it doesn't say that it decodes videos"


def test_the_devices_take_the_videos_in_turn(place, on):
    for name in ["a.mp4", "b.mp4", "c.mp4"]:
        clip(place / name, 5)
    place.picture("d.png")
    result = on(TWO, "a.mp4", "d.png", "b.mp4", "c.mp4")
    assert result.returncode == 0, result.stderr
    for name, device in [("a.mp4", "fake:0"), ("b.mp4", "fake:1"), ("c.mp4", "fake:0")]:
        assert result.stderr.count(told(name, device)) == 1
        assert len(frames_of(lines(result.stdout), name)) == 5
    assert result.stderr.count("can't decode") == 3
    chosen = on(TWO, "a.mp4", "b.mp4", "--devices", "fake:1")
    assert told("a.mp4", "fake:1") in chosen.stderr and told("b.mp4", "fake:1") in chosen.stderr
    assert "fake:0" not in chosen.stderr, "it isn't in use"


def test_a_device_that_is_not_used_decodes_nothing(place, on):
    clip(place / "a.mp4", 5)
    result = on(f"{ONE} open_error=no_memory; fake:1 decodes_videos=1", "a.mp4", "--on-device-error", "continue")
    assert result.returncode == 0, result.stderr
    assert told("a.mp4", "fake:1") in result.stderr and "fake:0 can't decode" not in result.stderr


def test_only_some_frames(place, on):
    clip(place / "a.mp4", 50)
    options = ["--from", "1", "--to", "1.4", "--every", "2"]
    result = on(ONE, "a.mp4", *options)
    assert [each["frame"] for each in lines(result.stdout)] == [0, 2, 4, 6, 8]
    assert result.stdout == on(ONE, "a.mp4", *options, "--decode", "cpu").stdout


def test_annotated_videos(place, on):
    clip(place / "a.mp4", 12)
    result = on(ONE, "a.mp4", "--annotated", "out")
    assert result.returncode == 0, result.stderr
    assert told("a.mp4", "fake:0") in result.stderr
    assert probe(place / "out/a.mp4") == (64, 64, 12)


def test_a_video_without_frames(place, on):
    (place / "garbage.mp4").write_bytes(bytes(range(256)) * 40)
    result = on(ONE, "garbage.mp4", "gone.mp4")
    assert result.returncode == 1
    assert "can't decode" not in result.stderr
    assert [each["error"]["code"] for each in sorted(lines(result.stdout), key=lambda each: each["index"])] == [
        "malformed", "not_found"]


def test_a_codec_that_no_gpu_decodes(place, on):
    ffmpeg("-i", clip(place / "a.mp4", 5), "-c:v", "ffv1", place / "a.mkv")
    result = on(ONE, "a.mkv")
    assert result.returncode == 0, result.stderr
    assert told("a.mkv", "fake:0", "ffv1") in result.stderr
    assert len(lines(result.stdout)) == 5


@pytest.mark.parametrize("output", [[], ["--annotated", "out"]])
def test_decode_gpu_warns_of_files_only_where_there_are_some(place, on, output):
    clip(place / "a.mp4", 5)
    place.picture("b.png")
    assert "warning" not in on(ONE, "a.mp4", "--decode", "gpu", *output).stderr
    assert "the CPU decodes the files" in on(ONE, "a.mp4", "b.png", "--decode", "gpu", *output).stderr


def test_a_live_source(place, server, on):
    stream = stream_of(place, 60)
    address = server(lambda connection, _: (connection.sendall(stream), time.sleep(20)))
    result = on(ONE, f"tcp://{address}", "--to", "1", "--report", "r.json")
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("can't decode") == 1
    assert f"yolofleet: tcp://{address}: fake:0 can't decode this kind of " in result.stderr
    found = lines(result.stdout)
    assert found and all(each["seconds"] < 1 for each in found)
    [source] = json.loads((place / "r.json").read_text())["videos"]
    assert source["live"] and source["reconnects"] == 0


def test_devices_are_listed_with_it(place):
    result = place.run("devices", "--json", env=fake_devices(f"{ONE} kind=big; fake:1 kind=big"))
    devices = {each["id"]: each for each in json.loads(result.stdout)}
    assert devices["fake:0"]["decodes_videos"] is True and devices["fake:1"]["decodes_videos"] is False
