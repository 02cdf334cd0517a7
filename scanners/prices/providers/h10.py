"""Noon buying rates of H.10, from the Federal Reserve Board itself: a second way to what FRED has as DEX...

A symbol is a pair, ``USDJPY`` or ``EURUSD``; the Board quotes most currencies a dollar and four the other
way.
"""

from datetime import date

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.pace import Pace
from scanners.prices.providers.text_table import read, rows_of, text_of

NAME = "h10"
URL = "https://www.federalreserve.gov/datadownload/Output.aspx"
# The Board's own package of the daily rates of H.10.
_DAILY = "60f32914ab61dfab590e0e470153e3ae"
_DATES = "Time Period"
SERIES = {
    "AUDUSD": "RXI$US_N.B.AL",
    "EURUSD": "RXI$US_N.B.EU",
    "GBPUSD": "RXI$US_N.B.UK",
    "NZDUSD": "RXI$US_N.B.NZ",
    "USDBRL": "RXI_N.B.BZ",
    "USDCAD": "RXI_N.B.CA",
    "USDCHF": "RXI_N.B.SZ",
    "USDCNY": "RXI_N.B.CH",
    "USDINR": "RXI_N.B.IN",
    "USDJPY": "RXI_N.B.JA",
    "USDKRW": "RXI_N.B.KO",
    "USDMXN": "RXI_N.B.MX",
    "USDSEK": "RXI_N.B.SD",
    "USDZAR": "RXI_N.B.SF",
}


def provider(url: str = URL, interval: float = 0.5, timeout: float = 60.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the Board's data download or a mirror.
    interval, timeout : float
        Least seconds between two requests; most seconds for one series.
    """
    pace = Pace(interval)
    known: dict[tuple[date | None, date | None], bytes] = {}  # one download serves every pair of a span

    def fetch_one(request: Request, deadline: float) -> Bars:
        from scanners.prices.providers import http

        if request.symbol not in SERIES:
            raise FetchError("not_found", f"the pair must be one of {', '.join(SERIES)}")
        span = request.start, request.end
        if span not in known:
            first, last = (f"{day:%m/%d/%Y}" if day else "" for day in span)
            asked = {"rel": "H10", "series": _DAILY, "lastobs": "", "from": first, "to": last}
            asked |= {"filetype": "csv", "label": "include", "layout": "seriescolumn", "type": "package"}
            known[span] = http.get(url, asked, pace=pace, deadline=deadline)
        sessions, closes = parse(known[span], request.symbol)
        return assemble(
            request,
            NAME,
            sessions,
            {"close": closes},
            payload_hash=digest(known[span]),
            currency=request.symbol[3:],
            timezone_name="America/New_York",
        )

    fetch = one_by_one(NAME, fetch_one, timeout)
    traits = Traits(address=url)
    return Provider(NAME, fetch, interval, traits=traits, clock=clocks.always(clocks.NOON))


def parse(payload: bytes, symbol: str) -> tuple[list[date], list[float]]:
    """Return the dates and rates of a pair.

    Raises
    ------
    FetchError
        ``malformed`` if this is not such a download.
    """
    rows = rows_of(text_of(payload))
    head = next((place for place, row in enumerate(rows) if row[0] == _DATES), None)
    if head is None:
        raise FetchError("malformed", f"a line that begins with {_DATES!r} was expected")
    sessions, columns = read(rows[head], rows[head + 1 :], _DATES, {"close": SERIES[symbol]})
    return sessions, columns["close"]
