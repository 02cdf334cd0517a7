"""Series in whatever form they are held: dates are kept or refused by name, never dropped."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import earlywarning
import earlywarning.core.frames
import lppl
import lppl.core.frames
from lppl.core.series import check

N = 120
DAYS = pd.bdate_range(end="2025-11-26", periods=N)
CLOSES = np.exp(4 + 0.01 * np.random.default_rng(0).standard_normal(N).cumsum())
PLAIN = pd.Series(CLOSES, index=DAYS)
TOKYO = DAYS.tz_localize("Asia/Tokyo")
FRAME = pd.DataFrame({"Open": CLOSES + 1, "Close": CLOSES}, index=DAYS)


def test_the_two_libraries_treat_a_series_alike():
    here, there = (
        Path(module.__file__).read_text() for module in (lppl.core.frames, earlywarning.core.frames)
    )
    assert here == there


@pytest.mark.parametrize(
    "prices",
    [
        PLAIN.set_axis(pd.PeriodIndex(DAYS, freq="D")),
        PLAIN.set_axis(pd.Index([day.date() for day in DAYS], dtype=object)),
        PLAIN.set_axis(pd.Index(list(DAYS), dtype=object)),
        PLAIN.set_axis(DAYS.strftime("%Y-%m-%d")),
        PLAIN.set_axis(DAYS.strftime("%Y%m%d")),
        PLAIN.set_axis(DAYS.strftime("%Y%m%d").astype(int)),
        PLAIN.set_axis(pd.CategoricalIndex(DAYS)),
        PLAIN.astype("Float64"),
        PLAIN.astype(object),
        PLAIN.to_frame("x"),
        FRAME,
        FRAME.rename(columns={"Open": "close", "Close": "Adj Close"}),
        FRAME.rename(columns={"Open": "Close", "Close": "adj_close"}),
        FRAME.set_axis(pd.MultiIndex.from_product([["Open", "Close"], ["AAPL"]]), axis=1),
        FRAME.set_axis(pd.MultiIndex.from_product([["AAPL"], ["Open", "Close"]]), axis=1),
        FRAME.rename_axis("Date").reset_index(),
    ],
)
def test_dates_of_any_kind_are_kept(prices):
    checked = check(prices)
    assert checked.dates.as_unit("ns").equals(DAYS.as_unit("ns"))
    np.testing.assert_array_equal(checked.y, np.log(CLOSES))
    found = earlywarning.rolling_indicators(prices, 50, ["ar1"])
    assert found.index.as_unit("ns").equals(DAYS.as_unit("ns"))


def test_polars(tmp_path):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"date": DAYS.to_numpy(), "open": CLOSES + 1, "close": CLOSES})
    np.testing.assert_equal(lppl.fit(frame).to_dict(), lppl.fit(PLAIN).to_dict())
    assert lppl.fit(frame["close"]).tc == lppl.fit(PLAIN).tc


def test_weeks_and_months_end_on_their_last_day():
    months = pd.period_range("2010-01", periods=N, freq="M")
    assert check(PLAIN.set_axis(months)).dates[1] == pd.Timestamp("2010-02-28")
    weeks = pd.period_range("2010-01-04", periods=N, freq="W-FRI")
    assert check(PLAIN.set_axis(weeks)).dates[0] == pd.Timestamp("2010-01-08")


@pytest.mark.parametrize(
    ("prices", "complaint"),
    [
        (PLAIN[::-1].set_axis(DAYS[::-1].strftime("%Y-%m-%d")), "dates must be strictly increasing"),
        (PLAIN[::-1], "dates must be strictly increasing"),
        (
            PLAIN.set_axis(DAYS.where(np.arange(N) != 5)),
            "dates must not be missing, got NaT in the index",
        ),
        (PLAIN.set_axis(DAYS.strftime("%d/%m/%Y")), "must hold dates .as 2024-01-31. or positions, got"),
        (PLAIN.set_axis([f"row {k}" for k in range(N)]), "or positions, got 'row 0' at position 0"),
        (PLAIN.set_axis([*DAYS[:-1].date, "rubbish"]), "got 'rubbish' at position 119"),
        (PLAIN.set_axis(["2024-02-31"] * N), "must hold dates"),
        (PLAIN.set_axis(pd.MultiIndex.from_arrays([DAYS, range(N)])), "must have one level, got 2"),
        (PLAIN.set_axis(DAYS[np.maximum(np.arange(N), 1)]), "dates must be strictly increasing"),
        (FRAME.rename(columns={"Close": "Last"}), "called Close or Adj Close, got columns Open, Last"),
        (
            FRAME.set_axis(pd.MultiIndex.from_product([["Close"], ["A", "B"]]), axis=1),
            "must be of one ticker",
        ),
        (pd.Series(DAYS, index=DAYS), "must hold numbers"),
        (PLAIN.astype(str), "must hold numbers"),
        ({"close": CLOSES}, "must hold numbers"),
        ([[1.0], [1.0, 2.0]], "must hold numbers"),
        (None, "numbers|one-dimensional"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(prices, complaint):
    with pytest.raises(ValueError, match=complaint):
        lppl.fit(prices)
    with pytest.raises(ValueError, match=complaint):
        earlywarning.rolling_indicators(prices, 50, ["ar1"])


def test_every_entry_point_refuses_a_missing_date():
    gone = PLAIN.set_axis(DAYS.where(np.arange(N) != 5))
    fitted = lppl.fit(PLAIN)
    calls = [
        lambda: lppl.fit(gone),
        lambda: lppl.fit_windows(gone, lengths=[100]),
        lambda: lppl.critical_time(gone, lengths=[100]),
        lambda: lppl.confidence_history(gone, preset="daily"),
        lambda: lppl.trust(gone, preset="daily"),
        lambda: lppl.bubble_start(gone),
        lambda: lppl.bubble_size(gone, 3),
        lambda: lppl.residual_tests(fitted, gone),
        lambda: lppl.log_periodicity(fitted, gone),
        lambda: lppl.significance(gone, CLOSES[None]),
        lambda: lppl.null_paths(gone, "block", 2, 0),
        lambda: lppl.quantile_fit(gone),
        lambda: lppl.fit_antibubble(gone),
        lambda: earlywarning.detrend(gone, "gaussian", 20),
        lambda: earlywarning.trend_test(gone, window=60, n=20),
        lambda: earlywarning.portrait(gone),
        lambda: earlywarning.sadf(gone),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="dates must not be missing"):
            call()


@pytest.mark.parametrize(
    "end", [DAYS[-5], TOKYO[-5], f"{DAYS[-5]:%Y-%m-%d}", DAYS[-5].date(), datetime(*DAYS[-5].timetuple()[:3])]
)
@pytest.mark.parametrize("index", [DAYS, TOKYO])
def test_an_end_is_understood_with_and_without_a_zone(index, end):
    prices = PLAIN.set_axis(index)
    assert check(prices).position(end) == N - 5
    assert lppl.fit_windows(prices, end=end, lengths=[80]).t2[0] == N - 5


def test_the_zone_is_kept_in_the_dates_returned():
    fit = lppl.fit(PLAIN.set_axis(TOKYO))
    plain = lppl.fit(PLAIN)
    assert str(fit.tc_date.tz) == "Asia/Tokyo"
    assert fit.tc_date.tz_localize(None) == plain.tc_date
    assert (fit.tc, fit.sse) == (plain.tc, plain.sse)
    assert fit.tc_date > TOKYO[0]
    history = lppl.confidence_history(PLAIN.set_axis(TOKYO), preset="gabauer_2022_short", start=TOKYO[-2])
    assert list(history.index) == list(TOKYO[-2:])


@pytest.mark.parametrize("end", ["someday", pd.NaT, object()])
def test_an_end_that_is_no_date_is_refused(end):
    with pytest.raises(ValueError, match="end must be a date or a position"):
        check(PLAIN).position(end)


def test_a_position_needs_no_dates():
    assert check(CLOSES).position(-1) == N - 1
    assert check(PLAIN.reset_index(drop=True)).dates is None
    assert check(pd.Series(CLOSES, index=np.linspace(1980, 2000, N))).dates is None
    with pytest.raises(ValueError, match="for prices without dates"):
        check(CLOSES).position(date(2024, 1, 1))
