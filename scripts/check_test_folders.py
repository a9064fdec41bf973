"""Fails when a folder of a build's tests has no test, or when a test's program wasn't built.

Usage: ctest --show-only=json-v1 | check_test_folders.py BUILD_FOLDER [FOLDER...]
FOLDER: a folder of tests/ that must have tests; default: each that CMake added, with those below it.
"""

import json
import pathlib
import re
import sys

# The corpus isn't part of the project: on machines without it there are no conformance tests. The test presets
# leave out the tests that need a GPU: ci/gpu runs them.
MAY_BE_EMPTY = {"conformance", "gpu"}


def folders_below(folder: pathlib.Path) -> list[pathlib.Path]:
    """The folders that CMake added in this one; files of an earlier configuration may still lie in others."""
    names = re.findall(r'^subdirs\("(.+)"\)$', (folder / "CTestTestfile.cmake").read_text(), re.MULTILINE)
    inside = [name for name in names if not name.startswith("..")]
    return [path for name in inside for path in (folder / name, *folders_below(folder / name))]


def main() -> int:
    tests = (pathlib.Path(sys.argv[1]) / "tests").resolve()
    added = {path.relative_to(tests).as_posix() for path in folders_below(tests)}
    wanted = set(sys.argv[2:]) or added - MAY_BE_EMPTY
    counts = dict.fromkeys(added | wanted, 0)
    not_built = []
    for test in json.load(sys.stdin)["tests"]:
        if test["name"].endswith("_NOT_BUILT"):
            not_built.append(test["name"].removesuffix("_NOT_BUILT"))
            continue
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        place = pathlib.Path(properties.get("WORKING_DIRECTORY", "/")).resolve()
        for folder in (place, *place.parents):
            name = folder.relative_to(tests).as_posix() if folder.is_relative_to(tests) else ""
            if name in counts:
                counts[name] += 1
    if not_built:
        print("error: not built:", ", ".join(sorted(not_built)), file=sys.stderr)
        return 1
    empty = sorted(name for name in wanted if counts[name] == 0)
    if empty or not any(counts.values()):
        print("error: no tests in", ", ".join(empty) or tests, file=sys.stderr)
        return 1
    total = sum(count for name, count in counts.items() if "/" not in name)
    print(f"{total} tests:", ", ".join(f"{name} {counts[name]}" for name in sorted(counts) if counts[name]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
