"""Null paths share drift and volatility with their series and nothing else; draws are seeded."""

import numpy as np
import pytest

import lppl
from lppl import datasets
from lppl.indicators.null_models import KINDS

PRICES = datasets.load("sp500")["2005":"2008"]


def _returns(paths):
    return np.diff(np.log(paths), axis=1)


@pytest.mark.parametrize("kind", KINDS)
def test_shape_start_and_seed(kind):
    paths = lppl.null_paths(PRICES, kind, 3, seed=1)
    assert paths.shape == (3, len(PRICES))
    np.testing.assert_allclose(paths[:, 0], PRICES.iloc[0], rtol=1e-14)
    np.testing.assert_array_equal(paths, lppl.null_paths(PRICES, kind, 3, seed=1))
    assert (lppl.null_paths(PRICES, kind, 3, seed=2) != paths).any()
    assert lppl.null_paths(PRICES, kind, 2, seed=1, length=50).shape == (2, 50)


@pytest.mark.parametrize("kind", ["random_walk", "block"])
def test_mean_and_volatility_are_those_of_the_series(kind):
    own = np.diff(np.log(PRICES.to_numpy()))
    drawn = _returns(lppl.null_paths(PRICES, kind, 200, seed=3))
    # Five standard errors; blocks of 20 leave about a twentieth of the draws independent.
    count = drawn.size / (20 if kind == "block" else 1)
    assert abs(drawn.mean() - own.mean()) < 5 * own.std() / np.sqrt(count)
    kurtosis = ((own - own.mean()) ** 4).mean() / own.var() ** 2
    assert abs(drawn.var() / own.var() - 1) < 5 * np.sqrt(kurtosis / count)


def test_blocks_are_runs_of_the_own_returns():
    own = np.diff(np.log(PRICES.to_numpy()))
    drawn = _returns(lppl.null_paths(PRICES, "block", 50, seed=4, block=20))
    order = np.argsort(own)
    place = order[np.searchsorted(own[order], drawn.ravel() - 1e-12)].reshape(drawn.shape)
    np.testing.assert_allclose(own[place], drawn, atol=1e-12)
    follows = place[:, 1:] == (place[:, :-1] + 1) % own.size
    # Mean block 20: one step in twenty starts a new block; five standard errors.
    assert abs(follows.mean() - 0.95) < 5 * np.sqrt(0.95 * 0.05 / follows.size)


def test_garch_paths_have_fat_tails_and_volatility_memory():
    drawn = _returns(lppl.null_paths(PRICES, "garch", 60, seed=5))
    walk = _returns(lppl.null_paths(PRICES, "random_walk", 60, seed=5))

    def memory(returns):
        size = np.abs(returns) - np.abs(returns).mean()
        return (size[:, 1:] * size[:, :-1]).mean() / size.var()

    assert memory(drawn) > 0.1 > memory(walk)
    own = np.diff(np.log(PRICES.to_numpy()))
    assert 0.3 < drawn.std() / own.std() < 3.0  # heavy-tailed variance: order of magnitude only
    assert abs(drawn.mean() - own.mean()) < 5 * drawn.std() / np.sqrt(drawn.size)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kind": "levy"}, "kind must be one of"),
        ({"n": 0}, "n must be at least 1"),
        ({"length": 1}, "length must be at least 2"),
        ({"block": 0.5}, "block must be at least 1"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        lppl.null_paths(PRICES, **arguments)


def test_garch_needs_enough_changing_prices():
    with pytest.raises(ValueError, match="more than 100 values"):
        lppl.null_paths(PRICES.iloc[:50], "garch")
    with pytest.raises(ValueError, match="must change"):
        lppl.null_paths(np.ones(200), "garch")


def test_garch_refuses_prices_that_hardly_move():
    rng = np.random.default_rng(20)
    returns = np.zeros(140)
    returns[rng.integers(0, 140, 12)] = rng.standard_t(3, 12)
    with pytest.raises(ValueError, match="must admit a GARCH"):
        lppl.null_paths(np.exp(np.cumsum(returns)), "garch")
