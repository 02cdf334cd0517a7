"""Chinese sites through the package akshare: futures, indices, funds, metals, currencies, yields, macro.

A symbol is ``FUNCTION:ARGUMENT`` for what `akshare_shapes.SHAPES` knows: ``futures_foreign_hist:GC``. Without
a colon it is one of Sina's main contracts, ``TL0``, with roll gaps left in; ``contracts:AU`` is a product
whose contracts are joined by this program's own rule.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, latest_day
from scanners.prices.providers.isolated import isolated

if TYPE_CHECKING:
    import pandas as pd

NAME = "akshare"
TRAITS = Traits(address="https://stock2.finance.sina.com.cn/", package="akshare", extra="akshare")
MAIN_CONTRACT = "futures_zh_daily_sina"
_CONTRACTS = "contracts"
_SILENCE = 30.0  # seconds
_FIRST_CURVE = date(2006, 3, 1)
_SPAN = timedelta(days=360)


def provider(interval: float = 1.0, timeout: float = 180.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    interval : float
        Least seconds between two series.
    timeout : float
        Most seconds for one series.
    """
    target = f"{__name__}:fetch_one"
    return isolated(NAME, target, interval=interval, timeout=timeout, traits=TRAITS, clock=clock)


def clock(symbol: str) -> str:
    """Return what the daily bar of a symbol is."""
    from scanners.prices.providers.akshare_shapes import SHAPES

    name = split(symbol)[0]
    shape = SHAPES.get(MAIN_CONTRACT if name == _CONTRACTS else name)
    return shape.clock if shape else clocks.NOT_STATED


def split(symbol: str) -> tuple[str, str]:
    """Return the function and the argument that a symbol names."""
    name, colon, argument = symbol.partition(":")
    return (name, argument) if colon else (MAIN_CONTRACT, symbol)


def fetch_one(request: Request, provider: str = NAME, site: str = "") -> Bars:
    """Fetch one series in this process; without time-out for the whole, see `provider`.

    Parameters
    ----------
    request : Request
    provider : str
        Name that the bars carry.
    site : str
        The only site to be read; any without it.
    """
    import akshare

    from scanners.prices.providers.akshare_shapes import SHAPES, columns_of
    from scanners.prices.providers.watched_requests import watched

    name, argument = split(request.symbol)
    if name == _CONTRACTS and site in ("", "sina"):
        from scanners.prices.providers.akshare_contracts import fetch_contracts

        return fetch_contracts(request, argument, provider)
    shape = SHAPES.get(name)
    if shape is None or (site and shape.site != site):
        known = ", ".join(each for each, shape in SHAPES.items() if site in ("", shape.site))
        raise FetchError("not_found", f"the function must be one of {known}")
    if shape.fields and argument not in shape.fields:
        raise FetchError("not_found", f"{name} has {', '.join(shape.fields)}")
    if not hasattr(akshare, name):
        raise FetchError("unsupported", f"akshare {akshare.__version__} has no {name}")
    with watched(_SILENCE) as watch:
        try:
            frame = _call(getattr(akshare, name), shape.called, argument, request)
        except FetchError:
            raise
        except Exception as error:  # noqa: BLE001  the package raises anything, JavaScript's errors too
            raise watch.failure(error) from None
    columns = columns_of(frame, name, argument)
    sessions = columns.pop("date")
    return assemble(
        request,
        provider,
        sessions,
        columns,
        package=f"akshare {akshare.__version__}",
        payload_hash=digest(sessions, *columns.values()),
        currency=shape.currency,
        timezone_name=shape.zone,
    )


def _call(function: object, called: str, argument: str, request: Request) -> "pd.DataFrame":
    if called == "symbol":
        return function(symbol=argument)  # type: ignore[operator]
    if called == "table":
        return function()  # type: ignore[operator]
    import pandas as pd

    parts, start = [], request.start or _FIRST_CURVE
    last = request.end or latest_day()
    while start <= last:
        until = min(start + _SPAN, last)
        parts.append(function(start_date=f"{start:%Y%m%d}", end_date=f"{until:%Y%m%d}"))  # type: ignore[operator]
        start = until + timedelta(days=1)
    return pd.concat(parts) if parts else pd.DataFrame()
