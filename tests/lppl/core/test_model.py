"""What follows from the parameters of a curve."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lppl


@pytest.mark.parametrize("tc", [150.3, 40.7, -30.0])  # after, inside and before the dates
def test_the_hazard_is_the_slope_of_the_log_price_on_both_sides_of_the_critical_time(tc):
    curve = {"tc": tc, "m": 0.6, "omega": 7.0, "B": -0.02, "C1": 0.001, "C2": -0.002}
    t = np.arange(100.0)
    t = t[np.abs(t - tc) > 1.0]  # tau has its floor at half a step
    step = 1e-4
    slope = (lppl.log_price(t + step, A=1.0, **curve) - lppl.log_price(t - step, A=1.0, **curve)) / (2 * step)
    assert_allclose(lppl.hazard(t, **curve), slope, rtol=1e-6, atol=1e-9)
