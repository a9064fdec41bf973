"""Messages of the scripts where something is missing, and their choice of what to build."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_conformance_reports_a_missing_corpus(tmp_path):
    run = subprocess.run([ROOT / "scripts" / "conformance"], env={**os.environ, "CORPUS": str(tmp_path)},
                         capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == (f"no conformance corpus in {tmp_path} (CORPUS=FOLDER says where it is): "
                          "nothing was compared\n")
    assert not run.stdout


@pytest.fixture(name="check_folders")
def make_check_folders(tmp_path):
    """Runs check_test_folders.py on a build with tests in base/, backend/ and backend/tensorrt/."""
    for folder, below in (("", ["base", "backend", "gpu"]), ("base", []), ("backend", ["tensorrt"]),
                          ("backend/tensorrt", []), ("gpu", []), ("of_an_earlier_configuration", [])):
        (tmp_path / "tests" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / folder / "CTestTestfile.cmake").write_text(
            "".join(f'subdirs("{name}")\n' for name in below))

    def check(tests, *folders):
        listed = {"tests": [{"name": name, "properties": [
            {"name": "WORKING_DIRECTORY", "value": str(tmp_path / "tests" / folder)}]} for name, folder in tests]}
        return subprocess.run([sys.executable, ROOT / "scripts/check_test_folders.py", tmp_path, *folders],
                              input=json.dumps(listed), capture_output=True, text=True, check=False)

    return check


def test_every_folder_must_have_tests(check_folders):
    run = check_folders([("Base.A", "base"), ("Lane.A", "backend/tensorrt"), ("Lane.B", "backend/tensorrt")])
    assert run.returncode == 0
    assert run.stdout == "3 tests: backend 2, backend/tensorrt 2, base 1\n"
    run = check_folders([("Base.A", "base"), ("Lane.A", "backend")])
    assert (run.returncode, run.stderr) == (1, "error: no tests in backend/tensorrt\n")
    run = check_folders([])
    assert (run.returncode, run.stderr) == (1, "error: no tests in backend, backend/tensorrt, base\n")


def test_only_the_named_folders_must_have_tests(check_folders):
    tests = [("Lane.A", "backend/tensorrt")]
    assert check_folders(tests, "backend/tensorrt").returncode == 0
    run = check_folders(tests, "backend/tensorrt", "cuda")
    assert (run.returncode, run.stderr) == (1, "error: no tests in cuda\n")


def test_dependencies_takes_no_arguments():
    picture = ROOT / "docs/images/dependencies.svg"
    before = picture.read_bytes()
    run = subprocess.run([sys.executable, ROOT / "scripts/dependencies.py", "--check"], capture_output=True, text=True,
                         check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "error: dependencies.py takes no arguments, not --check\n"
    assert picture.read_bytes() == before


def test_every_test_program_must_be_built(check_folders):
    run = check_folders([("base_tests_NOT_BUILT", "base"), ("Lane.A", "backend/tensorrt")])
    assert (run.returncode, run.stderr) == (1, "error: not built: base_tests\n")


@pytest.mark.parametrize(("cache", "tools", "expected"), [
    ("", [], "off"),
    ("", ["nvcc"], "off"),
    ("", ["nvcc", "nvidia-smi"], "auto"),
    ("YOLOFLEET_CUDA:STRING=auto\n", ["nvcc"], "off"),
    ("YOLOFLEET_CUDA:STRING=on\n", [], "on"),
])
def test_the_gpu_back_end_is_built_where_there_is_a_gpu_or_after_it_was_asked_for(tmp_path, cache, tools, expected):
    if expected == "off" and pathlib.Path("/dev/nvidiactl").exists():
        expected = "auto" if tools or pathlib.Path("/usr/local/cuda/bin/nvcc").exists() else "off"
    for folder in ("scripts", "build/release", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "scripts/common.sh", tmp_path / "scripts")
    (tmp_path / "build/release/CMakeCache.txt").write_text(cache)
    for tool in ("bash", "dirname", "grep"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    for tool in tools:
        (tmp_path / "bin" / tool).write_text("")
        (tmp_path / "bin" / tool).chmod(0o755)
    run = subprocess.run(["bash", "-c", f"source '{tmp_path}/scripts/common.sh'; gpu_back_end"],
                         env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True, check=False)
    assert (run.stdout, run.returncode) == (f"{expected}\n", 0), run.stderr


def test_contributing_lists_the_packages_that_setup_installs():
    text = (ROOT / "scripts/setup").read_text()
    build, = re.findall(r"^packages=\((.*?)\)$", text, re.MULTILINE | re.DOTALL)
    test, = re.findall(r"packages\+=\((libgtest.*?)\)", text)
    video, = re.findall(r"packages\+=\((libavformat.*?)\)", text)
    libraries = [name for name in " ".join((build, test, video)).split() if name not in ("cmake", "ninja-build", "pkg-config")]
    table = (ROOT / "CONTRIBUTING.md").read_text().split("\n| package |")[1]
    assert len(libraries) > 10 and not [name for name in libraries if f"`{name}`" not in table]
