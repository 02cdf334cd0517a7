"""Bars and failures keep their shape, and travel between processes exact to the bit."""

from datetime import date, datetime, timezone

import msgspec
import numpy as np
import pytest

from scanners.prices.interface import Bars, Event, Failure, decode, digest, encode
from scanners.prices.quality.adjust import adjusted_close, adjustment

DAYS = np.arange("2024-01-01", "2024-01-06", dtype="datetime64[D]")


def bars(close=(100.0, 102.0, 51.0, 52.0, 53.0), events=(), **other):
    close = np.array(close)
    empty = np.full(len(close), np.nan)
    columns = {"open": empty, "high": empty, "low": empty, "close": close, "volume": empty}
    return Bars(
        series="a",
        symbol="A",
        provider="test",
        sessions=DAYS[: len(close)],
        events=events,
        fetched_at=datetime(2024, 1, 7, tzinfo=timezone.utc),
        package="test 1",
        payload_hash=digest(close),
        **{**columns, **other},
    )


def test_bars_travel_exactly():
    sent = bars(
        close=(0.1 + 0.2, np.nan, -0.0, np.inf, 5e-324), events=(Event(date(2024, 1, 3), "split", 2.0),)
    )
    got = decode(encode(sent))
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        assert getattr(got, name).tobytes() == getattr(sent, name).tobytes()
        assert getattr(got, name).dtype == getattr(sent, name).dtype
    assert (got.events, got.fetched_at, got.payload_hash) == (sent.events, sent.fetched_at, sent.payload_hash)


def test_failures_travel():
    sent = Failure(
        series="a", symbol="A", provider="p", kind="rate_limited", message="slow down", retry_after=7.5
    )
    assert decode(encode(sent)) == sent


def test_garbage_is_no_outcome():
    with pytest.raises(msgspec.DecodeError):
        decode(b"\x92\xa4bars\x01")
    with pytest.raises(msgspec.DecodeError):
        decode(encode(bars())[:-9])


def test_misshapen_columns_are_refused():
    with pytest.raises(ValueError, match=r"volume must be float64 of shape \(5,\)"):
        bars(volume=np.ones(4))
    with pytest.raises(ValueError, match="open must be float64"):
        bars(open=np.ones(5, dtype=int))
    with pytest.raises(ValueError, match="sessions must be datetime64"):
        msgspec.structs.replace(bars(), sessions=DAYS.astype("datetime64[ns]"))


def test_between_takes_sessions_and_events():
    events = tuple(Event(date(2024, 1, day), "dividend", 1.0) for day in (2, 3, 5))
    cut = bars(events=events).between(date(2024, 1, 3), date(2024, 1, 4))
    assert cut.sessions.tolist() == [date(2024, 1, 3), date(2024, 1, 4)]
    assert cut.close.tolist() == [51.0, 52.0]
    assert cut.events == events[1:2]
    assert len(bars().between(None, None)) == 5


def test_split_makes_earlier_prices_comparable():
    split = bars(events=(Event(date(2024, 1, 3), "split", 2.0),))
    assert adjusted_close(split).tolist() == [50.0, 51.0, 51.0, 52.0, 53.0]


def test_dividend_keeps_the_return_of_the_holder():
    paid = bars(close=(100.0, 100.0, 98.0), events=(Event(date(2024, 1, 3), "dividend", 2.0),))
    np.testing.assert_allclose(adjusted_close(paid), [98.0, 98.0, 98.0], rtol=1e-15)


def test_roll_keeps_the_return_within_contracts():
    rolled = bars(close=(100.0, 101.0, 105.0), events=(Event(date(2024, 1, 3), "roll", 1.04),))
    np.testing.assert_allclose(adjusted_close(rolled), [104.0, 105.04, 105.0], rtol=1e-15)


def test_events_compound_in_any_order():
    events = [Event(date(2024, 1, 3), "split", 2.0), Event(date(2024, 1, 5), "dividend", 5.2)]
    close = bars().close
    expected = [0.45, 0.45, 0.9, 0.9, 1.0]
    np.testing.assert_allclose(adjustment(DAYS, close, events), expected, rtol=1e-15)
    assert adjustment(DAYS, close, events[::-1]).tolist() == adjustment(DAYS, close, events).tolist()


def test_a_dividend_is_paid_on_the_shares_after_a_split_of_the_same_day():
    day = date(2024, 1, 3)
    events = [Event(day, "dividend", 1.02), Event(day, "split", 2.0)]
    split = bars(close=(100.0, 102.0, 49.98), events=events)
    np.testing.assert_allclose(adjusted_close(split), [49.0, 49.98, 49.98], rtol=1e-15)


def test_events_outside_the_span_change_nothing():
    events = [Event(date(2024, 1, 1), "split", 2.0), Event(date(2023, 1, 1), "split", 2.0)]
    later = [Event(date(2024, 1, 6), "split", 2.0)]
    assert adjustment(DAYS, bars().close, events + later).tolist() == [1.0] * 5


def test_an_event_on_a_day_without_a_session_counts_from_the_next():
    sessions = DAYS[[0, 3, 4]]
    event = Event(date(2024, 1, 3), "split", 2.0)
    assert adjustment(sessions, np.array([2.0, 1.0, 1.0]), [event]).tolist() == [0.5, 1.0, 1.0]


@pytest.mark.parametrize(
    ("kind", "value", "complaint"),
    [
        ("split", 0.0, "split of 2024-01-03 must be positive, got 0"),
        ("roll", float("nan"), "roll of 2024-01-03 must be positive, got nan"),
        ("dividend", 102.0, "dividend must stay below the close before its ex-date 2024-01-03, 102, got 102"),
    ],
)
def test_impossible_events_are_refused(kind, value, complaint):
    with pytest.raises(ValueError, match=complaint):
        adjusted_close(bars(events=(Event(date(2024, 1, 3), kind, value),)))
