"""The last year of closes as a line, with the weeks of a series' trail below it on the same axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanners.report.heat import HeatRow
from scanners.report.svg import polyline

WIDTH, HEIGHT = 560, 150
_STRIP = 12  # units of the cells below the line


@dataclass(frozen=True)
class Strip:
    """What a card draws of a series.

    Parameters
    ----------
    points : str
        Of the line, in a box of `WIDTH` by `HEIGHT`.
    end : str
        Height of its last point.
    cells : tuple of (str, str, int, bool, str)
        Left edge and width of each stretch of weeks, its step, whether it was on watch, and its words.
    """

    points: str
    end: str
    cells: tuple[tuple[str, str, int, bool, str], ...]


def strip(closes: Sequence[float], row: HeatRow | None, a_week: int) -> Strip | None:
    """Return the line of closes over the cells of their weeks, None below two closes.

    Parameters
    ----------
    closes : sequence of float
        Of the last sessions.
    row : HeatRow or None
        None where nobody looked.
    a_week : int
        Sessions a week.
    """
    points = polyline(closes, WIDTH, HEIGHT - _STRIP - 8)
    if not points:
        return None
    return Strip(points, points.rpartition(",")[2], tuple(_cells(row, len(closes), a_week)) if row else ())


def _cells(row: HeatRow, count: int, a_week: int) -> list[tuple[str, str, int, bool, str]]:
    a_session = WIDTH / max(count - 1, 1)
    found, right = [], float(WIDTH)
    for cell in reversed(row.cells):
        if right <= 0.0:
            break
        left = max(0.0, right - cell.weeks * a_week * a_session)
        found.append((f"{left:.1f}", f"{right - left:.1f}", cell.step, cell.watch, cell.said))
        right = left
    return found[::-1]
