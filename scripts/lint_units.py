#!/usr/bin/env python3
"""Prints the translation units that clang-tidy is to check: scripts/lint_units.py BUILD_FOLDER FILE...

Each FILE is a C++ source of the project. In a unity build a translation unit includes several of them. Fails if
one of them is in no unit, since clang-tidy would silently skip it.
"""

import json
import re
import sys
from pathlib import Path


def sources_of(unit):
    """The sources that a translation unit compiles: itself, or those that a unity file includes."""
    if not re.fullmatch(r"unity_\d+_cxx\.cxx", unit.name):
        return {unit}
    return {Path(name) for name in re.findall(r'#include "(.+?)"', unit.read_text())}


def main():
    folder, *files = sys.argv[1:]
    wanted = {Path(name).resolve() for name in files}
    missing = set(wanted)
    units = []
    for entry in json.loads((Path(folder) / "compile_commands.json").read_text()):
        unit = Path(entry["directory"], entry["file"])
        found = missing & sources_of(unit)
        if found:
            units.append(unit)
            missing -= found
    if missing:
        sys.exit("in no translation unit: " + ", ".join(sorted(map(str, missing))))
    print(*units, sep="\n")


main()
