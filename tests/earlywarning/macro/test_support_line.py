"""Lines through earlier lows: the kernel's twin, a known break, and nothing that later days change."""

import numpy as np
import pandas as pd
import pytest
import reference_systems as slow
from numpy.testing import assert_allclose

from earlywarning._kernels.support import support_lines
from earlywarning.macro.support_line import rising_lines, walk_breaks

MONTHS = pd.date_range("1980-01-31", periods=200, freq="ME")


def saw(breaks_at=None):
    """Waves of 40 months on a rising line, their lows on it; a fall through the line at the end."""
    t = np.arange(200)
    values = 100 * np.exp(0.002 * t + 0.2 * np.abs(np.sin(np.pi * t / 40)) + 0.005 * np.cos(2.0 * t))
    if breaks_at is not None:
        values[breaks_at:] *= 0.8
    return pd.Series(values, MONTHS)


@pytest.mark.parametrize("seed", range(6))
def test_the_kernel_draws_what_its_slow_twin_draws(seed):
    x = np.cumsum(np.random.default_rng(seed).standard_normal(300))
    assert_allclose(support_lines(x, 3.0, 1.0, 36, 120), slow.support_lines(x, 3.0, 1.0, 36, 120), rtol=1e-9)


def test_a_line_is_drawn_held_and_told_when_it_breaks():
    held = rising_lines(saw())
    assert held
    assert all(one.broken < 0 for one in held)
    broken = rising_lines(saw(170))
    assert {one.broken for one in broken if one.drawn < 170} == {170}
    first = broken[0]
    assert first.second_label in {f"{day:%Y-%m-%d}" for day in MONTHS}
    assert_allclose(first.at(first.first), np.log(saw().iloc[first.first]), rtol=1e-9)


def test_new_months_change_nothing_but_whether_a_line_still_holds():
    x = pd.Series(np.exp(0.02 * np.cumsum(np.random.default_rng(4).standard_normal(200))), MONTHS)
    whole = rising_lines(x)
    for n in (90, 140, 199):
        for one in rising_lines(x[:n]):
            (same,) = [other for other in whole if other.drawn == one.drawn]
            assert (same.first, same.second, same.slope) == (one.first, one.second, one.slope)
            assert same.broken == one.broken or (one.broken == -1 and same.broken >= n)


def test_walks_break_lines_and_longer_held_ones_less_often():
    late, rate = walk_breaks(300, held=12, within=24, walks=60)
    later, rarer = walk_breaks(300, held=60, within=24, walks=60)
    assert 0 < later < late < 1
    assert 0 < rarer < rate
