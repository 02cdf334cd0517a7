"""Panels without bubbles: same dates, same drift and volatility, one series does not change another."""

import numpy as np
import pytest

import lppl
from scanners.past.panel.null_panels import KINDS, null_series


@pytest.mark.parametrize("kind", KINDS)
def test_paths_keep_dates_and_the_size_of_moves(kind):
    closes = lppl.datasets.load("sp500").iloc[:3000]
    path = null_series(closes, "sp500", kind)
    assert path.index.equals(closes.index)
    spread = np.log(path).diff().std() / np.log(closes).diff().std()
    assert 0.6 < spread < 1.6
    assert path.equals(null_series(closes, "sp500", kind))
    assert not path.equals(null_series(closes, "other", kind))
    assert not path.equals(null_series(closes, "sp500", kind, draw=1))


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind must be one of block, garch"):
        null_series(lppl.datasets.load("sp500"), "sp500", "walk")
