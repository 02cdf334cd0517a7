"""Moves of the last close, from nothing after it and nothing that is not there."""

import numpy as np
import pandas as pd
import pytest

from scanners.evidence.gathering import describe
from scanners.evidence.moves import Moves, moves


def test_a_known_path():
    days = np.array(
        ["1999-12-30", "1999-12-31", "2000-01-03", "2000-01-04", "2000-01-05", "2000-01-06", "2000-01-07"],
        dtype="datetime64[D]",
    )
    closes = np.array([100.0, 110.0, 90.0, 120.0, 130.0, 125.0, 132.0])
    found = moves(days, closes)
    assert found.day == pytest.approx(132 / 125 - 1)
    assert found.week == pytest.approx(132 / 110 - 1)
    assert found.year_to_date == pytest.approx(132 / 110 - 1)
    assert moves(days[2:], closes[2:]) == Moves(found.day, None, None)
    assert moves(days[-1:], closes[-1:]) == Moves(None, None, None)


def test_a_close_that_is_not_positive_is_no_base():
    days = np.arange("2020-01-01", "2020-01-08", dtype="datetime64[D]")
    assert moves(days, np.array([1.0, 0.0, 5, 5, 5, -1, 2])).day is None


def test_other_bars_have_no_moves():
    weeks = pd.Series(np.arange(1.0, 101), pd.date_range("2020-01-03", periods=100, freq="W-FRI"))
    assert describe(weeks, "2022-01-01").moves is None
    days = pd.Series(np.arange(1.0, 101), pd.bdate_range("2020-01-03", periods=100))
    assert describe(days, "2022-01-01").moves.day == pytest.approx(0.01, rel=0.02)
