"""Sina's main-contract futures, through the package akshare: a cross-check, with roll gaps left in."""

from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest, kind_of
from scanners.prices.providers.assemble import assemble, frame_columns
from scanners.prices.providers.isolated import isolated

NAME = "akshare"
TRAITS = Traits(address="https://stock2.finance.sina.com.cn/", package="akshare", extra="akshare")
_COLUMNS = {"open": "open", "high": "high", "low": "low", "close": "close", "volume": "volume"}


def provider(interval: float = 1.0, timeout: float = 60.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    interval : float
        Least seconds between two series.
    timeout : float
        Most seconds for one series.
    """
    return isolated(NAME, f"{__name__}:fetch_one", interval=interval, timeout=timeout, traits=TRAITS)


def fetch_one(request: Request) -> Bars:
    """Fetch one series, e.g. ``TL0``, in this process; without time-out, see `provider`."""
    import akshare
    import requests

    try:
        frame = akshare.futures_zh_daily_sina(symbol=request.symbol)
    except requests.RequestException as error:
        status = error.response.status_code if error.response is not None else 0
        kind = kind_of(status) if status >= 400 else "transient"
        raise FetchError(kind, f"the connection failed ({type(error).__name__})") from None
    except (ValueError, IndexError, KeyError, TypeError) as error:
        # The package looks neither at the status nor at the kind of the answer.
        raise FetchError("malformed", f"the answer has another shape ({type(error).__name__})") from None
    columns = frame_columns(frame, _COLUMNS, "date")
    sessions = columns.pop("date")
    return assemble(
        request,
        NAME,
        sessions,
        columns,
        package=f"akshare {akshare.__version__}",
        payload_hash=digest(sessions, *columns.values()),
        currency="CNY",
        timezone_name="Asia/Shanghai",
    )
