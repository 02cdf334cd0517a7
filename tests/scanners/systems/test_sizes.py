"""How often monitors with a memory have a state where there is nothing, and find what was put in."""

import numpy as np
import pandas as pd
import pytest

from earlywarning.macro.sign_memory import held, sign_memory
from scanners.systems.monitors.absorption import _held, _ratios, yearly_bounds
from scanners.systems.monitors.depth import ENTER, HOLD, depths
from scanners.systems.monitors.divergence import FEWEST, held_by_years
from scanners.systems.monitors.steps import held_at_shortages
from scanners.systems.monitors.turns import held_together, matched, turning_points
from scanners.systems.options import StepsOptions, TurnsOptions
from scripts.systems_truths import bursts, shortages

pytestmark = pytest.mark.slow
LOW, HIGH = 0.03, 0.07


def noises(seed, n):
    """Normal shocks, and GARCH(1, 1) with Student's t."""
    rng = np.random.default_rng(seed)
    burst = bursts(0.06, 0.92, 6)(rng, n)
    return rng.standard_normal(n), burst


def fallen(steps, window):
    _, ratio = depths(pd.Series(np.cumsum(steps)), window)
    return held(ratio.to_numpy(), ENTER, HOLD * ENTER)[0]


@pytest.mark.parametrize("window", [500, 2500])
def test_walks_are_fallen_on_five_per_cent_of_days_and_a_crash_is_told(window):
    quiet, crashed = [], []
    for seed in range(150):
        for steps in noises(seed, 6000):
            quiet.append((fallen(steps, window)[2500:] != 0).mean())
            steps[-60:] = 3 * steps[-60:] - 2 * np.sqrt(500) * steps.std() / 60
            crashed.append(fallen(steps, window)[-1] != 0)
    assert LOW <= np.mean(quiet) <= HIGH
    assert np.mean(crashed) > (0.6 if window == 500 else 0.12)


def test_turns_meet_unrelated_shortages_after_five_per_cent_of_turns_and_their_own_mostly():
    options = StepsOptions()
    states = {False: [], True: []}
    for seed in range(60):
        for steps in noises(seed, 6000):
            rng = np.random.default_rng([seed, 1])
            places = np.array([place for place, _ in turning_points(np.cumsum(0.01 * steps), options.swing)])
            for tied, found in states.items():
                short = shortages(rng, places, 6000, tied)
                found.append(held_at_shortages(places, short, options)[options.events - 1 :].mean())
    assert LOW <= np.mean(states[False]) <= HIGH + 0.01  # standard error .008
    assert np.mean(states[True]) > 0.7


def test_unrelated_walks_turn_together_after_five_per_cent_of_turns():
    options, shares = TurnsOptions(), []
    for seed in range(80):
        for one, other in zip(noises(seed, 6000), noises(seed + 1000, 6000), strict=True):
            legs = [turning_points(np.cumsum(0.01 * steps), options.swing) for steps in (one, other)]
            met = matched(legs[0], legs[1], options.within)
            shares.append(held_together(legs[0], legs[1], met, options)[options.events - 1 :].mean())
    assert LOW <= np.mean(shares) <= HIGH


@pytest.mark.parametrize("years", [15, 25, 40])
def test_a_holder_that_does_not_care_is_told_in_five_per_cent_of_years(years):
    quiet, tied = [], []
    for seed in range(200):
        x, y = np.random.default_rng([seed, years]).standard_normal((2, years))
        quiet.append((held_by_years(x, y)[FEWEST - 1 :] != 0).mean())
        tied.append(held_by_years(x, -0.7 * x + 0.71 * y)[-1] < 0)
    assert LOW <= np.mean(quiet) <= HIGH
    assert np.mean(tied) > {15: 0.5, 25: 0.85, 40: 0.95}[years]


def test_an_unrelated_rate_leads_on_five_per_cent_of_months_and_one_that_leads_is_found():
    quiet, leading = [], []
    for seed in range(150):
        for rate, steps in zip(noises(seed, 480), noises(seed + 1000, 480), strict=True):
            level = pd.Series(np.cumsum(rate))
            before = ((level - level.shift(12)).shift(1) / np.sqrt(12)).iloc[13:]
            y = pd.Series(steps).iloc[13:]
            quiet.append((sign_memory(y, before, window=120).signs[119:] != 0).mean())
            leading.append(sign_memory(0.3 * before + 0.95 * y, before, window=120).sign > 0)
    assert LOW <= np.mean(quiet) <= HIGH + 0.01  # standard error .007
    assert np.mean(leading) > 0.75


def test_unrelated_moves_are_coupled_or_not_on_five_per_cent_of_weeks_and_a_common_one_is_told():
    quiet, common = [], []
    for seed in range(30):
        values = np.column_stack([noises(3 * seed + leg, 780)[0] for leg in range(3)])
        for loading, found in ((0.0, quiet), (1.5, common)):
            moved = values.copy()
            moved[-104:] += loading * noises(seed + 5000, 104)[0][:, None]
            windows = np.lib.stride_tricks.sliding_window_view(moved, 104, axis=0).transpose(0, 2, 1)
            ratios = np.append(np.full(103, np.nan), _ratios(windows))
            sides, _ = _held(ratios, yearly_bounds(moved, ratios, pd.Index(np.arange(780) // 52), 104, 199))
            found.append((sides[208:] != 0).mean() if not loading else sides[-1] > 0)
    assert 0.02 <= np.mean(quiet) <= HIGH  # .034 of 60 in scripts/systems_states.py; standard error .007
    assert np.mean(common) > 0.9
