"""Kernels of the chances against their slow twins."""

import numpy as np
import pytest
import reference_risk as slow
from numpy.testing import assert_allclose

from scanners.risk._kernels import path as kernels
from scanners.risk.barrier import first_passage
from scanners.risk.volatility import features


@pytest.fixture(scope="module")
def walk():
    rng = np.random.default_rng(3)
    returns = rng.standard_t(4, 700) * 0.01
    returns[rng.random(700) < 0.05] = 0.0
    return 4.0 + np.cumsum(returns)


def test_features_are_their_definitions(walk):
    found = features(walk)
    expected = slow.describe(walk)
    assert_allclose(found.logs, expected[:, :5], rtol=1e-9)
    names = ("sd", "high", "mean", "returns", "unchanged", "ratio", "move_20", "move_500", "peak")
    columns = np.column_stack([getattr(found, name) for name in names])
    assert_allclose(columns, expected[:, 5:], rtol=1e-9, atol=1e-12)


def test_features_know_nothing_of_later_closes(walk):
    whole, cut = features(walk), features(walk[:400])
    np.testing.assert_array_equal(whole.logs[: len(cut.logs)], cut.logs)
    np.testing.assert_array_equal(whole.mean[: len(cut.mean)], cut.mean)


def test_a_market_that_stands_still_has_a_floor_instead_of_no_volatility():
    found = features(np.zeros(100))
    assert np.isfinite(found.logs).all() and (found.sd > 0).all()


@pytest.mark.parametrize("horizon", [20, 60, 250])
def test_first_passage_is_the_sum_over_its_nodes(horizon):
    got = first_passage([[[0.1, 0.3]]], [horizon], [[np.log(0.012)]], [0.4], [[0.44]])
    expected = [slow.passage(loss, horizon, 0.012, 0.4, 0.44) for loss in (0.1, 0.3)]
    assert_allclose(got[0, 0], expected, rtol=1e-12)


def test_first_passage_is_what_simulated_walks_do():
    """20,000 walks with log-normal volatility: within four standard errors of the closed form."""
    rng = np.random.default_rng(11)
    n, horizon, loss, sharpe, spread = 20_000, 60, 0.1, 0.5, 0.4
    sigma = 0.012 * np.exp(spread * rng.standard_normal(n))[:, None]
    steps = sigma * (sharpe / np.sqrt(250) + rng.standard_normal((n, horizon)))
    share = np.mean(np.cumsum(steps, axis=1).min(axis=1) <= -loss)
    stated = first_passage([[[loss]]], [horizon], [[np.log(0.012)]], [sharpe], [[spread]]).item()
    assert (
        abs(share - stated) < 4 * np.sqrt(stated * (1 - stated) / n) + 0.002
    )  # of the continuity correction


@pytest.mark.parametrize("horizon", [1, 20, 120])
def test_worst_is_the_lowest_close_ahead(walk, horizon):
    assert_allclose(kernels.worst(walk, horizon), slow.worst(walk, horizon), rtol=1e-12)
