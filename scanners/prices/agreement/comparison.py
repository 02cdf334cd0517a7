"""Two sources of one series on the days that both have: how far they are apart, and in which way.

Nothing here knows which of the two is right. What counts as far is the series' own typical move of a day:
sources that look at the clock at different hours are apart by part of it, and by more only if something is
wrong.
"""

from datetime import date
from typing import Literal, NamedTuple

import msgspec
import numpy as np

Verdict = Literal["agree", "shifted", "scaled", "adjusted", "differ", "too few", "failed"]
FAULTS: tuple[Verdict, ...] = ("shifted", "scaled", "adjusted", "differ")
FEWEST = 20  # days in common
_SIDE = 5  # days on each side of a step
_WITHIN = (1e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1)
_MOST = 0.95  # share of the days that "within" is said of
_NO_DAY = date.min


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What two sources of a series said on common days.

    Attributes
    ----------
    one, other : str
        The providers.
    clocks : tuple of str
        What their daily bars are (`scanners.prices.clocks`).
    verdict : str
        ``agree``; ``shifted``: the same a session earlier or later; ``scaled``: a constant factor apart;
        ``adjusted``: another factor before a day than after it; ``differ``: apart by more than a typical
        day's move in no simple way; ``too few`` common days; ``failed``: the other did not answer.
    days : int
        In common, from ``since`` to ``until``.
    median, worst : float
        Absolute differences, relative ones unless ``levels``, after a shift is undone.
    worst_day : datetime.date
    within, beyond : float, int
        A round number that at least 95 of 100 differences are below, and how many are not.
    shift : int
        Sessions by which the other is late.
    factor : float
        Of the other over the one: the constant one, or that before the ``step``.
    step : datetime.date or None
        First session after a change of the factor.
    levels : bool
        Whether differences are absolute, for rates that may be negative.
    note : str
        Why it failed.
    """

    one: str
    other: str
    verdict: Verdict
    clocks: tuple[str, str] = ("", "")
    days: int = 0
    since: date = _NO_DAY
    until: date = _NO_DAY
    median: float = 0.0
    worst: float = 0.0
    worst_day: date = _NO_DAY
    within: float = 0.0
    beyond: int = 0
    shift: int = 0
    factor: float = 1.0
    step: date | None = None
    levels: bool = False
    note: str = ""


class Closes(NamedTuple):
    """Closes of one source: sessions (datetime64[D], increasing) and values, positive unless levels."""

    source: str
    clock: str
    sessions: np.ndarray
    close: np.ndarray


def compare(one: Closes, other: Closes, *, levels: bool = False) -> Comparison:
    """Compare two sources on the days that both have.

    Parameters
    ----------
    one, other : Closes
    levels : bool
        Compare differences of the values and not of their logarithms.
    """
    days, mine, theirs = np.intersect1d(one.sessions, other.sessions, return_indices=True)
    clocks = (one.clock, other.clock)
    if len(days) < FEWEST:
        return Comparison(
            one=one.source,
            other=other.source,
            verdict="too few",
            clocks=clocks,
            days=len(days),
            levels=levels,
        )
    x, y = one.close[mine], other.close[theirs]
    if not levels:
        x, y = np.log(x), np.log(y)
    move = float(np.median(np.abs(np.diff(x))))
    shift = _shift(x, y)
    at, apart = _apart(days, x, y, shift)
    verdict, factor, step = _shape(at, apart, move)
    if shift and verdict == "agree":
        verdict = "shifted"
    size = np.abs(apart if levels else np.expm1(apart))
    worst = int(np.argmax(size))
    within = next((edge for edge in _WITHIN if np.mean(size <= edge) >= _MOST), _WITHIN[-1])
    return Comparison(
        one=one.source,
        other=other.source,
        verdict=verdict,
        clocks=clocks,
        days=len(at),
        since=at[0].item(),
        until=at[-1].item(),
        median=float(np.median(size)),
        worst=float(size[worst]),
        worst_day=at[worst].item(),
        within=within,
        beyond=int(np.sum(size > within)),
        shift=shift,
        factor=factor if levels else float(np.exp(factor)),
        step=step,
        levels=levels,
    )


def _apart(days: np.ndarray, x: np.ndarray, y: np.ndarray, shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the days of the one and the differences, the other taken ``shift`` sessions later."""
    if shift > 0:
        return days[:-shift], y[shift:] - x[:-shift]
    if shift < 0:
        return days[-shift:], y[:shift] - x[-shift:]
    return days, y - x


def _shift(x: np.ndarray, y: np.ndarray) -> int:
    """Return by how many sessions the other is late: 0 unless its moves are the one's of another day.

    Two sources whose day ends at different hours share a part of each day's move with the day beside it; only
    where the moves left unexplained are less than half as large a session on is it a shift.
    """
    rest = {}
    for shift in (0, 1, -1):
        apart = _apart(x, x, y, shift)[1]
        rest[shift] = float(np.median(np.abs(np.diff(apart))))
    best = min(rest, key=lambda shift: (rest[shift], abs(shift)))
    return best if best and 2 * rest[best] < rest[0] else 0


def _shape(days: np.ndarray, apart: np.ndarray, move: float) -> tuple[Verdict, float, date | None]:
    """Return how differences lie: together, at a constant, at two constants, or anywhere."""
    middle = float(np.median(apart))
    step = _step(apart)
    before, after = float(np.median(apart[:step])), float(np.median(apart[step:]))
    spread = float(np.median(np.abs(np.concatenate([apart[:step] - before, apart[step:] - after]))))
    if abs(before - after) > max(move, 10 * spread):
        return "adjusted", before, days[step].item()
    if float(np.median(np.abs(apart))) <= move:
        return "agree", 0.0, None
    if float(np.median(np.abs(apart - middle))) <= min(move, abs(middle) / 10):
        return "scaled", middle, None
    return "differ", middle, None


def _step(apart: np.ndarray) -> int:
    """Return the first place after the most likely change of level, by cumulated sums."""
    sums = np.abs(np.cumsum(apart - apart.mean()))[_SIDE - 1 : len(apart) - _SIDE]
    return int(np.argmax(sums)) + _SIDE
