"""Changes as they were known at the time, from the vintages of the St. Louis Fed (ALFRED). Needs a key.

A symbol is ``SERIES:change:DAYS``: the change of each period from the one before, both as they stood so many
days after the period was first published. ``PAYEMS:change:0`` are payrolls as first told; 70 days later they
have been revised twice.
"""

import os
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.json_answer import decoded
from scanners.prices.providers.pace import Pace

NAME = "alfred"
URL = "https://api.stlouisfed.org/fred/series/observations"
KEY = "FRED_API_KEY"
_ROWS = 100_000  # of one answer, the service's limit
_ALWAYS = {"realtime_start": "1776-07-04", "realtime_end": "9999-12-31"}
Vintages = dict[date, list[tuple[date, float]]]


def provider(url: str = URL, interval: float = 0.6, timeout: float = 120.0, rows: int = _ROWS) -> Provider:
    """Return the provider.

    Parameters
    ----------
    url : str
        Of the service or a mirror.
    interval, timeout : float
        Least seconds between two requests; most seconds for one series.
    rows : int
        Most rows of one answer.
    """
    pace = Pace(interval)
    known: dict[str, tuple[Vintages, str]] = {}  # one download serves every delay of a series

    def fetch_one(request: Request, deadline: float) -> Bars:
        series, days = _asked(request.symbol)
        if series not in known:
            known[series] = _download(series, url, rows, pace, deadline)
        vintages, payload_hash = known[series]
        sessions, values = changes(vintages, days)
        return assemble(request, NAME, sessions, {"close": values}, payload_hash=payload_hash)

    return Provider(
        NAME,
        one_by_one(NAME, fetch_one, timeout),
        interval,
        credentials=(KEY,),
        traits=Traits(address=url),
        clock=clocks.always(clocks.PERIOD),
    )


def _asked(symbol: str) -> tuple[str, int]:
    series, _, rest = symbol.partition(":")
    what, _, days = rest.partition(":")
    if not series or what != "change" or not days.isdigit():
        raise FetchError("not_found", f"the symbol must be SERIES:change:DAYS, got {symbol}")
    return series, int(days)


def _download(series: str, url: str, rows: int, pace: Pace, deadline: float) -> tuple[Vintages, str]:
    from scanners.prices.providers import http

    asked = {"series_id": series, "file_type": "json", "limit": str(rows), **_ALWAYS}
    asked["api_key"] = os.environ.get(KEY, "")
    found: Vintages = {}
    parts: list[bytes] = []
    while True:
        page = {**asked, "offset": str(rows * len(parts))}
        parts.append(http.get(url, page, pace=pace, deadline=deadline))
        told = decoded(parts[-1])
        observations = told.get("observations") if isinstance(told, dict) else None
        if not isinstance(observations, list):
            raise FetchError("malformed", "a list of observations was expected")
        _add(found, observations)
        if len(observations) < rows:
            return found, digest(*parts)


def _add(found: Vintages, observations: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, each a value and the day from which on it stood; a dot stands for none."""
    for line, row in enumerate(observations, 1):
        try:
            if row["value"] == ".":
                continue
            period, since = date.fromisoformat(row["date"]), date.fromisoformat(row["realtime_start"])
            found.setdefault(period, []).append((since, float(row["value"])))
        except (KeyError, TypeError, ValueError) as error:
            raise FetchError("malformed", f"observation {line} is broken: {error}") from None


def changes(
    vintages: Mapping[date, Sequence[tuple[date, float]]], days: int
) -> tuple[list[date], list[float]]:
    """Return the change of each period as it stood ``days`` after the period was first published.

    Parameters
    ----------
    vintages : mapping
        Period -> its values, each with the day from which on it stood.
    days : int
        A period whose day has not come yet by the last vintage of all is left out, as is one that the first
        vintage of all held already: nobody recorded when it was published.

    Returns
    -------
    tuple of (list of date, list of float)
    """
    ordered = {period: sorted(values) for period, values in sorted(vintages.items())}
    newest = max((values[-1][0] for values in ordered.values()), default=date.min)
    oldest = min((values[0][0] for values in ordered.values()), default=date.max)
    sessions, found = [], []
    for before, period in pairwise(ordered):
        first = ordered[period][0][0]
        day = first + timedelta(days=days)
        earlier, now = _standing(ordered[before], day), _standing(ordered[period], day)
        if oldest < first and day <= newest and earlier is not None and now is not None:
            sessions.append(period)
            found.append(now - earlier)
    return sessions, found


def _standing(values: Sequence[tuple[date, float]], day: date) -> float | None:
    place = bisect_right(values, day, key=lambda one: one[0])
    return values[place - 1][1] if place else None
