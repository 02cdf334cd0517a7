"""Trend channels: the kernel against every split, known breaks, and what random walks must not show."""

import numpy as np
import pandas as pd
import pytest
import reference_systems as slow
from numpy.testing import assert_allclose

import earlywarning
from earlywarning._kernels.breaks import largest_break, walk_breaks
from earlywarning.macro.trend_breaks import trend_channel

MONTHS = 300


def bent(seed=0, rho=0.8, size=0.02):
    rng = np.random.default_rng(seed)
    t = np.arange(MONTHS)
    noise = np.zeros(MONTHS)
    for k in range(1, MONTHS):
        noise[k] = rho * noise[k - 1] + size * rng.standard_normal()
    return 4.0 + np.where(t < 150, 0.004 * t, 1.2 - 0.004 * t) + noise


def test_largest_break_equals_every_split():
    y = bent(1)[:80]
    y -= y.mean()
    fast = largest_break(y, 12)
    expected = slow.largest_break(y, 12)
    assert fast[1] == expected[1]
    assert_allclose(fast[0], expected[0], rtol=1e-8)


def test_walks_go_through_the_same_search():
    rng = np.random.default_rng(0)
    steps, chosen = rng.standard_normal(60), rng.integers(60, size=(3, 60))
    found = walk_breaks(steps, 0.1, chosen, 10)
    for row in range(3):
        y = np.concatenate([[0], np.cumsum(0.1 + steps[chosen[row]])])
        assert_allclose(found[row], slow.largest_break(y - y.mean(), 10)[0], rtol=1e-7)


def test_a_bend_is_found_and_the_channel_is_that_of_the_last_trend():
    found = trend_channel(bent(), log=False, replications=99)
    assert len(found.breaks) == 1
    assert abs(found.breaks[0].position - 150) <= 24
    assert found.breaks[0].p_value <= 0.05
    assert found.slope < 0
    assert found.start == str(found.breaks[0].position)
    assert np.isnan(found.line[: found.breaks[0].position]).all()


def test_the_place_in_the_channel_is_counted_from_the_line():
    y = 0.01 * np.arange(MONTHS) + 0.02 * np.random.default_rng(2).standard_normal(MONTHS)
    y[-3:] += 0.3
    found = trend_channel(y, log=False, replications=49)
    assert found.state == "above"
    assert found.since == "297"
    assert found.position > 2
    assert trend_channel(-y, log=False, replications=49).state == "below"


def test_a_straight_line_with_noise_does_not_break():
    y = np.exp(0.01 * np.arange(MONTHS) + 0.02 * np.random.default_rng(3).standard_normal(MONTHS))
    days = pd.date_range("1990-01-31", periods=MONTHS, freq="ME")
    found = trend_channel(pd.Series(y, days), replications=49)
    assert not found.breaks
    assert found.start == "1990-01-31"
    assert_allclose(found.slope, 0.01, rtol=0.02)
    assert found.to_dict()["breaks"] == []
    assert "none" in found._repr_html_()


def test_seed_decides_and_threads_do_not():
    one = trend_channel(bent(4), log=False, replications=60)
    assert one.to_dict() == trend_channel(bent(4), log=False, replications=60, n_jobs=2).to_dict()


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"trim": 0.6}, "trim"),
        ({"confidence": 0.2}, "confidence"),
        ({"max_breaks": -1}, "max_breaks"),
        ({"replications": 2}, "replications"),
        ({"block": 0}, "block"),
        ({"log": True}, "positive"),
    ],
)
def test_impossible_options_are_named(options, rule):
    with pytest.raises(ValueError, match=rule):
        trend_channel(bent() - 4, **{"log": False, **options})


def test_bad_series_are_named():
    with pytest.raises(ValueError, match="noise"):
        trend_channel(np.arange(100.0), log=False)
    with pytest.raises(ValueError, match="at least 40"):
        trend_channel(np.arange(10.0), log=False)


def test_it_is_public():
    assert earlywarning.trend_channel is trend_channel


@pytest.mark.slow
def test_walks_break_at_the_nominal_rate():
    hits = []
    for trial in range(300):
        walk = np.cumsum(0.02 * np.random.default_rng(trial).standard_normal(MONTHS))
        hits.append(bool(trend_channel(walk, log=False, replications=199, seed=trial).breaks))
    assert np.mean(hits) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)
