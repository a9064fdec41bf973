"""Lists of many names and of none."""

import json
import os
import pathlib
import re
import time

from conftest import lines, refused

SANITIZED = "TSAN_OPTIONS" in os.environ  # scripts/test_sanitized sets it for every kind

def most_memory(place, names):
    """The peak memory, in bytes, of a run over a list of `names` missing pictures."""
    missing = "".join(f"missing/{number:07}.jpg\n" for number in range(names))
    (place / "list.txt").write_text(missing + "late.png\n")
    with place.start("detect", "model", "@list.txt", "--quiet", "--output", "/dev/null") as process:
        while True:
            try:
                late = os.open(place / "late.png", os.O_WRONLY | os.O_NONBLOCK)
                break
            except OSError:  # the run isn't there yet
                assert process.poll() is None
                time.sleep(0.02)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        os.write(late, b"no picture")
        os.close(late)
        assert process.wait(timeout=30) == 1
    return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def test_memory_doesnt_grow_with_the_list(place):
    os.mkfifo(place / "late.png")
    few = most_memory(place, 5_000)  # more than are read ahead
    many = most_memory(place, 300_000)
    if not SANITIZED:  # sanitizers keep what was freed
        assert many - few < 2**23  # a list kept in memory would take 18 MB


def test_missing_files_are_each_told(place):
    (place / "list.txt").write_text("".join(f"missing/{number}.jpg\n" for number in range(20_000)))
    result = place.detect("@list.txt", "--report", "report.json")
    assert result.returncode == 1
    for number, each in enumerate(lines(result.stdout)):
        assert (each["index"], each["image"], each["error"]["code"]) == (number, f"missing/{number}.jpg", "not_found")
    assert number == 19_999
    assert result.stderr.count("can't be read: No such file or directory") == 20
    assert "yolofleet: 20000 pictures, 20000 failed, 0 detections, " in result.stderr
    report = json.loads((place / "report.json").read_text())
    assert (report["pictures"], report["failures"], report["devices"][0]["pictures"]) == (20_000, 20_000, 0)


def test_a_list_from_a_pipe(place):
    found = lines(place.detect("@-", input="\ufeffa.jpg\r\n\nb.jpg\n").stdout)
    assert [each["image"] for each in found] == ["a.jpg", "b.jpg"]


def test_an_empty_list(place):
    for content in ("", "\n\r\n  \n"):
        (place / "list.txt").write_text(content)
        refused(place.detect("@list.txt", "-o", "out.jsonl", "--report", "report.json"), 2,
                "@list.txt: the list names no picture")
        assert place.files() == ["list.txt"]
    refused(place.detect("@-", input=""), 2, "@-: the list names no picture")
