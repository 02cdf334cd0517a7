"""The dollar index computed from its six rates, by the formula of the exchange that quotes it.

``fred`` and ``h10`` take the noon rates of the Federal Reserve, ``ecb`` the reference rates of 14:15 in
Frankfurt. The result is that of its hour, and not the quoted index: the bars say that they were computed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scanners.prices import clocks
from scanners.prices.interface import Bars, Failure, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers import ecb, fred, h10
from scanners.prices.providers.assemble import assemble, one_by_one, own_package

NAME = "computed"
# ICE Futures U.S., U.S. Dollar Index contracts: March 1973 is 100.
BASE = 50.14348112
EXPONENTS = {
    "EURUSD": -0.576,
    "USDJPY": 0.136,
    "GBPUSD": -0.119,
    "USDCAD": 0.091,
    "USDSEK": 0.042,
    "USDCHF": 0.036,
}
# Symbol -> pair -> what the provider of its rates calls it.
SOURCES: dict[str, tuple[Any, dict[str, str]]] = {
    "DXY:fred": (
        fred,
        dict(
            zip(
                EXPONENTS,
                ("DEXUSEU", "DEXJPUS", "DEXUSUK", "DEXCAUS", "DEXSDUS", "DEXSZUS"),
                strict=True,
            )
        ),
    ),
    "DXY:h10": (h10, {pair: pair for pair in EXPONENTS}),
    "DXY:ecb": (ecb, {pair: pair for pair in EXPONENTS}),
}


def provider(options: Mapping[str, Mapping[str, Any]] | None = None, timeout: float = 180.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    options : mapping, optional
        Provider of the rates -> keyword arguments of its ``provider`` function.
    timeout : float
        Most seconds for one index.
    """

    def fetch_one(request: Request, deadline: float) -> Bars:
        if request.symbol not in SOURCES:
            raise FetchError("not_found", f"the index must be one of {', '.join(SOURCES)}")
        source, symbols = SOURCES[request.symbol]
        rates = source.provider(**(options or {}).get(source.NAME, {}))
        asked = [Request(pair, symbol, request.start, request.end) for pair, symbol in symbols.items()]
        parts = []
        for outcome in rates.fetch(asked, deadline):
            if isinstance(outcome, Failure):
                raise FetchError(
                    outcome.kind, f"{source.NAME} {outcome.symbol}: {outcome.message}", outcome.retry_after
                )
            parts.append(outcome)
        sessions, closes = dollar_index({bars.series: bars for bars in parts})
        return assemble(
            request,
            NAME,
            sessions,
            {"close": closes},
            package=f"{own_package()}, computed from six rates of {source.NAME}",
            payload_hash=digest(sessions, closes),
            currency="USD",
            timezone_name=parts[0].timezone,
        )

    # A rate costs what its provider's pace costs; there is none of our own.
    return Provider(NAME, one_by_one(NAME, fetch_one, timeout), traits=Traits(address=fred.URL), clock=clock)


def clock(symbol: str) -> str:
    """Return the hour of the rates that an index is computed from."""
    return clocks.FIXING if symbol == "DXY:ecb" else clocks.NOON


def dollar_index(rates: Mapping[str, Bars]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sessions that all six rates have, and the index there.

    Parameters
    ----------
    rates : mapping of str to Bars
        Pair -> its rates.

    Raises
    ------
    FetchError
        ``malformed`` where a rate is not positive.
    """
    common = _common([rates[pair].sessions for pair in EXPONENTS])
    logs = np.full(len(common), np.log(BASE))
    for pair, exponent in EXPONENTS.items():
        sessions, order = np.unique(rates[pair].sessions, return_index=True)
        values = rates[pair].close[order][np.searchsorted(sessions, common)]
        if not (values > 0).all():
            raise FetchError("malformed", f"{pair} must be positive to be part of an index")
        logs += exponent * np.log(values)
    return common, np.exp(logs)


def _common(sessions: Sequence[np.ndarray]) -> np.ndarray:
    """Return the days that all have; before the euro there is no index."""
    common = sessions[0]
    for each in sessions[1:]:
        common = np.intersect1d(common, each)
    if not len(common):
        raise FetchError("empty", "no session has all six rates")
    return common
