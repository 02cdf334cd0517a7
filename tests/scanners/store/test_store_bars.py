"""What the store gives back: to the bit, as of a date, as known at a moment, adjusted as known."""

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from scanners.store import Actions, Provenance, Store, UnknownSeries

START = datetime(2024, 1, 1, tzinfo=timezone.utc)
SOURCE = Provenance("yahoo", "yfinance 0.2.54", "USD", "America/New_York")


def days(count, start="2020-01-01"):
    return np.datetime64(start) + np.arange(count)


def moment(number):
    return START + timedelta(days=number)


def walk(count, seed=0):
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def put(store, sessions, close, *, at, name="A", provenance=SOURCE, **others):
    return store.bars.write(name, sessions, close, provenance=provenance, known_at=moment(at), **others)


def bits(history):
    return history.sessions.tobytes() + history.close.tobytes() + history.raw_close.tobytes()


def test_what_was_written_is_read_to_the_bit(store):
    close, sessions = walk(3000), days(3000)
    others = {"open": 2 * close, "high": 3 * close, "low": 4 * close, "volume": 5 * close}
    assert put(store, sessions, close, at=0, **others).verdict == "new"
    history = store.bars.read("A", None, ohlcv=True)
    assert_array_equal(history.sessions, sessions)
    assert_array_equal(history.close, close)
    for name, values in others.items():
        assert_array_equal(getattr(history, name), values)
    assert history.provenance == {
        "source": "yahoo",
        "package": "yfinance 0.2.54",
        "currency": "USD",
        "time_zone": "America/New_York",
        "symbol": "",
    }
    series = history.to_series()
    assert (series.index[-1], series.iloc[-1], series.name) == (sessions[-1], close[-1], "A")


def test_other_columns_are_read_when_asked_for_and_missing_when_the_source_has_none(store):
    put(store, days(300), walk(300), at=0)
    assert store.bars.read("A", None).open is None
    assert np.isnan(store.bars.read("A", None, ohlcv=True).volume).all()


def test_as_of_shows_nothing_later(store):
    close, sessions = walk(400), days(400)
    early = Actions(sessions[[100]], np.array([2.0]), np.array([0.0]))
    both = Actions(sessions[[100, 350]], np.array([2.0, 3.0]), np.array([0.0, 0.5]))
    put(store, sessions, close, at=0, actions=both)
    put(store, sessions[:300], close[:300], at=0, name="B", actions=early)
    truncated, cut = store.bars.read("B", None), store.bars.read("A", sessions[299])
    assert bits(truncated) == bits(cut)
    assert truncated.digest == cut.digest != store.bars.read("A", None).digest
    assert len(store.bars.read("A", date(2019, 12, 31)).close) == 0


def test_a_revision_changes_today_and_not_what_was_known(store):
    close, sessions = walk(600), days(600)
    put(store, sessions, close, at=0)
    before = store.bars.read("A", None)
    revised = close.copy()
    revised[[10, 400]] *= 1.01
    outcome = put(store, sessions, revised, at=7)
    assert (outcome.verdict, outcome.revised, outcome.added) == ("revised", 2, 0)
    assert "2 stored bars changed, closes by up to 1.00%" in outcome.reason
    assert bits(store.bars.read("A", None, known_at=moment(6))) == bits(before)
    assert_array_equal(store.bars.read("A", None).close, revised)
    assert len(store.bars.read("A", None, known_at=moment(-1)).close) == 0
    assert len(store.bars.versions("A")[0]) == 602


def test_splits_and_dividends_adjust_as_known(store):
    sessions, close = days(6), np.array([100.0, 102.0, 51.0, 52.0, 50.0, 53.0])
    events = Actions(sessions[[2, 4]], np.array([2.0, 1.0]), np.array([0.0, 1.3]))
    put(store, sessions, close, at=0, volume=np.full(6, 10.0), actions=Actions())
    put(store, sessions, close, at=1, actions=events)
    dividend = 1 - 1.3 / 52
    now = store.bars.read("A", None, ohlcv=True)
    assert_allclose(now.factor, [dividend / 2] * 2 + [dividend] * 2 + [1, 1], rtol=1e-15)
    assert_array_equal(now.close, close * now.factor)
    assert_array_equal(now.volume, [20, 20, 10, 10, 10, 10])
    assert_array_equal(now.raw_close, close)
    assert_array_equal(store.bars.read("A", None, adjust="splits").factor, [0.5, 0.5, 1, 1, 1, 1])
    assert_array_equal(store.bars.read("A", None, adjust="none").close, close)
    assert_array_equal(store.bars.read("A", None, known_at=moment(0)).close, close)
    assert_array_equal(store.bars.read("A", sessions[3]).factor, [0.5, 0.5, 1, 1])


def test_the_adjusted_return_over_an_ex_date_is_that_of_the_holder(store):
    sessions, close = days(3), np.array([100.0, 100.0, 48.0])
    put(store, sessions, close, at=0, actions=Actions(sessions[[2]], np.array([2.0]), np.array([1.0])))
    adjusted = store.bars.read("A", None).close
    # A share at 100 became two at 50 less 1 of dividend, which are worth 48 on the ex-date.
    assert_allclose(adjusted[2] / adjusted[1], 48.0 / (50.0 - 1.0), rtol=1e-15)


def test_a_roll_scales_prices_and_leaves_volumes(store):
    sessions, close = days(4), np.array([100.0, 101.0, 104.0, 105.0])
    roll = Actions(sessions[[2]], np.ones(1), np.zeros(1), np.array([1.02]))
    put(store, sessions, close, at=0, volume=np.full(4, 10.0), actions=roll)
    history = store.bars.read("A", None, adjust="splits", ohlcv=True)
    assert_array_equal(history.factor, [1.02, 1.02, 1, 1])
    assert_array_equal(history.volume, np.full(4, 10.0))


def test_an_action_after_the_last_session_changes_nothing_yet(store):
    sessions, close = days(4), np.full(4, 50.0)
    coming = Actions(np.array(["2020-01-09"], "datetime64[D]"), np.array([2.0]), np.zeros(1))
    put(store, sessions, close, at=0, actions=coming)
    assert_array_equal(store.bars.read("A", None).close, close)
    put(store, days(12), np.append(close, [50.0] * 4 + [25.0] * 4), at=1, actions=coming)
    assert_array_equal(store.bars.read("A", None).close, np.full(12, 25.0))


def test_an_impossible_dividend_is_named(store):
    put(store, days(3), np.ones(3), at=0, actions=Actions(days(3)[[1]], np.ones(1), np.array([2.0])))
    with pytest.raises(ValueError, match=r"dividend must stay below the close .* 2020-01-02, 1, got 2"):
        store.bars.read("A", None)
    assert_array_equal(store.bars.read("A", None, adjust="splits").close, np.ones(3))


def test_bars_loaded_long_after_their_session_are_not_point_in_time(store):
    sessions = np.arange(np.datetime64("2023-12-01"), np.datetime64("2024-01-01"))
    put(store, sessions, walk(31), at=0)
    history = store.bars.read("A", None)
    assert not history.point_in_time
    # Known at 2024-01-01 00:00, which is more than a week after the end of 2023-12-23 and the days before.
    assert_array_equal(history.backloaded, sessions < np.datetime64("2023-12-24"))


def test_a_late_revision_is_not_point_in_time_but_the_first_version_is(store):
    sessions = np.arange(np.datetime64("2023-12-25"), np.datetime64("2024-01-01"))
    put(store, sessions, walk(7), at=0)
    assert store.bars.read("A", None).point_in_time
    put(store, sessions, walk(7) * 1.1, at=40)
    assert not store.bars.read("A", None).point_in_time
    assert store.bars.read("A", None, known_at=moment(2)).point_in_time


def test_time_of_knowledge_only_goes_forward(tmp_path):
    now = [moment(10)]
    with Store.open(tmp_path / "lppl.db", write=True, clock=lambda: now[0]) as store:
        store.bars.write("A", days(5), walk(5), provenance=SOURCE)
        now[0] = moment(3)
        store.bars.write("A", days(6), walk(6), provenance=SOURCE)
        assert len(store.bars.read("A", None, known_at=moment(10)).close) == 5
        assert store.bars.read("A", None).known_at[-1] == np.datetime64("2024-01-11T00:00:00.000001")
        with pytest.raises(ValueError, match="known_at must be after the last change of 'A', 2024-01-11"):
            put(store, days(7), walk(7), at=9)


def test_findings_are_kept_as_known(store):
    put(store, days(5), walk(5), at=0)
    assert store.bars.findings("A") == []
    stale = [{"kind": "stale", "detail": "last bar 9 sessions old", "session": "2020-01-05"}]
    assert store.bars.record_findings("A", stale, known_at=moment(1))
    assert not store.bars.record_findings("A", stale, known_at=moment(2))
    assert store.bars.record_findings("A", [], known_at=moment(3))
    assert store.bars.findings("A", known_at=moment(2)) == stale
    assert store.bars.findings("A") == []


def test_findings_of_a_change_that_is_undone_are_not_remembered(store):
    put(store, days(5), walk(5), at=0)
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.bars.record_findings("A", [{"kind": "stale"}], known_at=moment(1))
        assert store.bars.findings("A") == [{"kind": "stale"}]
        raise ZeroDivisionError
    assert store.bars.findings("A") == []
    assert store.bars.record_findings("A", [{"kind": "stale"}], known_at=moment(1))


def test_a_series_can_have_findings_and_no_bar(store):
    assert store.bars.record_findings("A", [{"kind": "empty"}], known_at=moment(0))
    assert len(store.bars.read("A", None).close) == 0
    assert put(store, days(3), walk(3), at=1).verdict == "new"
    assert store.bars.findings("A") == [{"kind": "empty"}]


def test_an_unknown_series_is_named(store):
    with pytest.raises(UnknownSeries, match="no series 'B'"):
        store.bars.read("B", None)


NAMES = ["^KQ11", "../../etc", "'; DROP TABLE series; --", "코스닥", "NA", "000660", "%s", "?"]


@pytest.mark.parametrize("name", NAMES)
def test_any_printable_symbol_is_a_series(store, name):
    put(store, days(5), walk(5), at=0, name=name)
    assert store.bars.names() == [name]
    assert_array_equal(store.bars.read(name, None).close, walk(5))


@pytest.mark.parametrize("name", ["", "a\nb", "a\x00", "\ud800", "x" * 201])
def test_a_symbol_that_would_break_a_line_is_refused(store, name):
    with pytest.raises(ValueError, match="series must be 1 to 200 printable characters"):
        put(store, days(5), walk(5), at=0, name=name)
    assert store.bars.names() == []


def test_a_moment_is_no_as_of(store):
    put(store, days(5), walk(5), at=0)
    with pytest.raises(ValueError, match="as_of must be a date without a time of day"):
        store.bars.read("A", datetime(2020, 1, 3))
    with pytest.raises(ValueError, match="as_of must be a date"):
        store.bars.read("A", np.datetime64("NaT"))
    with pytest.raises(ValueError, match="known_at must be a datetime with a time zone"):
        store.bars.read("A", None, known_at=datetime(2024, 1, 1))
    with pytest.raises(ValueError, match="adjust must be one of none, splits, all, got 'both'"):
        store.bars.read("A", None, adjust="both")


def test_negative_and_zero_prices_are_kept_as_they_are(store):
    close = np.array([20.0, 18.27, -36.98, 10.01, 0.0])
    put(store, days(5), close, at=0)
    assert_array_equal(store.bars.read("A", None).close, close)


ONE, TWO = days(1), days(2)
BAD = {
    "sessions must hold at least one bar": {"sessions": days(0), "close": []},
    "sessions must be strictly increasing, got 2020-01-02 before 2020-01-01": {"sessions": TWO[::-1]},
    "sessions must be one-dimensional datetime64": {"sessions": np.arange(2)},
    "sessions must be dates without a time of day": {"sessions": TWO + np.timedelta64(1, "h")},
    "sessions must be dates, got NaT": {"sessions": np.array(["NaT", "2020-01-01"], "datetime64[D]")},
    r"close must have the shape of the sessions, \(2,\)": {"close": np.ones(3)},
    "close must be finite": {"close": [1.0, np.nan]},
    "volume must be finite or NaN": {"volume": [1.0, np.inf]},
    "actions.split must be above 0": {"actions": Actions(ONE, np.zeros(1), np.zeros(1))},
    "actions.dividend must be at least 0": {"actions": Actions(ONE, np.ones(1), -np.ones(1))},
    "actions.roll must be above 0": {"actions": Actions(ONE, np.ones(1), np.zeros(1), np.zeros(1))},
    "provenance.source must be": {"provenance": Provenance("https://host/?apikey=geheim")},
    "known_at must be a datetime with a time zone": {"known_at": datetime(2024, 1, 1)},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_refused_and_stores_nothing(store, message):
    arguments = {"sessions": TWO, "close": np.ones(2), "provenance": SOURCE} | BAD[message]
    with pytest.raises(ValueError, match=message) as refusal:
        store.bars.write("A", **arguments)
    assert "geheim" not in str(refusal.value)
    assert store.bars.names() == []
