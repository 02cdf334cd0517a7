"""Chinese futures contract by contract, from Sina through akshare, joined by this program's own roll rule."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from scanners.prices.files.cells import parse_number
from scanners.prices.interface import FIELDS, Bars, FetchError, Request, digest
from scanners.prices.providers.akshare_shapes import columns_of
from scanners.prices.providers.assemble import assemble, latest_day
from scanners.prices.providers.cffex_files import Quote
from scanners.prices.providers.continuous import roll
from scanners.prices.providers.watched_requests import Watch, watched

if TYPE_CHECKING:
    import pandas as pd

_FUNCTION = "futures_zh_daily_sina"
_YEARS = 5  # of a first load: a request a month of expiry
_AHEAD = 13  # months that are listed in advance
_PAUSE = 0.3  # seconds between two contracts
_SILENCE = 30.0
# What Sina sends for a contract that was never listed.
_NO_CONTRACT = (b"(null)", b"([])")


def fetch_contracts(request: Request, product: str, provider: str) -> Bars:
    """Fetch all contracts of a product, ``AU``, in this process; follow the one with the most open interest.

    Raises
    ------
    FetchError
        As for a single contract; one that was never listed is left out, one that cannot be read is not.
    """
    import akshare

    chain: dict[date, dict[str, Quote]] = {}
    for expiry in _expiries(request):
        frame = _contract(akshare.futures_zh_daily_sina, f"{product}{expiry}")
        if frame is not None:
            for day, quote in _quotes(frame, product, expiry):
                chain.setdefault(day, {})[quote.contract] = quote
    inside = {day: quotes for day, quotes in chain.items() if request.start is None or day >= request.start}
    if not inside:
        raise FetchError("not_found", f"no contract of {product} was quoted in the span")
    quotes, rolls = roll(inside)
    days = sorted(inside)
    columns = {name: np.array([getattr(quote, name) for quote in quotes]) for name in FIELDS}
    return assemble(
        request,
        provider,
        days,
        columns,
        package=f"akshare {akshare.__version__}",
        payload_hash=digest(repr([(day, sorted(inside[day].items())) for day in days]).encode()),
        events=rolls,
        currency="CNY",
        timezone_name="Asia/Shanghai",
    )


def _expiries(request: Request) -> list[str]:
    """Return the months of expiry, ``2406``, that may be quoted in the span."""
    last = request.end or latest_day()
    first = request.start or date(last.year - _YEARS, last.month, 1)
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + _AHEAD)
    return [f"{month // 12 % 100:02d}{month % 12 + 1:02d}" for month in months]


def _contract(function: "Callable[..., pd.DataFrame]", name: str) -> "pd.DataFrame | None":
    time.sleep(_PAUSE)
    with watched(_SILENCE) as watch:
        try:
            return function(symbol=name)
        except Exception as error:  # noqa: BLE001  the package raises anything
            if _unlisted(watch):
                return None
            raise watch.failure(error) from None


def _unlisted(watch: Watch) -> bool:
    answer = watch.last
    return (
        answer is not None
        and answer.status_code == 200
        and any(none in answer.content for none in _NO_CONTRACT)
    )


def _quotes(frame: "pd.DataFrame", product: str, expiry: str) -> Iterator[tuple[date, Quote]]:
    """Yield the days of one contract; before its first settlement the day's close stands for it."""
    columns = columns_of(frame, _FUNCTION, "")
    extra = {name: _numbers(frame, name) for name in ("hold", "settle")}
    settle = np.where(extra["settle"] > 0, extra["settle"], columns["close"])
    days = columns["date"].astype(object)
    for row in np.argsort(columns["date"]):
        values: dict[str, Any] = {name: float(columns[name][row]) for name in FIELDS}
        yield (
            days[row],
            Quote(
                contract=f"{product}{expiry}",
                product=product,
                expiry=int(expiry),
                open_interest=float(extra["hold"][row]),
                settle=float(settle[row]),
                previous_settle=float("nan"),
                **values,
            ),
        )


def _numbers(frame: "pd.DataFrame", name: str) -> np.ndarray:
    if name not in frame:
        raise FetchError("malformed", f"{_FUNCTION} must have the column {name}")
    try:
        return np.array([parse_number(str(cell)) for cell in frame[name]], dtype="float64")
    except ValueError as error:
        raise FetchError("malformed", f"{_FUNCTION}: {name} {error}") from None
