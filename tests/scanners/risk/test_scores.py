"""Scores against their definitions, and intervals that cover what they should."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scanners.risk.reliability import reliability
from scanners.risk.scores import area, area_within, brier, half_years, log_loss, ratio, skill


def test_half_years():
    dates = np.array(["1970-01-31", "1970-07-01", "1971-01-01", "1969-12-31"], dtype="datetime64[D]")
    assert half_years(dates).tolist() == [0, 1, 2, -1]


def test_losses():
    assert_allclose(brier(np.array([0.2, 0.9]), np.array([1.0, 1.0])), [0.64, 0.01])
    assert_allclose(log_loss(np.array([0.25, 0.25]), np.array([1.0, 0.0])), [np.log(4), -np.log(0.75)])


def test_skill_is_nothing_for_the_reference_and_all_for_the_truth():
    rng = np.random.default_rng(2)
    y = (rng.random(400) < 0.3).astype(float)
    clusters = np.arange(400) // 20
    base = brier(np.full(400, 0.3), y)
    assert skill(base, base, clusters).value == 0.0
    assert skill(brier(y, y), base, clusters).value == 1.0


def test_area_counts_pairs():
    chance, y = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0])
    assert area(chance, y) == 0.75
    assert np.isnan(area(chance, np.zeros(4)))


def test_area_within_leaves_out_what_telling_series_apart_gains():
    rng = np.random.default_rng(4)
    rate = np.repeat([0.1, 0.8], 2000)
    y = (rng.random(4000) < rate).astype(float)
    series = np.repeat(["calm", "wild"], 2000)
    assert area(rate, y) > 0.8
    assert area_within(rate, y, series) == 0.5


def test_intervals_by_cluster_cover_the_truth():
    """300 panels of 60 clusters: 93 to 97% in the long run, four standard errors of 300 draws here."""
    rng = np.random.default_rng(8)
    held = 0
    for k in range(300):
        rate = np.repeat(rng.uniform(0.1, 0.3, 60), 30)
        y = (rng.random(1800) < rate).astype(float)
        found = ratio(y, np.full(1800, 0.2), np.repeat(np.arange(60), 30), draws=299, seed=k)
        held += found.low <= 1.0 <= found.high
    assert abs(held / 300 - 0.95) < 0.02 + 4 * np.sqrt(0.95 * 0.05 / 300)


def test_reliability_of_true_chances_stays_in_its_band_and_adds_up():
    rng = np.random.default_rng(6)
    p = rng.beta(2, 5, 1500)
    y = (rng.random(1500) < p).astype(float)
    clusters = np.arange(1500)
    found = reliability(p, y, clusters, together=0.0)
    inside = (found.low <= found.followed) & (found.followed <= found.high)
    assert inside.mean() > 0.8
    total = found.miscalibration - found.discrimination + found.uncertainty
    assert_allclose(total, brier(p, y).mean(), rtol=1e-12)


@pytest.mark.parametrize("wrong", [0.5, 2.0])
def test_wrong_chances_are_miscalibrated(wrong):
    rng = np.random.default_rng(6)
    p = rng.uniform(0.05, 0.4, 3000)
    y = (rng.random(3000) < p).astype(float)
    clusters = np.arange(3000)
    right = reliability(p, y, clusters, draws=5)
    assert reliability(p * wrong, y, clusters, draws=5).miscalibration > 3 * right.miscalibration
