"""Every model of the corpus against Darknet's own detections, on pictures of the exact input size."""

import statistics

import pytest

from corpus import MODELS, SURE, darknet, model_files
from judges import BOX_WITHIN, CONFIDENCE_WITHIN, MEDIAN_WITHIN, beside_darknet, raw_heads

ENOUGH = 5  # with fewer detections a model's raw heads are compared as well


@pytest.mark.parametrize("name", MODELS)
def test_the_same_detections(name):
    found = beside_darknet(name)
    assert not found.alone
    median = statistics.median(found.confidence)
    print(f"\n{name}: {len(found.confidence)} detections; confidence differs by at most {max(found.confidence):.5f}, "
          f"median {median:.5f}; boxes by at most {max(found.box):.5f}")
    assert max(found.confidence) <= CONFIDENCE_WITHIN
    assert median < MEDIAN_WITHIN
    assert max(found.box) <= BOX_WITHIN


def few_detections():
    return [name for name in MODELS
            if sum(one[1] >= SURE for _, found in darknet(name) for one in found) < ENOUGH]


@pytest.mark.parametrize("name", few_detections())
def test_the_same_raw_heads(name, tmp_path):
    _, cfg, _, weights, *_ = model_files(name)
    for picture, _ in darknet(name):
        heads = raw_heads(cfg, weights, picture, tmp_path)
        assert heads.right and heads.agree, f"{picture.name}: {heads}"
