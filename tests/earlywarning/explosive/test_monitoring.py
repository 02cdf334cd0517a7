"""Monitoring: no look ahead, boundaries from their definition, sizes over a block."""

import numpy as np
import pandas as pd
import pytest
from null_series import NULL_SERIES, walk
from numpy.testing import assert_allclose
from reference_explosive import backward_sup_adf as slow_backward_sup_adf

from earlywarning.explosive.backward_sup import last_of_paths
from earlywarning.explosive.critical import critical_values
from earlywarning.explosive.monitoring import monitor
from earlywarning.explosive.statistics import default_min_window, gsadf


@pytest.mark.parametrize("lags", [0, 2])
def test_the_last_rows_of_paths_equal_one_regression_a_window(lags):
    paths = np.array([walk(np.random.default_rng(seed), 70) for seed in range(2)])
    found = last_of_paths(paths, lags, 14, 9)
    for row, path in zip(found, paths, strict=True):
        slow = slow_backward_sup_adf(path, lags, 14, 70)
        assert_allclose(row, slow[-9:], rtol=1e-9)


@pytest.mark.parametrize("options", [{}, {"method": "phillips_shi", "lags": 1}, {"signs": True}])
def test_what_was_said_stays_when_data_arrive(options):
    y = walk(np.random.default_rng(1), 260)
    seen, whole = (
        monitor(y[:n], 120, 40, log=False, replications=39, level=0.9, **options) for n in (201, 260)
    )
    assert np.array_equal(seen.boundary, whole.boundary[:201], equal_nan=True)
    assert seen.alarms == tuple(alarm for alarm in whole.alarms if alarm < 201)
    assert np.isnan(whole.boundary[:120]).all() and np.isfinite(whole.boundary[120:]).all()
    assert_allclose(whole.test.path, gsadf(y, options.get("lags", 0), default_min_window(120), False,
                    signs=options.get("signs", False)).path)  # fmt: skip


def test_one_boundary_a_block_or_one_a_look():
    y = walk(np.random.default_rng(2), 230)
    block, look = (monitor(y, 150, 40, log=False, familywise=one, replications=499) for one in (True, False))
    assert len(set(block.boundary[150:190])) == 1 and len(set(block.boundary[150:])) == 2
    assert len(set(look.boundary[150:190])) > 10
    assert (look.boundary[150:] < block.boundary[150:]).all()
    # One look is a bsadf of its own; the walk is Gaussian, so the stored values hold: errors of 499 draws.
    stored = critical_values(190, "bsadf", 0, default_min_window(150)).at(0.95)
    assert abs(look.boundary[189] - stored) < 0.35
    assert (block.min_duration, look.min_duration) == (1, int(np.ceil(np.log(150))))


def test_workers_change_nothing():
    y = walk(np.random.default_rng(3), 200)
    one, two = (monitor(y, 150, 30, log=False, replications=60, n_jobs=jobs) for jobs in (1, 2))
    assert np.array_equal(one.boundary, two.boundary, equal_nan=True)


def test_a_bubble_is_known_when_it_has_lasted():
    rng = np.random.default_rng(4)
    y = walk(rng, 260)
    y[200:240] += 2.0 * 1.1 ** np.arange(40)
    dated = pd.Series(y, pd.bdate_range("2020-01-01", periods=260))
    found = monitor(dated, 150, 50, log=False, min_duration=3)
    (episode,) = [one for one in found.episodes if one.direction == "up" and one.duration > 10]
    assert 200 <= episode.start <= 225
    assert episode.start + 2 in found.alarms
    said = found.to_dict()
    assert str(dated.index[episode.start + 2].date()) in said["alarm_labels"]
    assert said["episodes"] and said["test"]["kind"] == "gsadf"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "sieve"}, "method must be one of wild, phillips_shi"),
        ({"horizon": 0}, "horizon must be a whole number of at least 1"),
        ({"level": 0.999}, r"level must lie in \[0.5, 0.995\]"),
        ({"start": 120}, r"start must lie in \[21, 119\], got 120"),
        ({"replications": 3}, "replications must be a whole number of at least 19"),
    ],
)
def test_settings_out_of_range_are_named(options, words):
    y = walk(np.random.default_rng(5), 120)
    with pytest.raises(ValueError, match=words):
        monitor(y, **{"start": 100, "min_window": 20, "log": False, **options})


@pytest.mark.slow
@pytest.mark.parametrize("name", NULL_SERIES)
@pytest.mark.parametrize("options", [{}, {"signs": True}, {"method": "phillips_shi"}])
def test_a_thousand_blocks_without_a_bubble(name, options):
    hits = 0
    for seed in range(1000):
        y = NULL_SERIES[name](np.random.default_rng([seed, 43]), 263)
        hits += bool(monitor(y, 200, 63, log=False, replications=99, seed=seed, **options).alarms)
    published = options.get("method") == "phillips_shi"  # without clusters of volatility, and normal draws
    low, high = (0, 20) if name == "mean_reversion" else (15 if published else 30, 90 if published else 70)
    assert low <= hits <= high, hits
