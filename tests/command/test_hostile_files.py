"""The worst files of each kind are refused, or taken, within a stated time and memory (docs/limits.md).

`pytest -s` prints what each took; YOLOFLEET_LARGE_FILES=1 makes the files as large as the limits let them be.
"""

import json
import os
import subprocess
import sys

import pytest

from conftest import BIN

# scripts/test_sanitized sets it for every kind.
pytestmark = pytest.mark.skipif("TSAN_OPTIONS" in os.environ, reason="sanitizers take their own time and memory")
LARGE = "YOLOFLEET_LARGE_FILES" in os.environ
MIB = 2**20
# A process's peak counts what it was forked from, and pytest is large: this is small.
LAUNCHER = """
import json, os, sys, time
begin = time.monotonic()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, usage = os.wait4(pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - begin, usage.ru_maxrss]))
"""
NET = "[net]\nwidth=64\nheight=64\nchannels=3\n"
HEAD = "[convolutional]\nfilters=6\nactivation=linear\n[yolo]\nmask=0\nanchors=1,2\nclasses=1\n"
CONVOLUTION = "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=1\npad=1\nactivation=mish\n"


def filled(begin, part, end="", size=MIB):
    """As many parts as bring a text to that size."""
    return begin + part * ((size - len(begin) - len(end)) // len(part)) + end


def options(count, width):
    """Distinct unknown keys of that length."""
    return "".join(f"{number:x}".ljust(width, "z") + "=\n" for number in range(count))


def shortcuts(sources):
    layers = filled("", "0,", "0", 2 * sources - 1)
    return filled(NET + CONVOLUTION, f"[shortcut]\nfrom={layers}\n", HEAD)


def heads(count):
    mask = filled("", "0,", "0", 2 * 1024 - 1)
    head = f"[convolutional]\nfilters=6144\n[yolo]\nmask={mask}\nanchors=1,2\nclasses=1\n[route]\nlayers=0\n"
    return NET + CONVOLUTION + head * count + HEAD


def misfit(sources):
    """An input size that doesn't fit, found at the last of many layers; others are then searched for."""
    layers = filled("", "0,", "0", 2 * sources - 1)
    begin = NET.replace("width=64", "width=62") + CONVOLUTION.replace("stride=1", "stride=2")
    end = "[maxpool]\nstride=2\n[upsample]\n[shortcut]\nfrom=0\n" + HEAD
    return filled(begin, f"[shortcut]\nfrom={layers}\n", end)


# The cfg's text, the exit code, and words of the message.
CFGS = {
    "4094 layers": (NET + CONVOLUTION * 4092 + HEAD, 0, ""),
    "more layers than allowed": (filled(NET, "[dropout]\n"), 2, "more than 4096 layers"),
    "equal keys": (filled(NET, "a=\n"), 2, "unknown key; the nearest known one is"),
    "equal known keys": (filled(NET, "adam=\n", HEAD), 0, ""),
    "long unknown keys": (filled(NET, "[dropout]\n" + options(256, 40), HEAD), 2, "unknown key"),
    "long unknown keys, allowed": (filled(NET, "[dropout]\n" + options(256, 62), HEAD), 0, "left out"),
    "keys over the limit": (NET + options(10_000, 64), 2, "more than 256 keys in [net]"),
    "sources over the limit": (filled(NET + CONVOLUTION + "[route]\nlayers=", "0,", "0"), 2, "at most 256 are allowed"),
    "shortcuts of many layers": (shortcuts(256), 0, ""),
    "an input size that doesn't fit": (misfit(256), 2, "input size, 62x64; the nearest that fit: 63x64, 60x64"),
    "lines without =": (filled(NET, "a\n", HEAD), 0, "left out"),
    "heads": (heads(63), 0, ""),
    "anchors over the limit": (filled(NET + "[yolo]\nanchors=", "1,", "1"), 2, "at most 2048 are allowed"),
    "one line": (filled("", "a"), 2, "is neither [section] nor key=value"),
    "one number": (filled("[net]\nwidth=", "1"), 2, "must be a whole number from 1 to 16384"),
    "blank lines": (filled("", "\n"), 2, "has no section"),
    "too large": (filled("", "\n", size=MIB + 1), 2, "1048577 bytes; at most 1048576 are read"),
}


class Measured:
    """The end of a run of the command, with what it took."""

    def __init__(self, place, *arguments):
        with open(place / "out", "wb") as out:
            launched = subprocess.run(
                [sys.executable, "-I", "-S", "-c", LAUNCHER, BIN, *map(str, arguments)],
                cwd=place.folder, stdout=subprocess.PIPE, stderr=out, check=True, timeout=300,
            )
        self.code, self.seconds, memory = json.loads(launched.stdout)
        self.memory = memory * 1024
        self.output = (place / "out").read_text(errors="replace")

    def must(self, what, code, words, seconds, memory):
        size = f"{self.seconds:6.2f} s {self.memory / MIB:7.0f} MiB"
        print(f"{what:32} {size}  {len(self.output)} bytes of output, {self.code}")
        assert self.code == code, self.output[:1000]
        assert words in self.output
        assert self.seconds < seconds * (4 if LARGE else 1)
        assert self.memory < memory


@pytest.mark.parametrize("what", CFGS)
def test_a_cfg(place, what):
    text, code, words = CFGS[what]
    (place / "worst.cfg").write_text(text)
    assert len(text) <= MIB + 1
    allowed = ["--allow-unknown-keys"] if "allowed" in what else []
    Measured(place, "inspect", "--cfg", "worst.cfg", *allowed).must(what, code, words, 10, 100 * MIB)


NAMES = {
    "blank lines": (filled("", "\n", size=16 * MIB), "0 names, but the network has 1 classes"),
    "names": (filled("", "a\n", size=16 * MIB), "8388608 names, but the network has 1 classes"),
    "numbers": (filled("", "\n", "a", 16 * MIB), "16777216 names, but the network has 1 classes"),
    "one name that isn't UTF-8": (filled("", "a", "\x80", 16 * MIB), ":1: is not UTF-8 text"),
    "too large": (filled("", "\n", size=16 * MIB + 1), "16777217 bytes; at most 16777216 are read"),
}


@pytest.mark.parametrize("what", NAMES)
def test_names(place, what):
    text, words = NAMES[what]
    (place / "worst.names").write_bytes(text.encode("latin1"))
    model = ["--cfg", "model/square.cfg", "--weights", "model/square.weights", "--names", "worst.names"]
    Measured(place, "inspect", *model).must("names: " + what, 2, words, 10, 100 * MIB)


def test_weights_of_another_size(place):
    with open(place / "worst.weights", "wb") as file:
        file.truncate(2**40)
    Measured(place, "inspect", "--cfg", "model/square.cfg", "--weights", "worst.weights").must(
        "weights: a terabyte", 2, "it is of another model", 10, 100 * MIB)


def test_weights_at_the_limit(place):
    """The file fits to a cfg of as many parameters as there may be; its last number is no number."""
    filters = 32762 if LARGE else 4095
    side = "[net]\nwidth=1\nheight=1\nchannels=3\n"
    (place / "worst.cfg").write_text(
        side + f"[convolutional]\nfilters={filters}\n" * 2 + HEAD)
    floats = 4 * filters + filters * (filters + 1) + 6 * (filters + 1)
    with open(place / "worst.weights", "wb") as file:
        file.truncate(16 + 4 * (floats - 1))
        file.seek(0, os.SEEK_END)
        file.write(b"\xff\xff\xff\xff")
    Measured(place, "inspect", "--cfg", "worst.cfg", "--weights", "worst.weights").must(
        f"weights: {4 * floats / MIB:.0f} MiB", 2, "must be finite", 60, 100 * MIB + 4 * floats)


LIST_BYTES = 1024 * MIB if LARGE else 16 * MIB
# The most memory that a list may take: the list and a copy of it, each growing by half.
LIST_MEMORY = 100 * MIB + 3 * LIST_BYTES
OVER = "more than 4194304 bytes in a text or number, or between two of them"
GONE = "gone.txt: can't be read"  # said of what is read next, so the file itself was taken
COCO_IMAGES = {
    "annotations": ('{"annotations":[', "[],", "[]]}", OVER),
    "arrays in an image": ('[{"file_name":[', "[],", "[]]}]", OVER),
    "annotations with numbers": ('{"annotations":[', "[1],", "[]]}", "holds no list of images"),
    "keys in an image": ('[{"a":{', '"":1,', '"":1}}]', "image 0 (from 0) lacks"),
    "images of one name": ("[", '{"file_name":"","id":1},', '{"file_name":"","id":1}]', ""),
    "nested arrays": ('{"a":', "[", "", OVER),
    "nested arrays with numbers": ('{"a":', "[1,", "", "isn't JSON"),
    "one string": ('["', "a", "", OVER),
    "one number": ("[", "1", "", OVER),
}


@pytest.mark.parametrize("what", COCO_IMAGES)
def test_coco_images(place, what):
    begin, part, end, words = COCO_IMAGES[what]
    (place / "worst.json").write_text(filled(begin, part, end, LIST_BYTES))
    words = words or ("more than 4194304 images" if LARGE else GONE)
    run = Measured(place, "detect", "model", "@gone.txt", "--coco", "out.json", "--coco-images", "worst.json")
    run.must("images: " + what, 2, words, 120, 100 * MIB)


def test_coco_images_of_many_names(place):
    """Each is held, twice: by its path and by its bare name."""
    count = 4_194_305 if LARGE else 100_000
    images = "".join(f'{{"file_name":"a/{number}.jpg","id":{number}}},' for number in range(count))
    (place / "worst.json").write_text(f'[{images}{{"file_name":"b","id":1}}]')
    run = Measured(place, "detect", "model", "@gone.txt", "--coco", "out.json", "--coco-images", "worst.json")
    run.must(f"images: {count}", 2, "more than 4194304 images" if LARGE else GONE, 60, 100 * MIB + 400 * count)


LISTS = {
    "short paths and a zero byte": ("a\n", "\0", "holds a zero byte"),
    "short paths and a long one": ("a\n", "a" * 4096, "a path of 4096 bytes; at most 4095 are allowed"),
    "one path": ("a/", "", "bytes; at most 4095 are allowed"),
    "blank lines": ("\n", "", "the list names no picture"),
}


@pytest.mark.parametrize("what", LISTS)
def test_lists(place, what):
    part, end, words = LISTS[what]
    (place / "worst.txt").write_text(filled("", part, end, LIST_BYTES))
    Measured(place, "detect", "model", "@worst.txt").must("list: " + what, 2, words, 60, 100 * MIB)


MAPS = {
    "lines": ("1\n", "", "2097152 category ids, but the model has 1 classes"),
    "one line": ("a", "", ":1: 'aaaaa"),
    "too large": ("1\n", "\n", "4194305 bytes; at most 4194304 are read"),
}


@pytest.mark.parametrize("what", MAPS)
def test_categories(place, what):
    part, end, words = MAPS[what]
    (place / "worst.map").write_text(filled("", part, "", 4 * MIB) + end)
    place.picture("a.png")
    run = Measured(place, "detect", "model", "a.png", "--coco", "out.json", "--coco-classes", "worst.map")
    run.must("categories: " + what, 2, words, 60, 1024 * MIB)
