"""Fails when a folder of a build's tests gives ctest no test.

Usage: ctest --show-only=json-v1 | check_test_folders.py BUILD_FOLDER
"""

import json
import pathlib
import sys

# The corpus isn't part of the project; where there is none, neither are its tests. Those of the GPU
# are left out where there may be none: ci/gpu runs them.
MAY_BE_EMPTY = {"conformance", "gpu"}


def main() -> int:
    tests = (pathlib.Path(sys.argv[1]) / "tests").resolve()
    folders = {path.parent.name for path in tests.glob("*/CTestTestfile.cmake")}
    counts = dict.fromkeys(folders, 0)
    for test in json.load(sys.stdin)["tests"]:
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        place = pathlib.Path(properties.get("WORKING_DIRECTORY", "/")).resolve()
        if place.is_relative_to(tests) and place != tests:
            counts[place.relative_to(tests).parts[0]] += 1
    empty = sorted(name for name, count in counts.items() if count == 0 and name not in MAY_BE_EMPTY)
    if empty or not sum(counts.values()):
        print("error: no tests in", ", ".join(empty) or tests, file=sys.stderr)
        return 1
    print(f"{sum(counts.values())} tests:", ", ".join(f"{name} {counts[name]}" for name in sorted(counts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
