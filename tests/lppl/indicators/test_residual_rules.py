"""Tests of residuals inside filters: p-values of others, and what they change."""

import dataclasses

import numpy as np
import pytest
from arch.unitroot import ADF, PhillipsPerron
from numpy.testing import assert_allclose
from scipy.signal import lombscargle
from statsmodels.tsa.adfvalues import mackinnonp

import lppl
from lppl import Filter
from lppl.indicators.residual_rules import lomb_p_value, mackinnon_p_value, unit_root_p_values


@pytest.mark.parametrize("statistic", [-20.0, -4.2, -1.61, -1.2, 0.5, 2.7, 3.0])
def test_p_values_are_those_of_mackinnon(statistic):
    assert_allclose(mackinnon_p_value(statistic), mackinnonp(statistic, "c", 1), rtol=1e-12)


def test_unit_root_tests_are_those_of_arch():
    errors = np.random.default_rng(3).normal(size=180)
    for i in range(1, 180):
        errors[i] += 0.93 * errors[i - 1]
    dickey_fuller, phillips_perron = unit_root_p_values(errors)
    assert_allclose(dickey_fuller, mackinnonp(ADF(errors, 0, trend="c").stat, "c", 1), rtol=1e-9)
    theirs = PhillipsPerron(errors, lags=4, trend="c")
    assert_allclose(phillips_perron, mackinnonp(theirs.stat, "c", 1), rtol=1e-9)
    assert np.isnan(unit_root_p_values(np.zeros(50))).all()


def test_the_lomb_test_is_the_false_alarm_probability_of_the_highest_peak():
    t = np.arange(90.0)
    tau, rng = 100.0 - t, np.random.default_rng(1)
    noise = rng.normal(size=90)
    y = 2.0 - 0.03 * tau**0.6 + 1e-3 * noise * tau**0.6
    omegas = np.linspace(2.0, 25.0, 231)
    power = lombscargle(np.log(tau), noise - noise.mean(), omegas) / noise.var(ddof=1)
    expected = 1.0 - (1.0 - np.exp(-power.max())) ** 90
    assert_allclose(lomb_p_value(t, y, 100.0, 0.6, 2.0, -0.03, (2.0, 25.0)), expected, rtol=1e-6)
    wave = 2.0 - 0.03 * tau**0.6 * (1.0 + 0.2 * np.cos(9.0 * np.log(tau)))
    assert lomb_p_value(t, wave, 100.0, 0.6, 2.0, -0.03, (2.0, 25.0)) < 1e-9


def bubble(noise):
    """Prices with given noise about a bubble that ends 12 steps after them."""
    t = np.arange(noise.size)
    return np.exp(lppl.log_price(t, noise.size + 12.0, 0.5, 7.0, 0.0, -0.05, 0.003, 0.0) + noise)


def test_a_filter_asks_the_residuals_of_what_else_qualifies():
    rng = np.random.default_rng(2)
    box = lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 12), horizon_fraction=(0, 0.2))
    white = lppl.fit_windows(bubble(rng.normal(scale=0.002, size=160)), lengths=[160, 120], space=box)
    slow = bubble(np.cumsum(rng.normal(scale=0.004, size=160)))
    walking = lppl.fit_windows(slow, lengths=[160, 120], space=box)
    for rule in (Filter(unit_root=0.05), Filter(lomb=0.05), Filter(omega=(4, 12), lomb=0.05, unit_root=0.05)):
        assert rule.passes(white).all()
    strict = Filter(unit_root=1e-5)
    assert not strict.passes(walking).any()
    assert Filter().passes(walking).all()
    assert not dataclasses.replace(strict, damping=1e9).passes(white).any()
    # Refits are judged by what they were fitted to, not by the prices behind the windows.
    drawn = [
        lppl.log_price(walking.prices.t[-n:], *(getattr(walking, name)[k] for name in NAMES))
        for k, n in enumerate(walking.length)
    ]
    drawn = [curve + rng.normal(scale=0.01, size=curve.size) for curve in drawn]
    assert strict.passes(walking, drawn).all()


NAMES = ("tc", "m", "omega", "A", "B", "C1", "C2")


def test_trust_with_tests_of_residuals_reads_the_resampled_series():
    rng = np.random.default_rng(4)
    prices = bubble(np.cumsum(rng.normal(scale=0.003, size=150)))
    box = lppl.SearchSpace(m=(0, 1), omega=(3, 15))
    rules = {"bare": Filter(), "tested": Filter(unit_root=1e-4)}
    preset = lppl.Preset("tiny", (120,), box, rules)
    assert not rules["tested"].passes(lppl.fit_windows(prices, lengths=[120], space=box)).any()
    for name in rules:
        found = lppl.trust(prices, preset=preset, filter=name, resamples=8)
        assert found.positive + found.negative == 1.0


def test_the_filter_of_shu_and_zhu_holds_both_tests_and_the_others_keep_their_identity():
    rule = lppl.PRESETS["shu_zhu_2019"].filters["qualified"]
    assert (rule.lomb, rule.unit_root) == (0.05, 0.05)
    for name in ("daily", "shanghai_2015", "gabauer_2022_long"):
        for rule in lppl.PRESETS[name].filters.values():
            assert "lomb" not in repr(rule) and eval(repr(rule), {"Filter": Filter}) == rule
