"""The model and the photos of these tests: YOLOFLEET_TEST_MODEL and YOLOFLEET_TEST_PHOTOS, by default those of the demo.

The tests run against the installed package; this folder has no yolofleet.
"""

import os
import pathlib

import numpy as np
import pytest

import yolofleet

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = pathlib.Path(os.environ.get("YOLOFLEET_TEST_MODEL", ROOT / "demo/model"))
PHOTOS = pathlib.Path(os.environ.get("YOLOFLEET_TEST_PHOTOS", ROOT / "demo/photos"))


@pytest.fixture(scope="session")
def model_folder():
    assert MODEL.is_dir(), f"no model in {MODEL}: `make demo` makes one"
    return MODEL


@pytest.fixture(scope="session")
def photos():
    found = sorted(path for path in PHOTOS.iterdir() if path.suffix in (".jpg", ".png"))
    assert len(found) >= 2
    return found


@pytest.fixture(scope="session")
def model(model_folder):
    return yolofleet.Model(model_folder)


@pytest.fixture(scope="session")
def detector(model):
    with yolofleet.Detector(model, devices="cpu:2", precision="fp32") as detector:
        yield detector


@pytest.fixture(scope="session")
def small_model(model_folder):
    """The same network at 96x96: quick, and good enough to count pictures."""
    return yolofleet.Model(model_folder, input_size=(96, 96))


@pytest.fixture(scope="session")
def frame():
    return np.random.default_rng(7).integers(0, 256, (120, 160, 3), dtype=np.uint8)
