"""Federal Reserve Economic Data, by the CSV download that needs no key."""

import csv
import io
from datetime import date

from scanners.prices import clocks
from scanners.prices.files.cells import parse_date, parse_number
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.pace import Pace

NAME = "fred"
URL = "https://fred.stlouisfed.org/graph/fredgraph.csv"
# Both spellings of the first column that the service has used.
_DATE_NAMES = ("observation_date", "DATE")
_INDICES = ("NASDAQCOM", "NASDAQ100", "SP500", "DJIA", "VIXCLS", "NIKKEI225")


def provider(url: str = URL, interval: float = 0.5, timeout: float = 60.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the service or a mirror.
    interval : float
        Least seconds between two requests.
    timeout : float
        Most seconds for one series.
    """
    pace = Pace(interval)

    def fetch_one(request: Request, deadline: float) -> Bars:
        params = {"id": request.symbol}
        if request.start is not None:
            params["cosd"] = request.start.isoformat()
        if request.end is not None:
            params["coed"] = request.end.isoformat()
        from scanners.prices.providers import http  # who only asks for the traits need not load it

        payload = http.get(url, params, pace=pace, deadline=deadline)
        sessions, closes = parse(payload, request.symbol)
        return assemble(request, NAME, sessions, {"close": closes}, payload_hash=digest(payload))

    fetch = one_by_one(NAME, fetch_one, timeout)
    return Provider(NAME, fetch, interval, traits=Traits(address=url), clock=clock)


def clock(symbol: str) -> str:
    """Return what a daily value is: H.10 of noon, H.15 of the close, an index of its session."""
    if symbol.startswith("DEX"):
        return clocks.NOON
    if symbol.startswith("DGS"):
        return clocks.CURVE
    return clocks.SESSION if symbol in _INDICES else clocks.NOT_STATED


def parse(payload: bytes, symbol: str) -> tuple[list[date], list[float]]:
    """Return the dates and values of a download.

    A blank or ``.`` is a day without a value and is left out; so is a last line without its line end, which
    may have been cut in the middle of a number.

    Raises
    ------
    FetchError
        ``malformed`` if this is not such a download: a web page, another series, a broken line.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FetchError("malformed", "the answer is not text") from None
    if text.lstrip()[:1] == "<":
        raise FetchError("malformed", "the answer is a web page instead of CSV")
    rows = list(csv.reader(io.StringIO(text[: text.rfind("\n") + 1])))
    if not rows or len(rows[0]) != 2 or rows[0][0] not in _DATE_NAMES or rows[0][1] != symbol:
        header = ",".join(rows[0])[:80] if rows else ""
        raise FetchError("malformed", f"the columns must be {_DATE_NAMES[0]},{symbol}, got {header!r}")
    sessions, values = [], []
    for line, row in enumerate(rows[1:], 2):
        try:
            day, value = row
            number = parse_number(value)
            session = parse_date(day)
        except ValueError as error:
            raise FetchError("malformed", f"line {line} is broken: {error}") from None
        if number == number:
            sessions.append(session)
            values.append(number)
    return sessions, values
