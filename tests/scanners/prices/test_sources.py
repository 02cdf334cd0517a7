"""Every source that we speak to ourselves, on loopback: what it documents, and what goes wrong."""

import io
import json
import struct
import zipfile
from datetime import date, datetime, timezone
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from loopback import Answer, serve, soon

from scanners.config.watchlist import Entry
from scanners.prices import clocks
from scanners.prices.interface import Bars, Request
from scanners.prices.providers import h10, registry
from scanners.prices.providers.assemble import latest_day
from scanners.prices.refresh import refresh
from scanners.store import Store

DAYS = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 5)]
HOST = {"cache": None}


def zipped(text, name="eurofxref-hist.csv"):
    payload = io.BytesIO()
    with zipfile.ZipFile(payload, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return payload.getvalue()


ECB = (
    "Date,USD,JPY,GBP,SEK,CHF,CAD,\n2024-01-05,1.0921,158.45,N/A,1,1,1,\n"
    "2024-01-03,1.0919,155.97,1,1,1,1,\n2024-01-02,1.0956,155.91,1,1,1,1,\n"
)
H10 = (
    '"Series Description","Euro-Area Euro","Japanese Yen"\n"Unit:","Currency","Currency"\n'
    '"Multiplier:","1","1"\n"Currency:","EUR","JPY"\n'
    '"Unique Identifier: ","H10/H10/RXI$US_N.B.EU","H10/H10/RXI_N.B.JA"\n'
    '"Time Period","RXI$US_N.B.EU","RXI_N.B.JA"\n'
    "2024-01-02,1.0951,142.10\n2024-01-03,1.0919,143.20\n2024-01-04,ND,ND\n2024-01-05,1.0947,144.60\n"
)
MOF_ALL = "Interest Rate,,,(Unit : %)\nDate,1Y,10Y,40Y\n2024/1/2,0.1,0.61,-\n2024/1/3,0.1,0.62,1.9\n"
MOF_NOW = (
    "Interest Rate (January 2024),,,(Unit : %)\r\nDate,1Y,10Y,40Y\r\n"
    '"最新のデータ",,,\r\n2024/1/3,0.1,0.62,1.9\r\n2024/1/5,0.1,0.63,1.9\r\n,,,\r\n'
)
STOOQ = "\n".join(
    ["Date,Open,High,Low,Close,Volume"]
    + [f"{day},1,2,0.5,{close},9" for day, close in zip(DAYS, (1.1, 1.2, 1.3), strict=True)]
    + [""]
)
NAVER = (
    '<?xml version="1.0" encoding="EUC-KR" ?>\n<chartdata symbol="KOSDAQ" name="코스닥" count="3">\n'
    '<item data="20240102|1|2|0.5|878.93|9" />\n<item data="20240103|null|null|null|871.57|9" />\n'
    '<item data="20240105|1|2|0.5|878.33|9" />\n</chartdata>'
)
TIINGO = [
    {"date": f"{day}T00:00:00.000Z", "open": 1, "high": 2, "low": 0.5, "close": close, "volume": 9}
    | {"adjClose": 1.0, "divCash": paid, "splitFactor": split}
    for day, close, paid, split in zip(DAYS, (8.0, 4.0, 4.1), (0.0, 0.0, 0.2), (1.0, 2.0, 1.0), strict=True)
]
ALPHA = {
    "Meta Data": {"1. Information": "Daily Prices"},
    "Time Series (Daily)": {
        str(day): {"1. open": "1", "2. high": "2", "3. low": "0.5", "4. close": close, "5. volume": "9"}
        for day, close in zip(DAYS[::-1], ("1.3", "1.2", "1.1"), strict=True)
    },
}
BIS = "DATAFLOW,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE\n" + "".join(
    f"BIS:WS_EER(1.0),D,CN,{day},{value}\n" for day, value in zip(DAYS, (98.5, "NaN", 99.0), strict=True)
)
# Payrolls: the first value was there before anybody recorded when; the second was revised after two days.
ALFRED = {
    "observations": [
        {"realtime_start": since, "realtime_end": "9999-12-31", "date": str(day), "value": value}
        for since, day, value in (
            ("2024-01-05", date(2024, 1, 1), "100"),
            ("2024-02-02", DAYS[0], "103"),
            ("2024-02-04", DAYS[0], "102.5"),
            ("2024-02-09", DAYS[1], "104"),
            ("2024-02-16", DAYS[2], "104.5"),
            ("2024-02-23", DAYS[2], "."),
        )
    ]
}
FIELDS = ["ts_code", "trade_date", "open", "high", "low", "close", "vol"]
TUSHARE = {
    "code": 0,
    "msg": None,
    "data": {
        "fields": FIELDS,
        "items": [
            ["X", f"{day:%Y%m%d}", 1, 2, 0.5, c, 9]
            for day, c in zip(DAYS[::-1], (1.3, 1.2, 1.1), strict=True)
        ],
    },
}


def told(value, status=200):
    body = (
        value
        if isinstance(value, bytes)
        else value.encode()
        if isinstance(value, str)
        else json.dumps(value).encode()
    )
    return Answer(body, status)


def japan(path):
    return told((MOF_NOW if path.endswith("jgbcme.csv") else MOF_ALL).encode("cp932"))


# Provider: symbol, what is answered, closes, what must stand in the address.
GOOD = {
    "ecb": ("USDJPY", told(zipped(ECB)), [155.91 / 1.0956, 155.97 / 1.0919, 158.45 / 1.0921], ""),
    "h10": ("USDJPY", told(H10), [142.10, 143.20, 144.60], "rel=H10&series=60f32914ab61dfab590e0e470153e3ae"),
    "mof": ("10Y", japan, [0.61, 0.62, 0.63], "historical/jgbcme_all.csv"),
    "bis": ("WS_EER/D.R.B.CN", told(BIS.replace("NaN", "98.7")), [98.5, 98.7, 99.0], "D.R.B.CN?format=csv"),
    "alfred": ("PAYEMS:change:0", told(ALFRED), [3.0, 1.5, 0.5], "series_id=PAYEMS&file_type=json"),
    "stooq": ("gc.f", told(STOOQ), [1.1, 1.2, 1.3], "s=gc.f&i=d&d1=20240102&d2=20240105"),
    "naver": ("KOSDAQ", told(NAVER.encode("cp949")), [878.93, 871.57, 878.33], "symbol=KOSDAQ&timeframe=day"),
    "tiingo": ("AAPL", told(TIINGO), [8.0, 4.0, 4.1], "AAPL/prices?startDate=2024-01-02&format=json"),
    "alphavantage": ("IBM", told(ALPHA), [1.1, 1.2, 1.3], "function=TIME_SERIES_DAILY&symbol=IBM"),
    "tushare": ("index_daily:000001.SH", told(TUSHARE), [1.1, 1.2, 1.3], ""),
}
PAGE = told("<!DOCTYPE html><html>captcha</html>")
# Provider, symbol, answer, kind, words; beside those that all share.
BAD = [
    *((name, symbol, PAGE, "malformed", "") for name, (symbol, *_) in GOOD.items()),
    *((name, symbol, told("", 429), "rate_limited", "429") for name, (symbol, *_) in GOOD.items()),
    *((name, symbol, told("日期".encode("gbk")), "malformed", "") for name, (symbol, *_) in GOOD.items()),
    *((name, symbol, Answer(b"x", truncate=True), "transient", "") for name, (symbol, *_) in GOOD.items()),
    ("ecb", "USDXXX", told(zipped(ECB)), "not_found", "currencies of the file"),
    ("ecb", "USDJPY", told(zipped(ECB.replace("JPY", "YEN"))), "not_found", "USDJPY"),
    ("ecb", "USDJPY", told(zipped(ECB.replace("Date", "Day"))), "malformed", "Date must be the first column"),
    ("ecb", "USDJPY", told(zipped(ECB.replace("155.91", "n o"))), "malformed", "row 3 is broken"),
    ("ecb", "USDJPY", told(zipped(ECB, "other.csv")), "malformed", "eurofxref-hist.csv was expected"),
    ("ecb", "USDJPY", told(zipped(ECB)[:90]), "malformed", "archive"),
    ("h10", "USDXXX", told(H10), "not_found", "must be one of AUDUSD"),
    ("h10", "USDJPY", told(H10.replace("RXI_N.B.JA", "RXI_N.B.JP")), "malformed", "Time Period,RXI_N.B.JA"),
    ("h10", "USDJPY", told("No data\n"), "malformed", "'Time Period' was expected"),
    ("mof", "11Y", told(""), "not_found", "1Y, 2Y"),
    ("mof", "10Y", told(MOF_ALL.replace("10Y", "10 years")), "malformed", "the columns must be Date,10Y"),
    ("bis", "WS_EER", told(BIS), "not_found", "FLOW/KEY of one series"),
    ("bis", "WS_EER/M.R.B.CN+JP", told(BIS), "not_found", "FLOW/KEY of one series"),
    ("bis", "WS_EER/D.R.B.CN", told(BIS.replace("OBS_VALUE", "VALUE")), "malformed", "OBS_VALUE were exp"),
    ("bis", "WS_EER/D.R.B.CN", told(BIS.replace(str(DAYS[0]), "2024-W01")), "malformed", "line 2 is broken"),
    ("bis", "WS_EER/D.R.B.", told(BIS + BIS.split("\n", 1)[1]), "malformed", "stands twice"),
    ("bis", "WS_EER/D.R.B.XX", told("", 404), "not_found", "404"),
    ("alfred", "PAYEMS", told(ALFRED), "not_found", "SERIES:change:DAYS"),
    ("alfred", "PAYEMS:change:0", told({"error_code": 400}, 400), "malformed", "400"),
    ("alfred", "PAYEMS:change:0", told({"x": []}), "malformed", "a list of observations"),
    ("alfred", "PAYEMS:change:0", told({"observations": [{"date": "x"}]}), "malformed", "observation 1"),
    ("stooq", "nope", told("No data"), "not_found", "no data"),
    ("stooq", "gc.f", told("Get your apikey:\n\n1. Open ..."), "auth", "asks for a key"),
    ("stooq", "gc.f", told("Exceeded the daily hits limit"), "rate_limited", "limit of a day"),
    ("stooq", "gc.f", told(STOOQ.replace("Close", "Zamkniecie")), "malformed", "Date,Open,High,Low,Close"),
    ("stooq", "gc.f", told(STOOQ.splitlines()[0] + "\n"), "empty", "no session"),
    ("stooq", "gc.f", told(STOOQ + "2024-01-08,1,2\n"), "malformed", "row 4 is broken"),
    ("naver", "NONE", told('<chartdata symbol="NONE"></chartdata>'), "not_found", "may be unknown"),
    (
        "naver",
        "KOSDAQ",
        told(NAVER.replace("878.33", "many").encode("cp949")),
        "malformed",
        "row 3 is broken",
    ),
    ("tiingo", "NOPE", told({"detail": "Not found."}, 404), "not_found", "404"),
    ("tiingo", "AAPL", told([]), "empty", "no session"),
    ("tiingo", "AAPL", told({"detail": "x"}), "malformed", "a list of sessions"),
    ("tiingo", "AAPL", told([{"date": "2024-01-02", "open": 1}]), "malformed", "must have 'high'"),
    (
        "tiingo",
        "AAPL",
        told("Error: You have run over your hourly request allocation limit"),
        "rate_limited",
        "",
    ),
    ("alphavantage", "NO", told({"Error Message": "Invalid API call."}), "not_found", "symbol"),
    (
        "alphavantage",
        "NO",
        told({"Error Message": "the parameter apikey is invalid or missing."}),
        "auth",
        "key",
    ),
    (
        "alphavantage",
        "IBM",
        told({"Note": "Our standard API call frequency is 5 calls"}),
        "rate_limited",
        "limit",
    ),
    (
        "alphavantage",
        "IBM",
        told({"Information": "rate limit is 25 requests per day"}),
        "rate_limited",
        "limit",
    ),
    ("alphavantage", "IBM", told({"Information": "This is a premium endpoint."}), "unsupported", "paid"),
    ("alphavantage", "IBM", told({}), "malformed", "'Time Series' was expected"),
    ("tushare", "daily_news:1", told(TUSHARE), "not_found", "must be one of index_daily"),
    ("tushare", "index_daily:X", told({"code": 2002, "msg": "x"}), "auth", "refuses the token"),
    ("tushare", "index_daily:X", told({"code": 40203, "msg": "x"}), "rate_limited", "limit of index_daily"),
    ("tushare", "index_daily:X", told({"code": -1, "msg": "x"}), "malformed", "code 0 was expected, got -1"),
    (
        "tushare",
        "index_daily:X",
        told({"code": 0, "data": {"fields": FIELDS, "items": [["X"]]}}),
        "malformed",
        "items",
    ),
]


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


SIX = {"EURUSD": 1.0956, "USDJPY": 142.1, "GBPUSD": 1.27, "USDCAD": 1.33, "USDSEK": 10.2, "USDCHF": 0.85}
# The formula as the exchange states it, as a product.
INDEX = 50.14348112 * 1.0956**-0.576 * 142.1**0.136 * 1.27**-0.119 * 1.33**0.091 * 10.2**0.042 * 0.85**0.036


def one_day(symbol, path):
    """The six rates of one day, as each of the three sources sends them."""
    if symbol == "DXY:fred":
        series = dict(
            zip(("DEXUSEU", "DEXJPUS", "DEXUSUK", "DEXCAUS", "DEXSDUS", "DEXSZUS"), SIX, strict=True)
        )
        name = parse_qs(urlsplit(path).query)["id"][0]
        return told(f"observation_date,{name}\n2024-01-02,{SIX[series[name]]}\n")
    if symbol == "DXY:h10":
        names = [h10.SERIES[pair] for pair in SIX]
        return told(f"Time Period,{','.join(names)}\n2024-01-02,{','.join(map(str, SIX.values()))}\n")
    euro = SIX["EURUSD"]
    rates = {pair[3:]: euro * rate for pair, rate in SIX.items() if pair.startswith("USD")}
    rates |= {"USD": euro, "GBP": euro / SIX["GBPUSD"]}
    return told(zipped(f"Date,{','.join(rates)},\n2024-01-02,{','.join(map(repr, rates.values()))},\n"))


@pytest.mark.parametrize("symbol", ["DXY:fred", "DXY:h10", "DXY:ecb"])
def test_the_dollar_index_is_computed_from_six_rates_and_says_so(symbol):
    name = symbol.partition(":")[2]
    with serve(lambda path: one_day(symbol, path)) as served:
        own = {"url": served.url, "interval": 0.0} | ({"cache": None} if name == "ecb" else {})
        provider = registry.open_provider("computed", {"options": {name: own}})
        (bars,) = provider.fetch([Request("dxy", symbol)], soon())
    assert bars.sessions.tolist() == [DAYS[0]]
    assert bars.close[0] == pytest.approx(INDEX, rel=1e-12)
    assert bars.package.endswith(f"computed from six rates of {name}")
    assert provider.clock(symbol) == (clocks.FIXING if name == "ecb" else clocks.NOON)


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


RECENT = np.busday_offset("2024-06-14", np.arange(-400, 0), roll="forward").tolist()  # to Thursday the 13th
# What is sent, and what the gate finds: the rule, and what is left of the bars.
SENT = {
    "as it should be": (lambda days: days, set(), 400),
    "the newest first": (lambda days: days[::-1], {"unsorted"}, 400),
    "days twice": (lambda days: sorted(days + days[50:60]), {"duplicate"}, 400),
    "a gap of a year": (lambda days: days[:60] + days[320:], {"gap"}, 140),
    "yesterday is missing": (lambda days: days[:-1], set(), 399),
    "a week is missing at the end": (lambda days: days[:-7], {"too_old"}, 393),
    "today is not over": (lambda days: [*days, date(2024, 6, 14)], {"unfinished"}, 400),
    "tomorrow": (lambda days: [*days, date(2024, 6, 17)], {"future"}, 400),
}


@pytest.mark.parametrize("name", SENT)
def test_what_users_report_of_bars_is_found_on_the_way_into_the_store(tmp_path, name):
    """Through provider, gate and store: nothing is repaired silently, nothing bad is stored."""
    change, rules, left = SENT[name]
    values = {day: round(100 + 3 * np.sin(n), 4) for n, day in enumerate([*RECENT, *SENT["tomorrow"][0]([])])}
    lines = [f"{day},,,,{values.get(day, 101.0)}," for day in change(RECENT)]
    entry = Entry("a", "equity_index", {"stooq": "x"}, timezone="America/New_York", close="16:00")
    noon = datetime(2024, 6, 14, 16, tzinfo=timezone.utc)
    answer = told("\n".join(["Date,Open,High,Low,Close,Volume", *lines, ""]))
    with serve(lambda path: answer) as served, Store.open(tmp_path / "a.db", write=True) as store:
        options = {"stooq": {"url": served.url, "interval": 0.0}}
        (report,) = refresh(store, [entry], deadline=soon(), now=noon, options=options)
    assert ({finding.rule for finding in report.findings} - {"constant_run"}, report.sessions) == (
        rules,
        left,
    )
    assert report.fresh == ("too_old" not in rules)


@pytest.mark.parametrize("moment", ["2024-06-14T10:30:00-07:00", "2024-06-15T02:30:00+09:00"])
def test_an_open_request_ends_where_the_day_is_latest(moment):
    assert latest_day(datetime.fromisoformat(moment)) == date(2024, 6, 15)
