"""Monitors of what is bought after a shock, on invented series with known answers."""

import numpy as np
import pandas as pd
from monitor_readings import DAYS, drawn, read
from numpy.lib.stride_tricks import sliding_window_view

from scanners.systems.reading import UNKNOWN


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
    from scanners.systems.monitors.absorption import _ratios, yearly_bounds
    from scanners.systems.monitors.shocks import shock_states

    rng = np.random.default_rng(5)
    values = rng.standard_normal((60, 3)) + np.where(np.arange(60) < 40, 0.0, 1.5)[:, None] * [1, -1, 0]
    signs = np.where(np.arange(60) < 30, -1, 0)
    whole = shock_states(values, 0, 1, signs, 12)
    assert {"haven", "fled"} <= set(whole)
    assert shock_states(values[:50], 0, 1, signs[:50], 12) == whole[:50]
    steps = rng.standard_normal((700, 3))
    years = pd.Index(2000 + np.arange(700) // 52)
    ratios = np.append(
        np.full(103, np.nan), _ratios(sliding_window_view(steps, 104, axis=0).transpose(0, 2, 1))
    )
    bounds = yearly_bounds(steps, ratios, years, 104, 99)
    part = yearly_bounds(steps[:500], ratios[:500], years[:500], 104, 99)
    np.testing.assert_array_equal(part, bounds[:500])
    assert (np.diff(bounds[-1]) > 0).all()


def test_a_permutation_says_a_change_as_often_as_its_size():
    from scanners.systems.permutations import permutation_p_value

    rng = np.random.default_rng(0)
    found = [permutation_p_value(rng.standard_normal((50, 3)), 15, 59) <= 0.05 for _ in range(200)]
    assert 0.01 < np.mean(found) < 0.10  # 95% of binomials of 200 at .05
