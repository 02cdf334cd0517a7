"""Tushare: Chinese indices, funds, futures and currencies, through its own HTTP interface. Needs a token.

A symbol is ``INTERFACE:CODE``: ``index_daily:000001.SH``, ``fut_daily:TL.CFX``, ``fx_daily:USDCNH.FXCM``.
"""

import os
from datetime import timedelta
from typing import Any

from scanners.prices import clocks
from scanners.prices.interface import FIELDS, Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, latest_day, one_by_one
from scanners.prices.providers.json_answer import decoded, read
from scanners.prices.providers.pace import Pace

NAME = "tushare"
URL = "https://api.tushare.pro"
KEY = "TUSHARE_TOKEN"
_BARS = {name: name for name in FIELDS if name != "volume"} | {"volume": "vol"}
_BIDS = {name: f"bid_{name}" for name in FIELDS if name != "volume"}
INTERFACES = {
    "index_daily": _BARS,
    "index_global": _BARS,
    "fund_daily": _BARS,
    "fut_daily": _BARS,
    "fx_daily": _BIDS,
}
_MOST_PAGES = 60
_NO_PERMISSION, _NO_TOKEN, _TOO_OFTEN = 2002, 40101, 40203


def provider(url: str = URL, interval: float = 0.6, timeout: float = 120.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the service or a mirror.
    interval, timeout : float
        Least seconds between two requests; most seconds for one series.
    """
    pace = Pace(interval)

    def fetch_one(request: Request, deadline: float) -> Bars:
        name, _, code = request.symbol.partition(":")
        if name not in INTERFACES:
            raise FetchError("not_found", f"the interface must be one of {', '.join(INTERFACES)}")
        params = {"ts_code": code, "start_date": f"{request.start:%Y%m%d}" if request.start else ""}
        rows: list[dict[str, Any]] = []
        last = request.end or latest_day()
        # An answer has a limited number of rows, the newest first; go on before the oldest until none is
        # left.
        for _ in range(_MOST_PAGES):
            page = _ask(url, name, params | {"end_date": f"{last:%Y%m%d}"}, pace, deadline)
            if not page:
                break
            rows += page
            last = min(read(page, "trade_date", {})[0]) - timedelta(days=1)
            if request.start and last < request.start:
                break
        sessions, columns = read(rows, "trade_date", INTERFACES[name])
        hashed = digest(repr(rows).encode())
        return assemble(request, NAME, sessions, columns, payload_hash=hashed)

    fetch = one_by_one(NAME, fetch_one, timeout, pace)
    return Provider(NAME, fetch, interval, credentials=(KEY,), traits=Traits(address=url), clock=clock)


def clock(symbol: str) -> str:
    """Return what the daily bar of a symbol is; the service does not say it of currencies."""
    return clocks.NOT_STATED if symbol.startswith("fx_") else clocks.SESSION


def _ask(url: str, name: str, params: dict[str, str], pace: Pace, deadline: float) -> list[dict[str, Any]]:
    from scanners.prices.providers import http

    question = {"api_name": name, "token": os.environ.get(KEY, ""), "params": params, "fields": ""}
    answer = decoded(http.get(url, {}, pace=pace, deadline=deadline, question=question))
    code = answer.get("code") if isinstance(answer, dict) else None
    if code in (_NO_PERMISSION, _NO_TOKEN):
        raise FetchError("auth", f"the service refuses the token for {name} (code {code})")
    if code == _TOO_OFTEN:
        raise FetchError("rate_limited", f"the service says that its limit of {name} is reached")
    if code != 0:
        raise FetchError("malformed", f"code 0 was expected, got {code}")
    try:
        fields, items = answer["data"]["fields"], answer["data"]["items"]
        return [dict(zip(fields, item, strict=True)) for item in items]
    except (KeyError, TypeError, ValueError):
        raise FetchError("malformed", "data with fields and items was expected") from None
