"""A year of a list at a look: a row a series, a cell a week, dark where windows have a bubble's shape."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scanners.core.vocabulary import Level, rank_of
from scanners.verdict.trail import WEEKS, Trail

STEPS = (0.03, 0.10, 0.20, 0.30)  # of C3, from which a cell is darker; the last two are warning and critical
ROWS = 60  # of a page and of a picture
RECENT = 26  # weeks whose highest C3 orders series of one level
_FEWEST = 2  # weeks of a row: what was looked at today alone has no past to show
Look = tuple[str, float | None, Level]  # date, C3 where it is known, level


@dataclass(frozen=True)
class Cell:
    """Some weeks in a row that look alike.

    Parameters
    ----------
    step : int
        0 below the first of `STEPS`, 4 from the last, or at its level; -1 where nobody looked.
    watch : bool
        Whether the price alone was worth a watch.
    weeks : int
    said : str
        The same in words.
    """

    step: int
    watch: bool
    weeks: int
    said: str


@dataclass(frozen=True)
class HeatRow:
    """One series of the map: its cells from the oldest week to the last, and where it stands."""

    name: str
    title: str
    label: str
    C3: float | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class HeatMap:
    """What is drawn of a list.

    Parameters
    ----------
    rows : tuple of HeatRow
        What matters first: by level, then by the highest C3 of half a year.
    months : tuple of (str, int)
        Names along the top, with the weeks that each spans.
    more : int
        Series that were looked at and have no row.
    blind : int
        Series that nobody looked at before this week.
    """

    rows: tuple[HeatRow, ...]
    months: tuple[tuple[str, int], ...]
    more: int = 0
    blind: int = 0


@dataclass(frozen=True)
class Remembered:
    """What is known of a series week by week: from its trail, else from runs on record."""

    name: str
    title: str
    level: Level
    label: str
    looks: tuple[Look, ...]


def looks_of(trail: Trail | None) -> tuple[Look, ...]:
    """Return the looks of a trail."""
    return tuple(zip(trail.dates, trail.C3, trail.levels, strict=True)) if trail else ()


def heat_map(series: Iterable[Remembered], as_of: str, rows: int = ROWS) -> HeatMap:
    """Return the map of a list as of a date; a week in which nobody looked stays blank.

    Parameters
    ----------
    series : iterable of Remembered
    as_of : str
        ISO date; looks after it are left out.
    rows : int
        Series with a row at most.
    """
    monday = _monday(date.fromisoformat(as_of))
    weeks = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    known, blind = [], 0
    for each in series:
        by_week = {_monday(date.fromisoformat(look[0])): look for look in each.looks if look[0] <= as_of}
        if sum(week in by_week for week in weeks) >= _FEWEST:
            known.append((each, by_week))
        else:
            blind += 1
    known.sort(key=lambda pair: _order(pair[0], pair[1], weeks))
    shown = tuple(
        HeatRow(each.name, each.title, each.label, _last(by_week), tuple(_cells(weeks, by_week)))
        for each, by_week in known[:rows]
    )
    return HeatMap(shown, _months(weeks), max(0, len(known) - rows), blind)


def step_of(C3: float | None, level: Level) -> int:
    """Return how dark a cell is: by its share, and no lighter than its level."""
    by_share = sum((C3 or 0.0) >= step for step in STEPS)
    return max(by_share, {"warning": 3, "critical": 4}.get(level, 0))


def _order(each: Remembered, by_week: Mapping[date, Look], weeks: Sequence[date]) -> tuple[int, float, float]:
    values = [by_week[week][1] or 0.0 for week in weeks if week in by_week]
    recent = [by_week[week][1] or 0.0 for week in weeks[-RECENT:] if week in by_week]
    return -rank_of(each.level), -max(recent, default=0.0), -max(values, default=0.0)


def _last(by_week: Mapping[date, Look]) -> float | None:
    return by_week[max(by_week)][1]


def _cells(weeks: Sequence[date], by_week: Mapping[date, Look]) -> Iterable[Cell]:
    """Yield the cells of a row; weeks that are blank or calm and alike are one."""
    run: list[tuple[int, bool, str, str]] = []
    for week in weeks:
        look = by_week.get(week)
        if look is None:
            now = (-1, False, week.isoformat(), "nobody looked")
        else:
            day, share, level = look
            said = f"{level}" + ("" if share is None else f", {share:.0%} of windows")
            now = (step_of(share, level), level == "watch", day, said)
        if run and not (now[:2] == run[-1][:2] and now[0] <= 0):
            yield _joined(run)
            run = []
        run.append(now)
    if run:
        yield _joined(run)


def _joined(run: Sequence[tuple[int, bool, str, str]]) -> Cell:
    step, watch, first, said = run[0]
    if len(run) == 1:
        return Cell(step, watch, 1, f"{first}: {said}")
    what = "nobody looked" if step < 0 else f"{'watch' if watch else 'calm'}, below {STEPS[0]:.0%} of windows"
    return Cell(step, watch, len(run), f"{first} to {run[-1][2]}: {what}")


def _months(weeks: Sequence[date]) -> tuple[tuple[str, int], ...]:
    spans: list[tuple[str, int]] = []
    for week in weeks:
        name = f"{week:%b}" if week.month != 1 else f"{week:%Y}"
        if spans and spans[-1][0] == name:
            spans[-1] = (name, spans[-1][1] + 1)
        else:
            spans.append((name, 1))
    return tuple(spans)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
