"""A third party's provider, as its entry point would name it: it does what the symbol says."""

import time
from collections.abc import Iterator, Sequence

import pandas as pd

from scanners.prices.interface import Bars, Failure, FetchError, Provider, Request, Traits
from scanners.prices.providers.assemble import assemble

CALLS = []
DIARY, STARTS = (), []


def provider(level: float = 1.0) -> Provider:
    """Return the provider."""

    def fetch(requests: Sequence[Request], deadline: float) -> Iterator[Bars | Failure]:
        CALLS.append([request.symbol for request in requests])
        for request in requests:
            if request.symbol == "stop":
                return
            if request.symbol == "raise":
                raise LookupError("secret")
            if request.symbol == "sleep":
                time.sleep(60)
            if request.symbol == "fail":
                yield FetchError("not_found", "no such symbol").failure(request, "plugin")
                continue
            other = Request("someone else", "x") if request.symbol == "other" else request
            columns = {"close": [level]}
            yield assemble(other, "plugin", ["2024-01-02"], columns, package="p 1", payload_hash="")

    return Provider("plugin", fetch)


def needy() -> Provider:
    """Return a provider that needs a key."""
    return Provider("needy", provider().fetch, credentials=("LPPL_TEST_KEY",))


def diary() -> Provider:
    """Return a provider of the user's own notes: the days ``DIARY`` of January 2024."""

    def fetch(requests: Sequence[Request], deadline: float) -> Iterator[Bars | Failure]:
        for request in requests:
            STARTS.append(request.start)
            days = [f"2024-01-0{day}" for day in DIARY]
            columns = {"close": [100.0 + day for day in DIARY]}
            yield assemble(request, "diary", days, columns, package="d 1", payload_hash=str(DIARY))

    traits = Traits(tells_events=True, local=True, withdraws=True)
    return Provider("diary", fetch, traits=traits, read=lambda symbol: pd.Series([float(symbol)], name="x"))


def nothing() -> None:
    """Return no provider."""
