"""Scores are those of their definitions; planted bubbles give known scores, random walks the base rate."""

import numpy as np
import pytest
import reference_skill as slow
from judged_series import judged, planted, walk
from numpy.testing import assert_allclose
from scipy.stats import binomtest

from scanners.past.skill.alarms import count, onsets, threshold_for
from scanners.past.skill.intervals import block_bootstrap, stationary_indices, wilson
from scanners.past.skill.outcomes import outcomes, targets
from scanners.past.skill.score import score
from scanners.past.turning_points import major_turns


@pytest.fixture(scope="module")
def bubbles():
    prices, tops = planted()
    return judged(prices), tops


@pytest.mark.parametrize("seed", range(5))
def test_episodes_are_merged_as_defined(seed):
    places = np.flatnonzero(np.random.default_rng(seed).random(2000) < 0.02)
    assert onsets(places).tolist() == slow.onsets(places, 40)
    assert onsets(np.array([7])).tolist() == [7] and onsets(np.array([], dtype=int)).size == 0


def test_outcomes_are_those_of_their_definition():
    prices = walk(3, 6000, 0.02)
    at = np.arange(300, 6000, 29)
    found, closes = outcomes(prices, at), prices.to_numpy()
    for size in (0.1, 0.2):
        for days in (60, 120):
            expected = [slow.fell(closes, i, size, days) for i in at]
            assert_allclose(found.followed[f"fall of {size:.0%} in {days}"], expected)
    turns = [place for place, kind in major_turns(prices) if kind == "top"]
    expected = [slow.turn_within(turns, i, 60, len(prices), 120) for i in at]
    assert_allclose(found.followed["major top in 60"], expected)
    assert len(turns) > 5 and np.isnan(found.followed["fall of 20% in 120"]).any()
    assert tuple(found.followed) == targets()


def test_bottoms_are_tops_upside_down():
    prices = walk(4, 1500, 0.02)
    at = np.arange(300, 1500, 7)
    up, down = outcomes(1 / prices, at), outcomes(prices, at, "bottom")
    for target in ("of 1.5 sigma in 60", "of 1.5 sigma in 120"):
        assert_allclose(up.followed[f"fall {target}"], down.followed[f"rise {target}"])
    assert_allclose(up.turns, down.turns)


def test_major_tops_of_planted_bubbles(bubbles):
    one, tops = bubbles
    assert len(one.tops.turns) == len(tops)
    assert np.abs(one.tops.turns - tops).max() <= 5


def test_a_perfect_signal_has_known_scores(bubbles):
    one, tops = bubbles
    value = np.zeros(len(one.member.at))
    for top in tops:
        value[(one.member.at > top - 30) & (one.member.at <= top - 10)] = 1.0
    found = score("perfect", [one], [value], 1.0)
    assert found.episodes == len(tops) == found.turns
    assert found.per_year == pytest.approx(len(tops) / one.member.years)
    assert found.recall == {60: 1.0, 120: 1.0}
    for target in ("major top in 60", "fall of 10% in 60", "fall of 20% in 120"):
        hits = found.targets[target]
        assert (hits.hits, hits.episodes, hits.share) == (4, 4, 1.0)
        assert hits.random == pytest.approx(np.nanmean(one.tops.followed[target])) and hits.random < 0.4
    assert all(20 <= quartile <= 35 for quartile in found.lead)


def test_a_signal_of_which_half_is_right(bubbles):
    one, tops = bubbles
    value = np.zeros(len(one.member.at))
    for place in (*tops[:2] - 20, *tops[:2] + 300):  # two before tops, two in the quiet
        value[np.argmin(np.abs(one.member.at - place))] = 1.0
    found = score("half", [one], [value], 1.0)
    assert (found.episodes, found.targets["major top in 60"].hits) == (4, 2)
    assert found.recall[60] == 0.5
    assert found.targets["major top in 60"].wilson == pytest.approx(wilson(2, 4))


def test_recall_is_that_of_its_definition():
    one = judged(walk(6, 3000, 0.015))
    value = np.random.default_rng(1).random(len(one.member.at))
    found = score("noise", [one], [value], 0.95, draws=0)
    alarms = one.member.at[value >= 0.95]
    for days in (60, 120):
        assert found.recall[days] == pytest.approx(slow.recall(one.tops.turns, alarms, days))


@pytest.mark.ci
def test_on_random_walks_precision_is_the_base_rate():
    panel = [judged(walk(seed, 4000)) for seed in range(24)]
    rng = np.random.default_rng(9)
    values = [rng.random(len(one.member.at)) for one in panel]
    found = score("noise", panel, values, 0.97, draws=199)
    momentum = [np.log(one.member.prices).diff(250).to_numpy()[one.member.at] for one in panel]
    trend = score("momentum", panel, momentum, 0.25, draws=0)
    for result in (found, trend):
        assert result.episodes > 80
        hits = result.targets["fall of 10% in 60"]
        assert hits.wilson[0] < hits.random < hits.wilson[1]
        assert hits.wilson[0] < hits.matched < hits.wilson[1]
    expected = sum((1 - 0.97) * len(one.member.at) for one in panel)
    days = sum((part >= 0.97).sum() for part in values)
    assert abs(days - expected) < 4 * np.sqrt(expected)  # the alarms come at the stated rate
    low, high = found.targets["fall of 10% in 60"].bootstrap
    assert low < found.targets["fall of 10% in 60"].share < high


def test_a_signal_without_an_alarm_has_no_share():
    one = judged(walk(7, 1500))
    found = score("silent", [one], [np.zeros(len(one.member.at))], 1.0)
    hits = found.targets["major top in 60"]
    assert (found.episodes, hits.share, hits.random, found.lead) == (0, None, None, None)
    assert hits.wilson == (0.0, 1.0)


def test_thresholds_match_the_alarm_rate():
    at = [np.arange(0, 5000, 5)] * 3
    values = [np.random.default_rng(seed).normal(size=1000) for seed in range(3)]
    for wanted in (1, 10, 40):
        threshold = threshold_for(values, at, wanted)
        assert count(values, at, threshold) <= wanted
        assert count(values, at, threshold - 1.0) > wanted
    assert threshold_for([np.full(10, np.nan)], [np.arange(10)], 5) == np.inf


def test_wilson_matches_published_values():
    assert_allclose(wilson(0, 10), (0.0, 0.2775), atol=5e-5)  # Brown, Cai & DasGupta (2001), p. 106 formula
    assert_allclose(wilson(5, 10), (0.2366, 0.7634), atol=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_blocks_are_runs_that_wrap():
    rng = np.random.default_rng(0)
    drawn = np.concatenate([stationary_indices(500, 20.0, rng) for _ in range(40)])
    breaks = np.mean(np.diff(drawn) % 500 != 1)
    assert 0.04 < breaks < 0.06 and np.ptp(np.bincount(drawn, minlength=500)) < 120
    assert set(drawn.tolist()) == set(range(500))


def test_the_bootstrap_counts_one_crash_once():
    months = np.datetime64("1990-01-01") + 30 * np.arange(200)
    apart = np.random.default_rng(0).random(200) < 0.5
    together = np.repeat(np.random.default_rng(1).random(20) < 0.5, 10)
    narrow, wide = block_bootstrap(months, apart), block_bootstrap(months, together)
    assert np.ptp(wide) > 1.5 * np.ptp(narrow)
    low, high = wilson(int(apart.sum()), 200)
    assert np.ptp(narrow) == pytest.approx(high - low, rel=0.4)
    assert block_bootstrap(months[:4], apart[:4]) is None


def test_intervals_are_wilsons():
    """Against scipy's; a share of nothing is anything."""
    for hits, trials in ((0, 5), (3, 7), (40, 40), (17, 1000)):
        exact = binomtest(hits, trials).proportion_ci(method="wilson")
        assert wilson(hits, trials) == pytest.approx((exact.low, exact.high), abs=1e-12)
    assert wilson(0, 0) == (0.0, 1.0)
