"""The p-value of a confidence counts paths that go through the same windows, fits and filters."""

import numpy as np
import pandas as pd
import pytest

import lppl
from lppl import datasets

PRICES = datasets.load("nasdaq")[:"2000-03-10"]
SMALL = lppl.Preset(
    "small",
    tuple(range(200, 99, -50)),
    lppl.PRESETS["daily"].space,
    lppl.PRESETS["daily"].filters,
)


@pytest.fixture(scope="module")
def paths():
    return lppl.null_paths(PRICES, "random_walk", 12, seed=0, length=220)


@pytest.fixture(scope="module")
def result(paths):
    return lppl.significance(PRICES, paths, preset=SMALL)


def _confidence(prices, filters=tuple(SMALL.filters)):
    windows = lppl.fit_windows(prices, lengths=SMALL.lengths, space=SMALL.space)
    found = [lppl.confidence(windows, SMALL.filters[name]) for name in filters]
    return np.mean([f.positive for f in found]), np.mean([f.negative for f in found])


def test_equals_the_pipeline_step_by_step(paths, result):
    assert (result.positive, result.negative) == pytest.approx(_confidence(PRICES))
    null = np.array([_confidence(path) for path in paths])
    np.testing.assert_allclose(result.null_positive, null[:, 0], atol=1e-15)
    np.testing.assert_allclose(result.null_negative, null[:, 1], atol=1e-15)
    assert result.p_positive == (1 + (null[:, 0] >= result.positive).sum()) / 13
    assert result.p_negative == (1 + (null[:, 1] >= result.negative).sum()) / 13
    assert result.attempted == 3


def test_one_filter_and_an_earlier_end(paths):
    found = lppl.significance(PRICES, paths[:2], preset=SMALL, filter="wide", end="1999-12-31")
    assert found.positive == pytest.approx(_confidence(PRICES[:"1999-12-31"], ("wide",))[0])
    assert found.filters == ("wide",)


def test_threads_change_nothing(paths, result):
    twice = lppl.significance(PRICES, paths, preset=SMALL, n_jobs=2)
    np.testing.assert_array_equal(twice.null_positive, result.null_positive)
    assert twice.to_dict() == result.to_dict()


def test_a_bubble_is_rarer_than_a_walk(paths):
    t = np.arange(220.0)
    noise = 0.002 * np.random.default_rng(1).standard_normal(t.size)
    bubble = np.exp(lppl.log_price(t, 225.0, 0.5, 7.0, 8.0, -0.05, 0.003, 0.0) + noise)
    found = lppl.significance(bubble, paths, preset=SMALL)
    assert found.positive > 0.9
    assert found.p_positive == 1 / 13
    assert found.p_negative == 1.0


def test_calendar_presets_take_the_dates_of_the_series(paths):
    preset = lppl.PRESETS["filimonov_sornette_2013"]
    short = lppl.Preset("short", (150, 125), preset.space, preset.filters, time="calendar")
    path = pd.Series(paths[0, -150:], index=PRICES.index[-150:])
    windows = lppl.fit_windows(path, lengths=short.lengths, space=short.space, time="calendar")
    share = lppl.confidence(windows, preset.filters["qualified"]).positive
    found = lppl.significance(PRICES, paths[:1], preset=short)
    assert found.null_positive[0] == share


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"paths": np.ones(5)}, "paths must have shape"),
        ({"paths": np.ones((2, 150))}, "paths must hold the 200 values"),
        ({"paths": np.full((2, 200), np.nan)}, "paths must be positive and finite"),
        ({"paths": np.zeros((2, 200))}, "paths must be positive and finite"),
        ({"preset": "nonesuch"}, "preset must be one of"),
        ({"filter": "nonesuch"}, "filter must be one of"),
        ({"end": 50}, "prices must fill at least the 100 observations"),
    ],
)
def test_bad_arguments(paths, change, words):
    arguments = {"paths": paths, "preset": SMALL} | change
    with pytest.raises(ValueError, match=words):
        lppl.significance(PRICES, **arguments)


def test_html(result):
    assert "p-value" in result._repr_html_()
