"""Turning points are those of the rule, mirror themselves, and find what everybody calls a top."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_drawdown import frequencies

import lppl


def walk(seed, n=300):
    return np.exp(np.cumsum(np.random.default_rng(seed).normal(scale=0.01, size=n)))


@pytest.mark.parametrize("seed", range(4))
def test_turning_points_are_those_of_the_rule(seed):
    prices, multiples, windows = walk(seed), (0.5, 1.7, 4.0), (10, 35)
    got = lppl.turning_points(prices, least=1e-9, multiples=multiples, windows=windows)
    expected = frequencies(prices, multiples, windows)
    assert len(got) == len(expected) > 20
    for (place, kind), frequency in expected.items():
        assert_allclose(got[got["kind"] == kind]["frequency"][place], frequency, rtol=1e-12)


def test_upside_down_tops_are_bottoms():
    prices = walk(5)
    tops, bottoms = lppl.turning_points(prices), lppl.turning_points(1 / prices)
    assert tops.index.equals(bottoms.index) and len(tops) > 5
    assert (tops["kind"] != bottoms["kind"]).all()


def test_known_turns():
    zigzag = np.concatenate([np.linspace(0, 1, 100), np.linspace(1, 0, 81)[1:], np.linspace(0, 1, 81)[1:]])
    got = lppl.turning_points(np.exp(zigzag + 0.002 * np.cos(np.arange(zigzag.size))), least=0.9)
    assert got["kind"].tolist() == ["top", "bottom"]
    assert np.abs(got.index - [99, 179]).max() <= 2


def test_the_tops_of_the_books_are_found_and_the_last_move_is_not_labelled():
    prices = lppl.datasets.load("nasdaq")
    got = lppl.turning_points(prices, least=0.95)
    assert got["kind"][pd.Timestamp("2000-03-10")] == "top"
    seen = lppl.turning_points(prices[:"2000-03-10"], least=0.01)
    assert seen.index.max() < pd.Timestamp("2000-03-10")


def test_too_short_a_series_has_none():
    assert lppl.turning_points(walk(0, 60)).empty


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"least": 0.0}, r"least must lie in \(0, 1\], got 0"),
        ({"multiples": ()}, r"multiples must be positive numbers, got \(\)"),
        ({"windows": (1,)}, r"windows must hold at least 2 returns, got \(1,\)"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        lppl.turning_points(walk(0), **options)
