"""P-values against paths of a series' own returns: the sequential rule, its level, the same numbers."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from lppl import datasets
from scanners.evidence import chance as module
from scanners.evidence.bubble import bubble
from scanners.evidence.chance import ENOUGH, SCREEN, chance, sequential_p_value
from scanners.evidence.series_fits import fit_series

TOP = "2000-03-10"


def twin(value, draws, enough, least):
    """Return the p-value of Besag & Clifford by looking at every stopping point in turn."""
    for drawn in range(least, len(draws) + 1):
        count = sum(draw >= value for draw in draws[:drawn])
        if count >= enough:
            return count / drawn if drawn > least else (1 + count) / (1 + drawn), draws[:drawn]
    return (1 + sum(draw >= value for draw in draws)) / (1 + len(draws)), draws


@pytest.mark.parametrize("least", [0, 20, 60])
@pytest.mark.parametrize("enough", [1, 5])
def test_the_sequential_rule_is_its_twin(enough, least):
    rng = np.random.default_rng(1)
    for value in (0.0, 0.3, 0.9, 1.1):
        draws = tuple(rng.uniform(size=60).round(1))
        assert sequential_p_value(value, draws, enough, least) == twin(value, draws, enough, least)


@pytest.mark.parametrize(("paths", "least"), [(99, 99), (99, 0), (999, 99)])
def test_p_values_keep_their_level_and_stop_early(paths, least):
    """Under the null the observed value is one more draw. 4,000 of them: 3.3 standard errors either way.

    Draws are 5 (1 + ln(n / 5)) on average where nothing holds them, less what is cut off at the end. With 99
    at least, one series in twenty goes on, and on average to 5 ln(999 / 99) = 12 more.
    """
    rng = np.random.default_rng(2)
    found = [
        sequential_p_value(rng.normal(), iter(rng.normal(size=paths)), ENOUGH, least) for _ in range(4000)
    ]
    p_values = np.array([p for p, _ in found])
    for level in (0.01, 0.05, 0.06, 0.1, 0.5):
        assert abs((p_values <= level).mean() - level) < 3.3 * np.sqrt(level * (1 - level) / 4000)
    drawn = np.mean([len(seen) for _, seen in found])
    low, high = {(99, 99): (99, 99), (99, 0): (14, 22), (999, 99): (105, 130)}[paths, least]
    assert low <= drawn <= high


def test_nothing_is_drawn_more_than_needed():
    draws = iter([0.9, 0.1, 0.8, 0.7])
    assert sequential_p_value(0.5, draws, 2) == (2 / 3, (0.9, 0.1, 0.8))
    assert list(draws) == [0.7]


@pytest.fixture(scope="module")
def nasdaq():
    return datasets.load("nasdaq")[:TOP]


def test_the_same_prices_give_the_same_numbers_and_others_do_not(nasdaq):
    rules = {"paths": 3, "whole": True, "critical": 1e-9}
    found = chance(nasdaq, "positive", 1e-9, **rules)
    assert found == chance(nasdaq.copy(), "positive", 1e-9, **rules)
    assert found.paths == 3 and found.p_value == (1 + found.alarms) / 4  # both count the same paths here
    assert chance(nasdaq, "positive", 0.0, **rules).paths == 0


def test_the_seed_is_the_prices(nasdaq, monkeypatch):
    seeds = []

    def paths(closes, kind, n, seed, length):
        seeds.append(seed)
        return np.empty((0, length))

    monkeypatch.setattr("scanners.evidence.chance.lppl.null_paths", paths)
    for prices in (nasdaq, nasdaq.copy(), nasdaq * 2):
        chance(prices, "positive", 0.3, paths=9, whole=True, critical=0.4)
    assert seeds[0] == seeds[1] != seeds[2]


def test_paths_go_through_the_whole_pipeline(nasdaq, monkeypatch):
    """A path that is the series itself has exactly its C3: the comparison is of like with like."""
    value = bubble(fit_series(nasdaq, "daily")).consensus_3day
    monkeypatch.setattr(
        "scanners.evidence.chance.lppl.null_paths",
        lambda closes, kind, n, seed, length: np.repeat(closes[None, -length:], n, axis=0),
    )
    for asked, p_value in ((value, 1.0), (np.nextafter(value, 1), 0.5)):
        assert chance(nasdaq, "positive", asked, paths=1, whole=True, critical=0.4).p_value == p_value


def test_a_short_history_gives_paths_as_short(nasdaq, monkeypatch):
    lengths = []

    def paths(closes, kind, n, seed, length):
        lengths.append((kind, length))
        return np.empty((0, length))

    monkeypatch.setattr("scanners.evidence.chance.lppl.null_paths", paths)
    for size in (640, 752, 2000):
        chance(nasdaq[-size:], "positive", 0.3, paths=9, whole=True, critical=0.4)
    assert lengths == [("block", 640), ("block", 752), ("block", 752)]


def test_paths_are_screened_by_the_grid_and_compared_as_if_all_were_fitted(nasdaq, monkeypatch):
    """The screened C3 of the series and of every path is one function; the screen only saves its fits."""
    ends = ("1999-02-01", "1999-12-20", "2000-01-14", "2000-02-17", TOP)
    paths = np.array([nasdaq[:end].to_numpy()[-752:] for end in ends])
    monkeypatch.setattr("scanners.evidence.chance.lppl.null_paths", lambda *a, **given: paths)
    c3, grid = module._shares(paths, "positive"), module._grid_shares(paths, "positive")
    full = np.minimum(c3, SCREEN * grid)
    assert full.min() == 0.0 and full[-1] == c3[-1] > 0.2
    shares, fitted = module._shares, []
    monkeypatch.setattr(module, "_shares", lambda some, side: fitted.append(len(some)) or shares(some, side))
    found = chance(nasdaq, "positive", c3[-1], paths=5, whole=False, critical=0.4)
    reached = int((full >= c3[-1]).sum())
    assert (found.value, found.screened) == (c3[-1], full[-1])
    assert found.p_value == (1 + reached) / 6 and found.paths == 5
    assert sum(fitted) == int((SCREEN * grid >= c3[-1]).sum()) < 5
    for bar in (0.02, 0.3):
        drawn = np.array(list(module._screened(nasdaq, "positive", 100, bar)))
        assert ((drawn >= bar) == (full >= bar)).all() and (drawn[full >= bar] == full[full >= bar]).all()


def test_a_value_of_which_the_grid_shows_nothing_is_nothing_special(nasdaq, monkeypatch):
    monkeypatch.setattr(module, "grid_consensus", lambda series: np.zeros((len(series), 2)))
    found = chance(nasdaq, "positive", 0.3, paths=999, whole=True, critical=0.4)
    assert (found.p_value, found.paths, found.screened) == (1.0, 0, 0.0)


@pytest.mark.slow
def test_walks_are_called_rare_no_more_often_than_they_should():
    """200 random walks through the whole pipeline: P(p <= a) is at most a, and p is 1 where C3 is zero.

    C3 is zero on most walks, so that p cannot be uniform above their share; below it should be. Bounds are
    3.3 binomial standard errors. The paths are drawn from the walk's own returns, whose drift and volatility
    are estimates: the history is 1,500 sessions for windows of 750.
    """
    rng = np.random.default_rng(7)
    p_values = []
    for _ in range(200):
        walk = pd.Series(100 * np.exp(np.cumsum(rng.normal(0.0003, 0.012, 1500))))
        value = fit_series(walk, "daily").consensus[:, 0].mean()
        p_values.append(chance(walk, "positive", value, paths=99, whole=False, critical=0.4).p_value)
    p_values = np.array(p_values)
    for level in (0.02, 0.05, 0.1):
        assert (p_values <= level).mean() <= level + 3.3 * np.sqrt(level * (1 - level) / 200)
    nonzero = (p_values < 1).mean()
    assert 0.02 < nonzero < 0.5
    assert_allclose((p_values <= nonzero / 2).mean(), nonzero / 2, atol=3.3 * np.sqrt(nonzero / 2 / 200))
