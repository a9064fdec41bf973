"""Small cfgs of the corpus with generated weights: our raw heads compared with Darknet's formulas and OpenCV."""

import numpy
import pytest

from expected import expected, loaded
from judges import RAW_HEADS_WITHIN, apart, our_heads, plain_heads, prepare, raw_heads
from plain_network import reorganised

# Quick enough for every run; `make conformance` compares all. cfg_corpus_test checks that they load.
NAMES = ["enet-coco", "tiny-yolo-voc", "yolov4-csp-s-mish", "yolov4-tiny-3l", "yolov7-tiny", "rockcarry", "violence-v1b"]
SMALL = [row for row in expected() if any(name in row.name for name in NAMES) and loaded(row.cfg)[0]]


@pytest.mark.parametrize("row", SMALL, ids=lambda row: row.name)
def test_raw_heads_are_darknets_and_opencvs(row, tmp_path):
    heads = raw_heads(*prepare(row.cfg, row.size, tmp_path), tmp_path)
    assert heads.tell and heads.right and heads.agree, heads


def test_most_of_them_are_looked_at():
    assert len(SMALL) >= len(NAMES) - 1


def test_a_layer_that_is_wrong_is_seen(tmp_path):
    row = next(row for row in SMALL if "rockcarry" in row.name)
    cfg, weights, picture = prepare(row.cfg, row.size, tmp_path)
    plain = plain_heads(cfg, weights, picture)
    numbers = numpy.fromfile(weights, numpy.float32)
    numbers[5] += 1  # the first bias of the first layer
    numbers.tofile(weights)
    ours = our_heads(cfg, weights, picture, tmp_path, [head.shape for head in plain])
    assert min(apart(ours, plain)) > 10 * RAW_HEADS_WITHIN


def test_cells_of_a_reorganised_plane_become_channels():
    plane = numpy.arange(16.0).reshape(1, 4, 4)
    assert reorganised(plane, (4, 2, 2), 2).tolist() == [
        [[0, 2], [8, 10]], [[1, 3], [9, 11]], [[4, 6], [12, 14]], [[5, 7], [13, 15]]]
