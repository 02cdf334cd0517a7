"""Short bars of Sundays belong to Monday's session; other Sundays are sessions of their own."""

from datetime import datetime, timezone

import numpy as np
import pandas as pd
import pytest

from scanners.prices.files.csv_file import read_csv
from scanners.prices.interface import Bars
from scanners.prices.quality.gate import Market, inspect
from scanners.prices.quality.sundays import short_sundays


def market(weekdays, weeks, *, sunday=0.05, seed=0):
    """Return days on which a market trades and closes whose moves on Sundays are smaller by a factor."""
    days = pd.date_range("2021-01-04", periods=7 * weeks)
    days = days[np.isin(days.day_of_week, weekdays)]
    moves = 0.01 * np.random.default_rng(seed).standard_normal(len(days))
    moves[days.day_of_week == 6] *= sunday
    return days, np.round(100 * np.exp(np.cumsum(moves)), 6)


WEEK = [0, 1, 2, 3, 4, 6]


def mask(days, closes):
    return short_sundays(days.to_numpy().astype("datetime64[D]"), closes)


@pytest.mark.parametrize("weeks", [5, 150])
def test_short_sundays_are_found_and_nothing_else(weeks):
    days, closes = market(WEEK, weeks)
    assert (mask(days, closes) == (days.day_of_week == 6)).all()


@pytest.mark.parametrize(
    ("weekdays", "sunday"),
    [([0, 1, 2, 3, 6], 0.05), (range(7), 0.05), (WEEK, 1.0), ([0, 1, 2, 3, 4], 1.0), ([6], 1.0)],
    ids=["Sunday to Thursday", "all days", "whole Sundays", "weekdays", "Sundays alone"],
)
def test_sundays_that_are_sessions_stay(weekdays, sunday):
    assert not mask(*market(weekdays, 150, sunday=sunday)).any()


def test_what_is_told_of_a_sunday_does_not_depend_on_later_days():
    days, closes = market(WEEK, 120)
    whole = mask(days, closes)
    for last in range(330, len(days), 29):
        assert (mask(days[:last], closes[:last]) == whole[:last]).all()


def test_files_and_the_gate_leave_them_out(tmp_path):
    days, closes = market(WEEK, 60)
    path = tmp_path / "x.csv"
    rows = [f"{day:%Y-%m-%d},{close}" for day, close in zip(days, closes, strict=True)]
    path.write_text("\n".join(["date,close", *rows, ""]))
    prices = read_csv(path)
    kept = days.day_of_week != 6
    assert prices.index.tolist() == days[kept].tolist() and prices.tolist() == closes[kept].tolist()
    assert prices.attrs["notes"] == ("60 short bars of Sundays, which belong to Monday's session, left out",)
    none = np.full(len(days), np.nan)
    bars = Bars(
        series="x", symbol="x", provider="csv", sessions=days.to_numpy().astype("datetime64[D]"),
        open=none, high=none, low=none, close=closes, volume=none,
        fetched_at=datetime.now(timezone.utc), package="", payload_hash="",
    )  # fmt: skip
    checked = inspect(bars, Market(splits=False), datetime(2022, 3, 1, tzinfo=timezone.utc))
    assert checked.bars.close.tolist() == closes[kept].tolist()
    assert [finding.rule for finding in checked.findings if "Sunday" in finding.message] == ["weekend"]
