"""Days of trading: counted by the exchange's calendar where there is one, else by weekdays, and said so."""

import sys
from datetime import date, timedelta

import pandas as pd
import pytest

from scanners.config.policy import Policy
from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError
from scanners.prices.by_name import refuse_stale
from scanners.prices.quality.session_calendar import closed_weekdays, trading_days
from scanners.prices.series import Series
from scanners.scan.plan import plan_of
from scanners.scan.scanning import read, scan_one
from scanners.service.doctor import check_calendars

FRIDAY = date(2024, 9, 27)  # before China's golden week, 1 to 7 October


def test_trading_days_without_a_calendar_are_weekdays():
    for start in range(14):
        for length in range(30):
            first = date(2024, 1, 1) + timedelta(days=start)
            days = [first + timedelta(days=step) for step in range(1, length + 1)]
            last = first + timedelta(days=length)
            assert trading_days("", first, last) == sum(day.weekday() < 5 for day in days)
    assert trading_days("", date(2024, 1, 5), date(2024, 1, 1)) == 0


def test_trading_days_are_those_of_the_exchange():
    pytest.importorskip("exchange_calendars")
    tuesday = date(2024, 10, 8)
    assert (trading_days("XSHG", FRIDAY, tuesday), trading_days("", FRIDAY, tuesday)) == (2, 7)
    # Sundays are sessions in Tel Aviv then, Fridays are not; beyond the table of a calendar weekdays count.
    assert trading_days("XTAE", date(2024, 1, 4), date(2024, 1, 7)) == 1
    assert trading_days("XNYS", date(2100, 1, 1), date(2100, 1, 8)) == 5
    assert trading_days("XNYS", date(2022, 12, 30), date(2024, 1, 2)) == 251


def test_without_the_package_or_with_an_unknown_code_it_is_not_known(monkeypatch):
    assert closed_weekdays("", FRIDAY, FRIDAY) is None
    assert closed_weekdays("XNONE", FRIDAY, FRIDAY + timedelta(days=4)) is None
    monkeypatch.setitem(sys.modules, "exchange_calendars", None)
    monkeypatch.setattr("scanners.prices.quality.session_calendar._built", {})
    assert closed_weekdays("XSHG", FRIDAY, FRIDAY + timedelta(days=4)) is None
    check, *_ = check_calendars((Entry("csi", "equity_index", {"csv": "csi"}, calendar="XSHG"),))
    assert check.result == "note" and "1 series by weekdays: csi" in check.detail


def scanned(calendar, as_of):
    closes = pd.Series(range(10, 40), index=pd.bdate_range(end=str(FRIDAY), periods=30), dtype=float)
    item = Series("csi", "CSI", "equity_index", lambda: closes, calendar)
    policy = Policy(stale_after=5, null_paths=0)
    return scan_one(read(item, as_of), plan_of("x", as_of, "shanghai_2015", policy, "none"))


def test_a_scan_says_by_what_it_counted():
    pytest.importorskip("exchange_calendars")
    from scanners.verdict.appraisal import appraise

    ours, plain = (scanned(calendar, "2024-10-09").found for calendar in ("XSHG", ""))
    assert (ours.data.calendar, ours.data.age, plain.data.calendar, plain.data.age) == ("XSHG", 3, "", 8)
    assert ours.to_dict()["data"]["calendar"] == "XSHG" and "calendar" not in plain.to_dict()["data"]
    assert "8 weekdays before 2024-10-09 (limit 5)" in appraise(plain, Policy()).reason
    late = scanned("XSHG", "2024-10-20").found
    assert "trading days of XSHG before 2024-10-20 (limit 5)" in appraise(late, Policy()).reason
    closes = pd.Series([1.0, 2.0], index=pd.to_datetime(["2024-09-26", str(FRIDAY)]))
    refuse_stale("csi", closes, "2024-10-09", "XSHG")
    with pytest.raises(CommandError, match=r"8 weekdays before 2024-10-09 \(limit 5\)"):
        refuse_stale("csi", closes, "2024-10-09")
    with pytest.raises(CommandError, match="trading days of XSHG before 2024-10-20"):
        refuse_stale("csi", closes, "2024-10-20", "XSHG")


def test_doctor_says_which():
    pytest.importorskip("exchange_calendars")
    named = [("csi", "XSHG"), ("gold", ""), ("odd", "XNONE")]
    entries = tuple(Entry(name, "commodity", {"csv": name}, calendar=code) for name, code in named)
    ok, plain, unknown = check_calendars(entries)
    assert (ok.result, ok.detail) == ("ok", "1 series by XSHG")
    assert plain.detail.startswith("2 series by weekdays") and "gold" in plain.detail
    assert unknown.detail == "exchange_calendars does not know XNONE"
