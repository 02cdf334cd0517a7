"""The FRED download, in the shapes the service has had, and over a connection that fails in every way."""

import gzip
import time
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime

import numpy as np
import pytest
from loopback import Answer, in_turn, serve, soon

from scanners.prices.interface import Bars, Request
from scanners.prices.providers import fred, http

GOOD = (
    b"observation_date,DGS10\n2024-01-02,3.95\n2024-01-03,.\n2024-01-04,\n2024-01-05,4.05\n2024-01-08,4.01\n"
)
ASK = Request("us10y", "DGS10")


def fetch(answer, request=ASK, deadline=5.0, **options):
    with serve(answer if callable(answer) else lambda path: answer) as served:
        source = fred.provider(url=served.url + "/graph/fredgraph.csv", interval=0.0, **options)
        (outcome,) = source.fetch([request], soon(deadline))
    return outcome, served.paths


def test_normal_download():
    bars, paths = fetch(Answer(GOOD))
    assert bars.sessions.tolist() == [date(2024, 1, 2), date(2024, 1, 5), date(2024, 1, 8)]
    assert bars.close.tolist() == [3.95, 4.05, 4.01]
    assert np.isnan(bars.open).all() and np.isnan(bars.volume).all()
    assert (bars.series, bars.symbol, bars.provider) == ("us10y", "DGS10", "fred")
    assert bars.package.startswith("lppl-scanner")
    assert len(bars.payload_hash) == 64
    assert datetime.now(timezone.utc) - bars.fetched_at < timedelta(minutes=1)
    assert paths == ["/graph/fredgraph.csv?id=DGS10"]


def test_older_header_and_windows_line_ends():
    bars, _ = fetch(Answer(GOOD.replace(b"observation_date", b"DATE").replace(b"\n", b"\r\n")))
    assert bars.close.tolist() == [3.95, 4.05, 4.01]


def test_compressed_download():
    bars, _ = fetch(Answer(gzip.compress(GOOD), headers={"Content-Encoding": "gzip"}))
    assert bars.close.tolist() == [3.95, 4.05, 4.01]


def test_span_is_asked_for_and_kept_to():
    bars, paths = fetch(Answer(GOOD), Request("us10y", "DGS10", date(2024, 1, 5), date(2024, 1, 5)))
    assert bars.close.tolist() == [4.05]
    assert paths == ["/graph/fredgraph.csv?id=DGS10&cosd=2024-01-05&coed=2024-01-05"]


def test_last_line_without_its_end_is_not_believed():
    bars, _ = fetch(Answer(GOOD + b"2024-01-09,4"))
    assert bars.close.tolist() == [3.95, 4.05, 4.01]


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (Answer(b"observation_date,DGS10\n"), "empty", "no session"),
        (Answer(b"observation_date,DGS10\n2024-01-02,.\n"), "empty", "no session"),
        (Answer(b""), "malformed", "the columns must be"),
        (Answer(b"<!DOCTYPE html>\n<html>busy</html>\n"), "malformed", "web page"),
        (Answer(GOOD.replace(b"DGS10", b"DGS30")), "malformed", "the columns must be observation_date,DGS10"),
        (Answer(GOOD.replace(b",", b";")), "malformed", "the columns must be"),
        (Answer(b"day,value,x\n1,2,3\n"), "malformed", "got 'day,value,x'"),
        (Answer(GOOD + b"2024-01-09,4,1\n"), "malformed", "line 7 is broken"),
        (Answer(GOOD + b"tomorrow,4.1\n"), "malformed", "line 7 is broken"),
        (Answer(GOOD + b"2024-01-09,high\n"), "malformed", "line 7 is broken"),
        (Answer("日期".encode("gbk")), "malformed", "not text"),
        (Answer(b"no such series", 404), "not_found", "404"),
        (Answer(b"", 403), "auth", "403"),
        (Answer(b"", 400), "malformed", "400"),
        (Answer(b"", 429), "rate_limited", "429"),
    ],
)
def test_bad_answers_are_typed_and_asked_for_once(answer, kind, message):
    failure, paths = fetch(answer)
    assert (failure.kind, failure.series, failure.provider) == (kind, "us10y", "fred")
    assert message in failure.message
    assert len(paths) == 1


@pytest.mark.parametrize("bad", [Answer(b"", 503), Answer(GOOD, truncate=True)])
def test_transient_failures_are_tried_again(bad):
    bars, paths = fetch(in_turn(bad, Answer(GOOD)))
    assert isinstance(bars, Bars)
    assert len(paths) == 2


def test_retries_end():
    failure, paths = fetch(Answer(b"", 500))
    assert failure.kind == "transient"
    assert len(paths) == 3


def test_retry_after_is_kept_when_there_is_time():
    started = time.monotonic()
    bars, paths = fetch(in_turn(Answer(b"", 429, {"Retry-After": "1"}), Answer(GOOD)))
    assert isinstance(bars, Bars)
    assert len(paths) == 2
    assert time.monotonic() - started >= 1.0


@pytest.mark.parametrize("as_date", [False, True])
def test_long_retry_after_is_reported_and_stops_the_batch(as_date):
    in_an_hour = format_datetime(datetime.now(timezone.utc) + timedelta(hours=1))
    header = in_an_hour if as_date else "3600"
    with serve(lambda path: Answer(b"", 429, {"Retry-After": header})) as served:
        source = fred.provider(url=served.url, interval=0.0)
        outcomes = list(source.fetch([ASK, Request("b", "DGS30"), Request("c", "DGS2")], soon()))
    assert [outcome.kind for outcome in outcomes] == ["rate_limited"] * 3
    assert 3500 < outcomes[0].retry_after <= 3600
    assert 3500 < outcomes[2].retry_after <= 3600
    assert len(served.paths) == 1


def test_nonsense_retry_after_is_no_number():
    failure, paths = fetch(Answer(b"", 429, {"Retry-After": "later"}))
    assert (failure.kind, failure.retry_after, len(paths)) == ("rate_limited", None, 1)


@pytest.mark.parametrize("answer", [Answer(GOOD, hang=30), Answer(GOOD * 20, trickle=0.05)])
def test_slow_servers_meet_the_deadline(answer):
    started = time.monotonic()
    failure, _ = fetch(answer, deadline=0.6)
    assert failure.kind in ("transient", "rate_limited")
    assert time.monotonic() - started < 3


def test_one_slow_series_leaves_time_for_the_others():
    slow = Answer(GOOD, hang=30)
    with serve(lambda path: slow if "DGS30" in path else Answer(GOOD)) as served:
        source = fred.provider(url=served.url, interval=0.0, timeout=0.3)
        outcomes = list(source.fetch([Request("b", "DGS30"), ASK], soon()))
    assert outcomes[0].kind == "transient"
    assert isinstance(outcomes[1], Bars)


def test_nobody_listening_is_transient_and_shows_no_address():
    source = fred.provider(url="http://127.0.0.1:9/?key=secret", interval=0.0)
    (failure,) = source.fetch([ASK], soon())
    assert failure.kind == "transient"
    assert "secret" not in failure.message


def test_endless_answers_are_cut_off(monkeypatch):
    monkeypatch.setattr(http, "MAX_BYTES", 1000)
    failure, paths = fetch(Answer(GOOD * 100))
    assert (failure.kind, len(paths)) == ("malformed", 1)
    assert "larger" in failure.message


def test_requests_keep_their_distance():
    source_answers = lambda path: Answer(GOOD)  # noqa: E731
    with serve(source_answers) as served:
        source = fred.provider(url=served.url, interval=0.2)
        started = time.monotonic()
        outcomes = list(source.fetch([ASK] * 4, soon()))
    assert all(isinstance(outcome, Bars) for outcome in outcomes)
    assert 0.6 <= time.monotonic() - started < 2
