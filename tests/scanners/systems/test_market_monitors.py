"""Monitors of many prices and of the daily scan, on invented series with known answers."""

import msgspec
import numpy as np
import pandas as pd
import pytest
from monitor_readings import DAYS, drawn, given, read, walk

from scanners.systems.registry import KINDS
from scanners.systems.sources import Source


def test_absorption_sees_a_common_move_come():
    own = [walk(20 + i, 0.01) for i in range(3)]
    common = np.cumsum(
        np.where(np.arange(len(DAYS)) > len(DAYS) - 600, 0.03, 0.0) * np.diff(walk(30), prepend=0) * 100
    )
    names = ("rate_a", "rate_b", "rate_c")
    together = {name: series + common for name, series in zip(names, own, strict=True)}
    found = read("absorption", {"series": list(names)}, **together)
    assert found.reading.state == "coupled"
    apart = read("absorption", {"series": list(names)}, **dict(zip(names, own, strict=True)))
    assert apart.reading.state == "as usual"


def test_lead_lag_finds_who_moves_first_and_nobody_among_strangers():
    a = walk(40, 0.05)
    weekly = a.diff(5).shift(5).fillna(0) / 5
    b = (0.8 * weekly).cumsum() + walk(41, 0.005)
    names = {"rate_a": a, "rate_b": b, "rate_c": walk(42, 0.05)}
    found = read("lead_lag", {"series": list(names)}, {"draws": 199}, **names)
    assert found.reading.state == "lead"
    assert "rate_a leads rate_b" in found.reading.evidence
    strangers = {f"rate_{i}": walk(150 + i, 0.05) for i in range(3)}
    assert (
        read("lead_lag", {"series": list(strangers)}, {"draws": 199}, **strangers).reading.state == "no lead"
    )


STRESS = {"vix": "vix", "carry": "carry", "bond": "rate", "assets": ["rate", "asset", "carry"]}


def storm():
    """Calm years, then a storm in all four measures over the last two months."""
    late = np.arange(len(DAYS)) >= len(DAYS) - 45
    vix = 15 + np.random.default_rng(60).random(len(DAYS)) + 40 * late
    common = np.random.default_rng(61).standard_normal(len(DAYS)) * np.where(late, 0.05, 0.0)
    rate = walk(62, 0.02) + np.cumsum(3 * common)
    carry = np.exp(walk(63, 0.002) - np.cumsum(0.01 * late) + np.cumsum(common))
    asset = np.exp(walk(64, 0.005) + np.cumsum(common))
    return {"vix": pd.Series(vix, DAYS), "rate": rate, "carry": carry, "asset": asset}


def test_a_storm_is_a_crisis_and_a_spiral_and_calm_is_neither():
    series = storm()
    found = read("liquidity", STRESS, **series)
    assert found.reading.state == "crisis"
    assert found.reading.since >= "2019-10"
    assert drawn(found).lines
    spiral = read("spiral", {**STRESS, "dollar": "asset"}, **series)
    assert spiral.reading.state in ("under way", "full")
    before = {name: values[:"2019-09-30"] for name, values in series.items()}
    assert read("liquidity", STRESS, **before).reading.state == "calm"
    assert read("spiral", STRESS, **before).reading.state in ("none", "early")


def test_liquidity_works_with_what_is_there_and_says_what_is_not():
    series = storm()
    shelf = given(vix=series["vix"], rate=series["rate"])
    shelf.sources = {**shelf.sources, "carry": Source(name="carry", title="c", kind="price")}
    inputs = {"vix": "vix", "carry": "carry", "bond": "rate"}
    options = msgspec.convert({}, KINDS["liquidity"].options)
    found = KINDS["liquidity"].function()(shelf, inputs, options).reading
    assert found.status == "ok"
    assert set(found.missing) == {"carry"}
    alone = KINDS["liquidity"].function()(shelf, {"vix": "vix", "carry": "carry"}, options).reading
    assert alone.status == "missing"


def test_a_pair_moves_together_and_counts_joint_phases():
    common = walk(70, 0.01, drift=0.0005)
    one, other = np.exp(common + walk(71, 0.004)), np.exp(common + walk(72, 0.004))
    found = read("pair", {"x": "one", "y": "other"}, one=one, other=other)
    assert found.reading.state == "together"
    assert 0 <= found.reading.numbers["joint"] <= 1
    opposed = read("pair", {"x": "one", "y": "other"}, one=one, other=1 / other)
    assert opposed.reading.state == "opposed"


def test_a_fomo_phase_is_that_of_the_scan():
    from scanners.config.policy import Policy
    from scanners.evidence.momentum import momentum
    from scanners.systems.monitors.narrative import MEMORY, fomo_phase

    prices = np.exp(walk(73, 0.01, drift=0.0008))[:700]
    phase = fomo_phase(prices)
    policy = Policy()
    regime = []
    for end in range(251, len(prices) + 1):
        m = momentum(prices.to_numpy()[:end])
        regime.append(m.new_high and m.z250 > policy.z250 and m.acceleration > policy.acceleration)
    expected = pd.Series(regime).rolling(MEMORY, min_periods=1).max().astype(bool).to_numpy()
    assert any(expected)
    np.testing.assert_array_equal(phase.to_numpy()[250:], expected)


def test_a_bubble_is_the_verdict_of_the_scan():
    from lppl import datasets

    shelf = given(nasdaq=datasets.load("nasdaq")[:"2000-03-10"])
    shelf.as_of = "2000-03-10"
    found = KINDS["bubble"].function()(shelf, {"x": "nasdaq"}, KINDS["bubble"].options())
    assert found.reading.state == "fomo"
    assert found.reading.numbers["C3"] == pytest.approx(0.33, abs=0.005)
    assert drawn(found).lines
