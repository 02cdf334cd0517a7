"""Rows of the demo on the three dates of the README are what they were: their numbers, and their words.

``tests/golden/demo_rows.json`` is made by ``tests/support/demo_rows.py``. What rows have gained since is not
in it.
"""

import json
from collections.abc import Mapping

import pytest
from demo_rows import DATES, GOLDEN, demo_rows


@pytest.fixture(scope="module")
def golden():
    return json.loads(GOLDEN.read_text("utf-8"))


def differences(kept, found, place=""):
    """Yield where a document lacks or contradicts what was kept; numbers may differ by 1e-9 of their size."""
    if isinstance(kept, Mapping) and isinstance(found, Mapping):
        for key, value in kept.items():
            yield from differences(value, found.get(key, "missing"), f"{place}.{key}")
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        for number, pair in enumerate(zip(kept, found, strict=True)):
            yield from differences(*pair, f"{place}[{number}]")
    elif isinstance(kept, float) and isinstance(found, int | float):
        if found != pytest.approx(kept, rel=1e-9, abs=0.0):
            yield place, kept, found
    elif kept != found:
        yield place, kept, found


@pytest.mark.parametrize("as_of", DATES)
def test_the_demo_says_what_it_said(golden, as_of):
    assert list(differences(golden[as_of], demo_rows(as_of))) == []


def test_a_word_and_a_digit_are_differences():
    kept = {"reasons": ["C3 = 0.33"], "C": 0.25, "none": None}
    assert (
        list(differences(kept, {"reasons": ["C3 = 0.33"], "C": 0.25 * (1 + 1e-12), "none": None, "new": 1}))
        == []
    )
    changed = {"reasons": ["C3 = 0.34"], "C": 0.25 * (1 + 1e-8)}
    assert [place for place, _, _ in differences(kept, changed)] == [".reasons[0]", ".C", ".none"]
