"""Every source that we speak to ourselves, on loopback: what it documents, and what goes wrong."""

import struct
from datetime import date
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from loopback import Answer, serve, soon
from source_answers import ALFRED, BAD, BIS, DAYS, ECB, FIELDS, GOOD, H10, TIINGO, TUSHARE, told, zipped

from scanners.prices import clocks
from scanners.prices.interface import Bars, Request
from scanners.prices.providers import registry


@pytest.fixture
def fetch(monkeypatch):
    """Serve all answers of a test from one address."""
    from scanners.prices.providers import http

    for name in ("TIINGO_API_KEY", "ALPHAVANTAGE_API_KEY", "TUSHARE_TOKEN", "FRED_API_KEY"):
        monkeypatch.setenv(name, "s3cret")
    monkeypatch.setattr(http, "_pause", lambda state: 0.0)
    current = []

    def answering(path):
        return current[-1](path) if callable(current[-1]) else current[-1]

    def fetch(name, symbol, answer, **options):
        current.append(answer)
        before = len(served.paths)
        whole = {"interval": 0.0} | ({"cache": None} if name in ("ecb", "mof") else {}) | options
        provider = registry.open_provider(name, {"url": served.url, **whole})
        (outcome,) = provider.fetch([Request("a", symbol, DAYS[0], DAYS[-1])], soon(20))
        return outcome, served.paths[before:]

    with serve(answering) as served:
        yield fetch


@pytest.mark.parametrize("name", GOOD)
def test_what_the_service_documents_is_read(fetch, name):
    symbol, answer, closes, address = GOOD[name]
    bars, paths = fetch(name, symbol, answer)
    assert isinstance(bars, Bars), bars
    order = np.argsort(bars.sessions)
    assert bars.sessions[order].tolist() == DAYS
    assert bars.close[order].tolist() == closes
    assert any(address in path for path in paths), paths
    assert (bars.provider, bars.package.split()[0]) == (name, "lppl-scanner")
    assert registry.open_provider(name).clock(symbol) != clocks.NOT_STATED


@pytest.mark.parametrize("name", GOOD)
def test_what_goes_wrong_is_typed(fetch, name):
    for source, symbol, answer, kind, words in BAD:
        if source == name:
            failure, _ = fetch(name, symbol, answer)
            assert getattr(failure, "kind", failure) == kind, (answer, failure)
            assert words in failure.message
            assert "s3cret" not in repr(failure)


def test_periods_of_the_bis_are_their_first_days_and_gaps_are_left_out():
    from scanners.prices.providers.bis import parse

    days, values = parse(BIS.encode())
    assert (days, values) == ([DAYS[0], DAYS[2]], [98.5, 99.0])
    for period, day in (("2024-03", (3, 1)), ("2024-Q3", (7, 1)), ("2024", (1, 1)), ("2024-03-31", (3, 31))):
        assert parse(f"TIME_PERIOD,OBS_VALUE\n{period},1\n".encode())[0] == [date(2024, *day)]


def test_vintages_tell_changes_as_they_stood_and_not_as_they_are(fetch):
    """Two days later the second period was revised; the last one's day has not come. Pages are joined."""
    pages = [ALFRED["observations"][:4], ALFRED["observations"][4:]]

    def answer(path):
        return told({"observations": pages[int(parse_qs(urlsplit(path).query)["offset"][0]) // 4]})

    for symbol, changed in (("PAYEMS:change:0", [3.0, 1.5, 0.5]), ("PAYEMS:change:7", [2.5, 1.5])):
        bars, paths = fetch("alfred", symbol, answer, rows=4)
        assert bars.close.tolist() == changed
        assert len(paths) == 2


def test_the_base_installation_reads_central_banks_exchanges_and_files():
    for name in ("fred", "h10", "ecb", "mof", "cffex", "naver", "stooq", "computed", "csv", "tdx"):
        assert registry.open_provider(name).traits.package == ""


def test_events_of_tiingo(fetch):
    bars, _ = fetch("tiingo", "AAPL", told(TIINGO))
    found = [(event.session, event.kind, event.value) for event in bars.events]
    assert found == [(DAYS[1], "split", 2.0), (DAYS[2], "dividend", 0.2)]


def test_tushare_goes_on_before_the_oldest_row(fetch):
    """Its answers have a limited number of rows; the question is JSON in a POST request."""
    items = TUSHARE["data"]["items"]
    pages = [items[:2], items[2:], []]

    def answer(path):
        return told({"code": 0, "data": {"fields": FIELDS, "items": pages.pop(0)}})

    bars, paths = fetch("tushare", "fut_daily:TL.CFX", answer)
    assert (sorted(bars.close), len(paths)) == ([1.1, 1.2, 1.3], 2)


def test_files_are_sent_again_only_when_they_have_changed(fetch, tmp_path):
    asked = []

    def answer(path):
        asked.append(path)
        return Answer(zipped(ECB), headers={"ETag": '"1"'})

    first, _ = fetch("ecb", "USDJPY", answer, cache=str(tmp_path))
    again, _ = fetch("ecb", "USDJPY", Answer(b"", 304), cache=str(tmp_path))
    assert (again.close.tolist(), again.payload_hash) == (first.close.tolist(), first.payload_hash)
    (tmp_path / "ecb-rates.body").write_bytes(b"damaged")
    failure, _ = fetch("ecb", "USDJPY", Answer(b"", 304), cache=str(tmp_path))
    assert failure.kind == "malformed"  # nothing was asked of it that allows this answer
    bars, _ = fetch("ecb", "USDJPY", answer, cache=str(tmp_path))
    assert isinstance(bars, Bars) and len(asked) == 2


def test_files_of_tongdaxin(tmp_path):
    for place in ("sh", "ds"):
        (tmp_path / place / "lday").mkdir(parents=True)
    stamps = [int(f"{day:%Y%m%d}") for day in DAYS]
    stocks = b"".join(
        struct.pack("<IIIIIfII", day, 300100, 301000, 299900, 300000 + n, 1e9, 7, 0)
        for n, day in enumerate(stamps)
    )
    futures = b"".join(
        struct.pack("<IffffIIf", day, 480.1, 481.2, 479.3, 480.02, 5, 7, 480.5) for day in stamps
    )
    (tmp_path / "sh/lday/sh000001.day").write_bytes(stocks)
    (tmp_path / "sh/lday/sh510050.day").write_bytes(stocks)
    (tmp_path / "sh/lday/sh000002.day").write_bytes(stocks[:-5])
    (tmp_path / "ds/lday/29#AUL8.day").write_bytes(futures)
    provider = registry.open_provider("tdx", {"folder": str(tmp_path)})
    asked = ("sh000001", "sh510050", "ds/29#AUL8", "sh000002", "sh999999", "../secret")
    index, fund, gold, cut, gone, odd = provider.fetch([Request(name, name) for name in asked], soon())
    assert (index.close.tolist(), index.sessions.tolist()) == ([3000.0, 3000.01, 3000.02], DAYS)
    assert (index.open[0], index.high[0], index.low[0], index.volume[0]) == (3001.0, 3010.0, 2999.0, 7)
    assert fund.close.tolist() == [300.0, 300.001, 300.002]
    assert (gold.close[0], gold.volume[0]) == (480.02, 7)
    assert [failure.kind for failure in (cut, gone, odd)] == ["malformed", "not_found", "not_found"]


def test_addresses_name_the_parameters_that_are_documented(fetch):
    _, (path,) = fetch("h10", "USDJPY", told(H10))
    query = parse_qs(urlsplit(path).query, keep_blank_values=True)
    assert (query["from"], query["to"], query["type"]) == (["01/02/2024"], ["01/05/2024"], ["package"])
