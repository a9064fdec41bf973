"""Each case is right: cases.py has the values."""

import pytest

import cases
from corpus import CASES

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"no cases in {CASES}")


@pytest.mark.parametrize("case", cases.ALL, ids=lambda case: case.name)
def test_case(case):
    assert not cases.fault(case)


def test_every_case_has_its_right_value():
    assert not cases.without_value()
