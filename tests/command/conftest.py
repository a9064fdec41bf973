"""Runs the command on a made-up model that finds white squares (tests/package/tiny_model.py)."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from PIL import Image

sys.path.append(str(pathlib.Path(__file__).parents[1] / "package"))
import tiny_model  # pylint: disable=wrong-import-position

BIN = os.environ["YOLOFLEET_BIN"]
# The CPU alone, and it fails at every picture.
FAILING = {
    **os.environ, "CUDA_VISIBLE_DEVICES": "",
    "YOLOFLEET_MODULE_DIR": os.environ.get("YOLOFLEET_FAILING_MODULE_DIR", "isn't set"),
}


def fake_devices(script):
    """The environment of a command on scripted devices (src/backend/fake), from a library that lists them."""
    return {**os.environ, "LD_LIBRARY_PATH": os.environ["YOLOFLEET_FAKE_LIBRARY_DIR"], "CUDA_VISIBLE_DEVICES": "",
            "YOLOFLEET_MODULE_DIR": str(pathlib.Path(BIN).parents[1] / "lib"), "YOLOFLEET_FAKE_DEVICES": script}


# The square of the made-up pictures: x, y, width, height.
SQUARE = list(tiny_model.SQUARE)


class Place:
    """A folder with a model in it, that the command runs in."""

    def __init__(self, folder):
        self.folder = folder
        tiny_model.write_model(folder / "model")

    def __truediv__(self, name):
        return self.folder / name

    def picture(self, name, size=(64, 64)):
        """Black with a white square, in the format of the name's ending."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.new("RGB", (64, 64))
        left, top, width, height = SQUARE
        image.paste((255, 255, 255), (left, top, left + width, top + height))
        image.resize(size, Image.Resampling.NEAREST).save(path, **({"quality": 95} if name.endswith("jpg") else {}))
        return path

    def run(self, *arguments, **options):
        options = {"capture_output": True, "text": True, "timeout": 60, "cwd": self.folder, **options}
        return subprocess.run([BIN, *map(str, arguments)], check=False, **options)

    def detect(self, *arguments, **options):
        return self.run("detect", "model", *arguments, **options)

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [BIN, *map(str, arguments)], cwd=self.folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )

    def files(self, folder="."):
        """Every file below a folder, sorted, without the model's."""
        root = self.folder / folder
        return sorted(
            str(path.relative_to(root))
            for path in root.rglob("*")
            if path.is_file() and "model" not in path.parts
        )


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def refused(result, code, *words):
    """The run ended with this exit code and one message that has these words."""
    assert result.returncode == code, result.stderr
    messages = [line for line in result.stderr.splitlines() if line.startswith("yolofleet: error: ")]
    assert len(messages) == 1, result.stderr
    for word in words:
        assert word in messages[0]
    assert result.stdout == ""
