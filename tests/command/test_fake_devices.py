"""The whole command on devices that are scripts (src/backend/fake), from a library that lists them."""

import json
import os
import resource

import pytest
from PIL import Image

from conftest import fake_devices, lines


@pytest.fixture(name="on")
def fixture_on(place):
    """on(script, *arguments): the command's result on these devices."""

    def run(script, *arguments):
        return place.run(*arguments, env=fake_devices(script))

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


@pytest.mark.skipif("TSAN_OPTIONS" in os.environ, reason="sanitizers have a malloc of their own")
def test_the_memory_of_a_file_is_used_again(place, on):
    """Else each file would cost a page fault for each 4 KB of it."""
    for number in range(20):
        Image.effect_noise((300 + 40 * number, 400), 90).save(place / f"{number}.jpg", quality=95)
    pages = sum(file.stat().st_size for file in place.folder.glob("*.jpg")) / 20 / 4096

    def faults(count):
        (place / "list.txt").write_text("".join(f"{number % 20}.jpg\n" for number in range(count)))
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
        result = on("fake:0 decodes=0 pixel_memory=67108864", "detect", "model", "@list.txt", "--threads", "2")
        assert len(lines(result.stdout)) == count
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt - before

    few, many = faults(300), faults(900)
    assert (many - few) / 600 < pages / 4


DECODER = "decodes=0 decoder_batch=8 decoder_delay=1"


def run_report(on, tmp_path, script, *arguments):
    path = tmp_path / "report.json"
    result = on(script, "detect", "model", *arguments, "--threads", "2", "--report", path)
    assert result.returncode == 0, result.stderr
    return result, json.loads(path.read_text())


def test_a_device_decodes_side_by_side_with_the_cpu(place, on, tmp_path):
    names = pictures(place, 120)
    result, report = run_report(on, tmp_path, f"fake:0 {DECODER}; fake:1 {DECODER}", *names, "--verbose")
    found = lines(result.stdout)
    assert [line["image"] for line in found] == names
    assert [line["width"] for line in found] == [64 + number for number in range(120)]
    assert [decoder["device"] for decoder in report["decoders"]] == ["fake:0", "fake:1"]
    assert report["decoded_by_threads"] + sum(decoder["pictures"] for decoder in report["decoders"]) == 120
    assert sum(decoder["pictures"] for decoder in report["decoders"]) > 0
    assert all(decoder["error"] is None for decoder in report["decoders"])
    assert "fake:0: a scripted decoder" in result.stderr
    assert "decoded by: fake:0 " in result.stderr and "2 threads of the CPU" in result.stderr


def test_the_results_are_those_of_the_cpu(place, on, tmp_path):
    names = pictures(place, 40)
    outputs = []
    for script in (f"fake:0 {DECODER} decoder_blocks=3 delay=1", f"fake:0 {DECODER} decoder_spoils=3", "fake:0 decodes=0"):
        outputs.append(run_report(on, tmp_path, script, *names)[0].stdout)
    assert outputs[0] == outputs[1] == outputs[2]


def test_a_decoder_that_fails_is_told_and_the_cpu_goes_on(place, on, tmp_path):
    names = pictures(place, 60)
    result, report = run_report(on, tmp_path, f"fake:0 {DECODER} decoder_fail_after=0", *names)
    assert len(lines(result.stdout)) == 60
    assert ("yolofleet: warning: fake:0: its JPEG decoder failed and isn't used any more: fake:0: the decoder failed as "
            "its script says\n") in result.stderr
    [decoder] = report["decoders"]
    assert decoder["error"]["code"] == "device" and decoder["pictures"] == 0
    assert report["decoded_by_threads"] == 60


def test_a_decoder_that_cant_be_made_is_told(place, on):
    [name] = pictures(place, 1)
    result = on("fake:0 decodes=0 device_images=1 decoder_error=no_memory", "detect", "model", name)
    assert result.returncode == 0
    assert "yolofleet: warning: fake:0: its JPEG decoder isn't used: no memory\n" in result.stderr
    result = on("fake:0 decodes=0 device_images=1", "detect", "model", name)
    assert result.returncode == 0 and "decoder" not in result.stderr
    result = on("fake:0 decodes=0 device_images=1", "detect", "model", name, "--verbose")
    assert "fake:0: its script has no decoder" in result.stderr


def test_what_a_lost_device_has_decoded_is_decoded_again(place, on):
    names = pictures(place, 80)
    result = on(f"fake:0 {DECODER} fail_after=2 delay=2; fake:1 {DECODER} delay=2", "detect", "model", *names,
                "--on-device-error", "continue")
    assert result.returncode == 0, result.stderr
    found = lines(result.stdout)
    assert [line["image"] for line in found] == names
    assert not [line for line in found if "error" in line]


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


def test_bench_tells_who_decoded(place, on):
    [name] = pictures(place, 1)
    result = on(f"fake:0 {DECODER}", "bench", "model", name, "--parts", "fleet", "--seconds", "0.2", "--rounds", "1",
                "--json")
    assert result.returncode == 0, result.stderr
    [run] = json.loads(result.stdout)["runs"]
    [decoder] = run["decoders"]
    assert decoder["device"] == "fake:0" and decoder["error"] is None
    assert decoder["pictures"] + run["decoded_by_threads"] > 0


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
