"""The quality gate: what is set aside, what is merely said, and what real markets do unsuspected."""

import time
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest

import lppl
from scanners.prices.interface import Bars, Event, Request, digest
from scanners.prices.providers import csv_folder, dataset
from scanners.prices.quality import gate as quality
from scanners.prices.quality import session_calendar
from scanners.prices.quality.gate import Market

# 2024-01-01 was a Monday; 250 weekdays of a quiet, never repeating price.
DAYS = np.busday_offset("2024-01-01", np.arange(250))
CLOSES = 100 * np.exp(0.004 * np.sin(1.7 * np.arange(250)) + 0.0005 * np.arange(250))
NOW = datetime(2024, 12, 14, 12, tzinfo=timezone.utc)  # the Saturday after the last session


def bars(sessions=DAYS, closes=CLOSES, events=(), timezone_name="", volume=None):
    closes = np.array(closes, dtype=float)
    nothing = np.full(len(closes), np.nan)
    return Bars(
        series="s",
        symbol="S",
        provider="test",
        sessions=np.array(sessions, dtype="datetime64[D]"),
        open=nothing,
        high=nothing,
        low=nothing,
        close=closes,
        volume=nothing if volume is None else np.array(volume, dtype=float),
        events=events,
        timezone=timezone_name,
        fetched_at=NOW,
        package="test",
        payload_hash=digest(closes),
    )


def inspect(given, now=NOW, **market):
    return quality.inspect(given, Market(**market), now)


def rules(checked):
    return {finding.rule: finding for finding in checked.findings}


def changed(**rows):
    """The quiet series with the closes at some rows replaced, e.g. ``r5=np.nan``."""
    closes = CLOSES.copy()
    for name, close in rows.items():
        closes[int(name[1:])] = close
    return bars(closes=closes)


def test_a_clean_series_passes_untouched():
    checked = inspect(bars())
    assert checked.findings == () and checked.quarantined == ()
    assert checked.bars.close.tobytes() == CLOSES.tobytes()
    assert checked.blocking(date.min, date.max) == ()


@pytest.mark.parametrize("close", [np.nan, np.inf, -np.inf])
def test_missing_and_infinite_closes_are_set_aside(close):
    checked = inspect(changed(r5=close))
    assert rules(checked)["not_finite"].sessions == (DAYS[5].item(),)
    assert len(checked.bars) == 249
    assert DAYS[5] not in checked.bars.sessions
    assert (checked.quarantined[0].session, checked.quarantined[0].rule) == (DAYS[5].item(), "not_finite")


@pytest.mark.parametrize("close", [0.0, -36.98])
def test_prices_without_a_logarithm_make_the_window_unfit(close):
    checked = inspect(changed(r200=close))
    assert checked.quarantined[0].close == close
    assert (checked.bars.close > 0).all()
    assert rules(checked)["non_positive"].severity == "error"
    assert f"{close:g} on {DAYS[200]}" in rules(checked)["non_positive"].message
    assert checked.unfit_for_log(DAYS[190].item(), DAYS[-1].item())
    assert not checked.unfit_for_log(DAYS[201].item(), DAYS[-1].item())
    assert not checked.blocking(DAYS[201].item(), DAYS[-1].item())


def test_order_is_restored():
    order = np.arange(250)[::-1]
    checked = inspect(bars(DAYS[order], CLOSES[order]))
    assert checked.bars.sessions.tolist() == DAYS.tolist()
    assert checked.bars.close.tobytes() == CLOSES.tobytes()
    assert rules(checked)["unsorted"].severity == "info"


def test_identical_duplicates_are_merged():
    rows = np.append(np.arange(250), [7, 7])
    checked = inspect(bars(DAYS[rows], CLOSES[rows]))
    assert checked.bars.close.tobytes() == CLOSES.tobytes()
    assert len(rules(checked)["duplicate"].sessions) == 2
    assert checked.quarantined == ()


def test_conflicting_duplicates_are_all_set_aside():
    rows = np.append(np.arange(250), 7)
    closes = CLOSES[rows]
    closes[-1] *= 1.01
    checked = inspect(bars(DAYS[rows], closes))
    assert len(checked.bars) == 249
    assert DAYS[7] not in checked.bars.sessions
    assert sorted(row.close for row in checked.quarantined) == sorted([CLOSES[7], CLOSES[7] * 1.01])
    assert checked.blocking(DAYS[7].item(), DAYS[7].item())


def test_a_row_without_a_close_conflicts_with_nothing():
    checked = inspect(bars(np.append(DAYS, DAYS[7]), np.append(CLOSES, np.nan)))
    assert checked.bars.close.tobytes() == CLOSES.tobytes()
    assert set(rules(checked)) == {"not_finite"}


def test_rows_from_the_future_are_set_aside():
    later = np.append(DAYS, np.datetime64("2025-01-06"))
    checked = inspect(bars(later, np.append(CLOSES, 111.0)))
    assert set(rules(checked)) == {"future"}
    assert len(checked.bars) == 250


def test_today_is_the_exchanges_today():
    """At 20:00 UTC it is tomorrow in Seoul, and the session of that date has not begun."""
    now = datetime(2024, 12, 12, 20, tzinfo=timezone.utc)
    checked = inspect(bars(timezone_name="Asia/Seoul"), now, close="15:30")
    assert set(rules(checked)) == {"unfinished"}
    checked = inspect(bars(timezone_name="America/New_York"), now, close="16:00")
    assert {rule: [str(day) for day in found.sessions] for rule, found in rules(checked).items()} == {
        "future": ["2024-12-13"],
        "unfinished": ["2024-12-12"],
    }


@pytest.mark.parametrize(
    ("clock", "close", "kept"),
    [
        ("15:59", "16:00", False),
        ("16:29", "16:00", False),
        ("16:30", "16:00", True),
        ("23:59", "24:00", False),
    ],
)
def test_last_bar_waits_for_the_close_and_a_buffer(clock, close, kept):
    hour, minute = (int(part) for part in clock.split(":"))
    now = datetime(2024, 12, 13, hour, minute, tzinfo=timezone(timedelta(hours=-5)))
    checked = inspect(bars(), now, close=close, timezone="America/New_York")
    assert (len(checked.bars) == 250) is kept
    assert ("unfinished" in rules(checked)) is not kept
    assert checked.quarantined == ()


def test_unknown_time_zones_are_taken_as_utc():
    assert inspect(bars(timezone_name="Mars/Olympus")).findings == ()
    assert inspect(bars(timezone_name="../etc/passwd")).findings == ()


def test_a_lone_copy_at_a_weekend_is_set_aside():
    sessions = np.append(DAYS, np.datetime64("2024-03-02"))
    at = int(np.searchsorted(DAYS, sessions[-1]))
    closes = np.append(CLOSES, CLOSES[at - 1])
    checked = inspect(bars(sessions, closes))
    assert checked.bars.close.tobytes() == CLOSES.tobytes()
    assert checked.quarantined[0].rule == "weekend"
    assert "weekend" not in rules(inspect(bars(sessions, closes), every_day=True))


def test_real_saturday_sessions_stay():
    """KOSDAQ traded on Saturdays; one of them closes unchanged."""
    saturdays = np.array(["2024-03-02", "2024-03-09"], dtype="datetime64[D]")
    rows = np.searchsorted(DAYS, saturdays) - 1
    closes = np.append(CLOSES, [CLOSES[rows[0]] * 1.001, CLOSES[rows[1]]])
    checked = inspect(bars(np.append(DAYS, saturdays), closes))
    assert len(checked.bars) == 252
    assert "weekend" not in rules(checked)


def test_spikes_that_revert_are_set_aside_and_crashes_are_not():
    spike = inspect(changed(r100=CLOSES[100] * 100))
    assert len(spike.bars) == 249
    assert spike.quarantined[0].rule == "spike"
    wrong_digit = inspect(changed(r100=CLOSES[100] / 2))
    assert wrong_digit.quarantined[0].rule == "spike"
    crash = CLOSES.copy()
    crash[100:] *= 0.55
    assert len(inspect(bars(closes=crash)).bars) == 250
    rebound = CLOSES.copy()
    rebound[100] *= 0.8  # a fall by a fifth and back is possible
    assert len(inspect(bars(closes=rebound)).bars) == 250


@pytest.mark.parametrize("ratio", [0.5, 1 / 3, 2 / 3, 0.1, 10.0, 0.02])
def test_unadjusted_splits_are_suspected(ratio):
    closes = CLOSES.copy()
    closes[150:] *= ratio
    checked = inspect(bars(closes=closes))
    assert rules(checked)["split_suspected"].sessions == (DAYS[150].item(),)
    assert len(checked.bars) == 250
    assert checked.blocking(DAYS[100].item(), DAYS[-1].item())
    assert not checked.blocking(DAYS[151].item(), DAYS[-1].item())


def test_what_cannot_split_is_not_blocked():
    closes = CLOSES.copy()
    closes[150:] *= 2 / 3
    checked = inspect(bars(closes=closes), splits=False)
    assert rules(checked)["split_suspected"].severity == "warning"
    assert checked.blocking(date.min, date.max) == ()


def test_known_splits_and_rolls_are_not_suspected():
    for kind, value, ratio in (("split", 2.0, 0.5), ("roll", 1.5, 1.5)):
        closes = CLOSES.copy()
        closes[150:] *= ratio
        checked = inspect(bars(closes=closes, events=(Event(DAYS[150].item(), kind, value),)))
        assert checked.findings == ()


def test_impossible_events_are_left_out_and_said():
    events = (Event(DAYS[9].item(), "dividend", 1e6), Event(DAYS[150].item(), "split", 1.0))
    checked = inspect(bars(events=events))
    assert rules(checked)["impossible_event"].sessions == (DAYS[9].item(),)
    assert checked.bars.events == events[1:]
    assert len(checked.bars) == 250


def test_an_extreme_last_move_is_said_but_blocks_nothing():
    checked = inspect(changed(r249=CLOSES[249] * 0.8))
    assert set(rules(checked)) == {"last_jump"}
    assert checked.blocking(date.min, date.max) == ()


def test_a_feed_that_stands_still_blocks_while_it_does():
    closes = CLOSES.copy()
    closes[-5:] = closes[-5]
    now_still = inspect(bars(closes=closes))
    assert rules(now_still)["constant_run"].severity == "error"
    assert len(rules(now_still)["constant_run"].sessions) == 5
    closes = CLOSES.copy()
    closes[100:106] = closes[100]
    assert rules(inspect(bars(closes=closes)))["constant_run"].severity == "info"
    closes = CLOSES.copy()
    closes[100:104] = closes[100]
    assert inspect(bars(closes=closes)).findings == ()


@pytest.mark.parametrize(("missing", "severity"), [(5, None), (15, "warning"), (40, "error")])
def test_gaps(missing, severity):
    rows = np.r_[0:100, 100 + missing : 250]
    found = rules(inspect(bars(DAYS[rows], CLOSES[rows]))).get("gap")
    assert (found and found.severity) == severity
    if found:
        assert found.sessions == (DAYS[99].item(), DAYS[100 + missing].item())


@pytest.mark.parametrize(("days", "stale"), [(9, False), (10, True)])
def test_old_last_bar_by_weekdays(days, stale):
    """Five weekdays may be a holiday; the sixth is one too many."""
    checked = inspect(bars(), datetime(2024, 12, 14, 12, tzinfo=timezone.utc) + timedelta(days=days))
    assert ("too_old" in rules(checked)) is stale
    if stale:
        assert checked.blocking(DAYS[-1].item(), DAYS[-1].item())
        assert "the last bar is of 2024-12-13, 6 sessions ago" in quality.summary(checked)


def test_old_last_bar_by_calendar_knows_holidays():
    pytest.importorskip("exchange_calendars")
    rows = np.datetime64("2024-09-30") >= DAYS
    given = bars(DAYS[rows], CLOSES[rows], timezone_name="Asia/Shanghai")
    golden_week = datetime(2024, 10, 8, 4, tzinfo=timezone.utc)
    assert "too_old" not in rules(inspect(given, golden_week, calendar="XSHG", close="15:15"))
    after = rules(inspect(given, golden_week + timedelta(days=4), calendar="XSHG", close="15:15"))
    assert "4 sessions ago" in after["too_old"].message


def test_calendar_only_advises():
    pytest.importorskip("exchange_calendars")
    checked = inspect(
        bars(DAYS[:240][DAYS[:240] != np.datetime64("2024-03-06")], CLOSES[:239]), calendar="XSHG"
    )
    found = rules(checked)
    assert date(2024, 4, 4) in found["off_calendar"].sessions  # a holiday in Shanghai, kept
    assert found["missing_session"].sessions[0] == date(2024, 3, 6)
    assert {found[rule].severity for rule in ("off_calendar", "missing_session")} == {"info"}
    assert len(checked.bars) == 239


def test_calendar_table_may_end(monkeypatch):
    table = DAYS[:200].astype("datetime64[D]")
    monkeypatch.setattr(session_calendar, "_table", lambda code, start: table)
    assert inspect(bars(), calendar="XKRX").findings == ()
    late = inspect(bars(), NOW + timedelta(days=30), calendar="XKRX")
    assert "too_old" in rules(late)


def test_unknown_calendar_is_no_calendar():
    assert inspect(bars(), calendar="NOWHERE").findings == ()


def test_nothing_left_is_an_error():
    checked = inspect(bars(DAYS[:2], [np.nan, -1.0]))
    assert rules(checked)["nothing_left"].severity == "error"
    assert len(checked.bars) == 0


def test_short_series_pass():
    for count in (1, 2, 3):
        assert len(inspect(bars(DAYS[-count:], CLOSES[-count:])).bars) == count


def test_the_gate_is_idempotent():
    dirty = changed(r5=np.nan, r9=-1.0, r100=1.0)
    once = inspect(dirty)
    again = inspect(once.bars)
    assert again.bars.close.tobytes() == once.bars.close.tobytes()
    assert again.quarantined == ()


@pytest.mark.parametrize("name", lppl.datasets.names())
def test_embedded_prices_pass(name):
    (given,) = dataset.provider().fetch([Request(name, name)], time.monotonic() + 10)
    last = given.sessions[-1].item()
    now = datetime(last.year, last.month, last.day, tzinfo=timezone.utc) + timedelta(days=2)
    checked = inspect(given, now, splits=False)
    assert len(checked.bars) == len(given)
    assert checked.blocking(date.min, date.max) == ()


def test_negative_oil_price_is_found_in_real_data(shared_prices):
    (given,) = csv_folder.provider(str(shared_prices)).fetch([Request("wti", "wti")], time.monotonic() + 10)
    checked = inspect(given, datetime(2021, 1, 2, tzinfo=timezone.utc))
    assert [(row.session, row.close, row.rule) for row in checked.quarantined] == [
        (date(2020, 4, 20), -36.98, "non_positive")
    ]
    assert checked.unfit_for_log(date(2019, 1, 1), date(2020, 6, 1))
    assert not checked.unfit_for_log(date(2020, 4, 21), date(2020, 12, 31))


@pytest.mark.parametrize("name", ["gold", "silver", "nasdaq", "sp500", "kosdaq", "dxy", "usdjpy", "tl"])
def test_real_markets_lose_no_bar(name, shared_prices):
    """Crashes of 1929, 1987 and 2008, Saturdays in Seoul: all real, all kept."""
    (given,) = csv_folder.provider(str(shared_prices)).fetch([Request(name, name)], time.monotonic() + 10)
    last = given.sessions[-1].item()
    checked = inspect(
        given, datetime(last.year, last.month, last.day, tzinfo=timezone.utc) + timedelta(days=2)
    )
    assert len(checked.bars) == len(given)
    assert not [finding for finding in checked.findings if finding.severity == "error"]
