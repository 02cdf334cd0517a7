"""What a file held as of a date: a line that came later must not spoil what was there before it."""

from datetime import date

import numpy as np

from scanners.config.read_options import ReadOptions
from scanners.prices.files.dates import readable_days
from scanners.prices.files.grid import Grid
from scanners.prices.files.header import Header

_DAY = np.timedelta64(1, "D")


def seen_by(grid: Grid, header: Header, options: ReadOptions, as_of: str | date) -> Grid:
    """Return the rows of a file up to a date, the same grid where the dates do not tell.

    A row whose date cannot be read lies after the date when it stands behind a later row, with none behind
    it that is not later (before one, in a file with the newest first). A day more is kept, since a time may
    be written in another zone than the exchange's.

    Parameters
    ----------
    grid : Grid
    header : Header
        Names the column of dates.
    options : ReadOptions
    as_of : str or date
    """
    place = header.columns.fields["date"]
    days = readable_days([row[place] if place < len(row) else "" for row in grid.cells], options.date_format)
    known = ~np.isnat(days)
    late = known & (days > np.datetime64(as_of, "D") + _DAY)
    on, after = np.flatnonzero(known & ~late), np.flatnonzero(late)
    if not len(on) or not len(after):
        return grid
    positions = np.arange(len(days))
    if days[known][-1] < days[known][0]:  # the newest first
        late |= ~known & (positions < min(on[0], after[-1]))
    else:
        late |= ~known & (positions > max(on[-1], after[0]))
    keep = np.flatnonzero(~late).tolist()
    return grid._replace(cells=[grid.cells[k] for k in keep], lines=[grid.lines[k] for k in keep])
