"""Dates of critical times, in the series' own calendar."""

import numpy as np
import pandas as pd
import pytest

from lppl.core.series import check, date_of


def test_inside_the_data_tc_has_the_date_of_the_nearest_observation():
    dates = pd.bdate_range("2020-01-01", periods=100)
    assert date_of(40.4, dates, "trading") == dates[40]
    assert date_of(40.6, dates, "trading") == dates[41]
    assert date_of(-3.0, dates, "trading") == dates[0]


@pytest.mark.parametrize("ahead", [1, 4, 5, 23])
def test_trading_days_continue_on_weekdays(ahead):
    dates = pd.bdate_range("2020-01-01", periods=120)
    longer = pd.bdate_range("2020-01-01", periods=120 + ahead)
    assert date_of(119.0 + ahead, dates, "trading") == longer[-1]


def test_a_market_that_trades_every_day_goes_on_doing_so():
    dates = pd.date_range("2020-01-01", periods=120)
    assert date_of(126.0, dates, "trading") == dates[-1] + pd.Timedelta(days=7)


def test_monthly_series_continue_by_their_spacing():
    dates = pd.date_range("2000-01-31", periods=120, freq="ME")
    assert abs((date_of(131.0, dates, "trading") - pd.Timestamp("2010-12-31")).days) <= 10


def test_calendar_days_count_days():
    dates = pd.bdate_range("2020-01-01", periods=10)
    assert date_of(30.4, dates, "calendar") == dates[0] + pd.Timedelta(days=30)


def test_no_dates_no_date():
    assert date_of(3.0, None, "trading") is None
    assert date_of(np.nan, pd.bdate_range("2020-01-01", periods=10), "trading") is None


def test_time_zones_do_not_matter():
    dates = pd.bdate_range("2020-01-01", periods=10, tz="Asia/Seoul")
    assert check(pd.Series(np.arange(1.0, 11.0), dates)).dates.equals(dates)


@pytest.mark.parametrize(
    ("prices", "match"),
    [
        (np.ones((3, 2)), r"prices must be one-dimensional, got shape \(3, 2\)"),
        ([1.0], "prices must hold at least 2 values, got 1"),
    ],
)
def test_bad_shapes(prices, match):
    with pytest.raises(ValueError, match=match):
        check(prices)
