"""How files would be read: column, dates, zone, frequency, what was chosen, and what stands in the way."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from lppl.core.frequency import frequency
from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.files.csv_file import closes_of, read_table
from scanners.prices.files.folder import list_series, locate


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How one series of a file would be read.

    Attributes
    ----------
    series : str
        File's name without its ending, with ``#CODE`` where it holds several.
    file : str
    column : str
        Of the closes, as the header names it.
    bars : int
    first, last : str
        Dates, with a time where bars are shorter than a day.
    frequency : str
        As `lppl.core.frequency.frequency` names it.
    close : float
        The last one.
    notes : tuple of str
        What was chosen or left out.
    problem : str
        Why it would not be read, in one line that says what to do; empty if it would be.
    """

    series: str
    file: str
    column: str = ""
    bars: int = 0
    first: str = ""
    last: str = ""
    frequency: str = ""
    close: float | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


def survey(target: Path, options: ReadOptions) -> Iterator[tuple[Reading, pd.Series | None]]:
    """Yield how each series of a file or folder would be read, and its closes where they could be.

    Parameters
    ----------
    target : Path
    options : ReadOptions

    Raises
    ------
    CommandError
        If there is no such file or folder, or no price file in it.
    """
    if target.is_file():
        yield _read(target.name, target, None, options)
        return
    if not target.is_dir():
        raise CommandError(f"{target}: no such file or folder")
    names = list_series(target)
    if not names:
        raise CommandError(f"{target}: no price file (CSV, Parquet or workbook) in it")
    for name in names:
        path, code = locate(target, name)
        yield _read(name, path, code, options)


def _read(name: str, path: Path, code: str | None, options: ReadOptions) -> tuple[Reading, pd.Series | None]:
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    file = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        table = read_table(path, symbol=code, options=options, extras=False)
        prices = closes_of(table, path, symbol=code)
    except CommandError as error:
        return Reading(
            series=shown, file=file, problem=str(error).removeprefix(f"{path}").lstrip(":, ")
        ), None
    dates = pd.DatetimeIndex(prices.index)
    form = "%Y-%m-%d %H:%M" if table.intraday else "%Y-%m-%d"
    reading = Reading(
        series=shown,
        file=file,
        column=table.column,
        bars=len(prices),
        first=dates[0].strftime(form),
        last=dates[-1].strftime(form),
        frequency=frequency(dates).name,
        close=float(np.float64(prices.iloc[-1])),
        notes=prices.attrs["notes"],
    )
    return reading, prices
