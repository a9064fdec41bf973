"""An installed tree works without the clone and its .venv, and can be moved.

The clone is hidden under an empty file system while installed programs run, if this machine allows that
(root, or user namespaces). On every machine: no installed file holds a path of the clone, and the log of the
dynamic linker names none.
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
BUILD = pathlib.Path(os.environ["BUILD_FOLDER"]).resolve()
OUTSIDE = "/usr/local/bin:/usr/bin:/bin"


def run(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def hiding():
    """A command in front of another that runs it with the clone hidden; empty if that can't be had."""
    hide = 'for f in "$1" "$2"; do if [ -d "$f" ]; then mount -t tmpfs none "$f"; fi; done; shift 2; exec "$@"'
    for unshare in (["unshare", "--mount"], ["unshare", "--mount", "--user", "--map-root-user"]):
        command = [*unshare, "sh", "-ec", hide, "sh", str(ROOT), str(BUILD)]
        probe = subprocess.run([*command, "sh", "-c", f'test ! -e "{ROOT}/README.md" && test ! -e "{BUILD}/bin"'],
                               capture_output=True, check=False, cwd="/")
        if probe.returncode == 0:
            return command
    return []


class Place:
    """An installed tree away from the clone, and what is needed to use it."""

    def __init__(self, folder):
        self.folder = folder
        self.prefix = folder / "moved"
        self.hiding = hiding()
        self.model = folder / "model"
        self.picture = folder / "square.bmp"

    def run(self, command, **environment):
        """Runs it with nothing of the clone in its environment, and the clone hidden if possible."""
        clean = {"PATH": OUTSIDE, "HOME": str(self.folder), "LANG": "C.UTF-8", **environment}
        return run([*self.hiding, *command], cwd=self.folder, env=clean)

    def run_traced(self, command):
        """As `run`; also gives the libraries that the dynamic linker started."""
        done = self.run(command, LD_DEBUG="libs", LD_DEBUG_OUTPUT=str(self.folder / "linker"))
        logs = list(self.folder.glob("linker.*"))
        text = "\n".join(log.read_text(errors="replace") for log in logs)
        for log in logs:
            log.unlink()
        assert str(ROOT) not in text and str(BUILD) not in text
        return done, set(re.findall(r"calling init: (\S+)", text))


@pytest.fixture(scope="module", name="place")
def make_place(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("package"))
    assert not place.folder.is_relative_to(ROOT)
    run([os.environ["CMAKE_COMMAND"], "--install", BUILD, "--prefix", place.folder / "prefix"])
    (place.folder / "prefix").rename(place.prefix)  # it must not matter where it was installed
    shutil.copytree(ROOT / "examples", place.folder / "examples")
    tiny_model.write_model(place.model)
    tiny_model.write_picture(place.picture)
    return place


def installed_files(place):
    return [path for path in place.prefix.rglob("*") if path.is_file() and not path.is_symlink()]


def test_no_installed_file_holds_a_path_of_the_clone(place):
    files = installed_files(place)
    needles = [os.fsencode(ROOT), os.fsencode(BUILD)]
    assert len(files) > 15
    assert not [path for path in files if any(needle in path.read_bytes() for needle in needles)]


def test_libraries_are_looked_for_beside_each_other_only(place):
    paths = {}
    for file in installed_files(place):
        if file.read_bytes()[:4] == b"\x7fELF":
            found = re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", run(["readelf", "-d", file]).stdout)
            paths[file.name] = found
    assert {"yolofleet", "libyolofleet_openvino.so", "libopenvino_intel_cpu_plugin.so"} <= paths.keys()
    assert not {name: found for name, found in paths.items()
                if any(not entry.startswith("$ORIGIN") for each in found for entry in each.split(":"))}


def test_licences_of_what_is_passed_on_are_there(place):
    names = {path.name for path in (place.prefix / "share/doc/yolofleet").rglob("*")}
    assert {"LICENSE", "README.md", "runtime-third-party-programs.txt", "onetbb_third-party-programs.txt",
            "onednn_third-party-programs.txt"} <= names


def test_a_project_that_finds_the_package_builds_and_detects(place):
    cmake = shutil.which("cmake", path=OUTSIDE)
    assert cmake, "no CMake outside of the clone"
    build = place.folder / "build"
    place.run([cmake, "-S", place.folder / "examples", "-B", build, f"-DCMAKE_PREFIX_PATH={place.prefix}",
               f"-DCMAKE_CXX_COMPILER={os.environ['CXX']}", "-DCMAKE_BUILD_TYPE=Release"])
    place.run([cmake, "--build", build])
    cache = (build / "CMakeCache.txt").read_text()
    assert str(ROOT) not in cache

    done, libraries = place.run_traced([build / "detect", place.model, place.picture])

    name, confidence, box = re.fullmatch(r"(.*) ([\d.]+) at (\S+ \S+)\n", done.stdout).groups()
    assert name == "white square" and float(confidence) > 0.99
    assert [float(number) for number in re.split("[ ,x]", box)] == pytest.approx(tiny_model.SQUARE, abs=0.1)
    ours = {pathlib.Path(path).name for path in libraries if path.startswith(str(place.prefix))}
    assert {"libyolofleet_openvino.so", "libopenvino_intel_cpu_plugin.so", "libtbb.so.12"} <= ours


def test_a_program_that_is_built_with_pkg_config_detects(place):
    search = {"PKG_CONFIG_PATH": str(next(place.prefix.glob("lib*/**/pkgconfig")))}
    pkg_config = ["pkg-config", "yolofleet"]
    flags = place.run([*pkg_config, "--cflags", "--libs"], **search).stdout.split()
    libraries = place.run([*pkg_config, "--variable=libdir"], **search).stdout.strip()
    version = place.run([*pkg_config, "--modversion"], **search).stdout.strip()
    assert version in place.run([place.prefix / "bin/yolofleet", "--version"]).stdout
    assert pathlib.Path(libraries).resolve().is_relative_to(place.prefix)
    program = place.folder / "by_pkg_config"
    place.run([os.environ["CXX"], "-std=c++20", place.folder / "examples/detect.cpp", "-o", program, *flags,
               f"-Wl,-rpath,{libraries}"])

    assert place.run([program, place.model, place.picture]).stdout.startswith("white square ")


def test_the_installed_command_detects(place):
    output = place.folder / "detections.jsonl"
    place.run_traced([place.prefix / "bin/yolofleet", "detect", place.model, place.picture, "--output", output])
    (line,) = output.read_text().splitlines()
    (detection,) = json.loads(line)["detections"]
    assert detection["label"] == "white square"
    assert detection["box"] == pytest.approx(tiny_model.SQUARE, abs=0.1)


def test_without_its_module_the_command_says_what_is_missing(place):
    bare = place.folder / "bare"
    shutil.copytree(place.prefix, bare, symlinks=True, ignore=shutil.ignore_patterns("libyolofleet_openvino.so"))
    command = [*place.hiding, bare / "bin/yolofleet", "detect", place.model, place.picture]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                          cwd=place.folder, env={"PATH": OUTSIDE})
    assert done.returncode in (2, 3)
    assert "libyolofleet_openvino.so" in done.stderr


def test_the_readme_shows_the_example_as_it_is():
    blocks = re.findall(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert blocks == [(ROOT / "examples/detect.cpp").read_text()]
