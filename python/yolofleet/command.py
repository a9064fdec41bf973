"""The command `yolofleet` that is inside the package, and its subcommands eval and verify."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from .errors import Error

Argument = str | os.PathLike[str]


class CommandError(Error):
    """The command ended with an exit code that stands for an error: `exit_code`, as docs/command.md lists them."""

    code = "command"

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.exit_code)


def command_path() -> pathlib.Path:
    """The program `yolofleet`."""
    return pathlib.Path(__file__).parent / "bin" / "yolofleet"


def run_command(*arguments: Argument) -> subprocess.CompletedProcess[str]:
    """Runs `yolofleet ARGUMENTS...` and returns its exit code, stdout and stderr as text."""
    return subprocess.run([command_path(), *arguments], capture_output=True, text=True, check=False,
                          env=command_environment())


def evaluate(*arguments: Argument) -> dict[str, Any]:
    """Average precision: runs `yolofleet eval ARGUMENTS...` (docs/command.md) and returns its JSON results.

    For example `evaluate("model/", "instances.json", "pictures/", "--devices", "cpu")`. The command opens the devices
    itself, in a process of its own. Needs the package pycocotools. Raises CommandError.
    """
    return _results("eval", arguments, allowed=(0, 1))


def verify(*arguments: Argument) -> dict[str, Any]:
    """Compares devices and precisions with the CPU: runs `yolofleet verify ARGUMENTS...` (docs/command.md) and returns
    its JSON results, also if devices differ. Raises CommandError."""
    return _results("verify", arguments, allowed=(0, 1))


def command_environment() -> dict[str, str]:
    """The environment with this interpreter's folder first in PATH: `eval` runs python3."""
    folder = str(pathlib.Path(sys.executable).parent)
    return {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", os.defpath)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Becomes the command."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    os.execve(command_path(), [str(command_path()), *given], command_environment())


def _results(subcommand: str, arguments: Sequence[Argument], allowed: Sequence[int]) -> dict[str, Any]:
    ran = run_command(subcommand, *arguments, "--json", "-")
    if ran.returncode not in allowed or not ran.stdout.strip():
        raise CommandError(ran.stderr.strip() or f"yolofleet {subcommand} ended with {ran.returncode}", ran.returncode)
    results: dict[str, Any] = json.loads(ran.stdout)
    return results
