"""Frequencies found from dates of real calendars, and the dates that come after the last."""

import warnings

import numpy as np
import pandas as pd
import pytest

import lppl
from lppl.core.frequency import date_after, frequency
from lppl.core.series import date_of

HOURS = pd.DatetimeIndex(
    [
        day + pd.Timedelta(hours=9.5 + hour)
        for day in pd.bdate_range("2025-06-02", periods=30)
        for hour in range(7)
    ]
)


def sessions(code, start="2021-01-01", end="2025-06-30"):
    calendars = pytest.importorskip("exchange_calendars")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the package says to its own authors
        return calendars.get_calendar(code, start=start, end=end).sessions


# The calendar of Seoul takes two seconds to make.
SEOUL = pytest.param("XKRX", marks=pytest.mark.ci)


@pytest.mark.parametrize("code", ["XNYS", "XSHG", SEOUL, "XTKS", "XLON", "XSAU"])
def test_an_exchanges_sessions_are_daily(code):
    dates = sessions(code)
    for end in range(100, len(dates), 37):
        assert frequency(dates[:end]).name == "daily"


@pytest.mark.parametrize("code", ["XNYS", "XSHG", "XTKS", SEOUL])
@pytest.mark.parametrize(
    ("rule", "name", "bar"),
    [("W-FRI", "weekly", "week"), ("ME", "monthly", "month"), ("QE", "quarterly", "quarter")],
)
def test_last_sessions_of_weeks_months_and_quarters(code, rule, name, bar):
    dates = sessions(code)
    last = pd.DatetimeIndex(pd.Series(dates, index=dates).resample(rule).last().dropna())
    for end in range(8, len(last), 5):
        found = frequency(last[:end])
        assert (found.name, found.bar) == (name, bar)


@pytest.mark.parametrize(
    ("dates", "name"),
    [
        (pd.date_range("2024-01-01", periods=90), "daily on 7 days"),
        (
            pd.bdate_range("2024-01-01", periods=90, freq="C", weekmask="Mon Tue Wed Thu Fri Sun"),
            "daily on 6 days",
        ),
        (pd.bdate_range("2024-01-01", periods=90, freq="C", weekmask="Sun Mon Tue Wed Thu"), "daily"),
        (pd.date_range("2024-01-01", periods=90, freq="h"), "hourly"),
        (HOURS, "hourly"),
        (pd.date_range("2024-01-01", periods=90, freq="4h"), "4-hour"),
        (pd.date_range("2024-01-01", periods=90, freq="5min"), "5-minute"),
        (pd.date_range("2024-01-01", periods=90, freq="7s"), "shorter than a minute"),
        (pd.date_range("2004-01-01", periods=20, freq="YE"), "yearly"),
        (pd.date_range("2004-01-01", periods=20, freq="3D"), "irregular"),
        (pd.date_range("2004-01-01", periods=20, freq="14D"), "irregular"),
        (pd.date_range("2004-01-01", periods=2), "irregular"),
    ],
)
def test_names(dates, name):
    for zone in (None, "America/New_York"):
        assert frequency(dates.tz_localize(zone)).name == name


@pytest.mark.parametrize("freq", ["h", "min", "4h", "5min", "15min"])
def test_bars_without_a_pause_go_on_without_one(freq):
    dates = pd.date_range("2025-07-01", periods=400, freq=freq)
    for ahead in (1, 24, 500):
        assert date_after(dates, ahead) == dates[-1] + ahead * (dates[1] - dates[0])


@pytest.mark.parametrize("cut", [0, 1, 3, 6])
def test_hours_of_a_session_go_on_in_the_next_one(cut):
    every = pd.DatetimeIndex(
        [d + pd.Timedelta(hours=9.5 + h) for d in pd.bdate_range("2025-06-02", periods=60) for h in range(7)]
    )
    known = every[: len(HOURS) - cut]
    for ahead in (1, 7, 100, 200):
        assert date_after(known, ahead) == every[len(known) - 1 + ahead]


def test_currencies_by_the_hour_rest_at_the_weekend():
    """Sunday 22:00 to Friday 21:00, as brokers have it."""
    every = pd.date_range("2025-03-02 22:00", "2025-06-27 21:00", freq="h")
    open_ = (
        (every.day_of_week < 4)
        | ((every.day_of_week == 4) & (every.hour < 22))
        | ((every.day_of_week == 6) & (every.hour >= 22))
    )
    every = every[open_]
    known = every[:1500]
    for ahead in (1, 30, 200, 500):
        assert date_after(known, ahead) == every[1499 + ahead]


@pytest.mark.parametrize("freq", ["W-FRI", "W-SUN", "ME", "MS", "BME", "BMS", "QE", "QS", "YE", "YS"])
def test_longer_bars_go_on_as_they_came(freq):
    every = pd.date_range("1990-01-01", periods=130, freq=freq)
    for ahead in (1, 5, 40):
        assert date_after(every[:60], ahead) == every[59 + ahead]


def test_a_holiday_does_not_move_the_weeks_that_follow():
    every = pd.date_range("2024-01-05", periods=60, freq="W-FRI")
    known = every[:30].where(np.arange(30) != 29, every[29] - pd.Timedelta(days=1))
    assert date_after(known, 3) == every[32]


def test_dates_inside_the_data_keep_their_time():
    assert date_of(3.2, HOURS, "trading") == HOURS[3]
    daily = pd.date_range("2025-01-06 16:00", periods=80, freq="B")
    assert date_of(3.2, daily, "trading") == daily[3].normalize()
    assert date_of(10.5, HOURS, "calendar") == HOURS[0] + pd.Timedelta(days=10.5)


def test_the_critical_time_of_hourly_bars():
    """24 bars after the last price are 24 hours after it."""
    n = 400
    dt = n - 1 + 24.0 - np.arange(n)
    ly = 11.7 - 0.02 * dt**0.5 + 0.003 * dt**0.5 * np.cos(8 * np.log(dt))
    ly += 1e-4 * np.random.default_rng(0).standard_normal(n)
    for freq in ("h", "min", "4h"):
        prices = pd.Series(np.exp(ly), index=pd.date_range("2025-07-01", periods=n, freq=freq))
        step = prices.index[1] - prices.index[0]
        fit = lppl.fit(prices)
        assert abs(fit.tc_date - (prices.index[-1] + fit.horizon * step)) <= step
