"""Evidence: every number a verdict may rest on, for one series at one date, from nothing after it."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lppl.core.frequency import frequency
from lppl.core.series import date_text
from lppl.indicators.presets import Preset
from scanners.core.as_fields import as_fields
from scanners.core.as_of import until
from scanners.evidence.bifurcation import Bifurcation, Measured, condense, measured_where_possible
from scanners.evidence.bubble import Bubble, bubble
from scanners.evidence.chance import Chance
from scanners.evidence.confidence_memory import Memory, session_digests
from scanners.evidence.falls import Falls
from scanners.evidence.fit_identity import Known
from scanners.evidence.momentum import Momentum, momentum
from scanners.evidence.moves import Moves, moves
from scanners.evidence.persistence import Persistence
from scanners.evidence.series_fits import DAYS, Fits, Ready, fit_sessions
from scanners.prices.quality.session_calendar import days_of

_FEWEST_DATES = 3


@dataclass(frozen=True)
class Data:
    """What the evidence was computed from.

    Parameters
    ----------
    sessions : int
        Closes up to the as-of date.
    first, last : str
        First and last session, ISO.
    close : float
        Last close.
    age : int
        Weekdays from the last session to the as-of date, less holidays of the exchange where they are known.
    non_positive : int
        Closes that are not positive.
    sha256 : str
        Hash of dates and closes up to the as-of date.
    frequency, bar : str
        How often the series is observed, and what one observation is called, as
        `lppl.core.frequency.Frequency` has them.
    moves : Moves or None
        Of daily closes, up to the last.
    calendar : str
        Code of the exchange's calendar by which ``age`` is counted; empty for weekdays.
    """

    sessions: int
    first: str
    last: str
    close: float
    age: int
    non_positive: int
    sha256: str
    frequency: str = "daily"
    bar: str = "session"
    moves: Moves | None = None
    calendar: str = ""

    @property
    def counted(self) -> str:
        """In which days ``age`` is."""
        return days_of(self.calendar)

    @property
    def is_daily(self) -> bool:
        """Whether there is one close a day of trading, as in everything that thresholds were measured on."""
        return self.frequency.startswith("daily")

    @property
    def by_month(self) -> bool:
        """Whether 21 sessions are a month, as they are where weekends are free."""
        return self.frequency in ("daily", "daily on 5 days")


@dataclass(frozen=True)
class Evidence:
    """Numbers of one series at one date; a part that the history does not allow is None.

    So are ``persistence`` and ``chance`` where nothing stands above calm, and ``falls`` before they are
    added (see `scanners.verdict.assessment`).
    """

    as_of: str
    data: Data
    bubble: Bubble | None = None
    momentum: Momentum | None = None
    bifurcation: Bifurcation | None = None
    persistence: Persistence | None = None
    chance: Chance | None = None
    falls: Falls | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as nested plain values, without what is not there to be told.

        A frequency is told only where it is not daily, a published preset only where one was asked for, a
        screened C3 only where it was compared.
        """
        values = as_fields(self)
        if self.bubble is not None and self.bubble.published is None:
            del values["bubble"]["published"]
        if self.chance is not None and self.chance.screened is None:
            del values["chance"]["screened"]
        if not self.data.calendar:
            del values["data"]["calendar"]
        if self.data.is_daily:
            del values["data"]["frequency"], values["data"]["bar"]
        if self.falls is not None and self.falls.by_month:
            del values["falls"]["by_month"]
        return values


@dataclass(frozen=True, eq=False)
class Workings:
    """The libraries' results behind the evidence, for pictures; a part that the history forbids is None.

    ``memory`` has C of the sessions that were looked at, by the closes in ``prices``: those of the fits have
    been logarithms.
    """

    fits: Fits | None = None
    measured: Measured | None = None
    memory: Memory = field(default_factory=Memory)
    prices: pd.Series | None = None


def gather(
    prices: pd.Series,
    as_of: str,
    preset: str | Preset,
    *,
    tested: bool = True,
    closed: int = 0,
    known: Known | None = None,
    memory: Memory | None = None,
    ready: Ready | None = None,
) -> tuple[Evidence, Workings]:
    """Compute the evidence of one series, and the results it rests on.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates. What lies after ``as_of`` is not looked at.
    as_of : str
        ISO date.
    preset : str
        Name in ``lppl.PRESETS`` of windows and filters to be shown beside those that decide.
    tested : bool
        Whether to run the early-warning tests, which raise no level.
    closed : int
        Weekdays since the last close on which the exchange was closed.
    known : mapping, optional
        C of sessions before by the hash of the closes up to them (`Data.sha256`), for fewer fits.
    memory : Memory, optional
        Is asked too, and told C of the sessions that are fitted.
    ready : callable, optional
        Returns fits of these prices that were made together with others (`scanners.evidence.series_fits`).

    Raises
    ------
    ValueError
        If no close lies at or before ``as_of``.
    """
    seen = until(prices, as_of)
    if seen.empty:
        start = f"the series starts {prices.index[0]:%Y-%m-%d}" if len(prices) else "the series is empty"
        raise ValueError(f"no prices up to {as_of}: {start}")
    data = describe(seen, as_of, closed)
    if data.non_positive:
        return Evidence(as_of, data), Workings()
    last = len(seen) - 1
    memory = Memory() if memory is None else memory
    before = known_sessions(seen, known or {}, memory)
    fits = fit_sessions(seen, preset, [last], before, ready() if ready else None).get(last)
    stretch = momentum_of(seen, data)
    measured = measured_where_possible(seen) if tested else None
    if fits:
        memory.learn_last(seen, fits.consensus)
    return (
        Evidence(
            as_of=as_of,
            data=data,
            bubble=bubble(fits) if fits else None,
            momentum=stretch,
            bifurcation=condense(measured) if measured else None,
        ),
        Workings(fits, measured, memory, seen),
    )


def momentum_of(seen: pd.Series, data: Data) -> Momentum | None:
    """Return the momentum of closes, with the volatility of a year of such bars."""
    closes = seen.to_numpy(dtype=np.float64)
    return momentum(closes) if data.by_month else momentum(closes, frequency(_dates(seen)).a_year)


def describe(seen: pd.Series, as_of: str, closed: int = 0) -> Data:
    """Describe the closes up to an as-of date, at least one."""
    days = _moments(seen).astype("datetime64[D]")
    found = frequency(_dates(seen))
    closes = seen.to_numpy(dtype=np.float64)
    few = len(seen) < _FEWEST_DATES  # too few dates to tell are judged as days: too few for anything else
    name = "daily" if few else found.name
    return Data(
        sessions=len(seen),
        first=date_text(seen.index[0]),
        last=date_text(seen.index[-1]),
        close=float(closes[-1]),
        age=max(int(np.busday_count(days[-1], np.datetime64(as_of))) - closed, 0),
        non_positive=int(np.sum(~(closes > 0))),
        sha256=_hash(seen),
        frequency=name,
        bar="session" if few else found.bar,
        moves=moves(days, closes) if name.startswith("daily") else None,
    )


def known_sessions(seen: pd.Series, known: Known, memory: Memory) -> dict[int, tuple[float, float]]:
    """Return what is known of the sessions before the last that C3 looks at, by place."""
    places = range(max(len(seen) - DAYS, 0), len(seen) - 1)
    digests = zip(places, session_digests(seen, places), strict=True)
    found = {place: memory[digest] for place, digest in digests if digest in memory}
    hashes = {place: _hash(seen.iloc[: place + 1]) for place in places if known and place not in found}
    return found | {place: known[digest] for place, digest in hashes.items() if digest in known}


def _hash(seen: pd.Series) -> str:
    """Return the hash of dates and closes; dates count as days where all are."""
    moments = _moments(seen)
    days = moments.astype("datetime64[D]")
    dates = days if (days == moments).all() else moments
    closes = seen.to_numpy(dtype=np.float64)
    return hashlib.sha256(dates.astype("<i8").tobytes() + closes.astype("<f8").tobytes()).hexdigest()


def _moments(seen: pd.Series) -> np.ndarray:
    return pd.DatetimeIndex(seen.index).tz_localize(None).to_numpy().astype("datetime64[s]")


def _dates(seen: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(seen.index)
