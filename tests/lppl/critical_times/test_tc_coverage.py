"""Coverage of the nominal tc intervals; the full table is in docs/critical_time.md."""

import numpy as np
import pytest

import lppl
from scripts.tc_coverage import coverage, draw

BUBBLES = 80


def binomial_bounds(share):
    """Four standard errors of a share among the simulated bubbles."""
    error = 4 * np.sqrt(share * (1 - share) / BUBBLES)
    return share - error, share + error


def test_simulated_bubbles_lie_inside_the_box_that_is_searched():
    rng = np.random.default_rng(0)
    for _ in range(50):
        bubble = draw(rng)
        C = np.hypot(bubble["C1"], bubble["C2"])
        assert 0 < bubble["tc"] - 399 <= 0.15 * 400 + 1e-9
        assert 0.8 <= lppl.damping(bubble["m"], bubble["omega"], bubble["B"], C) <= 2.0
        rise = np.diff(lppl.log_price([0, 399], **bubble | {"C1": 0.0, "C2": 0.0}))[0]
        assert 0.29 < rise < 1.01


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["white", "garch"])
def test_uncorrelated_noise_keeps_the_nominal_coverage(noise):
    found = coverage(noise, 0.01, {}, BUBBLES, seed=1)
    for method in ("published", "weighted"):
        for share, level in zip(found[method].holds, (0.8, 0.95), strict=True):
            low, high = binomial_bounds(level)
            assert low <= share.value <= high
        assert found[method].identified.value > 0.85


@pytest.mark.slow
def test_autocorrelated_noise_breaks_the_published_interval_and_not_the_weighted_one():
    found = coverage("ar1", 0.01, {"phi": 0.9}, BUBBLES, seed=1)
    for share, level in zip(found["weighted"].holds, (0.8, 0.95), strict=True):
        assert share.value >= binomial_bounds(level)[0]
    assert found["published"].holds[1].value < 0.6
    assert found["weighted"].width > 2 * found["published"].width
