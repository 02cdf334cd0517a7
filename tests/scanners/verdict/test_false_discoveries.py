"""Benjamini-Hochberg: the paper's own example, a slow twin, and the hits that chance alone gives."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import false_discovery_control

from scanners.verdict.false_discoveries import benjamini_hochberg, hits_by_chance

# Benjamini & Hochberg (1995), section 4: fifteen p-values, of which the procedure at q = .05 rejects four.
PAPER = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
PAPER += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]


def twin(p):
    """Return the smallest q at which the step-up rule of the paper rejects each hypothesis."""
    adjusted = []
    for value in p:
        bounds = [sorted(p)[k] * len(p) / (k + 1) for k in range(len(p)) if sorted(p)[k] >= value]
        adjusted.append(min(bounds))
    return adjusted


def test_the_example_of_the_paper():
    adjusted = benjamini_hochberg(PAPER)
    assert_array_equal(np.flatnonzero(adjusted <= 0.05), [0, 1, 2, 3])
    assert_allclose(adjusted, twin(PAPER), rtol=1e-12)


def test_it_is_what_scipy_computes():
    """Ours keeps a q-value's last digit as it is in recorded runs, and scipy.stats out of a scan."""
    rng = np.random.default_rng(6)
    for _ in range(200):
        p = rng.uniform(size=rng.integers(1, 40)).round(rng.integers(1, 6))
        assert_allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-14)


def test_order_does_not_matter_and_what_was_not_tested_does_not_count():
    p = np.random.default_rng(3).uniform(size=40).round(2)
    shuffled = np.random.default_rng(4).permutation(40)
    assert_allclose(benjamini_hochberg(p[shuffled]), benjamini_hochberg(p)[shuffled], rtol=1e-12)
    assert_allclose(benjamini_hochberg([np.nan, *p])[1:], benjamini_hochberg(p), rtol=1e-12)
    assert np.isnan(benjamini_hochberg([np.nan, 0.5])[0])
    assert benjamini_hochberg([]).shape == (0,)


def test_share_of_false_hits_stays_below_q():
    """With 60 true nulls of 80 the expected share is q * 60/80; 400 lists give it to +-0.015."""
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(400):
        p = np.concatenate([rng.uniform(size=60), rng.beta(0.1, 8.0, size=20)])
        hits = benjamini_hochberg(p) <= 0.1
        shares.append(hits[:60].sum() / max(hits.sum(), 1))
    assert abs(np.mean(shares) - 0.075) < 0.015


@pytest.mark.parametrize("p", [[-0.1], [1.1], [[0.5]]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(ValueError, match="p_values must"):
        benjamini_hochberg(p)


def test_hits_by_chance():
    assert hits_by_chance(500, 0.021) == pytest.approx(500 * 0.021 / 252)
    assert hits_by_chance(2, 0.5, sessions=252) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="series must not be negative, got -1"):
        hits_by_chance(-1, 0.021)
