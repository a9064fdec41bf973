"""What becomes of a run whose device can't be opened, or opens and then fails at every picture: exit code 3."""

import json
import os
import sys

import pytest

from conftest import FAILING, SQUARE, lines, refused


@pytest.fixture(name="annotated")
def make_annotated(place):
    """A picture and its annotations, and eval's words for them."""
    place.picture("in/a.png")
    (place / "truth.json").write_text(json.dumps({
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 7, "name": "white square"}],
        "annotations": [{"image_id": 1, "category_id": 7, "bbox": SQUARE}],
    }))
    return ["eval", "model", "truth.json", "in", "--python", sys.executable, "--json", "eval.json"]


def test_eval_opens_no_device(place, annotated):
    (place / "modules").mkdir()
    (place / "modules/libyolofleet_openvino.so").touch()
    environment = {**FAILING, "YOLOFLEET_MODULE_DIR": str(place / "modules")}
    refused(place.run(*annotated, env=environment), 3, "libyolofleet_openvino.so")
    assert not (place / "eval.json").exists()


def test_eval_measures_nothing_of_a_device_that_fails(place, annotated):
    result = place.run(*annotated, env=FAILING)
    assert result.returncode == 3, result.stderr
    assert "it is worn out" in result.stderr
    assert result.stdout == "" and not (place / "eval.json").exists()
    assert place.run(*annotated, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""}).returncode == 0


@pytest.mark.parametrize("kind", ["fail", "continue"])
def test_detect_tells_of_every_picture(place, kind):
    for name in ["a.png", "b.png"]:
        place.picture(name)
    result = place.detect("a.png", "b.png", "--on-device-error", kind, env=FAILING)
    assert result.returncode == 3, result.stderr
    assert [line["error"]["message"] for line in lines(result.stdout)] == ["it is worn out"] * 2
    assert ("cpu was lost and isn't used any more" in result.stderr) == (kind == "continue")


@pytest.mark.parametrize("arguments", [["verify", "model", "a.png"], ["verify", "model", "a.png", "--heads"],
                                       ["bench", "model"]])
def test_verify_and_bench_say_why(place, arguments):
    place.picture("a.png")
    refused(place.run(*arguments, env=FAILING), 3, "it is worn out")
