"""Writes the option tables of docs/command.md anew, from the command's own definitions.

Usage: command_docs.py PROGRAM [--check]
PROGRAM is the built command. With --check nothing is written: exit code 1 if the tables differ.
"""

import pathlib
import re
import subprocess
import sys

DOCUMENT = pathlib.Path(__file__).parents[1] / "docs" / "command.md"
TABLE = re.compile(r"<!-- options of ([a-z ]+) -->\n.*?<!-- end of options -->\n", re.DOTALL)


def tables(program: str) -> dict[str, str]:
    """By subcommand, with their markers."""
    text = subprocess.run([program, "--help-markdown"], check=True, capture_output=True, text=True).stdout
    return {found[1]: found[0] for found in TABLE.finditer(text)}


def main() -> int:
    program, *rest = sys.argv[1:]
    wanted = tables(program)
    before = DOCUMENT.read_text(encoding="utf-8")
    there = [found[1] for found in TABLE.finditer(before)]
    if sorted(there) != sorted(wanted):
        print(f"{DOCUMENT.name} has tables of {', '.join(there)}; the command has {', '.join(wanted)}", file=sys.stderr)
        return 1
    after = TABLE.sub(lambda found: wanted[found[1]], before)
    if rest == ["--check"]:
        if after != before:
            print(f"the option tables of docs/{DOCUMENT.name} aren't the command's; "
                  f"`python3 scripts/command_docs.py {program}` renews them", file=sys.stderr)
        return int(after != before)
    DOCUMENT.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
