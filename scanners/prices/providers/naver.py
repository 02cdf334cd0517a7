"""Naver: Korean indices and shares, in the format that its own charts read."""

import re
from datetime import date

from scanners.prices import clocks
from scanners.prices.interface import FIELDS, Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, latest_day, one_by_one
from scanners.prices.providers.pace import Pace
from scanners.prices.providers.text_table import read

NAME = "naver"
URL = "https://fchart.stock.naver.com/sise.nhn"
_ITEM = re.compile(r'<item data="([^"]*)"')
_ALL = 15000  # sessions, more than any Korean series has


def provider(url: str = URL, interval: float = 1.0, timeout: float = 60.0) -> Provider:
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
        from scanners.prices.providers import http

        count = _ALL if request.start is None else max(1, (latest_day() - request.start).days + 1)
        asked = {"symbol": request.symbol, "timeframe": "day", "count": str(count), "requestType": "0"}
        payload = http.get(url, asked, pace=pace, deadline=deadline)
        sessions, columns = parse(payload)
        return assemble(
            request,
            NAME,
            sessions,
            columns,
            payload_hash=digest(payload),
            currency="KRW",
            timezone_name="Asia/Seoul",
        )

    fetch = one_by_one(NAME, fetch_one, timeout)
    traits = Traits(address=url)
    return Provider(NAME, fetch, interval, traits=traits, clock=clocks.always(clocks.SESSION))


def parse(payload: bytes) -> tuple[list[date], dict[str, list[float]]]:
    """Return the dates and the bars of an answer: items of date, open, high, low, close, volume.

    Raises
    ------
    FetchError
        ``not_found`` if it is a chart without an item, ``malformed`` if it is no chart.
    """
    text = payload.decode("cp949", "replace")
    if "<chartdata" not in text:
        raise FetchError("malformed", "a chart (<chartdata>) was expected")
    rows = [["" if cell == "null" else cell for cell in item.split("|")] for item in _ITEM.findall(text)]
    if not rows:
        raise FetchError("not_found", "the chart has no session; the symbol may be unknown")
    return read(["date", *FIELDS], rows, "date", {name: name for name in FIELDS})
