"""Joint turning points: known turns, nothing that later days change, and how often strangers seem to meet."""

import re
from itertools import pairwise

import numpy as np
import pytest
from monitor_readings import price, read

from scanners.systems.monitors.turns import held_together, matched, shifted, turning_points
from scanners.systems.options import TurnsOptions


def waves(seed, n=1500, period=150):
    t = np.arange(n)
    noise = np.cumsum(0.004 * np.random.default_rng(seed).standard_normal(n))
    return 0.25 * np.sin(2 * np.pi * t / period) + noise


def test_highs_and_lows_of_waves_are_found_near_where_they_are():
    found = turning_points(waves(0), 1.5)
    kinds = [kind for _, kind in found]
    assert all(one == -other for one, other in pairwise(kinds))
    for place, kind in found:
        crest = 37.5 if kind > 0 else 112.5
        assert abs((place - crest + 75) % 150 - 75) < 25


def test_later_days_change_no_confirmed_turn():
    x = waves(1)
    whole = turning_points(x, 1.5)
    for n in (700, 1000, 1300):
        part = turning_points(x[:n], 1.5)
        assert part == whole[: len(part)]
        assert part


def test_turns_match_by_kind_within_the_given_sessions():
    asked, other = [(100, 1), (200, -1), (300, 1)], [(108, 1), (205, 1), (311, 1)]
    np.testing.assert_array_equal(matched(asked, other, 10), [True, False, False])


def test_legs_of_one_story_turn_together_and_strangers_seldom_seem_to():
    one, other = turning_points(waves(2), 1.5), turning_points(waves(3), 1.5)
    met = matched(one, other, 15).mean()
    assert shifted(one, other, met, (250, 1500), 15)[1] <= 0.05
    found = []
    for seed in range(30):
        walks = np.cumsum(0.01 * np.random.default_rng(seed).standard_t(4, (2, 2000)), axis=1)
        legs = [turning_points(walk, 1.5) for walk in walks]
        share = matched(legs[0], legs[1], 10).mean()
        found.append(shifted(legs[0], legs[1], share, (250, 2000), 10)[1] <= 0.05)
    assert np.mean(found) <= 0.17  # 99.7% of binomials of 30 at .05; by ties it is less


def test_chance_is_every_shift_around_the_history():
    asked, other = [(260, 1), (300, -1), (340, 1)], [(262, 1), (345, -1), (338, 1), (280, -1)]
    shares = []
    for offset in range(4, 100 - 3):
        moved = [((place - 250 + offset) % 100 + 250, kind) for place, kind in other]
        around = [(place + turn, kind) for place, kind in moved for turn in (-100, 0, 100)]
        shares.append(matched(asked, around, 3).mean())
    chance, p_value = shifted(asked, other, 2 / 3, (250, 350), 3)
    assert chance == pytest.approx(np.mean(shares))
    assert p_value == pytest.approx((1 + np.sum(np.array(shares) >= 2 / 3)) / (1 + len(shares)))


def test_what_is_held_at_a_turn_stays_when_the_history_grows():
    one, other = turning_points(waves(2, 5000), 1.5), turning_points(waves(3, 5000), 1.5)
    options = TurnsOptions(within=15)
    whole = held_together(one, other, matched(one, other, 15), options)
    assert whole.any()
    for n in (25, 30, len(one) - 1):
        now = one[n - 1][0]
        known = [turn for turn in other if turn[0] <= now + 15]
        part = held_together(one[:n], known, matched(one[:n], known, 15), options)
        assert part.tolist() == whole[:n].tolist()


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("turns", {"x": "one", "y": "two"}),
        ("steps", {"x": "one", "vix": "vix", "stocks": "two", "carry": "two"}),
    ],
)
def test_with_fewer_turns_than_decide_no_p_is_told(kind, inputs):
    one, two = price(3), price(4)
    found = read(kind, inputs, {"swing": 4.0}, one=one, two=two, vix=20 * two / 100).reading
    assert (found.status, found.p_value) == ("too short", None)
    assert re.fullmatch(r"\d+ turns( of one)? are there, 20 are needed", found.evidence)
