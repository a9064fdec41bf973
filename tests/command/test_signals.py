"""Runs that are stopped: the first signal finishes what is under way, the second ends at once."""

import json
import os
import pty
import select
import signal
import subprocess
import time

import pytest

from conftest import BIN, lines

MODULE = "libyolofleet_openvino.so"


def wait_for(process, condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_what_is_done(place, number, code):
    place.picture("a.png")
    os.mkfifo(place / "never.png")
    with place.start("detect", "model", "a.png", "never.png", "b.png", "--output", "out.jsonl", "--coco",
                     "coco.json") as process:
        partial = place / "out.jsonl.partial"
        wait_for(process, lambda: partial.exists() and partial.read_text())
        process.send_signal(number)
        assert process.wait(timeout=30) == code
        said = process.stderr.read()
    assert [each["index"] for each in lines(partial.read_text())] == [0]
    assert (place / "coco.json.partial").read_text().endswith("\n]\n")
    assert "partial results are in out.jsonl.partial" in said and "1 picture, 0 failed" in said
    assert place.files() == ["a.png", "coco.json.partial", "out.jsonl.partial"]


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_a_list_is_read(place, number, code):
    os.mkfifo(place / "list.txt")
    with place.start("detect", "model", "@list.txt", "--output", "out.jsonl") as process:
        with (place / "list.txt").open("wb"):  # once it can be opened, it is being read
            time.sleep(0.2)
            process.send_signal(number)
            assert process.wait(timeout=30) == code
        assert process.stderr.read() == "yolofleet: error: list.txt: reading was stopped\n"
    assert place.files() == []


def test_a_signal_that_is_ignored_from_the_start_stays_ignored(place):
    place.picture("a.png")
    os.mkfifo(place / "never.png")
    ignore = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    with place.start("detect", "model", "a.png", "never.png", "--output", "out.jsonl", **ignore) as process:
        partial = place / "out.jsonl.partial"
        wait_for(process, lambda: partial.exists() and partial.read_text())
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 143


FIRST_AND_SECOND = [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM),
                    (signal.SIGTERM, signal.SIGINT)]


def ends_at_the_second(process, first, second):
    process.send_signal(first)
    time.sleep(0.05)
    process.send_signal(first)  # still the first: `timeout` sends its to the process and to its group
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)
    process.send_signal(second)
    assert process.wait(timeout=10) == -second


@pytest.mark.skipif("/tsan/" in BIN, reason="ThreadSanitizer holds signals back until a blocked open() returns")
@pytest.mark.parametrize("first, second", FIRST_AND_SECOND)
def test_a_second_signal_ends_a_run_that_hangs_in_its_output(place, first, second):
    place.picture("a.png")
    (place / "list.txt").write_text("".join(f"{number}.png\n" for number in range(3000)))
    for number in range(3000):
        os.link(place / "a.png", place / f"{number}.png")
    with place.start("detect", "model", "@list.txt", "--coco", "coco.json") as process:
        wait_for(process, lambda: select.select([process.stdout], [], [], 0)[0])
        time.sleep(1)  # the pipe fills up
        ends_at_the_second(process, first, second)
    assert not (place / "coco.json").exists()


@pytest.mark.parametrize("first, second", FIRST_AND_SECOND[1:3])
def test_a_second_signal_ends_a_device_that_is_being_opened(place, first, second):
    place.picture("a.png")
    (place / "modules").mkdir()
    os.mkfifo(place / "modules" / MODULE)  # to load this takes as long as nobody writes
    environment = {**os.environ, "YOLOFLEET_MODULE_DIR": str(place / "modules")}
    with place.start("detect", "model", "a.png", "--output", "out.jsonl", env=environment) as process:
        wait_for(process, (place / "out.jsonl.partial").exists)
        time.sleep(0.2)
        ends_at_the_second(process, first, second)
    assert not (place / "out.jsonl").exists()


def test_a_device_that_cant_be_opened_is_what_ends_a_run_whatever_signal_came_before(place):
    place.picture("a.png")
    (place / "modules").mkdir()
    os.mkfifo(place / "modules" / MODULE)
    environment = {**os.environ, "YOLOFLEET_MODULE_DIR": str(place / "modules")}
    with place.start("detect", "model", "a.png", "--output", "out.jsonl", env=environment) as process:
        wait_for(process, (place / "out.jsonl.partial").exists)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        (place / "modules" / MODULE).open("wb").close()  # no module, so no device
        assert process.wait(timeout=30) == 3
        assert "stopping" not in process.stderr.read(), "nobody looks at a terminal"
    assert place.files() == ["a.png"]


@pytest.mark.parametrize("arguments, told", [([], True), (["--quiet"], False)])
def test_people_are_told_what_the_first_signal_does(place, arguments, told):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(place.folder)
        os.execv(BIN, [BIN, "detect", "model", "-", "--output", "out.jsonl", *arguments])
    while not (place / "out.jsonl.partial").exists():
        time.sleep(0.02)
    time.sleep(0.3)
    os.write(terminal, b"\x03")  # Ctrl-C
    written = b""
    try:
        while chunk := os.read(terminal, 4096):
            written += chunk
    except OSError:  # how Linux tells that the other side has gone
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    line = b"\r\x1b[Kyolofleet: stopping after the pictures in progress; a second signal stops at once\r\n"
    assert (line in written) == told
