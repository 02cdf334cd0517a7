"""Windows of the shipped series whose lowest basin is easy to miss: no fit lies above a point of its box."""

import numpy as np
import pytest
import reference

import lppl

# Series, end, length, and (tc - t2, m, omega) in the lowest basin. It lies between two nodes of the grid, or
# at another place of the cells of tc than its neighbours, a frequency at the edge of the box hides it, or the
# window is so short that a kink moves its SSE by percents.
FREE = [
    ("daily", "sp500", 2667, 750, (-107.5, 0.31794, 2.12988)),
    ("daily", "wti", 5720, 275, (-45.95144, 0.59811, 7.02835)),
    ("gabauer_2022_short", "wti", 6752, 44, (-0.98577, 0.11132, 2.65865)),
    ("gabauer_2022_short", "sp500", 3522, 64, (-30.71419, 0.21193, 8.01177)),
    ("gabauer_2022_medium", "gold", 9306, 194, (-17.02149, 0.23364, 13.79125)),
]


def window(name, end, length):
    prices = lppl.datasets.load(name).to_numpy()[end - length : end]
    return prices, np.arange(float(length)), np.log(prices)


@pytest.mark.parametrize(("preset", "name", "end", "length", "low"), FREE)
def test_no_point_of_the_box_lies_below_the_fit(preset, name, end, length, low):
    prices, t, y = window(name, end, length)
    fit = lppl.fit(prices, space=lppl.PRESETS[preset].space)
    assert fit.sse <= reference.sse(t, y, t[-1] + low[0], *low[1:]) * (1 + 1e-6)
