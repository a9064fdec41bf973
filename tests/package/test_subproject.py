"""yolofleet as a part of another project's build: add_subdirectory, which FetchContent uses too.

The project in parent/ fails to configure when a setting of its own is changed.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import tiny_model

ROOT = pathlib.Path(__file__).resolve().parents[2]
CMAKE = os.environ["CMAKE_COMMAND"]


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                          env={name: value for name, value in os.environ.items() if name != "YOLOFLEET_MODULE_DIR"})
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module", name="build")
def configure():
    # Kept from run to run, so that only the first one compiles everything. Without CMAKE_BUILD_TYPE (which must
    # stay empty), and with several files as one, to compile quickly.
    folder = pathlib.Path(os.environ["BUILD_FOLDER"]) / "subproject"
    options = ["-DYOLOFLEET_CUDA=off", "-DYOLOFLEET_OPENVINO=on", f"-DYOLOFLEET_SOURCE={ROOT}",
               "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_UNITY_BUILD_BATCH_SIZE=6"]
    ccache = shutil.which("ccache")
    if ccache:
        options.append(f"-DCMAKE_CXX_COMPILER_LAUNCHER={ccache}")
    run(CMAKE, "--fresh", "-G", "Ninja", "-S", ROOT / "tests/package/parent", "-B", folder,
        f"-DCMAKE_CXX_COMPILER={os.environ['CXX']}", *options)
    return folder


def test_tests_benchmarks_and_the_command_are_off_and_nothing_is_installed(build, tmp_path):
    cache = (build / "CMakeCache.txt").read_text()
    for option in ("TESTS", "BENCH", "COMMAND", "INSTALL", "WERROR"):
        assert f"YOLOFLEET_{option}:BOOL=OFF" in cache
    assert "CMAKE_BUILD_TYPE:STRING=\n" in cache
    targets = set(re.findall(r"^([\w.]+): phony$", run(CMAKE, "--build", build, "--target", "help"), re.MULTILINE))
    assert {"detect", "yolofleet", "yolofleet_openvino"} <= targets
    assert not {name for name in targets if name.endswith(("_tests", "_bench", "_command")) or name == "throughput"}
    prefix = tmp_path / "prefix"
    run(CMAKE, "--install", build, "--prefix", prefix)
    assert not prefix.exists()


def test_the_projects_own_files_are_compiled_by_its_own_settings(build):
    commands = {pathlib.Path(entry["file"]).name: entry["command"].split()
                for entry in json.loads((build / "compile_commands.json").read_text())}
    own = commands["detect.cpp"]
    assert {"-std=gnu++23", "-DPARENT", "-fvisibility=default"} <= set(own)
    assert not [word for word in own if re.match("-(W|O|fPIC|fvisibility=hidden|fvisibility-inlines|fmacro)", word)]


def test_the_example_detects_with_the_module_of_the_same_build(build, tmp_path):
    run(CMAKE, "--build", build, "--target", "detect")
    assert [path.parent.relative_to(build) for path in build.rglob("detect") if path.is_file()] == \
        [pathlib.Path("programs")]
    tiny_model.write_model(tmp_path / "model")
    tiny_model.write_picture(tmp_path / "square.bmp")
    output = run(build / "programs/detect", tmp_path / "model", tmp_path / "square.bmp")
    assert output.startswith("white square ")
