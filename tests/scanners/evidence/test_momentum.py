"""Momentum exactly as the study that measured it defined it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scanners.evidence.momentum import momentum


def test_definition_on_a_known_path():
    rng = np.random.default_rng(1)
    returns = rng.normal(0.001, 0.01, 400)
    closes = 100 * np.exp(np.cumsum(returns))
    got = momentum(closes)
    last = returns[-250:]
    sigma = np.std(last, ddof=1)
    assert_allclose(got.z250, np.log(closes[-1] / closes[-251]) / (sigma * np.sqrt(250)), rtol=1e-10)
    expected = (last[-60:].mean() - last[:190].mean()) / sigma * np.sqrt(60)
    assert_allclose(got.acceleration, expected, rtol=1e-9)
    assert_allclose(got.return_250, closes[-1] / closes[-251] - 1, rtol=1e-10)
    assert_allclose(got.volatility, sigma * np.sqrt(250), rtol=1e-10)


def test_new_high_looks_at_250_closes_only():
    closes = 100 + np.arange(300.0)
    closes[40] = 1000  # 259 sessions ago
    assert momentum(closes).new_high
    closes[-250] = 1000
    assert not momentum(closes).new_high
    assert momentum(closes[::-1].copy()).new_low


def test_scale_of_prices_does_not_matter():
    closes = np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.01, 260)))
    one, other = momentum(closes), momentum(closes * 1000)
    assert_allclose([one.z250, one.acceleration], [other.z250, other.acceleration], rtol=1e-9)


def test_short_and_constant_series():
    assert momentum(np.linspace(1, 2, 250)) is None
    with pytest.raises(ValueError, match="closes must vary, got 251 times 7"):
        momentum(np.full(300, 7.0))
