"""devices, build and cache, as far as they can be seen on a machine without a GPU."""

import json
import os
import re
import struct

import pytest

from conftest import refused

# No GPU is seen, whatever the machine has.
ENVIRONMENT = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
NO_GPU = re.compile("no NVIDIA driver is installed|the NVIDIA driver shows no GPU: .*"
                    "|this program was built without its GPU back end")
NOT_BUILT = "this program was built without its GPU back end"
HASH = "0123456789abcdef" * 2


@pytest.fixture(name="run")
def make_run(place):
    return lambda *arguments, **more: place.run(*arguments, env={**ENVIRONMENT, **more})


@pytest.fixture(name="cached")
def make_cached(run):
    """As `run`, where the program keeps engines at all; where not, it says so."""
    result = run("cache", "list", "--cache", "nowhere")
    if result.returncode != 0:
        refused(result, 2, NOT_BUILT)
        return None
    return run


def test_devices_say_why_there_is_no_gpu(run):
    result = run("devices")
    assert result.returncode == 0
    cpu, none = result.stdout.splitlines()
    assert re.fullmatch(r"cpu: .+; OpenVINO .+, fp32( and bf16)?", cpu)
    assert none.startswith("no GPU: ") and NO_GPU.fullmatch(none.removeprefix("no GPU: "))


def test_devices_as_json(run):
    result = run("devices", "--json")
    [cpu] = json.loads(result.stdout)
    assert list(cpu) == ["id", "name", "runtime", "precisions", "unavailable"]
    assert cpu["id"] == "cpu" and cpu["unavailable"] == ""
    assert cpu["precisions"] in (["fp32"], ["fp32", "bf16"])
    assert NO_GPU.fullmatch(result.stderr.removeprefix("yolofleet: no GPU: ").rstrip("\n"))


def test_detect_says_why_it_is_on_the_cpu_only_when_asked(place, run):
    place.picture("a.png")
    told = run("detect", "model", "a.png", "--verbose")
    assert told.returncode == 0
    assert NO_GPU.search(told.stderr) and "yolofleet: no GPU is used: " in told.stderr
    for arguments in ([], ["--devices", "cpu", "--verbose"], ["--quiet"]):
        silent = run("detect", "model", "a.png", *arguments)
        assert silent.returncode == 0 and not NO_GPU.search(silent.stderr)


@pytest.mark.parametrize("devices", [[], ["--devices", "all"], ["--devices", "cuda:0"]])
def test_build_without_a_gpu_says_why(run, place, devices):
    result = run("build", "model", *devices, "--cache", "engines")
    refused(result, 2)
    assert NO_GPU.search(result.stderr)
    words = "cuda:0 can't be used: " if "cuda:0" in devices else "no GPU to build an engine for: "
    assert words in result.stderr
    assert not (place / "engines").exists()


def test_build_checks_the_model_first(run, place):
    (place / "model/square.weights").write_bytes(b"short")
    refused(run("build", "model"), 2, "square.weights")
    refused(run("build", "--cfg", "model/square.cfg"), 2, "needs --weights FILE")


def test_an_empty_cache_is_nothing_wrong(cached, place):
    if not cached:
        return
    (place / "empty").mkdir()
    for folder in ("empty", "nowhere"):
        listed = cached("cache", "list", "--cache", folder)
        assert (listed.returncode, listed.stdout) == (0, f"0 engines, 0.0 MB, in {folder}\n")
        assert json.loads(cached("cache", "list", "--json", "--cache", folder).stdout) == []
        cleared = cached("cache", "clear", "--cache", folder)
        assert (cleared.returncode, cleared.stdout) == (0, f"0 files removed from {folder}\n")
    assert not (place / "nowhere").exists()


def test_the_cache_is_the_users(cached, place):
    if not cached:
        return
    home = str(place / "home")
    for variables, folder in (({"XDG_CACHE_HOME": home}, "home/yolofleet"),
                              ({"XDG_CACHE_HOME": "", "HOME": home}, "home/.cache/yolofleet")):
        assert cached("cache", "list", **variables).stdout.endswith(f", in {place / folder}\n")


def test_foreign_and_damaged_files_are_listed_and_only_ours_cleared(cached, place):
    if not cached:
        return
    folder = place / "engines"
    folder.mkdir()
    header = struct.pack("<8sIIQQQ", b"YFENGINE", 1, 4, 6, 0, 0)
    ours = {
        f"cut-{HASH}.engine": header + b"key\n",
        f"keyless-{HASH}.engine": header + b"key\nengine",
        f"net-{HASH}.timing": b"YFTIMING and more",
        f"net-{HASH}.lock": b"",
        f"net-{HASH}.engine.a1B2c3": b"YFENGINE, half of it",
    }
    others = {"foreign.engine": b"ptrt" * 100, "notes.txt": b"mine", f"resnet50-{HASH}.engine": b"ptrt"}
    for name, content in {**ours, **others}.items():
        (folder / name).write_bytes(content)
    os.utime(folder / f"net-{HASH}.engine.a1B2c3", (0, 0))

    listed = cached("cache", "list", "--cache", "engines")
    assert listed.returncode == 0 and listed.stderr == ""
    assert listed.stdout == (
        f"engines/cut-{HASH}.engine (0.0 MB)\n"
        "  can't be used: has 4 bytes after the header, which announces 4 + 6\n"
        "engines/foreign.engine (0.0 MB)\n"
        "  can't be used: isn't a yolofleet engine file\n"
        f"engines/keyless-{HASH}.engine (0.0 MB)\n"
        "  can't be used: its name doesn't match its key\n"
        f"engines/resnet50-{HASH}.engine (0.0 MB)\n"
        "  can't be used: has 4 bytes, fewer than a header\n"
        "4 engines, 0.0 MB, in engines\n")
    entries = json.loads(cached("cache", "list", "--json", "--cache", "engines").stdout)
    assert [(entry["file"], entry["bytes"]) for entry in entries] == [
        (f"engines/cut-{HASH}.engine", 44), ("engines/foreign.engine", 400), (f"engines/keyless-{HASH}.engine", 50),
        (f"engines/resnet50-{HASH}.engine", 4)]
    assert all(entry["problem"] for entry in entries)

    cleared = cached("cache", "clear", "--cache", "engines")
    assert (cleared.returncode, cleared.stdout) == (0, "5 files removed from engines\n")
    assert sorted(path.name for path in folder.iterdir()) == sorted(others)


def test_a_cache_that_cant_be_read(cached, place):
    if not cached:
        return
    (place / "file").write_text("no folder")
    for what in ("list", "clear"):
        refused(cached("cache", what, "--cache", "file"), 2, "file: can't be read: Not a directory")


def test_a_cache_without_a_name_isnt_the_users(run, place):
    for arguments in (["cache", "list"], ["cache", "clear"], ["build", "model"], ["detect", "model", "a.png"]):
        refused(run(*arguments, "--cache", "", HOME=str(place)), 2, "--cache: names no folder")


def test_builds_help_tells_which_options_detect_needs_too(run):
    text = run("build", "--help").stdout
    needed = text[text.index("detect uses the engine"):]
    for option in ("precision", "input-size", "batch", "mish", "build-level", "max-detections"):
        assert f"--{option}" in needed[:needed.index("Exit codes")]
    assert "auto: 16, or fewer where" in " ".join(text.split())
    assert "or fewer where" in " ".join(run("detect", "--help").stdout.split())


def test_export_refuses_what_isnt_whole(cached, place):
    if not cached:
        return
    header = struct.pack("<8sIIQQQ", b"YFENGINE", 1, 4, 6, 0, 0)
    (place / "cut.engine").write_bytes(header + b"key\nengin")
    (place / "flipped.engine").write_bytes(header + b"key\nengine")
    refused(cached("cache", "export", "cut.engine", "to"), 2, "cut.engine: has 9 bytes after the header")
    refused(cached("cache", "export", "flipped.engine", "to"), 2, "flipped.engine: its checksum doesn't match")
    refused(cached("cache", "export", "none.engine", "to"), 2, "none.engine: can't be read")
    os.mkfifo(place / "pipe.engine")
    refused(cached("cache", "export", "pipe.engine", "to"), 2, "pipe.engine: can't be read: isn't a regular file")
    assert not (place / "to").exists()
