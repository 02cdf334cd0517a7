"""Non-parametric drift and diffusion: known processes recovered, jumps told apart, bad input named."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from earlywarning.phase.kramers_moyal import transitions


def process(jumps, size, n=20_000, dt=0.5, seed=0):
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    shocks = 0.2 * np.sqrt(dt) * rng.standard_normal(n)
    shocks += (rng.random(n) < jumps * dt) * size * rng.standard_normal(n)
    for t in range(n - 1):
        x[t + 1] = x[t] - 0.3 * x[t] * dt + shocks[t]
    return x


def test_linear_drift_and_constant_diffusion():
    result = transitions(process(0.0, 0.0), 0.5)
    inside = (result.drift_low < -0.3 * result.grid) & (-0.3 * result.grid < result.drift_high)
    assert inside.mean() > 0.8
    assert_allclose(np.median(result.diffusion), 0.04, rtol=0.05)
    assert result.jump_variance == 0


def test_jumps_are_not_diffusion():
    result = transitions(process(0.05, 0.6), 0.5)
    # Sixth moments of about 500 jumps: a quarter is their scatter.
    assert_allclose(result.jump_variance, 0.36, rtol=0.25)
    assert_allclose(np.median(result.jump_intensity), 0.05, rtol=0.35)
    assert abs(np.median(result.diffusion) - 0.04) < 0.25 * np.median(result.second - 0.04)


def test_kernel_mean_equals_its_definition():
    x = process(0.0, 0.0, n=200)
    result = transitions(x, 0.5, grid=[0.05], bandwidth=0.1)
    weight = np.exp(-0.5 * ((0.05 - x[:-1]) / 0.1) ** 2)
    assert_allclose(result.drift, (weight @ np.diff(x)) / weight.sum() / 0.5, rtol=1e-12)
    assert_allclose(result.effective, weight.sum() ** 2 / (weight**2).sum(), rtol=1e-12)


def test_no_estimate_where_there_are_no_data():
    result = transitions(process(0.0, 0.0, n=300), 0.5, grid=[0.0, 50.0])
    assert np.isfinite(result.drift[0])
    assert np.isnan(result.drift[1])
    assert np.isnan(result.diffusion[1])
    assert result.to_dict()["drift"][1] is None


@pytest.mark.parametrize(
    ("x", "options", "words"),
    [
        (np.ones(50), {}, "constant"),
        (np.arange(5.0), {}, "at least 30"),
        (np.full(50, np.nan), {}, "50 of 50"),
        (np.arange(50.0), {"dt": -1.0}, "dt"),
        (np.arange(50.0), {"bandwidth": 0.0}, "bandwidth"),
        (np.arange(50.0), {"confidence": 2.0}, "confidence"),
    ],
)
def test_bad_input_is_named(x, options, words):
    with pytest.raises(ValueError, match=words):
        transitions(x, **options)
