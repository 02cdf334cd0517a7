"""Alpha Vantage: shares as traded, and currencies as ``EUR/USD``. Needs a key; free ones are limited."""

import os

from scanners.prices import clocks
from scanners.prices.interface import FIELDS, Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.json_answer import decoded, read
from scanners.prices.providers.pace import Pace

NAME = "alphavantage"
URL = "https://www.alphavantage.co/query"
KEY = "ALPHAVANTAGE_API_KEY"
# The short answer of 100 sessions suffices for a refresh of so many days.
_SHORT = 120
_A_DAY = 86400.0


def provider(url: str = URL, interval: float = 13.0, timeout: float = 60.0) -> Provider:
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

        asked = _asked(request) | {"apikey": os.environ.get(KEY, "")}
        payload = http.get(url, asked, pace=pace, deadline=deadline)
        sessions, columns = parse(payload)
        hashed = digest(payload)
        return assemble(request, NAME, sessions, columns, payload_hash=hashed)

    fetch = one_by_one(NAME, fetch_one, timeout, pace)
    return Provider(NAME, fetch, interval, credentials=(KEY,), traits=Traits(address=url), clock=clock)


def clock(symbol: str) -> str:
    """Return what the daily bar of a symbol is; the service does not say it of currencies."""
    return clocks.NOT_STATED if "/" in symbol else clocks.SESSION


def _asked(request: Request) -> dict[str, str]:
    from datetime import date

    recent = request.start is not None and (date.today() - request.start).days < _SHORT
    size = "compact" if recent else "full"
    base, slash, quote = request.symbol.partition("/")
    if slash:
        return {"function": "FX_DAILY", "from_symbol": base, "to_symbol": quote, "outputsize": size}
    return {"function": "TIME_SERIES_DAILY", "symbol": request.symbol, "outputsize": size}


def parse(payload: bytes) -> tuple[list, dict[str, list[float]]]:
    """Return the dates and the bars of an answer.

    Raises
    ------
    FetchError
        What the service says in words with status 200: ``not_found``, ``auth``, ``rate_limited``,
        ``unsupported`` for what a free key may not ask; ``malformed`` for anything else.
    """
    answer = decoded(payload)
    if not isinstance(answer, dict):
        raise FetchError("malformed", "an object was expected")
    said = " ".join(
        str(answer[name]) for name in ("Error Message", "Note", "Information") if name in answer
    ).lower()
    if "apikey" in said and "invalid" in said:
        raise FetchError("auth", "the service does not know the key")
    if "Error Message" in answer:
        raise FetchError("not_found", "the service does not know the symbol")
    if "premium endpoint" in said or "premium feature" in said:
        raise FetchError("unsupported", "the service wants a paid key for this")
    if said:
        raise FetchError(
            "rate_limited",
            "the service says that its limit is reached",
            _A_DAY if "per day" in said else None,
        )
    table = next((answer[name] for name in answer if name.startswith("Time Series")), None)
    if not isinstance(table, dict):
        raise FetchError("malformed", f"a 'Time Series' was expected, got {', '.join(answer)[:80]}")
    rows = [{"date": day, **values} for day, values in table.items()]
    names = {name: f"{place}. {name}" for place, name in enumerate(FIELDS, 1)}
    if rows and names["volume"] not in rows[0]:
        del names["volume"]
    return read(rows, "date", names)
