"""Rules on what is left of a series: findings only, no row is touched."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from lppl.core.frequency import RECENT, frequency
from scanners.prices.interface import Bars
from scanners.prices.quality.adjust import adjusted_close
from scanners.prices.quality.moves import steps, thin
from scanners.prices.quality.rows import finished, local_zone
from scanners.prices.quality.rules import Finding, Severity
from scanners.prices.quality.session_calendar import Expected, expected

if TYPE_CHECKING:
    from scanners.prices.quality.gate import Market

_CONSTANT = 5
# No exchange has been closed for longer in half a century; a month and a half is a hole in the data.
_GAP_DAYS, _HOLE_DAYS = 15, 45
# Sessions that may be missing at the end: by a calendar, and by weekdays alone, which hold holidays.
_LATE, _LATE_WEEKDAYS, _LATE_BARS = 3, 5, 2
# Days that RECENT dates are apart at least if the median spacing is that of weeks.
_WEEKS = 180


def look(bars: Bars, market: "Market", now: datetime) -> Iterator[Finding]:
    """Yield what is remarkable about clean bars.

    Parameters
    ----------
    bars : Bars
        Sorted, unique, finite, positive, at least one.
    market : Market
    now : datetime.datetime
    """
    if market.levels:
        return
    yield from steps(bars.sessions, adjusted_close(bars), market)
    yield from thin(bars.sessions, bars.close)
    yield from _constant(bars)
    spacing = _spacing(bars.sessions)
    yield from gaps(bars.sessions, spacing)
    if spacing > 1:
        yield from _age_in_bars(bars, spacing, market, now)
        return
    today = now.astimezone(local_zone(market.timezone)).date()
    if not market.calendar and (today - bars.sessions[-1].item()).days <= _LATE_WEEKDAYS:
        return
    # Weekdays that are expected matter after the last bar alone.
    first = bars.sessions[0 if market.calendar else -1].item()
    calendar = expected(market.calendar, market.every_day, first, today)
    yield from _against_calendar(bars, calendar)
    yield from _age(bars, calendar, market, now)


def _constant(bars: Bars) -> Iterator[Finding]:
    moved = bars.close[1:] != bars.close[:-1]
    if len(moved) - np.count_nonzero(moved) < _CONSTANT - 1:
        return
    edges = np.flatnonzero(moved)
    starts = np.concatenate([[0], edges + 1])
    lengths = np.diff(np.append(starts, len(bars)))
    for run in np.flatnonzero(lengths >= _CONSTANT):
        start, length = starts[run], lengths[run]
        still = start + length == len(bars)
        message = f"{length} closes of {bars.close[start]:g} in a row from {bars.sessions[start]}"
        sessions = tuple(bars.sessions[start : start + length].tolist())
        yield Finding("constant_run", "error" if still else "info", message, sessions)


def _spacing(sessions: np.ndarray) -> int:
    """Return the days between bars of weeks or longer, 1 for shorter ones."""
    recent = sessions[-RECENT:]
    if len(recent) == RECENT and (recent[-1] - recent[0]).astype(int) < _WEEKS:
        return 1
    found = frequency(sessions)
    return round(365.25 / found.a_year) if found.is_longer else 1


def gaps(sessions: np.ndarray, spacing: int | None = None) -> Iterator[Finding]:
    """Yield the times without a bar that no exchange was closed for; ``spacing`` in days, or found."""
    spacing = spacing or _spacing(sessions)
    days = np.diff(sessions.astype(np.int64))
    for row in np.flatnonzero(days > max(_GAP_DAYS, 3 * spacing)):
        before, after = sessions[row].item(), sessions[row + 1].item()
        severity: Severity = "error" if days[row] > max(_HOLE_DAYS, 6 * spacing) else "warning"
        yield Finding("gap", severity, f"no session between {before} and {after}", (before, after))


def _against_calendar(bars: Bars, calendar: Expected) -> Iterator[Finding]:
    """Compare with an exchange calendar; it may be wrong, so nothing follows from it."""
    if not calendar.by_exchange:
        return
    inside = bars.sessions[(bars.sessions >= calendar.first) & (bars.sessions <= calendar.last)]
    extra = np.setdiff1d(inside, calendar.sessions)
    if len(extra):
        message = f"{len(extra)} sessions are holidays in the exchange calendar"
        yield Finding("off_calendar", "info", message, tuple(extra.tolist()))
    known = calendar.sessions[calendar.sessions <= bars.sessions[-1]]
    missing = np.setdiff1d(known, bars.sessions)
    if len(missing):
        message = f"{len(missing)} sessions of the exchange calendar are missing"
        yield Finding("missing_session", "info", message, tuple(missing.tolist()))


def _age_in_bars(bars: Bars, spacing: int, market: "Market", now: datetime) -> Iterator[Finding]:
    """Compare the age of the last bar with the spacing of the bars, weeks or longer."""
    today = np.datetime64(now.astimezone(local_zone(market.timezone)).date())
    late = int((today - bars.sessions[-1]).astype(int) // spacing) - 1
    if late > _LATE_BARS:
        message = f"the last bar is of {bars.sessions[-1]}, {late} bars ago"
        yield Finding("too_old", "error", message, (bars.sessions[-1].item(),))


def _age(bars: Bars, calendar: Expected, market: "Market", now: datetime) -> Iterator[Finding]:
    due = calendar.sessions[finished(calendar.sessions, market, now)]
    late = int((due > bars.sessions[-1]).sum())
    if late > (_LATE if calendar.by_exchange else _LATE_WEEKDAYS):
        least = "at least " if calendar.by_exchange and calendar.first > bars.sessions[-1] else ""
        message = f"the last bar is of {bars.sessions[-1]}, {least}{late} sessions ago"
        yield Finding("too_old", "error", message, (bars.sessions[-1].item(),))
