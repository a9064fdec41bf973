"""docs/command.md has the options that the command has, in the same words."""

import pathlib
import subprocess
import sys

from conftest import BIN

ROOT = pathlib.Path(__file__).parents[2]


def test_the_tables_in_the_documentation_are_the_commands():
    check = subprocess.run([sys.executable, ROOT / "scripts" / "command_docs.py", BIN, "--check"], check=False,
                           capture_output=True, text=True)
    assert check.returncode == 0, check.stderr


def test_the_help_doesnt_show_how_the_tables_are_made(place):
    assert "markdown" not in place.run("--help").stdout


def test_every_option_of_a_help_is_in_a_table(place):
    tables = place.run("--help-markdown").stdout
    for subcommand in ["detect", "inspect", "build", "bench", "verify", "eval", "devices", "cache list"]:
        start = tables.index(f"<!-- options of {subcommand} -->")
        table = tables[start:tables.index("<!-- end of options -->", start)]
        shown = {line.split()[0].split(",")[-1] for line in place.run(*subcommand.split(), "--help").stdout.splitlines()
                 if line.startswith("  -")} - {"--help"}
        assert shown, subcommand
        for option in shown:
            assert f"`{option}" in table, (subcommand, option)
