"""Correct lanes pass the fleet's self-test: its picture and its tolerances, on real models."""

import os
import subprocess

import pytest

from corpus import MODELS, model_files
from test_average_precision import has_bf16


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_lanes_that_are_right_agree_about_something(name, precision):
    if precision == "bf16" and not has_bf16():
        pytest.skip("this CPU doesn't compute in BF16")
    _, cfg, _, weights, _, _ = model_files(name)
    result = subprocess.run([os.environ["LANES_AGREE"], cfg, weights, precision],
                            capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
