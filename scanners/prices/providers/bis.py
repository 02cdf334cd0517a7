"""The Bank for International Settlements: effective exchange rates, consumer prices, policy rates (SDMX).

A symbol is ``FLOW/KEY`` of one series: ``WS_EER/M.R.B.CN`` is China's real broad effective exchange rate.
"""

import re
from datetime import date

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.pace import Pace
from scanners.prices.providers.text_table import cell_number, rows_of, text_of

NAME = "bis"
URL = "https://stats.bis.org/api/v1/data"
_PERIOD, _VALUE = "TIME_PERIOD", "OBS_VALUE"
# 2024, 2024-03, 2024-Q1, 2024-03-31: the first day stands for the period.
_PERIODS = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?\Z")


def provider(url: str = URL, interval: float = 1.0, timeout: float = 60.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the service's data or a mirror.
    interval, timeout : float
        Least seconds between two requests; most seconds for one series.
    """
    pace = Pace(interval)

    def fetch_one(request: Request, deadline: float) -> Bars:
        from scanners.prices.providers import http

        flow, slash, key = request.symbol.partition("/")
        if not slash or not flow or not key or set("+/?") & set(key):
            raise FetchError("not_found", f"the symbol must be FLOW/KEY of one series, got {request.symbol}")
        payload = http.get(f"{url}/{flow}/{key}", {"format": "csv"}, pace=pace, deadline=deadline)
        sessions, values = parse(payload)
        return assemble(request, NAME, sessions, {"close": values}, payload_hash=digest(payload))

    fetch = one_by_one(NAME, fetch_one, timeout)
    return Provider(NAME, fetch, interval, traits=Traits(address=url), clock=clocks.always(clocks.PERIOD))


def parse(payload: bytes) -> tuple[list[date], list[float]]:
    """Return the first days of the periods and the values of an answer in SDMX-CSV; gaps are left out.

    Raises
    ------
    FetchError
        ``malformed`` if this is not such an answer, or holds more than one series.
    """
    rows = rows_of(text_of(payload))
    header = rows[0] if rows else []
    if not {_PERIOD, _VALUE} <= set(header):
        raise FetchError("malformed", f"the columns {_PERIOD},{_VALUE} were expected, got {header[:8]}")
    when, what = header.index(_PERIOD), header.index(_VALUE)
    found: dict[date, float] = {}
    for line, row in enumerate(rows[1:], 2):
        try:
            day, value = _first_day(row[when]), cell_number(row[what])
        except (ValueError, IndexError) as error:
            raise FetchError("malformed", f"line {line} is broken: {error}") from None
        if day in found:
            raise FetchError("malformed", f"one series was expected, {row[when]} stands twice")
        found[day] = value
    days = sorted(day for day, value in found.items() if value == value)
    return days, [found[day] for day in days]


def _first_day(period: str) -> date:
    match = _PERIODS.match(period)
    if match is None:
        raise ValueError(f"a period such as 2024-03 was expected, got {period!r}")
    year, quarter, month, day = match.groups()
    return date(int(year), 3 * int(quarter) - 2 if quarter else int(month or 1), int(day or 1))
