"""Bubble start by Lagrange regularisation: the definition, synthetic starts, and the published dates.

Published t2 -> t1 (Demos & Sornette 2017): S&P 500 2007-06-01 -> 2003-09-05 and 2000-01-01 -> 1998-11-06;
SSEC 2007-05-01 -> 2005-05-07.
"""

import numpy as np
import pandas as pd
import pytest
import reference_lppl_diagnostics as slow

import lppl
from lppl import datasets

LENGTHS = range(40, 161, 20)
NARROW = lppl.SearchSpace(m=(0.1, 0.9), omega=(6, 13), horizon_fraction=(0, 0.2))


def _regime(before, n, seed):
    """A random walk that turns into a bubble ``n`` observations before its end."""
    rng = np.random.default_rng(seed)
    bubble = lppl.log_price(np.arange(n), n + 10.0, 0.5, 7.0, 5.0, -0.06, 0.004, 0.0)
    walk = bubble[0] + np.cumsum(0.02 * rng.standard_normal(before))[::-1]
    return np.exp(np.concatenate([walk, bubble + 0.004 * rng.standard_normal(n)]))


def test_equals_the_definition_window_by_window():
    prices = _regime(80, 100, 0)
    found = lppl.bubble_start(prices, lengths=LENGTHS, space=NARROW)
    length, slope, curve = slow.bubble_start(np.log(prices), list(LENGTHS), NARROW)
    assert found.length == length
    np.testing.assert_allclose(found.slope, slope, rtol=1e-9)
    np.testing.assert_allclose(found.regularised[::-1], curve, rtol=1e-8, atol=1e-14)
    assert found.t1 == prices.size - length


def test_finds_the_change_of_regime():
    """The start is never late; it is early by what the bubble's curve can take in of the walk before it."""
    starts = [lppl.bubble_start(_regime(150, 150, seed), lengths=range(30, 301, 10)) for seed in range(8)]
    assert all(150 <= start.length <= 210 for start in starts)
    assert np.median([start.length for start in starts]) <= 170
    assert all(start.at_edge == (start.length in (30, 300)) for start in starts)


def test_dates_and_dictionary():
    prices = datasets.load("nasdaq")[:"2000-03-10"]
    found = lppl.bubble_start(prices, lengths=range(100, 401, 50))
    assert found.t1_date == prices.index[-found.length]
    values = found.to_dict()
    assert values["t1_date"] == f"{found.t1_date:%Y-%m-%d}"
    assert values["curve"]["lengths"] == list(range(400, 99, -50))
    assert "slope" in found._repr_html_()


def test_plot_shows_both_curves_and_the_start():
    found = lppl.bubble_start(_regime(80, 100, 0), lengths=LENGTHS, space=NARROW)
    ax = found.plot()
    assert [line.get_label().split(":")[0] for line in ax.lines] == [
        "SSE / (N - 8)",
        "slope taken off",
        "start",
    ]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), found.regularised)
    assert ax.lines[2].get_xdata()[0] == found.length
    assert found.plot(ax) is ax


def test_nothing_after_the_end_is_read():
    prices = datasets.load("nasdaq")["1998":"2000-03-10"]
    early = lppl.bubble_start(prices, end="1999-12-31", lengths=LENGTHS)
    alone = lppl.bubble_start(prices[:"1999-12-31"], lengths=LENGTHS)
    assert early.to_dict() == alone.to_dict()


def test_windows_that_cannot_be_fitted_stay_out():
    prices = np.concatenate([_regime(60, 60, 2), np.full(45, 150.0)])
    found = lppl.bubble_start(prices, lengths=range(40, 161, 20))
    assert np.isnan(found.regularised[-1])
    assert found.length > 40
    with pytest.raises(ValueError, match="at least 3 windows to be fitted"):
        lppl.bubble_start(prices, lengths=[20, 30, 40, 60])


def test_bad_arguments():
    with pytest.raises(ValueError, match="lengths must name at least 3"):
        lppl.bubble_start(_regime(1, 100, 0), lengths=[50, 60, 50])
    with pytest.raises(ValueError, match="prices must hold at least 40 values"):
        lppl.bubble_start(_regime(1, 38, 0))
    with pytest.raises(ValueError, match="lengths must not exceed"):
        lppl.bubble_start(_regime(1, 100, 0), lengths=[50, 60, 200])


# Series, t2, published t1, longest window, box, sessions from the published start to ours, at an edge.
# The table of docs/bubble_start.md.
PUBLISHED = (
    ("sp500", "2007-06-01", "2003-09-05", 750, None, 526, False),
    ("sp500", "2007-06-01", "2003-09-05", 750, NARROW, 526, False),
    ("sp500", "2007-06-01", "2003-09-05", 1600, None, -64, False),
    ("sp500", "2007-06-01", "2003-09-05", 1600, NARROW, -69, False),
    ("sp500", "2000-01-01", "1998-11-06", 750, None, -5, False),
    ("sp500", "2000-01-01", "1998-11-06", 750, NARROW, 30, False),
    ("sp500", "2000-01-01", "1998-11-06", 1600, None, 245, False),
    ("sp500", "2000-01-01", "1998-11-06", 1600, NARROW, 245, False),
    ("shanghai", "2007-05-01", "2005-05-07", 750, None, -266, True),
    ("shanghai", "2007-05-01", "2005-05-07", 750, NARROW, -1, False),
    ("shanghai", "2007-05-01", "2005-05-07", 1600, None, -856, False),
    ("shanghai", "2007-05-01", "2005-05-07", 1600, NARROW, -186, False),
)


@pytest.mark.parametrize(
    ("name", "end", "start", "longest", "box", "sessions", "edge"),
    [pytest.param(*case, marks=pytest.mark.slow if case[3] > 750 else ()) for case in PUBLISHED],
)
def test_published_starts(shared_prices, name, end, start, longest, box, sessions, edge):
    """With the default box and windows one of three published starts is met, to five sessions."""
    prices = pd.read_csv(shared_prices / f"{name}.csv", index_col="date", parse_dates=["date"])["close"]
    found = lppl.bubble_start(prices, end=end, lengths=range(30, longest + 1, 5), space=box)
    assert prices.index.searchsorted(found.t1_date) - prices.index.searchsorted(start) == sessions
    assert found.at_edge == edge
