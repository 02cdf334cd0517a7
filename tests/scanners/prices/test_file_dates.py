"""Dates as files write them: which day a bar is of, in whatever zone and order it was written."""

import numpy as np
import pandas as pd
import pytest

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.files.bare_numbers import BadCell
from scanners.prices.files.csv_file import read_csv, read_table
from scanners.prices.files.dates import _one_by_one, _order
from scanners.prices.files.mixed_orders import exchanged_row
from scanners.prices.files.uniform_dates import uniform_days

SESSIONS = pd.bdate_range("2023-03-06", periods=300)  # over both changes of the clock
CLOSES = np.round(100 * np.exp(0.01 * np.random.default_rng(0).standard_normal(300).cumsum()), 4)


def write(folder, dates, closes=CLOSES):
    path = folder / "x.csv"
    rows = [f'"{day}",{close}' for day, close in zip(dates, closes, strict=True)]
    path.write_text("\n".join(["date,close", *rows, ""]), "utf-8")
    return path


def check(prices, sessions=SESSIONS):
    np.testing.assert_array_equal(prices.index.to_numpy(), sessions.to_numpy().astype("datetime64[ns]"))
    np.testing.assert_array_equal(prices.to_numpy(), CLOSES[: len(sessions)])


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC"])
def test_another_zones_midnight_in_utc_is_converted_or_refused(tmp_path, zone, form):
    path = write(tmp_path, SESSIONS.tz_localize(zone).tz_convert("UTC").strftime(form))
    check(read_csv(path, options=ReadOptions(timezone=zone)))
    with pytest.raises(
        CommandError, match=r"line 2: date depends on the exchange's time zone, got .*--timezone"
    ):
        read_csv(path)


@pytest.mark.parametrize("zone", ["", "America/New_York", "Asia/Tokyo"])
def test_midnight_in_utc_names_the_day_itself(tmp_path, zone):
    """Tiingo's daily bars of New York: 2024-03-22 00:00:00+00:00 is the session of that day."""
    path = write(tmp_path, SESSIONS.strftime("%Y-%m-%d %H:%M:%S+00:00"))
    check(read_csv(path, options=ReadOptions(timezone=zone)))


def test_midnight_in_the_exchanges_own_zone_names_the_day(tmp_path):
    """What yfinance writes: the offset changes with the season."""
    dates = [str(moment) for moment in SESSIONS.tz_localize("America/New_York")]
    assert len({date[-6:] for date in dates}) == 2
    check(read_csv(write(tmp_path, dates)))
    check(read_csv(write(tmp_path, dates), options=ReadOptions(timezone="America/New_York")))


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d 16:00:00", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y", "%Y年%m月%d日"]
)
def test_forms_that_every_reader_reads_alike(tmp_path, form):
    check(read_csv(write(tmp_path, SESSIONS.strftime(form))))


@pytest.mark.parametrize(("form", "told"), [("%m/%d/%Y", "month/day"), ("%d.%m.%Y", "day/month")])
def test_the_whole_column_tells_the_month_from_the_day(tmp_path, form, told):
    prices = read_csv(write(tmp_path, SESSIONS.strftime(form)))
    check(prices)
    assert prices.attrs["notes"] == (f"dates read as {told}/year",)
    early = SESSIONS[(SESSIONS.day <= 12)][:40]
    path = write(tmp_path, early.strftime(form), CLOSES[:40])
    with pytest.raises(CommandError, match=r"line 2: date is ambiguous without a format.*--date-format"):
        read_csv(path)
    check(read_csv(path, options=ReadOptions(date_format=form)), early)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("first", [0, 280])
def test_days_in_order_only_the_other_way_round_are_refused(tmp_path, first, newest_first):
    """The first days of each month as another program writes them, in all of the file or in its last rows."""
    days = [
        f"{day:%m/%d/%Y}" if day.day <= 12 and number >= first else f"{day:%d/%m/%Y}"
        for number, day in enumerate(SESSIONS)
    ]
    step = -1 if newest_first else 1
    path = write(tmp_path, days[::step], CLOSES[::step])
    with pytest.raises(CommandError, match=r"line \d+: date mixes day/month and month/day: .*--date-format"):
        read_csv(path)
    plain = write(tmp_path, [f"{day:%d/%m/%Y}" for day in SESSIONS[::step]], CLOSES[::step])
    check(read_csv(plain))


def test_lines_in_no_order_are_read_as_they_are_written(tmp_path):
    order = np.random.default_rng(1).permutation(len(SESSIONS))
    check(read_csv(write(tmp_path, [f"{SESSIONS[row]:%d/%m/%Y}" for row in order], CLOSES[order])))


def test_exchanged_days_are_found_as_by_trying_all(tmp_path):
    rng, found = np.random.default_rng(2), 0
    for _ in range(60):
        days = np.datetime64("2024-01-01") + np.sort(rng.choice(120, 5, replace=False))
        for row in rng.choice(5, 2):
            days[row] = exchanged(days[row])
        ways = [
            [exchanged(day) if way >> row & 1 else day for row, day in enumerate(days)] for way in range(32)
        ]
        in_order = [way == sorted(way) or way == sorted(way, reverse=True) for way in ways]
        wanted = any(in_order) and not in_order[0]
        assert (exchanged_row(days) is not None) == wanted
        found += wanted
    assert 10 < found < 50


def exchanged(day):
    """Return a day with its month and day exchanged, where there is such a day."""
    year, month, of_month = str(day).split("-")
    return np.datetime64(f"{year}-{of_month}-{month}") if int(of_month) <= 12 else day


def test_a_column_that_is_both_is_refused(tmp_path):
    dates = [*SESSIONS[:200].strftime("%m/%d/%Y"), *SESSIONS[200:].strftime("%d/%m/%Y")]
    with pytest.raises(CommandError, match=r"date mixes day/month and month/day.*write all of them one way"):
        read_csv(write(tmp_path, dates))


@pytest.mark.parametrize(
    "bad",
    [
        "2024-01-02 9999 rubbish",
        "2024-01-02T",
        "2024-01-02 25:00:00",
        "2024-01-02 10:00:00+99:00",
        "2024-01-02 Tuesday",
        "45292",
        "2024-13-02",
        "02-Foo-2024",
        "26-Nov-26",
        "2024-01-02 +01:00",
    ],
)
def test_rubbish_is_refused(tmp_path, bad):
    dates = [*SESSIONS[:-1].strftime("%Y-%m-%d"), bad]
    with pytest.raises(CommandError, match="line 301: date"):
        read_csv(write(tmp_path, dates))


def test_zones_in_some_lines_only_are_refused(tmp_path):
    dates = [*SESSIONS[:-1].strftime("%Y-%m-%d 00:00:00+00:00"), "2024-04-26 00:00:00"]
    with pytest.raises(CommandError, match="line 301: date must have a zone in every line or in none"):
        read_csv(write(tmp_path, dates))


def test_times_without_a_zone_on_sunday_to_thursday_are_refused(tmp_path):
    """Tokyo's midnight in UTC, with the zone cut off."""
    path = write(tmp_path, (SESSIONS - pd.Timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S"))
    with pytest.raises(CommandError, match=r"dates look a day early \(none on Fridays\)"):
        read_csv(path)


def test_seconds_since_1970(tmp_path):
    days = pd.date_range("2023-03-06", periods=300)
    for unit in (1, 1000):
        path = write(tmp_path, [str(moment.value // 10**9 * unit) for moment in days])
        check(read_csv(path), days)


def test_hours_keep_their_moments(tmp_path):
    hours = pd.date_range("2023-03-06 09:30", periods=300, freq="h")
    prices = read_csv(write(tmp_path, hours.strftime("%Y-%m-%d %H:%M:%S")))
    check(prices, hours)
    table = read_table(write(tmp_path, hours.tz_localize("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")))
    assert table.intraday
    there = read_csv(tmp_path / "x.csv", options=ReadOptions(timezone="Asia/Tokyo"))
    check(there, hours + pd.Timedelta(hours=9))


def test_a_live_bar_makes_no_hours_of_days(tmp_path):
    """A download during the session: the last day stands twice, at midnight and at the minute."""
    dates = [*SESSIONS.strftime("%Y-%m-%d 00:00:00"), f"{SESSIONS[-1]:%Y-%m-%d} 15:59:01"]
    prices = read_csv(write(tmp_path, dates, [*CLOSES, CLOSES[-1]]))
    check(prices)
    with pytest.raises(CommandError, match=r"line 302: date .* already in line 301 with another"):
        read_csv(write(tmp_path, dates, [*CLOSES, 1.01 * CLOSES[-1]]))


@pytest.mark.parametrize("last", [1.0, 1 + 1e-8])
def test_the_last_day_twice_is_merged_by_the_stores_tolerance(tmp_path, last):
    dates = [*SESSIONS, SESSIONS[-1]]
    prices = read_csv(
        write(tmp_path, pd.DatetimeIndex(dates).strftime("%Y-%m-%d"), [*CLOSES, last * CLOSES[-1]])
    )
    assert len(prices) == 300
    assert prices.iloc[-1] == pytest.approx(CLOSES[-1], rel=2e-8)
    assert prices.attrs["notes"] == ("1 line that repeats a date with the same close merged",)


def test_nothing_after_the_as_of_date_matters(tmp_path):
    closes = CLOSES.copy()
    closes[250] = -36.98
    path = write(tmp_path, SESSIONS.strftime("%Y-%m-%d"), closes)
    with pytest.raises(CommandError, match=r"line 252: close is not a positive finite number, got -36\.98"):
        read_csv(path)
    check(read_csv(path, as_of=f"{SESSIONS[249]:%Y-%m-%d}"), SESSIONS[:250])
    with pytest.raises(CommandError, match="no prices up to 2020-01-01: the series starts 2023-03-06"):
        read_csv(path, as_of="2020-01-01")


@pytest.mark.parametrize("bad", ["%d/%m", "%Y", "%H:%M", "%Y-%m"])
def test_a_date_format_must_name_a_date(bad):
    with pytest.raises(ValueError, match="date_format must name year, month and day"):
        ReadOptions(date_format=bad)


def test_a_zone_must_exist():
    with pytest.raises(ValueError, match="timezone must be an IANA name"):
        ReadOptions(timezone="Asia/Tokio")


def test_the_exchanges_calendar_tells_its_zone(tmp_path):
    pytest.importorskip("exchange_calendars")
    path = write(
        tmp_path, SESSIONS.tz_localize("Asia/Tokyo").tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")
    )
    check(read_csv(path, options=ReadOptions(calendar="XTKS")))
    with pytest.raises(CommandError, match="--timezone"):
        read_csv(path, options=ReadOptions(calendar="NOWHERE"))


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%m-%Y"])
def test_dates_written_alike_are_read_as_one_by_one(form):
    rng = np.random.default_rng(0)
    mixed = found = 0
    for number in range(200):
        days = pd.bdate_range("1999-12-20", periods=300)[np.sort(rng.permutation(300)[: 1 + number % 9])]
        cells = [day.strftime(form) for day in days]
        if number % 3 == 0:  # a digit goes wrong
            place, at = rng.integers(len(cells)), rng.integers(len(cells[0]))
            cell = cells[place]
            cells[place] = cell[:at] + str(rng.integers(10)) + cell[at + 1 :]
        quick = uniform_days(cells)
        try:
            careful = _one_by_one(cells, "")
        except BadCell:
            assert quick is None
            mixed += 1
            continue
        if quick is not None:
            found += 1
            assert quick[0].tolist() == careful.local.astype("datetime64[D]").tolist()
            assert _order(quick[1]) == careful.note
    assert mixed >= 5 and found >= 50
