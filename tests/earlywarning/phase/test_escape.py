"""Mean escape time: closed forms, simulation, and refusals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from reference_portrait import double_well_path

from earlywarning.phase.drift import Drift
from earlywarning.phase.escape import escape_time, mean_passage_time
from earlywarning.phase.phase_portrait import portrait


def drift_of(coefficients, noise):
    size = len(coefficients)
    return Drift(np.array(coefficients, float), np.zeros((size, size)), 0.0, 1.0, noise)


def test_brownian_motion_has_a_closed_form():
    drift = drift_of([0.0], 0.5)
    # (x - a)(b - x) / s^2 between two absorbing ends; (b - x)(x + b - 2a) / s^2 with a wall at a.
    assert_allclose(mean_passage_time(drift, 0.3, -1.0, 2.0, (True, True)), 1.3 * 1.7 / 0.5, rtol=1e-6)
    assert_allclose(mean_passage_time(drift, 0.3, -1.0, 2.0, (False, True)), 1.7 * 4.3 / 0.5, rtol=1e-6)
    assert_allclose(mean_passage_time(drift, 0.3, -1.0, 2.0, (True, False)), 1.3 * 4.7 / 0.5, rtol=1e-6)


def test_constant_drift_has_a_closed_form():
    # Wald: the mean time is the mean distance over the drift; scale function for the exit side.
    up, noise, x = 0.4, 0.3, 0.2
    scale = np.exp(-2 * up / noise * np.array([x, 1.0]))
    chance = (1 - scale[0]) / (1 - scale[1])
    expected = (chance - x) / up
    drift = drift_of([up], noise)
    assert_allclose(mean_passage_time(drift, x, 0.0, 1.0, (True, True)), expected, rtol=1e-5)


def test_cubic_agrees_with_simulation():
    rng = np.random.default_rng(1)
    dt, noise, paths = 0.005, 0.6, 2000
    x, time, alive = np.zeros(paths), np.zeros(paths), np.ones(paths, bool)
    while alive.any():
        x[alive] += (x[alive] ** 3 - x[alive]) * dt + np.sqrt(noise * dt) * rng.standard_normal(alive.sum())
        time[alive] += dt
        alive &= np.abs(x) < 1
    expected = mean_passage_time(drift_of([0, -1, 0, 1], noise), 0.0, -1.0, 1.0, (True, True))
    # Euler steps overlook crossings between steps: a few percent; plus 3 standard errors.
    assert abs(time.mean() - expected) < 0.06 * expected + 3 * time.std() / np.sqrt(paths)


def test_a_high_barrier_means_never():
    assert mean_passage_time(drift_of([0, -1, 0, 1], 1e-4), 0.0, -1.0, 1.0, (True, True)) == np.inf


def test_bad_ends_are_named():
    drift = drift_of([0.0], 1.0)
    with pytest.raises(ValueError, match="absorb"):
        mean_passage_time(drift, 0.0, -1.0, 1.0, (False, False))
    with pytest.raises(ValueError, match="start"):
        mean_passage_time(drift, 2.0, -1.0, 1.0, (True, True))


def test_escape_over_the_middle_of_a_double_well():
    result = portrait(double_well_path(2500, seed=1), n_null=100)
    escape = escape_time(result)
    truth = mean_passage_time(drift_of([0, 0.1, 0, -0.1], 0.04), abs(result.present), 0.0, 4.0, (True, False))
    assert escape.interval[0] < truth < escape.interval[1]
    assert escape.kept > 0.9
    assert len(escape.barriers) == 1
    assert escape_time(result) == escape


def test_no_escape_time_without_identification():
    walk = np.cumsum(np.random.default_rng(0).standard_normal(300))
    escape = escape_time(portrait(walk, n_null=50))
    assert np.isnan(escape.mean)
    assert "not identified" in escape.message
    assert escape.to_dict()["mean"] is None
