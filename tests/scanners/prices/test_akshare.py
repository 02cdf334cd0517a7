"""The family of akshare: each function through the real package over loopback, and every way it may drift."""

import re
import time
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import chinese_sites as site
import numpy as np
import pandas as pd
import pytest
from loopback import Answer, serve

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Request
from scanners.prices.providers import akshare, eastmoney
from scanners.prices.providers.akshare_shapes import SHAPES, columns_of
from scanners.prices.providers.isolated import isolated

# date, open, high, low, close, volume
ROWS = [
    ("2023-04-21", "96.50", "96.77", "96.33", "96.71", "17052"),
    ("2023-04-24", "96.70", "97.03", "96.65", "96.98", "11000"),
]
GOOD = {
    "futures_zh_daily_sina:TL0": site.sina_contract(ROWS),
    "futures_foreign_hist:GC": site.sina_foreign(ROWS),
    "futures_global_hist_em:GC00Y": site.klines(ROWS),
    "index_us_stock_sina:.IXIC": site.sina_packed(ROWS),
    "index_global_hist_sina:首尔综合指数": site.sina_global(ROWS),
    "index_global_hist_em:美元指数": site.klines(ROWS),
    "stock_zh_index_daily:sh000001": site.sina_packed(ROWS),
    "stock_zh_index_daily_em:sh000001": site.klines(ROWS, fields=8),
    "fund_etf_hist_sina:sh510050": site.sina_packed(ROWS),
    "fund_etf_hist_em:510050": site.klines(ROWS, fields=11),
    "spot_hist_sge:Au99.99": site.gold_exchange(ROWS),
    "forex_hist_em:USDJPY": site.klines(ROWS),
    "bond_zh_us_rate:cn30y": site.treasury_yields(ROWS),
    "bond_china_yield:30y": site.curve(ROWS),
    "macro_china_cpi:yoy": site.monthly(ROWS, 12),
    "macro_china_ppi:yoy": site.monthly(ROWS, 3),
    "macro_china_money_supply:m2": site.monthly(ROWS, 9),
    "macro_china_gdp:real_yoy": site.quarterly(ROWS),
}
CUT = Answer(site.sina_contract(ROWS).body[:120])
SHORT = Answer(site.sina_contract(ROWS).body, truncate=True)
CAPTCHA = Answer("<html><script>var captcha = 1</script>请输入验证码</html>".encode("gbk"))
# What goes wrong: the function asked, what is answered, the kind of failure and its words.
BAD = {
    "page": (
        "futures_zh_daily_sina",
        Answer(b"<html>busy</html>"),
        "malformed",
        "a web page instead of data",
    ),
    "captcha": ("index_global_hist_em", CAPTCHA, "malformed", "a captcha instead of data"),
    "limit": ("futures_zh_daily_sina", Answer(b"", 429, {"Retry-After": "0"}), "rate_limited", "429"),
    "banned": ("forex_hist_em", Answer(b"Forbidden", 403), "auth", "403"),
    "down": ("forex_hist_em", Answer(b"", 502), "transient", "502"),
    "null": ("futures_zh_daily_sina", Answer(b"var _V21052021_4_12=(null);"), "malformed", "another shape"),
    "no data": ("forex_hist_em", Answer(b'{"data": null}'), "malformed", "another shape"),
    "empty": ("stock_zh_index_daily_em", site.klines([]), "empty", "an empty table"),
    "empty script": ("futures_foreign_hist", site.sina_foreign([]), "empty", "an empty table"),
    "dates": (
        "futures_zh_daily_sina",
        site.sina_contract([("yesterday", *ROWS[0][1:])]),
        "malformed",
        "dates were expected",
    ),
    "coerced dates": ("forex_hist_em", site.klines([("?", *ROWS[0][1:])]), "malformed", "1 of 1 are none"),
    "text": ("forex_hist_em", site.klines([(ROWS[0][0], *"abcde")]), "malformed", "none is a number"),
    "moved": (
        "index_global_hist_em",
        site.klines([(day, o, low, h, c, v) for day, o, h, low, c, v in ROWS]),
        "malformed",
        "columns have changed places",
    ),
    "wider": ("index_global_hist_em", site.klines(ROWS, fields=17), "malformed", "another shape"),
    "renamed": (
        "futures_foreign_hist",
        Answer(site.sina_foreign(ROWS).body.replace(b'"close"', b'"last"')),
        "malformed",
        "must have the columns close, got date, open, high, low, last",
    ),
    "cut": ("futures_zh_daily_sina", CUT, "malformed", "another shape"),
    "reset": ("futures_zh_daily_sina", SHORT, "transient", "the connection failed"),
}
ARGUMENTS = {symbol.partition(":")[0]: symbol.partition(":")[2] for symbol in GOOD}


def test_every_function_of_the_family_and_everything_that_users_report(monkeypatch):
    """One child imports the package for all; the server gives the answers in the order of requests."""
    pytest.importorskip("akshare")
    answers = {name: answer for name, (_, answer, _, _) in BAD.items()} | GOOD
    current = [""]
    requests = [
        Request(name, f"{function}:{ARGUMENTS[function]}") for name, (function, *_) in BAD.items()
    ] + [Request(symbol, symbol, start=date(2023, 4, 1), end=date(2023, 4, 28)) for symbol in GOOD]
    requests += [
        Request(name, symbol, start=date(2023, 4, 1), end=date(2023, 4, 28))
        for name, symbol in (("rolled", "contracts:AU"), ("one cannot be read", "contracts:XX"))
    ]
    outcomes = {}

    def answer(path):
        return answers[current[0]] if current[0] in answers else contracts(path)

    with serve(answer) as served:
        monkeypatch.setenv("LPPL_TEST_SERVER", served.url)
        provider = isolated("akshare", "package_loopback:akshare_fetch", interval=0.0, timeout=40.0)

        def following():
            for request in requests:
                current[0] = request.series
                yield request

        for outcome in provider.fetch(following(), time.monotonic() + 90):
            outcomes[outcome.series] = outcome
    for name, (_, _, kind, words) in BAD.items():
        assert (outcomes[name].kind, words in outcomes[name].message) == (kind, True), outcomes[name]
    for symbol in GOOD:
        check_good(outcomes[symbol], symbol)
    check_rolled(outcomes["rolled"])
    failure = outcomes["one cannot be read"]
    assert (failure.kind, failure.message) == ("malformed", "the answer is a web page instead of data")
    paths = " ".join(served.paths)
    for words in (
        "getGlobalFuturesDailyKLine?symbol=GC",
        "secid=101.GC00Y",
        "secid=100.UDI",
        "secid=119.USDJPY",
    ):
        assert words in paths
    assert set(SHAPES) == set(ARGUMENTS)


def contracts(path):
    """Two contracts of three days; the later one has more open interest from the second on."""
    symbol = site.asked(path)[2]["symbol"]
    if symbol.startswith("XX"):
        return Answer(b"<html>busy</html>")
    levels = {"AU2306": (440.0, (5000, 4000, 3000)), "AU2308": (444.0, (1000, 6000, 7000))}
    if symbol not in levels:
        return Answer(b"var _V21052021_4_12=(null);")
    level, interest = levels[symbol]
    days = ("2023-04-20", "2023-04-21", "2023-04-24")
    rows = [
        (day, *[str(level + n)] * 4, "100", str(interest[n]), str(level + n + 0.5))
        for n, day in enumerate(days)
    ]
    return site.sina_contract(rows)


def check_rolled(bars):
    """The contract is chosen on the session before; the roll is the ratio of settlements then."""
    assert bars.close.tolist() == [440.0, 441.0, 446.0]
    (event,) = bars.events
    assert (event.session, event.kind, event.note) == (date(2023, 4, 24), "roll", "AU2306 to AU2308")
    assert event.value == 445.5 / 441.5
    assert (bars.symbol, bars.currency) == ("contracts:AU", "CNY")


def check_good(bars, symbol):
    function = symbol.partition(":")[0]
    shape = SHAPES[function]
    assert isinstance(bars, Bars), (symbol, bars)
    if shape.clock == clocks.PERIOD:
        assert (bars.sessions.tolist(), bars.close.tolist()) == ([date(2023, 4, 1)] * 2, [96.71, 96.98])
        return
    order = np.argsort(bars.sessions)
    assert bars.sessions[order].tolist() == [date(2023, 4, 21), date(2023, 4, 24)], symbol
    assert bars.close[order].tolist() == [96.71, 96.98], symbol
    assert (bars.currency, bars.timezone) == (shape.currency, shape.zone)
    if shape.columns:
        assert (bars.open[0], bars.high[0], bars.low[0]) == (96.50, 96.77, 96.33), symbol


def test_symbols_that_name_nothing_are_told_what_there_is():
    pytest.importorskip("akshare")
    for provider, symbol, words in (
        (akshare, "stock_zh_a_hist:600000", "must be one of futures_zh_daily_sina, futures_foreign_hist"),
        (akshare, "bond_zh_us_rate:de10y", "has cn2y, cn5y, cn10y, cn30y, us2y"),
        (eastmoney, "futures_foreign_hist:GC", "must be one of futures_global_hist_em"),
    ):
        with pytest.raises(FetchError, match=words) as caught:
            provider.fetch_one(Request("a", symbol))
        assert caught.value.kind == "not_found"


def test_numbers_as_text_with_marks_are_read_and_words_are_refused():
    frame = pd.DataFrame([ROWS[0]], columns=["date", "open", "high", "low", "close", "volume"])
    frame["volume"] = "1,234,567"
    columns = columns_of(frame, "futures_foreign_hist", "GC")
    assert (columns["close"][0], columns["volume"][0]) == (96.71, 1234567.0)
    with pytest.raises(FetchError, match="futures_foreign_hist: close must be a number, got 'halted'"):
        columns_of(frame.assign(close="halted"), "futures_foreign_hist", "GC")


def test_each_states_its_clock():
    for symbol in ("TL0", "contracts:AU", "futures_foreign_hist:GC"):
        assert akshare.clock(symbol) == clocks.SESSION
    assert akshare.clock("forex_hist_em:USDJPY") == clocks.NOT_STATED
    assert akshare.clock("bond_china_yield:10y") == clocks.CURVE


def test_akshare_has_no_kosdaq_as_the_documentation_says():
    package = find_spec("akshare")
    if package is None:
        pytest.skip("akshare is not installed")
    lists = Path(package.origin).with_name("index").joinpath("cons.py").read_text(encoding="utf-8")
    assert "KOSPI" in lists
    assert not re.search("kosdaq|kq11|科斯达克", lists, re.IGNORECASE)
