"""What all providers share: a loop that never raises, and bars put together from the columns at hand."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np

from scanners.prices.interface import FIELDS, Bars, Event, Failure, FetchError, Request

if TYPE_CHECKING:
    import pandas as pd

    from scanners.prices.providers.pace import Pace

_EASTERNMOST = timezone(timedelta(hours=14))


def one_by_one(
    name: str,
    fetch_one: Callable[[Request, float], Bars],
    timeout: float = float("inf"),
    pace: "Pace | None" = None,
) -> Callable[[Sequence[Request], float], Iterator[Bars | Failure]]:
    """Return the ``fetch`` of a provider that serves one request after another.

    Parameters
    ----------
    name : str
        Of the provider.
    fetch_one : callable
        ``fetch_one(request, deadline)`` returns bars or raises `FetchError`.
    timeout : float
        Most seconds for one request.
    pace : Pace, optional
        Rests when a service says in words that its limit is reached; by its status, `http` sees to it.
    """

    def fetch(requests: Sequence[Request], deadline: float) -> Iterator[Bars | Failure]:
        for request in requests:
            try:
                yield fetch_one(request, min(deadline, time.monotonic() + timeout))
            except FetchError as error:
                if pace is not None and error.kind == "rate_limited":
                    pace.rest(error.retry_after)
                yield error.failure(request, name)

    return fetch


def assemble(
    request: Request,
    provider: str,
    sessions: Sequence | np.ndarray,
    columns: Mapping[str, Sequence[float] | np.ndarray],
    *,
    package: str = "",
    payload_hash: str,
    events: tuple[Event, ...] = (),
    currency: str = "",
    timezone_name: str = "",
) -> Bars:
    """Return the bars of a request, cut to its span, with NaN for the columns that the source lacks.

    ``package`` names what read the source, by default this one.

    Raises
    ------
    FetchError
        ``empty`` if no session of the span is there.
    """
    filled = {
        name: np.array(columns[name], dtype="float64") if name in columns else np.full(len(sessions), np.nan)
        for name in FIELDS
    }
    bars = Bars(
        series=request.series,
        symbol=request.symbol,
        provider=provider,
        sessions=np.array(sessions, dtype="datetime64[D]"),
        events=events,
        currency=currency,
        timezone=timezone_name,
        fetched_at=datetime.now(timezone.utc),
        package=package or own_package(),
        payload_hash=payload_hash,
        **filled,
    ).between(request.start, request.end)
    if not len(bars):
        raise FetchError("empty", f"no session from {request.start or 'the first'} to {request.end or 'now'}")
    return bars


def latest_day(now: datetime | None = None) -> date:
    """Return the civil date where it is latest: no source has a session after it.

    A request until today by this machine's clock would leave out the session of a market east of it.
    """
    return (now or datetime.now(timezone.utc)).astimezone(_EASTERNMOST).date()


def own_package() -> str:
    """Return our own name and version, for the record of who read a source."""
    try:
        return f"lppl-scanner {version('lppl-scanner')}"
    except PackageNotFoundError:
        return "lppl-scanner (not installed)"


def frame_columns(frame: "pd.DataFrame", names: Mapping[str, str], date_name: str) -> dict[str, np.ndarray]:
    """Return the columns of a package's frame under our names, the civil dates as ``date``.

    Parameters
    ----------
    frame : pandas.DataFrame
    names : mapping of str to str
        Our name -> the package's.
    date_name : str
        Column of dates, or of times at the exchange.

    Raises
    ------
    FetchError
        ``malformed`` if a column is missing or holds something else.
    """
    missing = [name for name in (date_name, *names.values()) if name not in frame]
    if missing:
        raise FetchError("malformed", f"the columns {', '.join(missing)} are missing")
    try:
        columns = {ours: frame[theirs].to_numpy("float64") for ours, theirs in names.items()}
        days = [np.datetime64(str(moment)[:10], "D") for moment in frame[date_name]]
    except (ValueError, TypeError) as error:
        raise FetchError("malformed", f"a column holds something else ({type(error).__name__})") from None
    return {"date": np.array(days, dtype="datetime64[D]"), **columns}
