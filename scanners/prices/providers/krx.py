"""Korean indices, through the package finance-datareader."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from scanners.prices import clocks
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, frame_columns
from scanners.prices.providers.isolated import isolated

NAME = "krx"
TRAITS = Traits(address="https://raw.githubusercontent.com/", package="finance-datareader", extra="krx")
ZONE = "Asia/Seoul"
# Index -> first session; the package itself would begin in 2010.
FIRST = {"KS11": date(1980, 1, 4), "KQ11": date(1996, 7, 1)}
# The package reads a file a year and passes over every one that fails. No holiday is as long as this.
LONGEST_BREAK = 20
_COLUMNS = {"open": "Open", "high": "High", "low": "Low", "close": "Close", "volume": "Volume"}


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
    session = clocks.always(clocks.SESSION)
    return isolated(NAME, target, interval=interval, timeout=timeout, traits=TRAITS, clock=session)


def fetch_one(request: Request) -> Bars:
    """Fetch one index, ``KS11`` or ``KQ11``, in this process; without time-out, see `provider`."""
    from importlib.metadata import version

    import FinanceDataReader

    if request.symbol not in FIRST:
        raise FetchError("not_found", f"the index must be one of {', '.join(FIRST)}")
    start = request.start or FIRST[request.symbol]
    end = request.end or datetime.now(ZoneInfo(ZONE)).date()
    try:
        frame = FinanceDataReader.DataReader(request.symbol, start, end)
    except OSError as error:
        raise FetchError("transient", f"the connection failed ({type(error).__name__})") from None
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise FetchError("malformed", f"the answer has another shape ({type(error).__name__})") from None
    if frame.empty:
        # Nothing and every year failing look the same from here.
        raise FetchError("transient", "the package returned nothing")
    columns = frame_columns(frame.reset_index(), _COLUMNS, "Date")
    sessions = columns.pop("date")
    check_whole(np.sort(sessions), start, end)
    return assemble(
        request,
        NAME,
        sessions,
        columns,
        package=f"finance-datareader {version('finance-datareader')}",
        payload_hash=digest(sessions, *columns.values()),
        currency="KRW",
        timezone_name=ZONE,
    )


def check_whole(sessions: np.ndarray, start: date, end: date) -> None:
    """Check that no year is missing at the start, in the middle or at the end.

    Raises
    ------
    FetchError
        ``transient`` where more than `LONGEST_BREAK` days have no session.
    """
    edges = np.concatenate([[np.datetime64(start)], sessions, [np.datetime64(end)]])
    breaks = np.diff(edges).astype(int)
    longest = int(np.argmax(breaks))
    if breaks[longest] > LONGEST_BREAK:
        raise FetchError("transient", f"no session between {edges[longest]} and {edges[longest + 1]}")
