"""Published values: the Ricker tutorial of ewstools 2.1.3, the records of Dakos et al. (2008), PNAS 105."""

import numpy as np
import pandas as pd
import pytest

from earlywarning import detrend, kendall_tau, rolling_indicators


def ricker(seed=0, steps=1000, burn=100, harvest=2.7, sigma=0.02):
    """Ricker map with Holling III harvesting that rises from 0; drawn in the order of the tutorial."""
    rng = np.random.RandomState(seed)
    early, noise = rng.normal(0, sigma, burn), rng.normal(0, sigma, steps)

    def step(x, f, shock):
        return x * np.exp(0.75 * (1 - x / 10) + shock) - f * x**2 / (x**2 + 0.75**2)

    x = 0.8
    for shock in early:
        x = step(x, 0.0, shock)
    path = [x]
    for f, shock in zip(np.linspace(0, harvest, steps)[:-1], noise, strict=False):
        path.append(max(0.0, step(path[-1], f, shock)))
    return np.array(path)


def test_ricker_tutorial():
    x = ricker()[:861]
    residual = detrend(x, "lowess", 0.2 * x.size, causal=False)
    table = rolling_indicators(residual, x.size // 2, ["ar1", "ar2", "variance"])
    assert kendall_tau(table["variance"]) == pytest.approx(0.373679, abs=5e-7)
    assert kendall_tau(table["ar1"]) == pytest.approx(0.883002, abs=5e-7)
    assert kendall_tau(table["ar2"]) == pytest.approx(0.763964, abs=5e-7)
    assert table["variance"].iloc[-1] == pytest.approx(0.0406248453, abs=5e-11)
    assert table["ar1"].iloc[-1] == pytest.approx(0.5337874449, abs=5e-11)


@pytest.mark.parametrize(
    "record, bandwidth, ar1, variance",
    [
        ("end_of_greenhouse_earth", 25, 0.7549, -0.6557),
        ("bolling_allerod_transition", 25, 0.2497, 0.7242),
        ("end_of_younger_dryas", 100, 0.7277, -0.2247),
    ],
)
def test_palaeoclimate_records(shared_reference, record, bandwidth, ar1, variance):
    x = pd.read_csv(shared_reference / f"palaeo_{record}.csv")["state"].to_numpy()
    table = rolling_indicators(detrend(x, "gaussian", bandwidth, causal=False), x.size // 2)
    assert kendall_tau(table["ar1"]) == pytest.approx(ar1, abs=5e-5)
    assert kendall_tau(table["variance"]) == pytest.approx(variance, abs=5e-5)


@pytest.mark.filterwarnings("ignore")
def test_ewstools_agrees_on_a_fresh_series():
    ewstools = pytest.importorskip("ewstools")
    x = np.random.default_rng(8).normal(size=400).cumsum()
    peer = ewstools.TimeSeries(x)
    peer.detrend(method="Gaussian", bandwidth=60)
    for lag in (1, 5):
        peer.compute_auto(rolling_window=150, lag=lag)
    for compute in (peer.compute_var, peer.compute_std, peer.compute_skew, peer.compute_kurt):
        compute(rolling_window=150)
    peer.compute_ktau()
    ours = rolling_indicators(
        detrend(x, "gaussian", 60, causal=False),
        150,
        ["ar1", "ar5", "variance", "std", "skewness", "kurtosis"],
    )
    for name, other in zip(ours, ["ac1", "ac5", "variance", "std", "skew", "kurtosis"], strict=True):
        np.testing.assert_allclose(ours[name], peer.ews[other], rtol=1e-9, atol=1e-10)
        assert kendall_tau(ours[name]) == pytest.approx(peer.ktau[other], abs=1e-9)
