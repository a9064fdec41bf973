"""Live sources: among files, and with clocks that jump."""

import json
import time

from conftest import fake_devices, lines
from videos import clip, fixture_server, frames_of, stream_of  # pylint: disable=unused-import

# One picture after the other, 61 a second.
SLOW_DEVICE = fake_devices("fake:0 delay=16 batch=1")


def send_evenly(connection, stream, seconds):
    begin = time.monotonic()
    step = 188 * 4
    for place in range(0, len(stream), step):
        connection.sendall(stream[place:place + step])
        time.sleep(max(begin + seconds * place / len(stream) - time.monotonic(), 0))


def test_files_do_not_hold_up_a_camera(place, server):
    stream = stream_of(place, 125)
    address = server(lambda connection, _: (send_evenly(connection, stream, 5), time.sleep(20)))
    names = [f"{number}.mp4" for number in range(11)]
    clip(place / names[0], 500)
    for name in names[1:]:
        (place / name).symlink_to(names[0])
    with place.start("detect", "model", f"tcp://{address}", *names, "--to", "4", "--output", "o", "--report", "r.json",
                     env=SLOW_DEVICE) as process:
        time.sleep(7)
        process.terminate()
        process.communicate(timeout=30)
    camera, *files = json.loads((place / "r.json").read_text())["videos"]
    assert camera["live"] and camera["frames"] > 60, camera
    assert camera["dropped"] < 30, camera  # some come at once when it was opened
    assert sum(each["frames"] for each in files) > 50


def test_pictures_do_not_hold_up_a_camera(place, server):
    stream = stream_of(place, 100)
    address = server(lambda connection, _: (send_evenly(connection, stream, 4), time.sleep(20)))
    picture = place.picture("0.png")
    for number in range(1, 600):
        (place / f"{number}.png").symlink_to(picture)
    with place.start("detect", "model", f"tcp://{address}", *[f"{number}.png" for number in range(600)], "--to", "3",
                     "--output", "o", "--report", "r.json", env=SLOW_DEVICE) as process:
        time.sleep(6)
        process.terminate()
        process.communicate(timeout=30)
    report = json.loads((place / "r.json").read_text())
    camera = report["videos"][0]
    assert camera["frames"] > 40 and camera["dropped"] < 30, camera
    assert camera["latency_median_seconds"] < 0.25, camera  # 0.33 behind a full queue of pictures
    assert report["pictures"] - report["frames"] > 50, "and pictures fill the rest"


def test_a_stream_whose_clock_jumps(place, server):
    stream = stream_of(place, 15)
    address = server(lambda connection, _: ([send_evenly(connection, stream, 0.6) for _ in range(5)], time.sleep(20)))
    result = place.detect(f"tcp://{address}", "--to", "2")
    assert result.returncode == 0, result.stderr
    seconds = [each["seconds"] for each in lines(result.stdout)]
    steps = [after - before for before, after in zip(seconds, seconds[1:])]
    assert len(seconds) > 20 and 0 < min(steps) and max(steps) < 1.5, steps  # some frames are dropped
    assert seconds[-1] > 1.5


def test_two_files_put_together(place):
    part = stream_of(place, 25)
    (place / "a.ts").write_bytes(part + part)
    result = place.detect("a.ts", "--fps", "5", "--annotated", "out")
    assert result.returncode == 0, result.stderr
    assert [each["seconds"] for each in frames_of(lines(result.stdout), "a.ts")] == [
        number / 5 for number in range(10)]
    assert place.files("out") == ["a.mp4"]
    assert len(lines(place.detect("a.ts", "--to", "1.2").stdout)) == 30


def test_more_threads_than_a_decoder_takes(place):
    clip(place / "a.mp4", 3)
    result = place.detect("a.mp4", "--threads", "100")
    assert result.returncode == 0, result.stderr
    assert len(lines(result.stdout)) == 3
