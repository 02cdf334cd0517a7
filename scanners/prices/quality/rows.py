"""Rules on rows: which cannot be prices and are set aside.

A judge takes the bars that earlier judges left, and returns what it found with the rows to keep, or None.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from scanners.prices.interface import Bars
from scanners.prices.quality.adjust import adjusted_close
from scanners.prices.quality.rules import Rule, Severity
from scanners.prices.quality.sundays import SHORT_SUNDAYS, short_sundays
from scanners.store.overlap import SAME_SOURCE_TOLERANCE

if TYPE_CHECKING:
    from scanners.prices.quality.gate import Market

# After the close, until the last bar is believed to be final.
BUFFER = timedelta(minutes=30)
# A move away and straight back by more than half the price is a wrong digit, not a market.
SPIKE = float(np.log(1.5))
_RETURNED = 0.2
# Within so many days another weekend session shows that weekends were traded.
_SEASON = np.timedelta64(60, "D")


class Judged(NamedTuple):
    """The rows concerned, the rows to keep, and whether the difference is set aside or merely dropped."""

    rule: Rule
    severity: Severity
    message: str
    rows: np.ndarray
    keep: np.ndarray
    set_aside: bool = False


def local_zone(name: str) -> ZoneInfo:
    """Return a time zone, UTC for a name that nobody knows."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def finished(sessions: np.ndarray, market: "Market", now: datetime) -> np.ndarray:
    """Tell for each session whether its bar is final: the close and a buffer are over."""
    hours, minutes = (int(part) for part in market.close.split(":"))
    local = now.astimezone(local_zone(market.timezone)).replace(tzinfo=None)
    last_final = np.datetime64(local - BUFFER - timedelta(hours=hours, minutes=minutes), "D")
    return sessions <= last_final


def plain(bars: Bars, market: "Market", now: datetime) -> bool:
    """Tell whether no judge can find anything: finished weekdays in order, with finite, positive closes."""
    days = bars.sessions
    return bool(
        len(bars)
        and (days[1:] > days[:-1]).all()
        and np.isfinite(bars.close).all()
        and bars.close.min() > 0
        and np.is_busday(days).all()
        and finished(days[-1:], market, now).all()
    )


def _not_finite(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    bad = ~np.isfinite(bars.close)
    return _set_aside("not_finite", "info", f"{bad.sum()} rows have no close", bad)


def _unsorted(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    order = np.argsort(bars.sessions, kind="stable")
    moved = np.flatnonzero(order != np.arange(len(order)))
    if not len(moved):
        return None
    return Judged("unsorted", "info", f"{len(moved)} rows were out of order", moved, order)


def _duplicate(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    again = np.zeros(len(bars), dtype=bool)  # the last of them stays: it was written latest
    again[:-1] = (bars.sessions[1:] == bars.sessions[:-1]) & _same(bars)
    if not again.any():
        return None
    return Judged("duplicate", "info", f"{again.sum()} rows stand twice and were merged", again, ~again)


def _conflict(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    twin = np.zeros(len(bars), dtype=bool)
    same_day = bars.sessions[1:] == bars.sessions[:-1]
    twin[1:] |= same_day
    twin[:-1] |= same_day
    days = ", ".join(np.unique(bars.sessions[twin]).astype(str)[:3])
    return _set_aside("conflict", "error", f"different rows for one session ({days})", twin)


def _non_positive(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    if market.levels:
        return None
    bad = bars.close <= 0
    shown = ", ".join(f"{bars.close[row]:g} on {bars.sessions[row]}" for row in np.flatnonzero(bad)[:3])
    return _set_aside("non_positive", "error", f"prices without a logarithm: {shown}", bad)


def _future(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    today = np.datetime64(now.astimezone(local_zone(market.timezone)).date())
    later = bars.sessions > today
    return _set_aside("future", "warning", f"{later.sum()} rows lie after {today}", later)


def _weekend(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    """Set aside weekend rows that only repeat the day before, unless weekends were traded at that time.

    Exchanges did trade on Saturdays, and closed unchanged on some; a copy alone among its neighbours is a
    product of the clock.
    """
    weekend = ~np.is_busday(bars.sessions)
    if market.every_day or not weekend.any():
        return None
    copy = np.zeros(len(bars), dtype=bool)
    copy[1:] = weekend[1:] & (bars.close[1:] == bars.close[:-1]) & ~(bars.volume[1:] > 0)
    traded = bars.sessions[weekend & ~copy]
    rows = np.flatnonzero(copy)
    near = np.searchsorted(traded, bars.sessions[rows] + _SEASON) > np.searchsorted(
        traded, bars.sessions[rows] - _SEASON
    )
    copy[rows[near]] = False
    return _set_aside("weekend", "info", f"{copy.sum()} weekend rows repeat the day before", copy)


def _short_sunday(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    if market.every_day or market.levels:
        return None
    short = short_sundays(bars.sessions, bars.close)
    return _set_aside("weekend", "info", f"{short.sum()} {SHORT_SUNDAYS}", short)


def _unfinished(bars: Bars, market: "Market", now: datetime) -> Judged | None:
    keep = finished(bars.sessions, market, now)
    if keep.all():
        return None
    return Judged("unfinished", "info", f"the session of {bars.sessions[-1]} is not over", ~keep, keep)


def spike(bars: Bars) -> Judged | None:
    """Set aside closes that move far away and straight back; the bars' events must be possible."""
    away, back = _moves(bars)
    there = np.zeros(len(bars), dtype=bool)
    smaller = np.minimum(np.abs(away), np.abs(back))
    there[1:-1] = (smaller > SPIKE) & (np.abs(away + back) < _RETURNED * smaller)
    if not there.any():
        return None
    shown = ", ".join(f"{bars.close[row]:g} on {bars.sessions[row]}" for row in np.flatnonzero(there)[:3])
    return _set_aside("spike", "warning", f"moved away and straight back: {shown}", there)


def _moves(bars: Bars) -> tuple[np.ndarray, np.ndarray]:
    if len(bars) < 3:
        return np.empty(0), np.empty(0)
    steps = np.diff(np.log(adjusted_close(bars)))
    return steps[:-1], steps[1:]


def _same(bars: Bars) -> np.ndarray:
    """Tell for each row but the first whether its close is that of the row before, as the store compares."""
    before, after = bars.close[:-1], bars.close[1:]
    return np.abs(after - before) <= SAME_SOURCE_TOLERANCE * np.abs(before)


def _set_aside(rule: Rule, severity: Severity, message: str, bad: np.ndarray) -> Judged | None:
    return Judged(rule, severity, message, bad, ~bad, set_aside=True) if bad.any() else None


JUDGES = (
    _not_finite,
    _unsorted,
    _duplicate,
    _conflict,
    _non_positive,
    _future,
    _weekend,
    _short_sunday,
    _unfinished,
)
