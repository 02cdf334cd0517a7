"""Every kind of monitor on invented series with known answers."""

import msgspec
import numpy as np
import pandas as pd
import pytest
from monitor_readings import DAYS, MONTHS, drawn, given, price, read, walk

from scanners.systems.reading import UNKNOWN
from scanners.systems.registry import KINDS


def test_a_relation_has_the_sign_that_was_put_in():
    rate = walk(1, 0.05)
    asset = np.exp(0.05 * rate + walk(2, 0.003))
    found = read("relation", {"y": "asset", "x": "rate"}, asset=asset, rate=rate)
    assert found.reading.state == "positive"
    assert found.reading.since
    assert "% a point" in found.reading.estimate
    low, high = found.reading.numbers["interval"]
    assert low < 5 < high
    assert drawn(found).lines
    opposite = read("relation", {"y": "asset", "x": "rate"}, asset=1 / asset, rate=rate)
    assert opposite.reading.state == "negative"


def test_a_relation_of_nothing_is_not_identified():
    found = read("relation", {"y": "asset", "x": "rate"}, asset=price(3), rate=walk(4, 0.05))
    assert found.reading.state == UNKNOWN
    assert not found.reading.since


def test_a_drift_has_its_direction():
    ratio = 100 * np.exp(walk(5, 0.004, MONTHS, drift=-0.002))
    found = read("drift", {"y": "ratio"}, {"log": True}, ratio=ratio)
    assert found.reading.state == "falling"
    assert "% a month" in found.reading.estimate


def test_a_loop_reinforces_itself_when_both_effects_have_one_sign():
    rng = np.random.default_rng(6)
    z = np.zeros((len(DAYS), 2))
    for t in range(len(DAYS) - 1):
        z[t + 1] = np.array([[0.85, 0.1], [0.1, 0.85]]) @ z[t] + 0.01 * rng.standard_normal(2)
    asset, rate = np.exp(pd.Series(z[:, 0], DAYS)), pd.Series(z[:, 1], DAYS)
    options = {"every": "day", "window": 500}
    found = read("loop", {"x": "asset", "y": "rate"}, options, asset=asset, rate=rate)
    assert found.reading.state == "reinforcing"
    apart = read("loop", {"x": "asset", "y": "rate"}, options, asset=price(7), rate=walk(8))
    assert apart.reading.state == UNKNOWN


def test_a_reverting_rate_is_convergent_and_a_walk_is_not_identified():
    rng = np.random.default_rng(9)
    level, values = 0.0, []
    for _ in MONTHS:
        level = 0.7 * level + rng.standard_normal()
        values.append(level)
    found = read("portrait", {"x": "ratio"}, ratio=pd.Series(values, MONTHS))
    assert found.reading.state == "convergent"
    assert found.reading.p_value < 0.05
    assert "2009" <= found.reading.since[:4] <= "2019"
    assert read("portrait", {"x": "ratio"}, ratio=walk(10, 1.0, MONTHS)).reading.state == UNKNOWN


def test_slowing_needs_more_than_a_walk():
    found = read("slowing", {"x": "rate"}, rate=walk(11, 0.05) - 5)
    assert found.reading.state in ("not slowing", "noise rising")
    assert "no date" in found.reading.distance


def test_a_price_that_leaves_the_line_of_a_rate_is_above_it():
    rate = walk(100, 0.05)
    asset = np.exp(0.1 * rate + 0.01 * np.random.default_rng(101).standard_normal(len(DAYS)))
    inputs, options = {"y": "asset", "x": "rate"}, {"window": 100, "ahead": 26}
    still = read("gap", inputs, options, asset=asset, rate=rate)
    assert still.reading.state == "on the line"
    asset = asset.copy()
    asset["2019-10-01":] *= 1.2
    found = read("gap", inputs, options, asset=asset, rate=rate)
    assert found.reading.state == "above"
    assert found.reading.value == pytest.approx(100 * np.log(1.2), abs=4.0)
    assert found.reading.since.startswith("2019-10")
    assert drawn(found).lines


def test_a_sign_that_was_there_fades_and_one_that_meets_another_turns():
    rate = walk(120, 0.05)
    slope = np.where(DAYS < "2019-03-01", 0.05, 0.0)
    asset = np.exp(np.cumsum(slope * np.diff(rate, prepend=0.0)) + walk(121, 0.001))
    options = {"window": 52, "scales": [26, 104]}
    fading = read("relation", {"y": "asset", "x": "rate"}, options, asset=asset, rate=rate).reading
    assert fading.state == "fading"
    assert fading.was == "positive to 2019-11-08"
    assert fading.since == "2019-11-15"
    assert set(fading.numbers["scales"]) == {26, 104}
    slope = np.where(DAYS < "2019-06-01", 0.05, -0.05)
    asset = np.exp(np.cumsum(slope * np.diff(rate, prepend=0.0)) + walk(121, 0.001))
    turning = read("relation", {"y": "asset", "x": "rate"}, options, asset=asset, rate=rate).reading
    assert turning.state == "turning"
    assert turning.was.startswith("positive ")
    assert "found in" in turning.power


def test_power_grows_with_time_and_with_the_effect():
    from scanners.systems.power import found_after

    weak, later = (found_after(steps, 52, 0, 0.3, True) for steps in (30, 150))
    strong = found_after(150, 52, 0, 0.6, True)
    assert weak < later < strong
    assert strong > 0.9


def test_a_cycle_and_a_channel_are_read():
    noise = read("cycle", {"x": "asset"}, {"window": 100}, asset=price(80))
    assert noise.reading.state == UNKNOWN
    straight = np.exp(pd.Series(0.0002 * np.arange(len(DAYS)), DAYS) + 0.01 * np.sin(np.arange(len(DAYS))))
    straight.iloc[-30:] *= 1.2
    found = read("channel", {"x": "asset"}, asset=straight)
    assert found.reading.state == "above"


def test_a_line_through_lows_is_held_and_its_break_told():
    t = np.arange(len(DAYS))
    asset = pd.Series(
        100 * np.exp(0.0001 * t + 0.1 * np.abs(np.sin(np.pi * t / 700)) + 0.002 * np.cos(t)), DAYS
    )
    held = read("support", {"x": "asset"}, {"held": 6}, asset=asset)
    assert held.reading.state == "holding"
    assert "above the line" in held.reading.distance
    before = read("support", {"x": "asset"}, {"held": 6}, asset=asset[:"2019-08-31"]).reading
    edge = float(before.mind.split("below ")[1].split(" ")[0])
    for share, state in ((1.001, "holding"), (0.999, "broken")):
        asset["2019-09-01":"2019-09-30"] = share * edge
        assert read("support", {"x": "asset"}, {"held": 6}, asset=asset[:"2019-09-30"]).reading.state == state
    asset["2019-06-01":] *= 0.7
    broken = read("support", {"x": "asset"}, {"held": 6}, asset=asset)
    assert broken.reading.state == "broken"
    assert broken.reading.since.startswith("2019-06")
    assert drawn(broken).lines


def test_debt_is_read_by_years_and_quarters():
    rng = np.random.default_rng(90)
    debt = pd.Series(60 + np.cumsum(rng.standard_normal(124)), MONTHS[::3])
    balance = pd.Series(rng.standard_normal(124), MONTHS[::3])
    shelf = given(ratio_debt=debt, ratio_balance=balance)
    shelf.sources = {
        name: msgspec.structs.replace(source, frequency="quarterly") for name, source in shelf.sources.items()
    }
    options = msgspec.convert({"draws": 199}, KINDS["debt"].options)
    found = KINDS["debt"].function()(shelf, {"debt": "ratio_debt", "balance": "ratio_balance"}, options)
    assert found.reading.status == "ok"
    assert UNKNOWN in found.reading.distance
    assert found.reading.numbers["last"] == "2019-12-31"
    assert drawn(found).get_xlabel() == "debt before, % of GDP"


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("relation", {"y": "asset", "x": "rate"}),
        ("drift", {"y": "ratio"}),
        ("loop", {"x": "asset", "y": "rate"}),
        ("debt", {"debt": "ratio", "balance": "ratio"}),
        ("portrait", {"x": "ratio"}),
        ("slowing", {"x": "rate"}),
        ("haven", {"bond": "rate", "shock": "vix"}),
        ("bubble", {"x": "asset"}),
        ("absorption", {"series": ["rate", "vix", "asset"]}),
        ("lead_lag", {"series": ["rate", "vix", "asset"]}),
        ("liquidity", {"vix": "vix", "bond": "rate"}),
        ("pair", {"x": "asset", "y": "asset"}),
        ("cycle", {"x": "asset"}),
        ("channel", {"x": "asset"}),
        ("support", {"x": "asset"}),
        ("turns", {"x": "asset", "y": "asset"}),
        ("gap", {"y": "asset", "x": "rate"}),
        ("shocks", {"bond": "rate", "dollar": "asset", "shock": "vix"}),
    ],
)
def test_a_short_history_is_too_short_and_not_an_error(kind, inputs):
    short = {
        "rate": walk(1)[:30],
        "vix": walk(2)[:30] + 20,
        "asset": price(3)[:30],
        "ratio": walk(4, 1, MONTHS)[:20],
    }
    options = msgspec.convert({}, KINDS[kind].options)
    found = KINDS[kind].function()(given(**short), inputs, options).reading
    assert found.status == "too short"
    assert found.evidence
