"""Tongdaxin's own files: what its terminal keeps under ``vipdoc``, for users who have it.

``sh000001`` and ``sz399001`` are ``sh/lday/sh000001.day`` and so on; ``ds/29#AUL8`` is a file of the extended
markets, futures among them, under ``ds/lday``.
"""

import struct
from datetime import date
from pathlib import Path

import numpy as np

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one

NAME = "tdx"
# Date, open, high, low, close, turnover, volume, and four bytes that are not read.
_STOCKS = struct.Struct("<IIIIIfII")
# Date, open, high, low, close as floats, open interest, volume, settlement.
_FUTURES = struct.Struct("<IffffIIf")
# First two digits of a code that is quoted in thousandths: funds and bonds, and foreign shares in Shanghai.
_THOUSANDTHS = {
    "sh": ("50", "51", "52", "53", "55", "56", "58", "01", "10", "11", "12", "13", "14", "90"),
    "sz": ("15", "16", "18", "10", "11", "12", "13", "14"),
}


def provider(folder: str = "data/vipdoc") -> Provider:
    """Return the provider.

    Parameters
    ----------
    folder : str
        The terminal's ``vipdoc``, a copy of it, or a link to it.
    """

    def fetch_one(request: Request, deadline: float) -> Bars:
        market, place = _place(request.symbol)
        path = Path(folder) / place
        try:
            payload = path.read_bytes()
        except OSError:
            raise FetchError("not_found", f"{path}: no such file") from None
        sessions, columns = parse(payload, market, request.symbol[2:4])
        return assemble(
            request,
            NAME,
            sessions,
            columns,
            payload_hash=digest(payload),
            timezone_name="" if market == "ds" else "Asia/Shanghai",
        )

    fetch = one_by_one(NAME, fetch_one)
    return Provider(NAME, fetch, traits=Traits(local=True), clock=clocks.always(clocks.SESSION))


def _place(symbol: str) -> tuple[str, str]:
    market, slash, name = symbol.partition("/")
    if slash and market == "ds" and "/" not in name:
        return market, f"ds/lday/{name}.day"
    if symbol[:2] in ("sh", "sz", "bj") and symbol[2:].isdigit():
        return symbol[:2], f"{symbol[:2]}/lday/{symbol}.day"
    raise FetchError("not_found", f"the symbol must be like sh000001 or ds/29#AUL8, got {symbol!r}")


def parse(payload: bytes, market: str, head: str) -> tuple[list[date], dict[str, np.ndarray]]:
    """Return the sessions and the bars of a file.

    Parameters
    ----------
    payload : bytes
    market : str
        ``sh``, ``sz``, ``bj`` or ``ds``.
    head : str
        First two digits of the code: they say in which unit prices are kept.

    Raises
    ------
    FetchError
        ``malformed`` if the file is cut short or a record has no date.
    """
    record = _FUTURES if market == "ds" else _STOCKS
    if len(payload) % record.size:
        raise FetchError(
            "malformed", f"records of {record.size} bytes were expected, got {len(payload)} bytes"
        )
    rows = list(record.iter_unpack(payload))
    try:
        sessions = [date(day // 10000, day // 100 % 100, day % 100) for day, *_ in rows]
    except ValueError:
        raise FetchError("malformed", "a record begins with what is no date") from None
    table = np.array([row[1:7] for row in rows], dtype="float64").reshape(-1, 6)
    if market == "ds":
        # Four bytes hold seven digits; the next one is noise.
        prices = np.array([float(f"{price:.7g}") for price in table[:, :4].ravel()]).reshape(-1, 4)
    else:
        prices = table[:, :4] / (1000.0 if head in _THOUSANDTHS.get(market, ()) else 100.0)
    columns = dict(zip(("open", "high", "low", "close"), prices.T, strict=True))
    return sessions, columns | {"volume": table[:, 5]}
