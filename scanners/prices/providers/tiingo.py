"""Tiingo: American shares and funds as traded, with splits and dividends. Needs a key."""

import os
from typing import Any

from scanners.prices import clocks
from scanners.prices.interface import FIELDS, Bars, Event, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.providers.json_answer import decoded, read
from scanners.prices.providers.pace import Pace

NAME = "tiingo"
URL = "https://api.tiingo.com/tiingo/daily"
KEY = "TIINGO_API_KEY"


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

        asked = {"startDate": f"{request.start or '1900-01-01'}", "format": "json"}
        if request.end is not None:
            asked["endDate"] = request.end.isoformat()
        address = f"{url}/{request.symbol}/prices"
        key = {"Authorization": f"Token {os.environ.get(KEY, '')}"}
        payload = http.get(address, asked, pace=pace, deadline=deadline, headers=key)
        rows = decoded(payload)
        if not isinstance(rows, list):
            raise FetchError("malformed", "a list of sessions was expected")
        names = {name: name for name in FIELDS} | {"dividend": "divCash", "split": "splitFactor"}
        sessions, columns = read(rows, "date", names)
        return assemble(
            request,
            NAME,
            sessions,
            columns,
            payload_hash=digest(payload),
            events=tuple(_events(sessions, columns)),
            currency="USD",
            timezone_name="America/New_York",
        )

    return Provider(
        NAME,
        one_by_one(NAME, fetch_one, timeout),
        interval,
        credentials=(KEY,),
        traits=Traits(tells_events=True, address=url),
        clock=clocks.always(clocks.SESSION),
    )


def _events(sessions: list[Any], columns: dict[str, list[float]]) -> list[Event]:
    days = list(zip(sessions, columns["split"], columns["dividend"], strict=True))
    splits = [Event(day, "split", split) for day, split, _ in days if split > 0 and split != 1]
    return splits + [Event(day, "dividend", paid) for day, _, paid in days if paid > 0]
