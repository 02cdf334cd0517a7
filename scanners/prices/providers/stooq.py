"""Stooq: indices, futures and currencies of the world as CSV, as long as it answers without a key."""

from datetime import date

from scanners.prices import clocks
from scanners.prices.interface import FIELDS, Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, latest_day, one_by_one
from scanners.prices.providers.pace import Pace
from scanners.prices.providers.text_table import read, rows_of, text_of

NAME = "stooq"
URL = "https://stooq.com/q/d/l/"
_LIMIT = "exceeded the daily hits limit"
_KEY = "get your apikey"
_A_DAY = 86400.0


def provider(url: str = URL, interval: float = 2.0, timeout: float = 60.0) -> Provider:
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

        asked = {"s": request.symbol, "i": "d"}
        if request.start is not None:
            asked |= {"d1": f"{request.start:%Y%m%d}", "d2": f"{request.end or latest_day():%Y%m%d}"}
        payload = http.get(url, asked, pace=pace, deadline=deadline)
        sessions, columns = parse(payload)
        hashed = digest(payload)
        return assemble(request, NAME, sessions, columns, payload_hash=hashed)

    fetch = one_by_one(NAME, fetch_one, timeout, pace)
    return Provider(NAME, fetch, interval, traits=Traits(address=url), clock=clock)


def clock(symbol: str) -> str:
    """Return what the daily bar of a symbol is: the site does not say it of currencies."""
    return clocks.SESSION if symbol.startswith("^") or symbol.endswith(".f") else clocks.NOT_STATED


def parse(payload: bytes) -> tuple[list[date], dict[str, list[float]]]:
    """Return the dates and the bars of a download.

    Raises
    ------
    FetchError
        ``rate_limited``, ``auth`` or ``not_found`` where the service says so in words, with status 200;
        ``malformed`` if this is not such a download.
    """
    text = text_of(payload)
    if text.lower().startswith(_LIMIT):
        raise FetchError("rate_limited", "the service's limit of a day is reached", _A_DAY)
    if text.lower().startswith(_KEY):
        raise FetchError("auth", "the service asks for a key, which it gives to people alone")
    if text.strip().lower() == "no data":
        raise FetchError("not_found", "the service has no data of the symbol in the span")
    rows = rows_of(text)
    header = rows[0] if rows else []
    names = {name: name.title() for name in FIELDS if name != "volume" or "Volume" in header}
    return read(header, rows[1:], "Date", names)
