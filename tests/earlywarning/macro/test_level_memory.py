"""The side of nought that a level is held on: by hand, with memory, sized, found."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from earlywarning.macro.level_memory import level_memory

MONTHS = pd.date_range("1990-01-01", periods=400, freq="MS")


def figures(values):
    return pd.Series(np.asarray(values, float), MONTHS[: len(values)])


def naive(x):
    """The rule in plain loops: scatter from neighbours, three to take up, two across to end."""
    x, side, sides = list(x), 0, []
    for now in range(len(x)):
        away = sorted(
            abs(x[place] - (x[place - 1] + x[place + 1]) / 2)
            for place in range(max(1, now - 120), now)
            if place + 1 <= now
        )
        if len(away) >= 34:
            middle = (away[(len(away) - 1) // 2] + away[len(away) // 2]) / 2
            scatter = 1.4826 * (2 / 3) ** 0.5 * middle
            last = x[now - 2 : now + 1]
            if min(last) >= scatter and min(last) > 0:
                side = 1
            elif max(last) <= -scatter and max(last) < 0:
                side = -1
            elif side * x[now] <= 0 and side * x[now - 1] <= 0:
                side = 0
        sides.append(side)
    return sides


def test_it_is_the_rule_in_plain_loops_and_later_figures_change_nothing():
    rng = np.random.default_rng(1)
    wave = 2.0 * np.sin(np.arange(300) / 9)
    x = figures(wave + 0.5 * rng.standard_normal(300))
    found = level_memory(x)
    assert found.signs.tolist() == naive(x)
    assert len(found.runs) > 3
    short = level_memory(x[:150])
    assert_allclose(short.scatter, found.scatter[:150], rtol=1e-12)
    assert short.signs.tolist() == found.signs[:150].tolist()


def test_scatter_around_nought_has_a_side_on_one_date_in_twenty():
    held = [
        level_memory(figures(np.random.default_rng([2, k]).standard_normal(400))).signs[60:]
        for k in range(40)
    ]
    share = np.mean([np.mean(one != 0) for one in held])
    assert 0.02 < share < 0.07  # .045 of 200 histories; two standard errors of these 40 are .015


def test_a_fall_is_found_and_told_with_its_interval_and_the_figures_that_would_end_it():
    rng = np.random.default_rng(5)
    x = figures(np.append(np.full(100, 2.0), np.full(12, -1.0)) + 0.25 * rng.standard_normal(112))
    found = level_memory(x)
    assert found.sign == -1
    assert found.runs[-1].start == 102
    low, high = found.interval
    assert low < -1.0 < high < 0
    assert found.p_value < 0.001
    assert found.figures_to(0) == 2
    assert found.figures_to(1) == 3
    across = level_memory(figures([*x, 0.1]))
    assert across.sign == -1
    assert across.figures_to(0) == 1
    assert level_memory(figures([*x, 0.1, 0.0])).sign == 0


def test_few_figures_and_holes_are_refused():
    with pytest.raises(ValueError, match="x must have at least 36 figures, got 35"):
        level_memory(figures(np.ones(35)))
    with pytest.raises(ValueError, match="x must be finite, got nan"):
        level_memory(figures([*np.ones(40), np.nan]))
