"""Panel GSADF: the mean of its members, pyexuber, common draws, sizes."""

import numpy as np
import pandas as pd
import pytest
from null_series import NULL_SERIES, walk
from numpy.testing import assert_allclose

from earlywarning.explosive.bootstrap import bootstrap_critical_values
from earlywarning.explosive.critical import critical_values
from earlywarning.explosive.dating import explosive_episodes
from earlywarning.explosive.panel import panel_critical_values, panel_gsadf
from earlywarning.explosive.statistics import gsadf


def related(make, rng, n, k, correlation):
    """Levels of k series whose steps share part of their variance."""
    common = np.diff(make(rng, n + 1))
    own = [np.diff(make(rng, n + 1)) for _ in range(k)]
    return np.cumsum(
        [np.sqrt(correlation) * common + np.sqrt(1 - correlation) * one for one in own], axis=1
    ).T


def test_the_statistic_is_the_largest_mean_of_the_members():
    dates = pd.bdate_range("2020-01-01", periods=120)
    table = pd.DataFrame(related(walk, np.random.default_rng(0), 120, 3, 0.5), dates, ["a", "b", "c"])
    test = panel_gsadf(table, 1, log=False)
    paths = [gsadf(table[name], 1, log=False).path for name in table]
    assert_allclose(test.path, np.mean(paths, axis=0))
    assert test.statistic == np.nanmax(test.path)
    assert test.index.equals(dates) and list(test.members) == ["a", "b", "c"]
    assert test.to_dict()["series"] == ["a", "b", "c"]


@pytest.mark.parametrize("lags", [0, 2])
def test_the_statistic_equals_pyexuber(lags):
    exuber = pytest.importorskip("exuber")
    table = related(walk, np.random.default_rng(1), 150, 4, 0.3)
    test = panel_gsadf(table, lags, log=False)
    peer = exuber.radf(table, minw=test.min_window, lag=lags)
    assert_allclose(test.statistic, peer.gsadf_panel, rtol=1e-8)
    assert_allclose(test.path[-len(peer.bsadf_panel) :], peer.bsadf_panel, rtol=1e-8)


def test_the_sieve_is_near_pyexuber():
    cv = pytest.importorskip("exuber.cv")
    test = panel_gsadf(related(walk, np.random.default_rng(2), 100, 3, 0.5), log=False)
    ours = panel_critical_values(test, "sieve", replications=599).draws
    peer = cv.radf_sb_distr(test.levels, minw=test.min_window, nboot=300, seed=1).gsadf_panel_distr
    # Two samples: three standard errors at these levels; theirs has one lag more.
    assert_allclose(np.quantile(ours, [0.5, 0.9]), np.quantile(peer, [0.5, 0.9]), atol=0.2)


@pytest.mark.parametrize("kind", ["wild", "sieve"])
def test_draws_are_common_to_all_series(kind):
    """A panel of one series twice is that series: with draws of their own its mean would spread less."""
    y = walk(np.random.default_rng(3), 100)
    twice = panel_critical_values(panel_gsadf(np.column_stack([y, y]), log=False), kind, replications=150)
    once = bootstrap_critical_values(gsadf(y, log=False), kind, replications=150)
    assert_allclose(np.quantile(twice.draws, [0.5, 0.9]), np.quantile(once.draws, [0.5, 0.9]), atol=0.4)
    again = panel_critical_values(
        panel_gsadf(np.column_stack([y, y]), log=False), kind, replications=150, n_jobs=2
    )
    assert np.array_equal(twice.draws, again.draws) and np.array_equal(twice.path, again.path, equal_nan=True)


def test_a_bubble_of_all_series_is_dated():
    rng = np.random.default_rng(4)
    table = related(walk, rng, 200, 4, 0.2)
    table[170:] += 2.0 * 1.12 ** np.arange(30)[:, None]
    test = panel_gsadf(table, log=False)
    critical = panel_critical_values(test, replications=99)
    longest = max(explosive_episodes(test, critical, familywise=True), key=lambda one: one.duration)
    assert 170 <= longest.start < 198 and longest.ongoing and longest.direction == "up"
    with pytest.raises(ValueError, match="critical must be of the kind of the test, panel, got gsadf"):
        explosive_episodes(test, critical_values(200))


def test_what_is_no_panel_is_refused():
    table = related(walk, np.random.default_rng(5), 100, 2, 0.2)
    with pytest.raises(ValueError, match="at least two series, got 1"):
        panel_gsadf(table[:, :1], log=False)
    table[3, 1] = np.nan
    with pytest.raises(ValueError, match="1 of prices must be finite, got 1 of 100"):
        panel_gsadf(table, log=False)
    with pytest.raises(ValueError, match="every series must vary"):
        panel_gsadf(np.ones((60, 2)))
    test = panel_gsadf(np.exp(table[10:]))
    with pytest.raises(ValueError, match="kind must be 'wild' or 'sieve', got 'block'"):
        panel_critical_values(test, "block")
    with pytest.raises(ValueError, match="replications must be at least 19"):
        panel_critical_values(test, replications=5)


@pytest.mark.slow
@pytest.mark.parametrize("name", NULL_SERIES)
def test_a_thousand_panels_without_a_bubble(name):
    hits = np.zeros(2)
    for seed in range(1000):
        test = panel_gsadf(
            related(NULL_SERIES[name], np.random.default_rng([seed, 42]), 100, 4, 0.5), log=False
        )
        for j, kind in enumerate(("wild", "sieve")):
            critical = panel_critical_values(test, kind, replications=99, seed=seed)
            hits[j] += critical.p_value(test.statistic) <= 0.05
    if name == "mean_reversion":  # inside the null
        assert (hits <= 20).all()
    else:
        assert 30 <= hits[0] <= 70, hits
        assert hits[1] <= (70 if name == "walk" else 160)  # the sieve loses clusters of volatility
