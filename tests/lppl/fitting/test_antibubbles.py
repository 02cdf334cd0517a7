import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import lppl


def decay(n=400, tc=-12.0, B=-0.02, C1=0.0012, C2=-0.0007, dates=None, **kw):
    """Prices that leave a peak (B < 0) or a trough (B > 0) at tc, before the first."""
    bubble = {"tc": tc, "m": 0.5, "omega": 8.0, "A": 7.0, "B": B, "C1": C1, "C2": C2}
    return bubble, lppl.simulate(n, **bubble, sigma=0, dates=dates, **kw)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("tc", [-60.0, -12.0, -1.3])
def test_a_noise_free_antibubble_is_recovered(sign, tc):
    truth, prices = decay(tc=tc, B=-0.02 * sign, C1=0.0012 * sign)
    fit = lppl.fit_antibubble(prices)
    for name, value in truth.items():
        assert_allclose(getattr(fit, name), value, rtol=1e-6)
    assert fit.direction == sign
    assert_allclose(fit.curve(np.arange(400.0)), np.log(prices), atol=1e-9)
    assert_allclose(fit.oscillations, 8 / (2 * np.pi) * np.log((399 - tc) / -tc), rtol=1e-6)
    assert fit.to_dict()["oscillations"] == fit.oscillations > 0
    assert (fit.t1, fit.t2, fit.n) == (0, 399, 400)


def test_calendar_time_dates_the_peak_before_the_data():
    dates = pd.bdate_range("2000-01-03", periods=400)
    _, prices = decay(dates=dates, time="calendar")
    fit = lppl.fit_antibubble(prices, time="calendar")
    assert_allclose(fit.tc, -12, rtol=1e-6)
    assert fit.tc_date == pd.Timestamp("1999-12-22")


def test_trading_time_has_no_date_before_the_data_but_one_inside():
    dates = pd.bdate_range("2000-01-03", periods=400)
    assert lppl.fit_antibubble(decay(dates=dates)[1]).tc_date is None
    inside = lppl.fit_antibubble(decay(dates=dates, tc=7.3)[1])
    assert_allclose(inside.tc, 7.3, rtol=1e-6)
    assert inside.tc_date == dates[7]


def test_the_fit_is_no_worse_than_the_forward_search_in_the_same_box():
    prices = lppl.datasets.load("nasdaq")["2000-03-13":].iloc[:400]
    box = {"m": (0.1, 0.9), "omega": (4.0, 15.0)}
    backward = lppl.fit_antibubble(prices, space=lppl.SearchSpace(**box, horizon=(-20.0, 60.0)))
    forward = lppl.fit(prices, space=lppl.SearchSpace(**box, horizon=(-459.0, -379.0), horizon_fraction=None))
    assert backward.sse <= forward.sse * (1 + 1e-9)


def test_a_bound_reached_is_named_on_the_axis_of_the_caller():
    _, prices = decay(tc=-60.0)
    box = lppl.SearchSpace(horizon=(0.0, 30.0))
    assert lppl.fit_antibubble(prices, space=box).at_bound[0] == "tc lower"


def test_bubble_size_is_growth_since_the_start():
    prices = pd.Series([90.0, 100.0, 130.0, 150.0, 60.0], index=pd.bdate_range("2001-01-01", periods=5))
    assert_allclose(lppl.bubble_size(prices, "2001-01-02", end="2001-01-04"), 0.5)
    assert_allclose(lppl.bubble_size(prices, 1), -0.4)
    assert lppl.bubble_size(prices.to_numpy(), 3, end=3) == 0
    with pytest.raises(ValueError, match="start must not lie after end, got positions 3 and 2"):
        lppl.bubble_size(prices, 3, end=2)
    with pytest.raises(ValueError, match="start must be a position below 5"):
        lppl.bubble_size(prices, 7)
