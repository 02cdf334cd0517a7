"""Yahoo Finance, through the package yfinance."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from scanners.prices import clocks
from scanners.prices.interface import Bars, Event, FetchError, Provider, Request, Traits, digest, kind_of
from scanners.prices.providers.assemble import assemble, frame_columns
from scanners.prices.providers.isolated import isolated

if TYPE_CHECKING:
    import pandas as pd

NAME = "yahoo"
TRAITS = Traits(
    tells_events=True, address="https://query1.finance.yahoo.com/", package="yfinance", extra="yahoo"
)
_TIMEOUT = 20
_COLUMNS = {
    "open": "Open",
    "high": "High",
    "low": "Low",
    "close": "Close",
    "volume": "Volume",
    "splits": "Stock Splits",
    "dividends": "Dividends",
}
_UNKNOWN = ("not found", "no data found", "delisted")


def provider(interval: float = 1.0, timeout: float = 90.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    interval : float
        Least seconds between two series; the service refuses callers that are faster for long.
    timeout : float
        Most seconds for one series.
    """
    target = f"{__name__}:fetch_one"
    return isolated(NAME, target, interval=interval, timeout=timeout, traits=TRAITS, clock=clock)


def clock(symbol: str) -> str:
    """Return what the daily bar of a symbol is; that of a currency is a day of London."""
    if symbol.endswith("=X"):
        return clocks.LONDON
    return clocks.UTC if symbol.endswith("-USD") else clocks.SESSION


def fetch_one(request: Request) -> Bars:
    """Fetch one series in this process; without time-out, see `provider`.

    The span always reaches to the present: the service divides its prices by later splits, and to know the
    prices as traded every later split must be seen.
    """
    import yfinance
    from yfinance import exceptions

    yfinance.config.debug.hide_exceptions = False
    span = {"period": "max"} if request.start is None else {"start": request.start}
    try:
        ticker = yfinance.Ticker(request.symbol)
        frame = ticker.history(
            interval="1d", auto_adjust=False, actions=True, keepna=True, timeout=_TIMEOUT, **span
        )
        metadata = ticker.get_history_metadata()
        currency, place = metadata["currency"], metadata["exchangeTimezoneName"]
    except exceptions.YFRateLimitError:
        raise FetchError("rate_limited", "Yahoo limits the rate of requests") from None
    except exceptions.YFTzMissingError:
        raise FetchError("not_found", "Yahoo does not know the symbol") from None
    except exceptions.YFPricesMissingError as error:
        unknown = any(words in str(error).lower() for words in _UNKNOWN) and error.yahoo_reason
        raise FetchError("not_found" if unknown else "empty", error.rationale) from None
    except exceptions.YFDataException:
        raise FetchError("transient", "Yahoo Finance is down") from None
    except OSError as error:  # every transport error of both HTTP back-ends
        raise _transport(error) from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise FetchError("malformed", f"the answer has another shape ({type(error).__name__})") from None
    if frame.empty:
        raise FetchError("empty", "Yahoo sent no session")
    return _bars(request, frame, currency, place, f"yfinance {yfinance.__version__}")


def _transport(error: OSError) -> FetchError:
    status = getattr(getattr(error, "response", None), "status_code", 0)
    if status >= 400:
        return FetchError(kind_of(status), f"the server answered {status}")
    return FetchError("transient", f"the connection failed ({type(error).__name__})")


def _bars(request: Request, frame: "pd.DataFrame", currency: str, place: str, package: str) -> Bars:
    # The index is at midnight of the exchange: its civil date is the session.
    columns = frame_columns(frame.reset_index(names="Date"), _COLUMNS, "Date")
    sessions = columns.pop("date")
    splits, dividends = (np.nan_to_num(columns.pop(name)) for name in ("splits", "dividends"))
    undo = undo_splits(splits)
    for name in ("open", "high", "low", "close"):
        columns[name] = columns[name] * undo
    columns["volume"] = columns["volume"] / undo
    return assemble(
        request,
        NAME,
        sessions,
        columns,
        package=package,
        payload_hash=digest(sessions, *columns.values(), splits, dividends),
        events=tuple(_events(sessions, splits, dividends * undo)),
        currency=currency or "",
        timezone_name=place or "",
    )


def undo_splits(splits: np.ndarray) -> np.ndarray:
    """Return the factor from split-adjusted prices to prices as traded: the product of all later splits."""
    ratios = np.where(splits > 0, splits, 1.0)
    return np.append(np.cumprod(ratios[:0:-1])[::-1], 1.0)


def _events(sessions: np.ndarray, splits: np.ndarray, dividends: np.ndarray) -> Iterable[Event]:
    for row in np.flatnonzero((splits > 0) | (dividends > 0)):
        session = sessions[row].item()
        if splits[row] > 0:
            yield Event(session, "split", float(splits[row]))
        if dividends[row] > 0:
            yield Event(session, "dividend", float(dividends[row]))
