"""The past as a scan would have seen it: the evidence of one series at many dates, in one pass.

Each row is, bit for bit, what `scanners.evidence.gathering.gather` finds on prices cut off at its date. The
pass saves work where a scan of each date would repeat it: prices are checked once, the consensus of a
session is computed once and enters three averages, and the early-warning tests, which raise no level, run
only where asked.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import lppl
from lppl.core.frequency import frequency
from lppl.indicators.presets import find
from scanners.config.policy import Policy
from scanners.core.errors import CommandError
from scanners.evidence.bifurcation import condense, measured_where_possible
from scanners.evidence.bubble import Bubble, bubble
from scanners.evidence.gathering import Evidence, describe, gather, momentum_of
from scanners.evidence.series_fits import CONSENSUS, fit_sessions
from scanners.verdict.appraisal import Refusal
from scanners.verdict.judgement import Judgement, judge

_CHUNK = 40  # dates a task; neighbours share two of three consensus fits


@dataclass(frozen=True)
class AsOf:
    """What was known of one series at the end of one session.

    Parameters
    ----------
    date : str
        The session, ISO.
    evidence : Evidence or None
        As of that date; None when it cannot be computed.
    problem : str
        Why not.
    """

    date: str
    evidence: Evidence | None
    problem: str = ""

    @property
    def bubble(self) -> Bubble | None:
        """The numbers of its nested fits, where the history allows any."""
        return self.evidence.bubble if self.evidence else None

    def verdict(self, policy: Policy) -> Judgement:
        """Return what a scan of that date says."""
        if self.evidence is None:
            return Refusal("failed", self.problem)
        return judge(self.evidence, policy)


def positions(prices: pd.Series, start: str | None, end: str | None, step: int = 1) -> np.ndarray:
    """Return the sessions from ``start`` to ``end`` at which to look.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates.
    start, end : str, optional
        ISO dates, inclusive; by default the whole series.
    step : int
        Sessions between looks. They are counted from the first close, so that a longer period looks at the
        same dates of a shorter one.

    Raises
    ------
    ValueError
        If no session lies there, or ``step`` is not positive.
    """
    if step < 1:
        raise ValueError(f"step must be at least 1, got {step}")
    first = 0 if start is None else prices.index.searchsorted(pd.Timestamp(start))
    last = len(prices) if end is None else prices.index.searchsorted(pd.Timestamp(end), side="right")
    found = np.arange(first, last)
    found = found[found % step == step - 1]
    if not len(found):
        span = f"{prices.index[0]:%Y-%m-%d} to {prices.index[-1]:%Y-%m-%d}" if len(prices) else "empty"
        raise ValueError(f"no session to look at from {start} to {end}, step {step}: the series is {span}")
    return found


def of_days(prices: pd.Series, name: str) -> pd.Series:
    """Return closes of days or longer bars, whose past is kept and scored by their dates.

    Raises
    ------
    CommandError
        For shorter bars.
    """
    found = frequency(pd.DatetimeIndex(prices.index))
    if found.is_intraday:
        raise CommandError(
            f"{name}: {found.name} bars: the past is gone through by days; "
            "lppl scan and lppl confidence take such bars"
        )
    return prices


def evidence_history(
    prices: pd.Series,
    at: Sequence[int] | np.ndarray,
    *,
    preset: str | lppl.Preset = CONSENSUS,
    tested: Collection[int] = (),
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, AsOf]]:
    """Yield position and evidence at each position, in order.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates.
    at : sequence of int
        Increasing positions in ``prices``.
    preset : str or lppl.Preset
        Windows and filters shown beside the consensus; the consensus' own cost nothing more.
    tested : collection of int
        Positions at which the early-warning tests run; elsewhere ``evidence.bifurcation`` is None.
    jobs : int
        Worker processes; the rows do not depend on it.
    progress : callable, optional
        Called with (dates done, dates in all).
    """
    from joblib import Parallel, delayed

    at = np.asarray(at, dtype=np.int64)
    days = prices.index.to_numpy().astype("datetime64[D]")
    closes = prices.to_numpy(dtype=np.float64)
    asked = frozenset(int(place) for place in tested)
    chunks = [at[k : k + _CHUNK] for k in range(0, len(at), _CHUNK)]
    tasks = (
        delayed(_rows)(days[: part[-1] + 1], closes[: part[-1] + 1], part, preset, asked.intersection(part))
        for part in (chunk.tolist() for chunk in chunks)
    )
    done = 0
    for part in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        yield from part
        done += len(part)
        if progress is not None:
            progress(done, len(at))


def as_of(prices: pd.Series, place: int, preset: str | lppl.Preset, tested: bool) -> AsOf:
    """Return one row computed alone, the slow way: a scan of prices cut off at that session."""
    seen = prices.iloc[: place + 1]
    date = f"{seen.index[-1]:%Y-%m-%d}"
    try:
        return AsOf(date, gather(seen, date, preset, tested=tested)[0])
    except (ValueError, ArithmeticError, LookupError) as error:
        return AsOf(date, None, str(error))


def _rows(
    days: np.ndarray, closes: np.ndarray, at: list[int], preset: str | lppl.Preset, tested: Collection[int]
) -> list[tuple[int, AsOf]]:
    prices = pd.Series(closes, index=pd.DatetimeIndex(days))
    usable = np.isfinite(closes) & (closes > 0)
    clean = len(closes) if usable.all() else int(np.argmin(usable))
    engine = _Pass(prices.iloc[:clean], find(preset), [i for i in at if i < clean]) if clean >= 2 else None
    return [
        (i, engine.row(i, i in tested) if engine and i < clean else as_of(prices, i, preset, i in tested))
        for i in at
    ]


class _Pass:
    """Fits of one series at some dates, with what neighbouring dates share; prices are positive."""

    def __init__(self, prices: pd.Series, preset: lppl.Preset, at: Sequence[int]) -> None:
        self._prices = prices
        self._fits = fit_sessions(prices, preset, at)

    def row(self, place: int, tested: bool) -> AsOf:
        seen = self._prices.iloc[: place + 1]
        date = f"{seen.index[-1]:%Y-%m-%d}"
        try:
            return AsOf(date, self._evidence(seen, date, place, tested))
        except (ValueError, ArithmeticError, LookupError) as error:
            return AsOf(date, None, str(error))

    def _evidence(self, seen: pd.Series, date: str, place: int, tested: bool) -> Evidence:
        data = describe(seen, date)
        measured = measured_where_possible(seen) if tested else None
        return Evidence(
            as_of=date,
            data=data,
            bubble=bubble(self._fits[place]) if place in self._fits else None,
            momentum=momentum_of(seen, data),
            bifurcation=condense(measured) if measured else None,
        )
