"""Posterior of a bubble: slow twin, quadrature, what must not change, calibration, the documented table."""

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import reference_bubble_posterior as reference
from numpy.testing import assert_allclose
from scipy.special import logsumexp
from scipy.stats import binomtest, fisher_exact

import lppl
from lppl._kernels import evidence as _evidence
from lppl.diagnostics import start_evidence as _starts
from lppl.diagnostics.posterior_results import _mixture
from lppl.diagnostics.start_averaging import SPACE, averaged

ROOT = Path(__file__).resolve().parents[3]
EASES = np.array([0.0, 0.02, 0.3, 1.0])
BUBBLE = {"tc": 172.0, "m": 0.4, "omega": 8.0, "A": 7.0, "B": -0.1, "C1": 0.004, "C2": 0.002}
LENGTHS = [160, 130, 100]


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        place = ROOT / "scripts" / "bubble_posterior.py"
        spec = importlib.util.spec_from_file_location("scripts_bubble_posterior", place)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    return module


def bubble(sigma=0.01, phi=0.5, seed=3, n=160, **more):
    dates = pd.bdate_range("2001-01-01", periods=n)
    return lppl.simulate(n, **BUBBLE | more, sigma=sigma, noise="ar1", phi=phi, seed=seed, dates=dates)


def test_evidence_is_the_density_of_all_steps_as_one_vector():
    rng = np.random.default_rng(5)
    y, t = np.log(bubble().to_numpy())[-60:], np.arange(-59.0, 1.0)
    weights = rng.uniform(0.3, 3.0, y.size)
    nodes, before, steps = np.array([[5.0, 0.5, 7.0], [0.0, 0.2, 20.0]]), 0.02, 260
    scales = np.array([4.0, 36.0]) * y.size
    logs, falls = np.empty((2, 2, EASES.size))
    _evidence.curve_evidence(t, y, weights, scales, 0.5, before, steps, EASES, nodes, logs, falls)
    trend = np.empty(EASES.size)
    _evidence.trend_evidence(t, y, weights, scales, before, steps, EASES, trend)
    shift = 0.5 * np.log(weights[1:]).sum()
    for e, ease in enumerate(EASES):
        for k, node in enumerate(nodes):
            found = [
                reference.evidence(
                    y, 1.0 / weights, *reference.curve(t, *node, rise, 0.5), 1.0 - ease, before, steps
                )
                for rise in scales
            ]
            heights, falling = np.array(found).T
            assert_allclose(logs[k, e], logsumexp(heights) - math.log(2.0) - shift, rtol=1e-9)
            share = np.exp(heights - logsumexp(heights))
            assert_allclose(falls[k, e], share @ falling, rtol=1e-6, atol=1e-12)
        lines = [
            reference.evidence(y, 1.0 / weights, t[:, None], [s / 59.0**2], 1.0 - ease, before, steps)[0]
            for s in scales
        ]
        assert_allclose(trend[e], logsumexp(lines) - math.log(2.0) - shift, rtol=1e-9)


def test_evidence_of_a_walk_is_that_of_all_its_steps():
    y, weights = np.log(bubble().to_numpy()), np.random.default_rng(1).uniform(0.3, 3.0, 159)
    found, left = _starts.walk_evidence(y, weights)
    expected = reference.walk(y, 1.0 / weights, 1.0 / 250.0) - 0.5 * np.log(weights).sum()
    assert_allclose(found - 0.5 * 159 * math.log(left), expected, rtol=1e-9)
    assert _starts.walk_evidence(y[:1], weights[:0]) == (0.0, 0.0)


@pytest.mark.parametrize(("sigma", "phi"), [(0.005, 0.5), (0.01, 0.97)])
def test_cells_cover_the_box_and_their_sum_is_that_of_a_fine_grid(sigma, phi):
    y, weights, start = np.log(bubble(sigma, phi).to_numpy()), np.ones(160), 40
    found = _starts.start_evidence(y, weights, start, SPACE)
    sides = np.array([0.2 * 119, 0.8, 23.0])
    assert_allclose(((found.high - found.low) / sides).prod(axis=1).sum(), 1.0, rtol=1e-12)
    assert_allclose(found.falling.sum() + found.rising.sum(), 1.0, rtol=1e-9)
    assert_allclose(found.persistence.sum(), 1.0, rtol=1e-9)
    axes = [(np.arange(n) + 0.5) / n for n in (48, 24, 96)]
    nodes = np.array([0.0, 0.1, 2.0]) + sides * np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    ahead, before = _starts.walk_evidence(y[: start + 1], weights[1 : start + 1])
    logs, falls = np.empty((2, len(nodes), _starts.EASES.size))
    scales = np.square(_starts.RISES) * 120
    args = np.arange(-119.0, 1.0), y[start:].copy(), weights[start:], scales, 0.5, before, 159
    _evidence.curve_evidence(*args, _starts.EASES, nodes, logs, falls)
    # Two quadratures of a peaked function: this much of a log-evidence moves a probability by .04 at most.
    assert_allclose(found.log_bubble, logsumexp(logs) - math.log(logs.size) + ahead, atol=0.15)


def test_a_mixture_of_even_parts_has_their_distribution():
    rng = np.random.default_rng(4)
    low, mass = rng.uniform(0, 5, 40), rng.dirichlet(np.ones(40))
    high = low + rng.uniform(0.1, 3, 40)
    x, below = _mixture(low, high, mass)
    at = rng.uniform(-1, 9, 30)
    expected = (np.clip((at[:, None] - low) / (high - low), 0, 1) * mass).sum(axis=1)
    assert_allclose(np.interp(at, x, below), expected, atol=1e-12)


def test_a_clear_bubble_is_found_with_its_end_and_its_mirror_image():
    prices = bubble(sigma=0.004, phi=0.3)
    found = lppl.bubble_posterior(prices, lengths=LENGTHS)
    assert found.positive > 0.95 and found.side == "positive"
    low, high = found.interval(0.95)
    assert low <= BUBBLE["tc"] <= high
    assert found.identified and found.narrowed() <= 0.5
    assert_allclose(found.density.sum(), 1.0)
    assert_allclose(found.weights.sum(), 1.0)
    assert_allclose(found.persistence.sum(), 1.0)
    mirrored = lppl.bubble_posterior(1.0 / prices, lengths=LENGTHS)
    assert_allclose(mirrored.negative, found.positive, rtol=1e-4)
    assert_allclose(mirrored.interval(0.8), found.interval(0.8), rtol=1e-3)
    assert mirrored.side == "negative"
    scaled = lppl.bubble_posterior(1000.0 * prices, lengths=LENGTHS)
    assert_allclose(scaled.log_bayes_factor, found.log_bayes_factor, rtol=1e-6)


def test_the_prior_moves_the_odds_and_nothing_else():
    prices = bubble(sigma=0.015, phi=0.97)
    even, rare = (lppl.bubble_posterior(prices, lengths=LENGTHS, prior=p) for p in (0.5, 0.05))
    assert even.log_bayes_factor == rare.log_bayes_factor
    odds = rare.bubble / (1.0 - rare.bubble) * 19.0
    assert_allclose(odds, even.bubble / (1.0 - even.bubble), rtol=1e-6)
    assert even.interval() == rare.interval()
    assert not rare.identified


def test_nothing_after_the_end_is_read_and_the_longest_start_sets_the_data():
    prices = bubble()
    whole = lppl.bubble_posterior(prices, end=139, lengths=[120, 90], shocks="constant")
    cut = lppl.bubble_posterior(prices.iloc[20:140], lengths=[120, 90], shocks="constant")
    assert_allclose(whole.log_bayes_factor, cut.log_bayes_factor, rtol=1e-9)
    assert_allclose(np.subtract(whole.interval(), whole.t2), np.subtract(cut.interval(), cut.t2), rtol=1e-6)
    assert whole.date(whole.t2) == prices.index[139]


def test_results_are_plain_values_tables_and_a_picture():
    found = lppl.bubble_posterior(bubble(), lengths=LENGTHS)
    told, frame = found.to_dict(), found.to_frame()
    assert told["bubble"] == found.bubble and len(told["intervals"]) == 6
    assert frame["length"].tolist() == LENGTHS and frame["t1_date"].iloc[0] == pd.Timestamp("2001-01-01")
    assert "not identified" in found._repr_html_() or "tc identified" in found._repr_html_()
    ax = found.plot()
    assert ("tc identified" in ax.get_title(loc="left")) == found.identified
    quantiles = [found.quantile(q, "omega") for q in (0.0, 0.5, 1.0)]
    assert_allclose(quantiles[::2], [2.0, 25.0])
    assert_allclose(found.distribution("omega", quantiles[1]), 0.5)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"prior": 1.0}, "prior must lie between 0 and 1, got 1"),
        ({"shocks": "none"}, "shocks must be one of garch, constant, got 'none'"),
        ({"lengths": [200, 100]}, "the longest between 102 .* and 160 prices, got 100 to 200"),
        ({"lengths": [120, 20]}, "lengths must be at least 30"),
        ({"lengths": []}, "lengths must name at least one whole number of observations, got"),
        ({"space": lppl.SearchSpace()}, "space must keep tc at or after the last price"),
    ],
)
def test_bad_requests(change, match):
    with pytest.raises(ValueError, match=match):
        lppl.bubble_posterior(bubble(), **{"lengths": LENGTHS} | change)


def test_bad_questions():
    found = averaged(np.log(bubble().to_numpy()), np.ones(160), np.array([160]), SPACE, 0.5, 159.0)
    with pytest.raises(ValueError, match="name must be one of tc, m, omega, got 'A'"):
        found.quantile(0.5, "A")
    with pytest.raises(ValueError, match="q must lie in"):
        found.quantile(1.5)
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 1"):
        found.interval(1.0)


def documented(first):
    """Return the cells of a row of the page's tables."""
    page = (ROOT / "docs" / "bubble_posterior.md").read_text("utf-8")
    line = next(line for line in page.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.mark.parametrize(
    "count", [pytest.param(12, marks=pytest.mark.ci), pytest.param(300, marks=pytest.mark.slow)]
)
def test_probabilities_are_those_of_bubbles_where_its_assumptions_hold(script, count):
    said, truth, *held = script.own(count, seed=2).T
    # The sum of independent surprises; 4 standard deviations.
    assert abs((truth - said).sum()) <= 4.0 * math.sqrt((said * (1.0 - said)).sum())
    for level, inside in zip(script.LEVELS, held, strict=True):
        assert binomtest(int(inside[truth == 1].sum()), count // 2, level).pvalue >= 0.002


@pytest.mark.parametrize(
    "count", [pytest.param(6, marks=pytest.mark.ci), pytest.param(150, marks=pytest.mark.slow)]
)
def test_a_few_series_give_the_documented_shares(script, count):
    for name in ("GARCH walk", "LPPLS, rho .95, GARCH"):
        hits = int((script.judged(name, count, seed=1)["bubble"] >= 0.5).sum())
        share = float(documented(name)[1].split()[0]) / 100.0
        counted = round(60 * share)
        assert fisher_exact([[hits, count - hits], [counted, 60 - counted]]).pvalue >= 0.002, (name, hits)
