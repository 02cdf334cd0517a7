"""Rules under the protocol: how long a level lasts, what begins an episode, halves that share nothing."""

import numpy as np
import pandas as pd
import pytest

from scanners.past.panel.level_rules import (
    EMBARGO,
    at_rate,
    choose,
    fall_episodes,
    first_of_episodes,
    halves,
    lasting,
    recall,
)


def test_a_level_ends_when_it_is_old_or_the_shape_is_gone():
    at = np.array([0, 21, 42, 63, 84, 105])
    fired = np.array([True, False, False, False, True, False])
    shape = np.array([0.3, 0.2, 0.2, 0.2, 0.3, 0.05])
    assert lasting(at, fired, shape).tolist() == [True, True, True, False, True, False]
    gone = np.array([0.3, 0.05, 0.2, 0.2, 0.3, np.nan])
    assert lasting(at, fired, gone).tolist() == [True, False, False, False, True, False]
    assert lasting(at, fired, shape, lasts=0).tolist() == fired.tolist()


def test_episodes_are_of_one_series_and_begin_after_a_pause():
    series = np.array(["a"] * 5 + ["b"] * 2)
    at = np.array([0, 21, 63, 200, 263, 263, 300])
    alarm = np.array([True, True, True, True, True, True, False])
    assert first_of_episodes(series, at, alarm).tolist() == [True, False, False, True, False, True, False]
    assert not first_of_episodes(series, at, np.zeros(7, dtype=bool)).any()


def test_no_horizon_reaches_from_one_half_into_the_other():
    days = pd.date_range("1950-01-01", "1999-12-31", freq="D")
    first, second = halves(days)
    assert not (first & second).any()
    assert 0.4 < first.mean() < 0.5
    assert 0.4 < second.mean() < 0.5
    last = days[first]
    reached = np.asarray(last + EMBARGO)
    other = days[second].to_numpy()
    nearest = other[np.minimum(np.searchsorted(other, last.to_numpy()), len(other) - 1)]
    assert ((reached <= nearest) | (nearest < last.to_numpy())).all()


def test_the_choice_is_the_best_that_can_be_scored():
    candidates = {"few": np.array([True, False]), "good": np.array([True, True]), "none": np.zeros(2, bool)}
    scores = {1: np.nan, 2: 0.5, 0: 0.1}
    assert choose(candidates, lambda alarm: scores[int(alarm.sum())]) == ("good", 0.5)
    with pytest.raises(ValueError, match="candidates must include one that can be scored"):
        choose(candidates, lambda alarm: np.nan)


def test_the_rate_is_matched_by_the_lowest_threshold_that_does_not_exceed_it():
    values = np.array([0.1, 0.5, np.nan, 0.3, 0.9, 0.3])
    assert at_rate(values, lambda raised: int(raised.sum()), 2) == 0.5
    assert at_rate(values, lambda raised: int(raised.sum()), 4) == 0.3
    assert at_rate(values, lambda raised: int(raised.sum()), 0) == np.inf


def test_a_fall_is_caught_once():
    series, at = np.array(["a"] * 6), np.arange(6) * 21
    fell = np.array([1, 1, 0, np.nan, 0, 0])
    number, count = fall_episodes(series, at, fell)
    assert count == 1
    assert number.tolist() == [0, 0, -1, -1, -1, -1]
    assert recall(number, count, np.array([False, True, False, True, False, False])) == 1.0
    assert recall(number, count, np.array([False, False, True, True, True, True])) == 0.0
