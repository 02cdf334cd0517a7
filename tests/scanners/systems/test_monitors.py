"""Every kind of monitor on invented series with known answers."""

import msgspec
import numpy as np
import pandas as pd
import pytest
from given_shelf import Given

from scanners.systems.reading import UNKNOWN, Outcome
from scanners.systems.registry import KINDS
from scanners.systems.sources import Source

AS_OF = "2019-12-31"
DAYS = pd.bdate_range("2008-01-01", AS_OF)
MONTHS = pd.date_range("1989-01-01", "2019-11-01", freq="MS")


def described(name, values):
    """Rates, the VIX and ratios are levels, the last monthly; all else is a daily price."""
    kind = "level" if name.startswith(("rate", "vix", "ratio")) else "price"
    return kind, "monthly" if name.startswith("ratio") else "daily"


def given(**series):
    return Given(AS_OF, described, **series)


def read(kind, inputs, options=None, **series):
    found = KINDS[kind].function()(
        given(**series),
        inputs,
        msgspec.convert({"draws": 49, **(options or {})}, KINDS[kind].options),
    )
    assert isinstance(found, Outcome)
    return found


def walk(seed, size=0.01, index=DAYS, drift=0.0):
    steps = np.random.default_rng(seed).standard_normal(len(index))
    return pd.Series(np.cumsum(drift + size * steps), index)


def price(seed, size=0.01):
    return 100 * np.exp(walk(seed, size))


def drawn(outcome):
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    outcome.draw(ax)
    return ax


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


def test_a_haven_is_bought_on_jumps_and_its_opposite_sold():
    fear = np.random.default_rng(12).standard_normal(len(DAYS))
    vix = pd.Series(20 + fear, DAYS)
    step = np.diff(vix, prepend=vix.iloc[0])
    noise = 0.02 * np.random.default_rng(13).standard_normal(len(DAYS))
    for sign, state in ((-1, "haven"), (1, "no haven"), (0, UNKNOWN)):
        rate = pd.Series(np.cumsum(0.02 * sign * step + noise), DAYS)
        found = read("haven", {"bond": "rate", "shock": "vix"}, rate=rate, vix=vix)
        assert found.reading.state == state
    assert drawn(found).lines


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


def shaken(fled):
    """Fear, and a yield and a dollar that answer it as a haven does, or not any more over the last years."""
    rng = np.random.default_rng(110)
    fear = rng.standard_normal(len(DAYS)) + 6.0 * (rng.random(len(DAYS)) > 0.97)
    turn = np.where((np.arange(len(DAYS)) > len(DAYS) - 700) & fled, -1.0, 1.0)
    step = np.diff(fear.cumsum(), prepend=0.0)
    noise = rng.standard_normal((2, len(DAYS)))
    return {
        "vix": pd.Series(20 + fear.cumsum(), DAYS),
        "rate": pd.Series(np.cumsum(-0.02 * turn * step + 0.02 * noise[0]), DAYS),
        "asset": pd.Series(np.exp(np.cumsum(0.002 * turn * step + 0.002 * noise[1])), DAYS),
    }


def test_shocks_after_which_yields_rise_and_the_dollar_falls_are_told():
    inputs = {"bond": "rate", "dollar": "asset", "shock": "vix"}
    before = read("shocks", inputs, {"draws": 199}, **shaken(False)).reading
    assert before.state == "haven"
    assert before.numbers["mean"]["bond"] < 0 < before.numbers["mean"]["dollar"]
    found = read("shocks", inputs, {"draws": 199}, **shaken(True))
    assert found.reading.state == "fled"
    assert found.reading.p_value <= 0.05
    assert drawn(found).lines


def test_states_after_shocks_and_bounds_of_a_year_do_not_change_with_what_comes_later():
    from scanners.systems.monitors.absorption import yearly_bounds
    from scanners.systems.monitors.shocks import shock_states

    rng = np.random.default_rng(5)
    values = rng.standard_normal((60, 3)) + np.where(np.arange(60) < 40, 0.0, 1.5)[:, None] * [1, -1, 0]
    signs = np.where(np.arange(60) < 30, -1, 0)
    whole = shock_states(values, 0, 1, signs, 12)
    assert {"haven", "fled"} <= set(whole)
    assert shock_states(values[:50], 0, 1, signs[:50], 12) == whole[:50]
    steps = rng.standard_normal((700, 3))
    years = pd.Index(2000 + np.arange(700) // 52)
    bounds = yearly_bounds(steps, years, 104, 99)
    part = yearly_bounds(steps[:500], years[:500], 104, 99)
    np.testing.assert_array_equal(part, bounds[:500])
    assert (np.diff(bounds[-1]) > 0).all()


def test_a_permutation_says_a_change_as_often_as_its_size():
    from scanners.systems.permutations import permutation_p_value

    rng = np.random.default_rng(0)
    found = [permutation_p_value(rng.standard_normal((50, 3)), 15, 59) <= 0.05 for _ in range(200)]
    assert 0.01 < np.mean(found) < 0.10  # 95% of binomials of 200 at .05


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
    options = msgspec.convert({"draws": 49}, KINDS["debt"].options)
    found = KINDS["debt"].function()(shelf, {"debt": "ratio_debt", "balance": "ratio_balance"}, options)
    assert found.reading.status == "ok"
    assert UNKNOWN in found.reading.distance
    assert found.reading.numbers["last"] == "2019-12-31"
    assert drawn(found).get_xlabel() == "debt before, % of GDP"


def test_a_bubble_is_the_verdict_of_the_scan():
    from lppl import datasets

    shelf = given(nasdaq=datasets.load("nasdaq")[:"2000-03-10"])
    shelf.as_of = "2000-03-10"
    found = KINDS["bubble"].function()(shelf, {"x": "nasdaq"}, KINDS["bubble"].options())
    assert found.reading.state == "fomo"
    assert found.reading.numbers["C3"] == pytest.approx(0.33, abs=0.005)
    assert drawn(found).lines


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
