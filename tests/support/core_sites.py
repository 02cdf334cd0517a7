"""Every site that the core list names for China, on one loopback server, with walks that agree."""

import io
import json
import zipfile

import chinese_sites as site
import numpy as np
from days import settled_today
from loopback import Answer

from scanners.prices.providers import cffex
from scanners.prices.providers.computed import BASE

TODAY = np.datetime64(settled_today())
DAYS = np.busday_offset(TODAY, np.arange(-300, 0), roll="forward")
LEVELS = {"gold": 2000.0, "silver": 25.0, "nasdaq": 15000.0, "kosdaq": 850.0, "kospi": 2600.0}
LEVELS |= {"tl": 105.0, "dxy": 100.0, "usdjpy": 145.0}
_HEADER = (
    "合约代码,今开盘,最高价,最低价,成交量,成交金额,持仓量,持仓变化,今收盘,今结算,前结算,涨跌1,涨跌2,Delta"
)


def walk(name):
    """Return the closes of a series of the core list."""
    rng = np.random.default_rng([*name.encode()])
    return np.round(LEVELS[name] * np.exp(np.cumsum(rng.normal(0, 0.006, len(DAYS)))), 4)


def rows(name):
    """Return bars as text: date, open, high, low, close, volume."""
    return [
        (str(day), f"{c:.4f}", f"{c * 1.002:.4f}", f"{c * 0.998:.4f}", f"{c:.4f}", "1000")
        for day, c in zip(DAYS, walk(name).tolist(), strict=True)
    ]


def _csv(header, name):
    lines = [f"{day},{close!r}" for day, close in zip(DAYS, name, strict=True)]
    return Answer("\n".join([header, *lines, ""]).encode())


def fred(query):
    """Answer as FRED: the Nasdaq, the yen, and six rates that make the dollar index."""
    symbol = query["id"]
    flat = np.ones(len(DAYS))
    values = {
        "NASDAQCOM": walk("nasdaq"),
        "DEXJPUS": walk("usdjpy"),
        # With the yen as it is, the euro makes the index what it is.
        "DEXUSEU": (BASE * walk("usdjpy") ** 0.136 / walk("dxy")) ** (1 / 0.576),
    }.get(symbol, flat)
    return _csv(f"observation_date,{symbol}", values.tolist())


def naver(query):
    """Answer as Naver."""
    items = "".join(
        f'<item data="{day.replace("-", "")}|{"|".join(more)}" />'
        for day, *more in rows(query["symbol"].lower())
    )
    return Answer(f"<chartdata>{items}</chartdata>".encode())


def exchange(path):
    """Answer as the China Financial Futures Exchange: one contract, a file a day, a month an archive."""
    ordered, values = DAYS.tolist(), walk("tl").tolist()
    close = dict(zip(ordered, values, strict=True))
    earlier = dict(zip(ordered, [values[0], *values], strict=False))
    stem = path.rstrip("/").rsplit("/", 1)[1]

    def of_day(day):
        now, before = close[day], earlier[day]
        line = f"TL2999,{now},{now},{now},100,1,5000,0,{now},{now},{before},0,0,--"
        return f"{_HEADER}\r\n{line}\r\n".encode("gb18030")

    if stem.endswith(".zip"):
        month = stem[:6]
        payload = io.BytesIO()
        with zipfile.ZipFile(payload, "w") as archive:
            for day in ordered:
                if f"{day:%Y%m}" == month:
                    archive.writestr(f"{day:%Y%m%d}_1.csv", of_day(day))
        return Answer(payload.getvalue())
    wanted = [day for day in ordered if f"{day:%Y%m%d}" in stem]
    return Answer(of_day(wanted[0])) if wanted else Answer(b"", 404)


def korean_year(path):
    """Answer as the files that finance-datareader reads, a year each."""
    name = "kosdaq" if "kq11" in path else "kospi"
    year = path.rsplit("/", 1)[1][:4]
    lines = [f"{day},{c},{o},{h},{low},{v}" for day, o, h, low, c, v in rows(name) if day[:4] == year]
    return Answer("\n".join(["Date,Close,Open,High,Low,Volume", *lines, ""]).encode())


def chinese(host, path, query):
    """Answer as Sina and Eastmoney, through akshare."""
    symbol = query.get("symbol") or query.get("secid", "")
    if "GlobalFutures" in path:
        return site.sina_foreign(rows({"GC": "gold", "SI": "silver"}[symbol]))
    if "InnerFutures" in path:
        return site.sina_contract(rows("tl"))
    if host.startswith("gi."):
        return site.sina_global(rows("kospi"))
    if "staticdata" in path:
        return site.sina_packed(rows("nasdaq"))
    names = {"101.GC00Y": "gold", "101.SI00Y": "silver", "100.UDI": "dxy", "100.KS11": "kospi"}
    return site.klines(rows((names | {"119.USDJPY": "usdjpy"})[symbol]))


def world(closed=()):
    """Return what answers for every site but those that are closed: ``krx``, ``china`` for akshare."""

    def answer(path):
        host, rest, query = site.asked(path)
        if host == "fred":
            return fred(query)
        if host == "naver":
            return naver(query)
        if host == "cffex":
            return exchange(path)
        if "githubusercontent" in host:
            return Answer(b"", 503) if "krx" in closed else korean_year(rest)
        if "sina" in host or "eastmoney" in host:
            return Answer(b"", 503) if "china" in closed else chinese(host, rest, query)
        return Answer(json.dumps({"closed": host}).encode(), 503)

    return answer


def options(url):
    """Return the options that point every provider of our own to a server."""
    each = {name: {"url": f"{url}/{name}", "interval": 0.0} for name in ("fred", "h10", "naver", "stooq")}
    each["cffex"] = {"url": f"{url}/cffex", "interval": 0.0, "cache": None}
    each["ecb"] = {"url": f"{url}/ecb", "interval": 0.0, "cache": None}
    return each | {"computed": {"options": each}, "csv": {"folder": "data"}}


def begin(monkeypatch, sessions=300):
    """Let all walks have so many sessions, and the exchange's product begin with them."""
    monkeypatch.setitem(globals(), "DAYS", np.busday_offset(TODAY, np.arange(-sessions, 0), roll="forward"))
    monkeypatch.setitem(cffex.LISTED, "TL", DAYS[0].item())
