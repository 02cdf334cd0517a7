"""Time to a fold: likelihood against its twin, the Atlantic overturning record, recovery and refusals.

Published: stationary part (to 1924) of the sea-surface fingerprint of the Atlantic overturning, Ditlevsen &
Ditlevsen (2023), Nature Communications 14, 4254: alpha 3.06, mu 0.25, s^2 0.30.
"""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_tipping import half_flow, inverse_half_flow, transition_density
from reference_tipping import ramp_loss as slow_ramp_loss
from scipy.integrate import quad

from earlywarning._kernels.tipping import (
    ramp_loss,
    ramp_losses,
    simulate_ramp,
    simulate_trend,
    stationary_fit,
    trend_fit,
)
from earlywarning.phase.tipping import tipping_time

MODEL = {"alpha0": 3.0, "mu0": 0.25, "s2": 0.3, "a": 0.8}


def ramped(seed, before=600, after=900, dt=1 / 12, covered=0.8):
    """A stationary stretch and a ramp that has gone the given share of its way to the fold."""
    noise = np.random.default_rng(seed).standard_normal(before + after)
    still = simulate_trend(0.25, noise[:before], dt, 3.0, 0.25, 0.3, 0.0)
    rate = covered / (after * dt)
    return np.concatenate([still, simulate_ramp(still[-1], noise[before:], dt, **MODEL, rate=rate)[1:]])


def test_likelihood_equals_its_twin():
    x = ramped(1)[600:800]
    for a, rate in ((0.8, 0.01), (0.1, 0.0), (2.0, 0.03)):
        fast = ramp_loss(x, 1 / 12, 3.0, 0.25, 0.3, a, rate)
        assert_allclose(fast, slow_ramp_loss(x, 1 / 12, 3.0, 0.25, 0.3, a, rate), rtol=1e-10)
    grid = ramp_losses(x, 1 / 12, 3.0, 0.25, 0.3, np.array([0.8, 0.1]), np.array([0.01, 0.0]))
    assert grid[0, 0] == ramp_loss(x, 1 / 12, 3.0, 0.25, 0.3, 0.8, 0.01)
    assert grid[1, 1] == ramp_loss(x, 1 / 12, 3.0, 0.25, 0.3, 0.1, 0.0)


def test_half_flow_and_density():
    x = np.linspace(-0.5, 1.0, 7)
    assert_allclose(inverse_half_flow(half_flow(x, 0.2, 0.7, 0.1), 0.2, 0.7, 0.1), x, rtol=1e-12)
    total = quad(lambda after: transition_density(0.4, after, 1 / 12, 3.0, 0.25, 0.3, 0.8), -3, 4)[0]
    assert_allclose(total, 1.0, rtol=1e-7)


def test_likelihood_is_infinite_beyond_the_fold():
    x = ramped(1)[600:]
    assert ramp_loss(x, 1 / 12, 3.0, 0.25, 0.3, 0.8, 1.01 / (900 / 12)) == np.inf
    assert np.isnan(simulate_ramp(0.25, np.zeros(900), 1 / 12, **MODEL, rate=1.01 / 74.9)[-1])


def test_trend_fit_maximises_its_likelihood():
    noise = np.random.default_rng(2).standard_normal(400)
    x = simulate_trend(0.25, noise, 0.1, 3.0, 0.25, 0.3, -0.02)
    slope, loss = trend_fit(x, 0.1, 3.0, 0.25, 0.3)
    rho, t = np.exp(-0.3), 0.1 * np.arange(401)
    variance = 0.3 * (1 - rho**2) / 6

    def direct(c):
        deviation = x - 0.25 - c * t
        error = deviation[1:] - rho * deviation[:-1]
        return 0.5 * np.sum(error**2 / variance + np.log(2 * np.pi * variance))

    assert_allclose(loss, direct(slope), rtol=1e-10)
    assert direct(slope) < min(direct(slope - 1e-4), direct(slope + 1e-4))
    assert abs(slope + 0.02) < 0.02


def test_published_overturning_parameters(shared_reference):
    table = pd.read_csv(shared_reference / "amoc.csv")
    x, t = table["AMOC2"].to_numpy(), table["time"].to_numpy()
    start = int(np.flatnonzero(t <= 1924)[-1])
    assert_allclose(stationary_fit(x[: start + 1], 1 / 12), [3.059, 0.248, 0.296], atol=5e-4)
    result = tipping_time(x, 1 / 12, ramp_start=start, replications=19)
    assert_allclose([result.alpha0, result.mu0, result.noise_variance], [3.059, 0.248, 0.296], atol=5e-4)
    assert_allclose(result.distance_at_start, result.alpha0**2 / (4 * result.a))
    # Our minimum of the corrected likelihood, without a penalty on the curvature.
    assert_allclose([result.a, result.duration], [0.7131, 162.3], rtol=1e-3)


def test_a_ramp_is_recovered():
    result = tipping_time(ramped(3), 1 / 12, ramp_start=600, replications=60)
    assert result.success
    assert result.identified
    assert result.intervals["a"][0] < 0.8 < result.intervals["a"][1]
    assert result.intervals["duration"][0] < 75 / 0.8 < result.intervals["duration"][1]
    assert_allclose(result.time, 50 + result.duration)
    assert_allclose(result.remaining, result.time - 125)


def test_direction_mirrors():
    x = ramped(4, 200, 300)
    down = tipping_time(x, 1 / 12, ramp_start=200, replications=19)
    up = tipping_time(-x, 1 / 12, ramp_start=200, direction="up", replications=19)
    assert up.mu0 == -down.mu0
    assert (up.a, up.duration, up.p_value) == (down.a, down.duration, down.p_value)


@pytest.mark.ci
def test_a_drifting_mean_is_no_fold():
    noise = np.random.default_rng(6).standard_normal(1200)
    still = simulate_trend(0.25, noise[:500], 1 / 12, 3.0, 0.25, 0.3, 0.0)
    moving = simulate_trend(still[-1], noise[500:], 1 / 12, 3.0, 0.25, 0.3, -0.01)
    x = np.concatenate([still, moving[1:]])
    result = tipping_time(x, 1 / 12, ramp_start=500, replications=60)
    assert not result.identified
    assert "trend" in result.message


def test_threads_change_nothing():
    x = ramped(4, 200, 300)
    one = tipping_time(x, 1 / 12, ramp_start=200, replications=19)
    assert one == tipping_time(x, 1 / 12, ramp_start=200, replications=19, n_jobs=2)
    assert one.intervals != tipping_time(x, 1 / 12, ramp_start=200, replications=19, seed=1).intervals


def test_no_reversion_is_a_failure_with_a_reason():
    x = 1.01 ** np.arange(300.0)
    result = tipping_time(x, ramp_start=150, replications=19)
    assert not result.success
    assert np.isnan(result.remaining)
    assert "does not revert" in result.message
    assert result.to_dict()["intervals"]["a"] == [None, None]


@pytest.mark.parametrize(
    ("x", "options", "words"),
    [
        (np.ones(200), {"ramp_start": 100}, "constant"),
        (np.arange(20.0), {"ramp_start": 10}, "at least 60"),
        (np.zeros(100_000), {"ramp_start": 500}, "max_points=20000"),
        (np.full(200, np.nan), {"ramp_start": 100}, "200 of 200"),
        (np.arange(200.0), {"ramp_start": 190}, "ramp_start"),
        (np.arange(200.0), {"ramp_start": 100, "dt": 0.0}, "dt"),
        (np.arange(200.0), {"ramp_start": 100, "direction": "left"}, "direction"),
        (np.arange(200.0), {"ramp_start": 100, "confidence": 1.0}, "confidence"),
        (np.arange(200.0), {"ramp_start": 100, "replications": 3}, "replications"),
    ],
)
def test_bad_input_is_named(x, options, words):
    with pytest.raises(ValueError, match=words):
        tipping_time(x, **options)
