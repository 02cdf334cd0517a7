"""Explosive episodes: the rule, the minimum duration, and a simulated bubble found where it was put."""

import numpy as np
import pandas as pd
import pytest

from earlywarning.explosive.bootstrap import bootstrap_critical_values
from earlywarning.explosive.critical import CriticalValues, critical_values
from earlywarning.explosive.dating import explosive_episodes
from earlywarning.explosive.statistics import ExplosiveTest, gsadf, sadf


def made_up(path, index=None, threshold=1.0):
    """A test result with the given path, and critical values of one everywhere."""
    n = len(path)
    levels = np.arange(n, dtype=float)
    index = pd.RangeIndex(n) if index is None else index
    test = ExplosiveTest("gsadf", max(path), np.array(path, float), levels, index, 0, 5, True)
    flat = np.full((1, n), threshold)
    critical = CriticalValues("gsadf", "wild", n, 0, 5, np.array([0.95]), np.array([2.5]), flat, np.empty(0))
    return test, critical


def test_runs_above_the_critical_value():
    path = [np.nan] * 5 + [0, 2, 2, 3, 0, 0, 2, 0, 2, 2, 2, 4]
    episodes = explosive_episodes(*made_up(path))
    # ceil(log 17) = 3: the single crossing at 11 does not count.
    assert [(e.start, e.peak, e.end, e.ongoing) for e in episodes] == [(6, 8, 8, False), (13, 16, 16, True)]
    assert [e.duration for e in episodes] == [3, 4]
    assert [e.statistic for e in episodes] == [3, 4]


def test_min_duration_and_familywise():
    path = [np.nan] * 5 + [0, 2, 2, 3, 0, 0, 2, 0, 2, 2, 2, 4]
    assert len(explosive_episodes(*made_up(path), min_duration=1)) == 3
    found = explosive_episodes(*made_up(path), min_duration=1, familywise=True)
    assert [(e.start, e.end) for e in found] == [(8, 8), (16, 16)]


def test_labels_are_dates():
    index = pd.bdate_range("2020-01-01", periods=17)
    path = [np.nan] * 5 + [0, 2, 2, 3, 0] + [0] * 7
    episode = explosive_episodes(*made_up(path, index))[0]
    assert episode.start_label == str(index[6].date())
    assert episode.to_dict()["peak_label"] == str(index[8].date())


@pytest.mark.parametrize(("sign", "direction"), [(1.0, "up"), (-1.0, "down")])
def test_a_bubble_is_dated_where_it_is(sign, direction):
    rng = np.random.default_rng(3)
    y = np.cumsum(rng.standard_normal(300))
    for t in range(200, 230):
        y[t] = y[t - 1] + 0.08 * (y[t - 1] - y[199] + 25) + rng.standard_normal()
    y[230:] = y[199] + np.cumsum(rng.standard_normal(70))
    test = gsadf(sign * y, log=False)
    episodes = explosive_episodes(test, bootstrap_critical_values(test, replications=199))
    longest = max(episodes, key=lambda e: e.duration)
    assert 200 <= longest.start <= 220
    assert 220 <= longest.end <= 235
    assert longest.direction == direction


def test_a_random_walk_seldom_has_familywise_episodes():
    critical = critical_values(150)
    found = 0
    for seed in range(100):
        walk = np.cumsum(np.random.default_rng(seed).standard_normal(150))
        found += len(explosive_episodes(gsadf(walk, log=False), critical, familywise=True)) > 0
    # Binomial(100, .05) exceeds 12 with probability below 1%.
    assert found <= 12


def test_results_that_do_not_belong_together():
    walk = np.cumsum(np.random.default_rng(0).standard_normal(150))
    test = gsadf(walk, log=False)
    with pytest.raises(ValueError, match=r"\(150, 0, 23\), got \(160"):
        explosive_episodes(test, critical_values(160))
    with pytest.raises(ValueError, match="gsadf or bsadf"):
        explosive_episodes(sadf(walk, log=False), critical_values(150))
    with pytest.raises(ValueError, match="familywise"):
        explosive_episodes(test, critical_values(150, "bsadf"), familywise=True)
    for changed, named in (({"signs": True}, "signs=True"), ({"gls": "causal"}, "gls='causal'")):
        other = gsadf(walk, log=False, **changed)
        with pytest.raises(
            ValueError, match=f"bootstrap_critical_values for a test with {named}, got a surface"
        ):
            explosive_episodes(other, critical_values(len(other.path)))
