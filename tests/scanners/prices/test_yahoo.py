"""The real yfinance in its child process, against a server that speaks Yahoo's chart interface."""

import json
import time
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from loopback import Answer, serve

from scanners.prices.interface import Bars, Request
from scanners.prices.providers import yahoo
from scanners.prices.providers.isolated import isolated
from scanners.prices.quality.adjust import adjusted_close

pytest.importorskip("yfinance")

DAYS = [date(2024, 1, day) for day in (2, 3, 4, 5, 8)]
CLOSES = [100.0, 102.0, 101.0, 103.0, 104.0]


NO_QUOTE = {
    "quoteSummary": {"result": None, "error": {"code": "Not Found", "description": "Quote not found"}}
}
NOT_FOUND = {
    "chart": {
        "result": None,
        "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"},
    }
}


def stamp(day, place="America/New_York", hour=9, minute=30):
    return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(place)).timestamp())


def chart(days=DAYS, closes=CLOSES, place="America/New_York", events=None, **meta):
    stamps = [stamp(day, place) for day in days]
    quote = {
        "open": closes,
        "high": [close and close + 1 for close in closes],
        "low": [close and close - 1 for close in closes],
        "close": closes,
        "volume": [1000 for _ in closes],
    }
    result = {
        "meta": {
            "currency": "USD",
            "symbol": "^IXIC",
            "instrumentType": "INDEX",
            "exchangeTimezoneName": place,
            "timezone": "EST",
            "gmtoffset": -18000,
            "firstTradeDate": stamps[0] if stamps else None,
            "regularMarketTime": stamps[-1] if stamps else None,
            "priceHint": 2,
            "dataGranularity": "1d",
            "range": "",
            "validRanges": ["1d", "5d", "1mo", "max"],
            **meta,
        },
        "timestamp": stamps,
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": closes}]},
    }
    if events:
        result["events"] = events
    return {"chart": {"result": [result], "error": None}}


NOTHING = Answer(b"")


def body(document):
    return Answer(json.dumps(document).encode(), headers={"Content-Type": "application/json"})


def yahoo_like(answer):
    """Cookie and crumb as the service gives them; ``answer`` for everything about a chart."""

    def reply(path):
        if "/v8/finance/chart" in path:
            return answer
        if "/quoteSummary/" in path:
            return Answer(json.dumps(NO_QUOTE).encode(), 404)
        return Answer(b"crumb") if "getcrumb" in path else NOTHING

    return reply


def fetched(folder, answer, requests, timeout=30.0):
    """Return what a child process of the provider makes of the answers, and the paths it asked for."""
    with pytest.MonkeyPatch.context() as patch, serve(answer) as served:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setenv("LPPL_TEST_SERVER", served.url)
        provider = isolated("yahoo", "yahoo_loopback:fetch_one", interval=0.0, timeout=timeout)
        outcomes = list(provider.fetch(requests, time.monotonic() + 60))
    return outcomes, [urlsplit(path).path for path in served.paths]


@pytest.fixture
def fetch(tmp_path):
    def fetch(answer, *requests, timeout=30.0):
        return fetched(tmp_path, answer if callable(answer) else yahoo_like(answer), requests, timeout)[0]

    return fetch


# Two for one on the 4th: the service halves what came before, dividends too.
SPLIT = {
    "splits": {"a": {"date": stamp(DAYS[2]), "numerator": 2, "denominator": 1, "splitRatio": "2:1"}},
    "dividends": {
        "b": {"date": stamp(DAYS[1]), "amount": 0.5},
        "c": {"date": stamp(DAYS[3]), "amount": 0.7},
    },
}
LATER = {"splits": {"a": {"date": stamp(DAYS[4]), "numerator": 2, "denominator": 1, "splitRatio": "2:1"}}}
HALVED = [50.0, 51.0, 50.5, 51.5, 52.0]
SOUND = {
    "IXIC": chart(),
    "SHARE": chart(closes=HALVED, events=SPLIT, instrumentType="EQUITY"),
    "KQ11": chart(place="Asia/Seoul", currency="KRW"),
    "HOLES": chart(closes=[100.0, None, 101.0, 103.0, 104.0]),
    "SPAN": chart(closes=HALVED, events=LATER),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Bars by series, and paths, of one child for all: it takes a second to load the package."""

    def answer(path):
        return next(
            (yahoo_like(body(document))(path) for name, document in SOUND.items() if name in path),
            yahoo_like(NOTHING)(path),
        )

    requests = [Request("nasdaq", "^IXIC"), Request("share", "SHARE"), Request("kosdaq", "^KQ11")]
    requests += [Request("holes", "HOLES"), Request("span", "SPAN", start=DAYS[1], end=DAYS[2])]
    outcomes, paths = fetched(tmp_path_factory.mktemp("yahoo"), answer, requests)
    return {outcome.series: outcome for outcome in outcomes}, paths


def test_index_as_the_service_sends_it(sound):
    bars, paths = sound[0]["nasdaq"], sound[1]
    assert isinstance(bars, Bars)
    assert bars.sessions.tolist() == DAYS
    assert bars.close.tolist() == CLOSES
    assert bars.high.tolist() == [close + 1 for close in CLOSES]
    assert bars.volume.tolist() == [1000.0] * 5
    assert (bars.currency, bars.timezone, bars.events) == ("USD", "America/New_York", ())
    assert bars.package.startswith("yfinance ")
    assert "/query2.finance.yahoo.com/v8/finance/chart/^IXIC" in [path.replace("%5E", "^") for path in paths]


def test_split_and_dividends_are_undone_to_prices_as_traded(sound):
    bars = sound[0]["share"]
    assert bars.close.tolist() == [100.0, 102.0, 50.5, 51.5, 52.0]
    assert bars.volume.tolist() == [500.0, 500.0, 1000.0, 1000.0, 1000.0]
    assert [(event.session, event.kind, event.value) for event in bars.events] == [
        (DAYS[1], "dividend", 1.0),
        (DAYS[2], "split", 2.0),
        (DAYS[3], "dividend", 0.7),
    ]
    before = (1 - 0.7 / 50.5) / 2
    expected = [100 * (1 - 1.0 / 100) * before, 102 * before, 50.5 * 2 * before, 51.5, 52.0]
    np.testing.assert_allclose(adjusted_close(bars), expected, rtol=1e-14)


def test_session_is_the_civil_date_at_the_exchange(sound):
    # 09:30 in Seoul is still the evening before in New York.
    bars = sound[0]["kosdaq"]
    assert bars.sessions.tolist() == DAYS
    assert (bars.currency, bars.timezone) == ("KRW", "Asia/Seoul")


def test_missing_closes_stay_visible(sound):
    bars = sound[0]["holes"]
    assert bars.sessions.tolist() == DAYS
    assert np.isnan(bars.close[1])


def test_span_is_kept_but_later_splits_are_seen(sound):
    bars = sound[0]["span"]
    assert bars.sessions.tolist() == DAYS[1:3]
    assert bars.close.tolist() == [102.0, 101.0]
    assert bars.events == ()


# Symbol -> the answer to every request about its chart, and what comes of it.
CHARTS = {
    "PAGE": (Answer(b"<!DOCTYPE html><html>consent</html>"), "malformed"),
    "BACK": (Answer(b"Will be right back"), "malformed"),
    "CUT": (Answer(b'{"chart": {"result": [{"meta": {"curr'), "malformed"),
    "BARE": (
        body({"chart": {"result": [{"meta": {"exchangeTimezoneName": "UTC"}}], "error": None}}),
        "malformed",
    ),
    "AUTH": (body({"finance": {"result": None, "error": {"code": "Unauthorized"}}}), "malformed"),
    "EMPTY": (body(chart([], [])), "empty"),
    "SHORT": (Answer(json.dumps(chart()).encode(), truncate=True), "transient"),
    "SLOW": (Answer(hang=60), "transient"),
    "GOOD": (body(chart()), None),
    "LIMIT": (Answer(b"Too Many Requests\r\n", 429, {"Retry-After": "60"}), "rate_limited"),
}


@pytest.mark.ci  # what a hanging package costs, and the next series, are guarded in test_isolated.py
def test_failures_are_typed_and_the_next_series_is_served(fetch):
    def answer(path):
        return next((yahoo_like(reply)(path) for name, (reply, _) in CHARTS.items() if name in path), NOTHING)

    outcomes = fetch(answer, *(Request(name, name) for name in CHARTS), timeout=6.0)
    found = {outcome.series: getattr(outcome, "kind", None) for outcome in outcomes}
    assert found == {name: kind for name, (_, kind) in CHARTS.items()}
    assert not any("127.0.0.1" in outcome.message for outcome in outcomes if outcome.series != "GOOD")


@pytest.mark.ci
def test_every_unknown_symbol_of_a_batch_is_not_found(fetch):
    # yfinance looks for the time zone elsewhere for the first two only.
    unknown = Answer(json.dumps(NOT_FOUND).encode(), 404)
    outcomes = fetch(unknown, *(Request(name, name) for name in "abcd"))
    assert [outcome.kind for outcome in outcomes] == ["not_found"] * 4


@pytest.mark.ci
def test_later_stages_are_typed_too(fetch):
    """The first chart request asks for the time zone only; these answers come to the second."""

    no_data = {"code": "Bad Request", "description": "Data doesn't exist for startDate = 1, endDate = 2"}
    later = {
        "BACK": (Answer(b"Will be right back"), "transient"),
        "GONE": (Answer(json.dumps(NOT_FOUND).encode()), "not_found"),
        "NODATA": (Answer(json.dumps({"chart": {"result": None, "error": no_data}}).encode()), "empty"),
        "PAGE": (Answer(b"<html></html>"), "malformed"),
    }
    first = yahoo_like(body(chart()))

    def answer(path):
        asked = [reply for name, (reply, _) in later.items() if name in path and "period1" in path]
        return asked[0] if asked else first(path)

    outcomes = fetch(answer, *(Request(name, name) for name in later))
    assert {outcome.series: outcome.kind for outcome in outcomes} == {
        n: kind for n, (_, kind) in later.items()
    }


@pytest.mark.ci
def test_a_refused_connection_is_transient(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LPPL_TEST_SERVER", "http://127.0.0.1:9")
    provider = isolated("yahoo", "yahoo_loopback:fetch_one", interval=0.0, timeout=30.0)
    (failure,) = provider.fetch([Request("a", "^IXIC")], time.monotonic() + 30)
    assert failure.kind == "transient"


def test_undoing_splits_multiplies_all_later_ones():
    assert yahoo.undo_splits(np.array([3.0, 0.0, 2.0, 0.0, 0.1])).tolist() == pytest.approx(
        [0.2, 0.2, 0.1, 0.1, 1]
    )
    assert yahoo.undo_splits(np.zeros(1)).tolist() == [1.0]


def test_pace_is_about_one_series_a_second():
    assert yahoo.provider().interval == 1.0
