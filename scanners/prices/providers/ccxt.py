"""Coins through the package ccxt: ``kraken:BTC/USD`` is a market of an exchange, its bars are days of UTC."""

from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble
from scanners.prices.providers.isolated import isolated

NAME = "ccxt"
TRAITS = Traits(package="ccxt", extra="ccxt")
_FIRST = datetime(2010, 1, 1, tzinfo=timezone.utc)
_SILENCE = 30.0  # seconds
_DAY = timedelta(days=1)
_PAGE = 1000
_MOST_PAGES = 50
_COLUMNS = ("open", "high", "low", "close", "volume")


def provider(interval: float = 1.0, timeout: float = 90.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    interval : float
        Least seconds between two series; within a series the package keeps the exchange's own pace.
    timeout : float
        Most seconds for one series.
    """
    target = f"{__name__}:fetch_one"
    return isolated(
        NAME, target, interval=interval, timeout=timeout, traits=TRAITS, clock=clocks.always(clocks.UTC)
    )


def fetch_one(request: Request) -> Bars:
    """Fetch one market in this process; without time-out for the whole, see `provider`."""
    import ccxt

    from scanners.prices.providers.watched_requests import watched

    name, _, market = request.symbol.partition(":")
    if name not in ccxt.exchanges or not market:
        raise FetchError("not_found", "the symbol must be EXCHANGE:BASE/QUOTE of an exchange of ccxt")
    exchange = getattr(ccxt, name)({"enableRateLimit": True})
    first = datetime.combine(request.start, _FIRST.timetz()) if request.start else _FIRST
    try:
        with watched(_SILENCE) as watch:
            rows = _pages(exchange, market, int(first.timestamp() * 1000))
    except (ccxt.RateLimitExceeded, ccxt.DDoSProtection):
        raise FetchError("rate_limited", f"{name} limits the rate of requests") from None
    except (ccxt.AuthenticationError, ccxt.PermissionDenied):
        raise FetchError("auth", f"{name} refuses to answer here") from None
    except ccxt.BadSymbol as error:
        if watch.is_page:  # a page is no list of markets, and the package takes it for an empty one
            raise watch.failure(error) from None
        raise FetchError("not_found", f"{name} has no market {market}") from None
    except ccxt.NetworkError as error:
        raise FetchError("transient", f"the connection failed ({type(error).__name__})") from None
    except ccxt.NotSupported:
        raise FetchError("unsupported", f"{name} gives no daily bars") from None
    except (ccxt.BaseError, ValueError, KeyError, IndexError, TypeError) as error:
        raise FetchError("malformed", f"the answer has another shape ({type(error).__name__})") from None
    if not rows:
        raise FetchError("empty", f"{name} sent no session")
    table = np.array([[np.nan if cell is None else cell for cell in rows[stamp]] for stamp in sorted(rows)])
    sessions = np.array(sorted(rows), dtype="datetime64[ms]").astype("datetime64[D]")
    columns = dict(zip(_COLUMNS, table.astype("float64").T, strict=True))
    return assemble(
        request,
        NAME,
        sessions,
        columns,
        package=f"ccxt {ccxt.__version__}",
        payload_hash=digest(sessions, *columns.values()),
        currency=market.partition("/")[2],
        timezone_name="UTC",
    )


def _pages(exchange: Any, market: str, since: int) -> dict[int, list[float]]:
    """Return bars by time stamp, page after page, until a page brings nothing new."""
    rows: dict[int, list[float]] = {}
    for _ in range(_MOST_PAGES):
        page = exchange.fetch_ohlcv(market, "1d", since, _PAGE)
        fresh = {int(stamp): values for stamp, *values in page if int(stamp) not in rows}
        if not fresh:
            break
        rows |= fresh
        since = max(fresh) + int(_DAY.total_seconds() * 1000)
        if since > datetime.now(timezone.utc).timestamp() * 1000:
            break
    return rows
