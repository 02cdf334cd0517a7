"""What goes into the store and what comes out of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["new", "unchanged", "appended", "revised", "readjusted", "replaced", "reload_required"]

_BACKLOAD_GRACE_DAYS = 7


def _no_days() -> NDArray:
    return np.empty(0, "datetime64[D]")


@dataclass(frozen=True)
class Actions:
    """Splits, dividends and futures rolls, one row an ex-date.

    Attributes
    ----------
    sessions : ndarray of datetime64[D], shape (k,)
        Ex-dates, strictly increasing.
    split : ndarray of float64, shape (k,)
        New shares for one old, 1 for none.
    dividend : ndarray of float64, shape (k,)
        Cash per share as traded on the ex-date (not adjusted for later splits), 0 for none.
    roll : ndarray of float64, shape (k,), optional
        The new contract's price over the old one's, 1 for none; None for none at all.
    """

    sessions: NDArray = field(default_factory=_no_days)
    split: NDArray = field(default_factory=lambda: np.empty(0))
    dividend: NDArray = field(default_factory=lambda: np.empty(0))
    roll: NDArray | None = None


@dataclass(frozen=True)
class Provenance:
    """Where bars come from.

    Attributes
    ----------
    source : str
        Provider, in lower-case letters, digits, ``-`` and ``_``: never an address, which could carry a key.
    package : str
        Name and version of the software that fetched them.
    currency, time_zone : str
        Of the prices and of the exchange; "" when unknown.
    symbol : str
        What the provider calls the series.
    payload : str
        Hash of the download; equal hashes are not compared bar by bar again. "" for unknown.
    """

    source: str
    package: str = ""
    currency: str = ""
    time_zone: str = ""
    symbol: str = ""
    payload: str = ""


@dataclass(frozen=True)
class Refresh:
    """What became of one download.

    Attributes
    ----------
    series : str
        The series.
    verdict : str
        ``new``; ``unchanged``; ``appended`` (sessions were added, none changed); ``revised`` (some changed);
        ``readjusted`` and ``replaced`` (a complete history that differs from the stored one, by one factor or
        otherwise); ``reload_required`` (**nothing was stored**: fetch the complete history).
    added, revised, actions : int
        Number of sessions added, of bars revised and of ex-dates whose actions changed.
    missing : ndarray of datetime64[D]
        Stored sessions inside the range of the download that it did not have. They are kept.
    ratio : float or None
        The one factor between new and stored closes, when there is one.
    reason : str
        The verdict in words when it is one to look at, else "".
    """

    series: str
    verdict: Verdict
    added: int = 0
    revised: int = 0
    actions: int = 0
    missing: NDArray = field(default_factory=_no_days)
    ratio: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class History:
    """One series as it was known.

    Attributes
    ----------
    series : str
        The series.
    sessions : ndarray of datetime64[D], shape (n,)
        Civil dates, increasing, none after ``as_of``.
    close : ndarray of float64, shape (n,)
        Adjusted closes: ``raw_close * factor``.
    raw_close, factor : ndarray of float64, shape (n,)
        Closes as traded, and the price factor at each session.
    open, high, low, volume : ndarray of float64, shape (n,), or None
        The other columns, adjusted; None unless they were asked for, NaN where the source has none.
    known_at : ndarray of datetime64[us], shape (n,)
        When each bar became known in this version.
    as_of, moment : date or None, datetime or None
        What was asked for.
    provenance : dict
        Source, package, currency, time zone and symbol at that moment.
    """

    series: str
    sessions: NDArray
    close: NDArray[np.float64]
    raw_close: NDArray[np.float64]
    factor: NDArray[np.float64]
    known_at: NDArray
    as_of: date | np.datetime64 | None
    moment: datetime | None
    provenance: dict[str, Any]
    open: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    low: NDArray[np.float64] | None = None
    volume: NDArray[np.float64] | None = None

    @cached_property
    def backloaded(self) -> NDArray[np.bool_]:
        """Bars that became known more than a week after their session: nobody could have acted on them."""
        return self.known_at > self.sessions + 1 + _BACKLOAD_GRACE_DAYS

    @property
    def point_in_time(self) -> bool:
        """Whether every bar was known within a week of its session."""
        return not self.backloaded.any()

    @cached_property
    def digest(self) -> str:
        """Hash of sessions and closes: equal exactly when a computation on them must be equal."""
        days = self.sessions.astype("<i8").tobytes()
        return blake2b(days + self.close.astype("<f8").tobytes(), digest_size=16).hexdigest()

    def to_series(self) -> "pd.Series":
        """Return the adjusted closes by date, as the two libraries take them."""
        import pandas as pd

        return pd.Series(self.close, index=pd.DatetimeIndex(self.sessions), name=self.series)
