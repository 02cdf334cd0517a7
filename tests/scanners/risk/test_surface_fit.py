"""A panel with a known hazard is recovered, and a confidence that is noise gets no factor."""

from pathlib import Path

import numpy as np
import pytest

from scanners.risk.bubble_factor import odds_ratio, raise_chances
from scanners.risk.scores import half_years
from scanners.risk.surface import NAMES, Surface
from scanners.risk.surface_fit import Sample, fit, prior, ridge, standard_errors

HORIZONS = np.array([20.0, 60.0, 120.0, 250.0])
LOSSES = -np.log1p(-np.array([0.05, 0.1, 0.2, 0.3]))
PLACES = [NAMES.index(name) for name in ("level", "spread", "drift")]


def panel(n, k, seed):
    """Return a sample whose falls follow the closed form with bubble ``k``: one uniform a look."""
    rng = np.random.default_rng(seed)
    volatility = np.zeros((n, 10))
    volatility[:, 0] = 1.0
    volatility[:, 1:6] = np.log(0.012) + rng.normal(0, 0.4, (n, 1)) + rng.normal(0, 0.1, (n, 5))
    volatility[:, 6:9] = rng.normal(0, 0.3, (n, 3))
    volatility[:, 9] = np.linspace(-0.1, 0.1, n)
    trend = rng.uniform([-3, -2, -2], [0, 2, 2], (n, 3))
    confidence = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0, 0.5, n))
    truth = prior()
    truth[PLACES] += (0.05, -0.05, 0.2)
    surface = Surface(np.tile(truth[:-1], (n, 1)), np.full(n, k), np.zeros((n, 3)), np.zeros((n, 5)))
    loss = np.broadcast_to(LOSSES, (n, 4, 4))
    plain = surface.chances(loss, HORIZONS, volatility, trend)
    within = surface.chances(loss, np.minimum(HORIZONS, 60.0), volatility, trend)
    chance = raise_chances(plain, within, odds_ratio(confidence, np.full(n, k)))
    followed = (rng.random((n, 1, 1)) < chance).astype(float)
    truth[-1] = k
    return Sample(volatility, trend, loss, followed, confidence, HORIZONS), truth


def free():
    """Return weights of the prior that leave level, spread, drift and bubble to the data."""
    weight = np.full(len(NAMES) + 1, 1e9)
    weight[[*PLACES, -1]] = 1e-3
    return weight


def recovered(seed, k, n=800):
    sample, truth = panel(n, k, seed)
    theta = fit(sample, weight=free())
    errors = standard_errors(sample, theta, np.arange(n), free())
    return (theta - truth)[[*PLACES, -1]] / errors[[*PLACES, -1]]


@pytest.mark.parametrize("k", [0.0, 2.0])
def test_a_known_hazard_is_recovered(k):
    assert (np.abs(recovered(1, k, 2000)) < 4.0).all()


@pytest.mark.slow
@pytest.mark.parametrize("k", [0.0, 2.0])
def test_intervals_of_a_known_hazard_cover_it(k):
    """400 panels; a coverage of 93 to 97% seen through four standard errors of 400 draws."""
    held = np.mean([np.abs(recovered(seed, k)) < 1.96 for seed in range(400)], axis=0)
    assert (np.abs(held - 0.95) < 0.02 + 4 * np.sqrt(0.95 * 0.05 / 400)).all(), held


def test_the_slopes_are_those_of_the_log_score():
    from scanners.risk.surface_fit import scored

    sample, truth = panel(60, 1.5, 3)
    _, scores, _ = scored(sample, truth)
    for place in (0, 1, 2, 5, 14, 18, 19, 20, 21, 22, 24, 26):
        step = np.zeros_like(truth)
        step[place] = 1e-5
        up, down = (scored(sample, truth + sign * step)[0] for sign in (1, -1))
        assert np.isclose(scores.sum(axis=0)[place], (up - down) / 2e-5, rtol=1e-4, atol=1e-4)


def test_slopes_of_weighted_looks_in_classes_are_those_of_the_log_score():
    from scanners.risk.surface import OWN
    from scanners.risk.surface_fit import scored

    plain, truth = panel(80, 1.5, 4)
    rng = np.random.default_rng(5)
    classes = (rng.uniform(0.2, 2.0, 80), rng.integers(0, 2, 80), 2)
    sample = Sample(*(getattr(plain, name) for name in list(Sample.__dataclass_fields__)[:6]), *classes)
    theta = np.concatenate([truth, rng.normal(0, 0.02, 2 * len(OWN))])
    _, each, information = scored(sample, theta)
    for place in (0, 26, 27, 33, 35, 38, 43):
        step = np.zeros_like(theta)
        step[place] = 1e-5
        up, down = (scored(sample, theta + sign * step)[0] for sign in (1, -1))
        assert np.isclose(each.sum(axis=0)[place], (up - down) / 2e-5, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(information, information.T)
    assert (np.linalg.eigvalsh(information) > -1e-6).all()


def test_a_half_year_left_out_is_what_a_fit_without_it_says(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[3] / "scripts")
    import risk_cross

    plain, _ = panel(900, 1.5, 6)
    kind = np.arange(900) % 2
    sample = Sample(
        *(getattr(plain, name) for name in list(Sample.__dataclass_fields__)[:6]), np.ones(900), kind, 2
    )
    dates = np.datetime64("1990-01-01") + np.arange(900) * np.timedelta64(12, "D")
    chance, _, k = risk_cross.by_half_year(sample, dates, 1)
    assert len(k) == np.unique(half_years(dates)).size
    block = half_years(dates) - half_years(dates)[450]
    kept = np.flatnonzero(np.abs(block) > risk_cross.EMBARGO)
    theta = fit(sample.select(kept), weight=risk_cross.weights(2), tolerance=1e-4)
    rows = np.flatnonzero(block == 0)
    exact, _ = risk_cross.stated(sample.select(rows), theta)
    np.testing.assert_allclose(chance[rows], exact, atol=0.004)


def test_without_looks_the_prior_stays():
    sample, _ = panel(50, 0.0, 1)
    nothing = Sample(
        sample.volatility, sample.trend, sample.loss, np.full((50, 4, 4), np.nan), sample.confidence, HORIZONS
    )
    np.testing.assert_allclose(fit(nothing), prior())
    assert (ridge() > 0).all()
