"""Rules for the sources: includes, lengths of files, and banned text. See test_dependencies.py, too."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE_FOLDERS = ["include", "src", "tools", "tests", "fuzz", "bench", "examples", "python"]
OTHER_FOLDERS = ["scripts", "cmake", "ci", ".ci", ".github", "docs"]
CPP = {".cpp", ".hpp", ".cu", ".cuh"}
TEXT = CPP | {".py", ".md", ".txt", ".cmake", ".in", ".json", ".sh", ".supp", ".svg", ".yml", ""}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
HEADERS = sorted((ROOT / "include").rglob("*.hpp"))


def files_of(folder, endings):
    return sorted(
        path
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in endings and "__pycache__" not in path.parts
    )


def includes_of(path):
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def short(path):
    return str(path.relative_to(ROOT))


def folder_of(include):
    """The folder of src/ that an include names; None for headers of other projects and public ones."""
    first = include.split("/")[0]
    return first if "/" in include and (ROOT / "src" / first).is_dir() else None


def test_our_own_headers_are_included_by_their_path_from_src():
    wrong = [
        f"{short(path)} includes {include}"
        for path in files_of("src", CPP)
        for quote, include in includes_of(path)
        if quote == '"' and not include.startswith("yolofleet/") and not (ROOT / "src" / include).is_file()
        and not include.endswith(".inc")  # written by the build
    ]
    assert not wrong


@pytest.mark.parametrize(("headers", "module"), [("openvino/", "src/backend/openvino"),
                                                 ("lib(av|sw)", "src/video/ffmpeg")])
def test_only_a_module_knows_the_library_that_it_is_for(headers, module):
    users = {
        short(path.parent)
        for path in files_of("src", CPP) + files_of("include", CPP) + files_of("tools", CPP)
        if any(re.match(headers, include) for _, include in includes_of(path))
    }
    assert users == {module}


def test_the_command_uses_only_the_public_api():
    wrong = [
        f"{short(path)} includes {include}"
        for path in files_of("tools", CPP)
        for _, include in includes_of(path)
        if folder_of(include)
        and not (ROOT / "tools/yolofleet" / include).is_file()
    ]
    assert not wrong


def test_public_headers_include_only_public_and_standard_ones():
    wrong = [
        f"{short(path)} includes {include}"
        for path in HEADERS
        for _, include in includes_of(path)
        if not (ROOT / "include" / include).is_file()
        and include != "tl/expected.hpp"
        and not re.fullmatch(r"[a-z_]+", include)
    ]
    assert HEADERS and not wrong


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_a_public_header_compiles_alone(header, tmp_path):
    source = tmp_path / "alone.cpp"
    source.write_text(f'#include "yolofleet/{header.name}"\n')
    run = subprocess.run(
        [os.environ.get("CXX", "g++"), "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
         "-I", ROOT / "include", source],
        capture_output=True, text=True, check=False,
    )
    assert run.returncode == 0, run.stderr


def test_no_source_file_is_over_400_lines():
    lengths = {
        short(path): len(path.read_text(encoding="utf-8").splitlines())
        for folder in SOURCE_FOLDERS
        for path in files_of(folder, CPP | {".py"})
    }
    assert lengths and not {name: lines for name, lines in lengths.items() if lines > 400}


def test_nothing_unfinished_and_no_path_of_a_machine_stands_in_the_files():
    banned = re.compile(r"\b([T]ODO|[F]IXME|[X]XX|[H]ACK)\b|(?<![\w.$}])/(home|root|work|Users|tmp)/\w")
    files = [path for folder in SOURCE_FOLDERS + OTHER_FOLDERS for path in files_of(folder, TEXT)]
    files += [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT - {""}]
    found = [
        f"{short(path)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if banned.search(line)
    ]
    assert len(files) > 50 and not found


def test_packages_are_linked_by_the_targets_that_dependencies_cmake_finds():
    """A library by its bare name would be linked without having been looked for."""
    wrong = []
    lists = [path for folder in SOURCE_FOLDERS for path in (ROOT / folder).rglob("CMakeLists.txt")]
    for path in [path for path in lists if "parent" not in path.parts]:
        text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
        ours = set(re.findall(r"add_(?:library|executable)\((\w+)", text))
        linked = re.findall(r"(?:target_link_libraries\(\S+|\bLIBRARIES|\bDEPENDS)\s+([^)]*)\)", text)
        wrong += [f"{short(path)} links {word}" for words in linked for word in words.split()
                  if "::" not in word and word not in ours and not re.match(r"\$|yolofleet|[A-Z]+$", word)]
    assert len(lists) > 20 and not wrong
