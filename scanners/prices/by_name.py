"""The closes of the series that a command names: a file, the store, files of the workspace, the package."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from lppl.core.frequency import frequency
from scanners.config.read_options import ReadOptions
from scanners.config.thresholds import GRACE, AlarmThresholds
from scanners.config.watchlist import Entry
from scanners.config.workspace import DATA
from scanners.core.as_of import until
from scanners.core.errors import NOTHING_FRESH, CommandError, Unjudged
from scanners.prices.files.csv_file import read_csv
from scanners.prices.files.folder import locate, read_folder_series
from scanners.prices.market import market
from scanners.prices.providers import csv_folder
from scanners.prices.providers.registry import reader_of
from scanners.prices.quality.files import refuse_doubtful
from scanners.prices.quality.gate import Market
from scanners.prices.quality.session_calendar import closed_weekdays, days_of
from scanners.prices.selection import known_entries, read_as
from scanners.prices.stored_closes import closes, entry_of
from scanners.store.store import Store

_SUFFIXES = (".csv", ".csv.gz", ".parquet", ".xlsx")


def single(
    target: str,
    *,
    as_of: str | None = None,
    start: str | None = None,
    database: Path | None = None,
    watchlist: str | None = None,
    reading: ReadOptions | None = None,
    wanted: str | None = None,
    stale_after: int = AlarmThresholds.stale_after,
) -> pd.Series:
    """Return the closes of one series, from the first place that has it.

    A file that is named is read. A name is looked up in the store, then among the files of the workspace
    (what its watchlist or the core list calls it, else ``data/NAME.csv``), then in the package.

    Parameters
    ----------
    target : str
        File or name.
    as_of, start : str, optional
        ISO dates; see `scanners.prices.stored_closes.closes`.
    database : Path, optional
        Of the store; it need not exist. Without it nothing is read from a store.
    watchlist : str, optional
        Built-in name or TOML file that says what a series is; see `known_entries`.
    reading : ReadOptions, optional
        How a file is to be read.
    wanted : str, optional
        ISO date up to which closes are needed; ``as_of`` if left out.
    stale_after : int
        Weekdays by which the last close may be older than that date, as a scan's policy says it.

    Raises
    ------
    CommandError
        If there is no such series or file, the file breaks a rule, the stored bars allow no verdict, or the
        last close is older than the date allows (exit code 4).
    """
    prices, calendar = _found(target, as_of, start, database, watchlist, reading or ReadOptions())
    day = wanted or as_of
    if day is not None:
        refuse_stale(target, prices, day, calendar, stale_after)
    return prices


def _found(
    target: str,
    as_of: str | None,
    start: str | None,
    database: Path | None,
    watchlist: str | None,
    reading: ReadOptions,
) -> tuple[pd.Series, str]:
    """Return the closes, and the code of the exchange's calendar where it is known."""
    from lppl import datasets

    if Path(target).is_dir():
        raise CommandError(
            f"{target}: a folder is no series: lppl scan --data {target} takes every CSV file in it"
        )
    if target.lower().endswith(_SUFFIXES) or _is_file(target):
        return _believed(read_csv(Path(target), as_of=as_of, options=reading), reading, start), ""
    if "#" in target and _is_file(target.rpartition("#")[0]):
        name, _, code = target.rpartition("#")
        prices = read_csv(Path(name), symbol=code, as_of=as_of, options=reading)
        return _believed(prices, reading, start), ""
    entries = known_entries(watchlist)
    stored = entry_of(database, target, entries) if database else None
    if stored is not None and database is not None:
        try:
            with Store.open(database) as store:
                return closes(store, stored, as_of, start), stored.calendar
        except CommandError as error:
            raise CommandError(f"{target}: {error}", error.exit_code) from error
    entry = next((entry for entry in read_as(entries, reading) if entry.name == target), None)
    of_workspace = _of_workspace(target, entry, as_of, start, reading)
    if of_workspace is not None:
        return of_workspace, entry.calendar if entry else ""
    if target not in datasets.names():
        raise CommandError(
            f"unknown series {target!r}: name one of {', '.join(datasets.names())}, or a CSV file"
        )
    return datasets.load(target), ""


def _of_workspace(
    target: str, entry: Entry | None, as_of: str | None, start: str | None, reading: ReadOptions
) -> pd.Series | None:
    """Return the closes in the workspace's files, or None where it has none of this name."""
    name = _file_of(target, entry)
    if name is None or not DATA.is_dir():
        return None
    try:
        locate(DATA, name)
    except CommandError:
        return None
    prices = read_folder_series(DATA, name, as_of=as_of, options=entry.reading if entry else reading)
    return _believed(prices.rename(target), reading, start, entry)


def _file_of(target: str, entry: Entry | None) -> str | None:
    """Return what the file of a name is called; None where its list says that the package has it."""
    if entry is None or csv_folder.NAME in entry.symbols:
        return entry.symbols[csv_folder.NAME] if entry else target
    return None if any(reader_of(provider) for provider in entry.symbols) else target


def refuse_stale(
    target: str,
    prices: pd.Series,
    day: str,
    calendar: str = "",
    stale_after: int = AlarmThresholds.stale_after,
) -> None:
    """Refuse closes that end long before the date asked for, as a scan does.

    Raises
    ------
    CommandError
        With the last date and exit code 4.
    """
    seen = until(prices, day)
    if seen.empty:
        return  # whoever asked says from when on there are any
    last = seen.index[-1].date()
    closed = closed_weekdays(calendar, last, date.fromisoformat(day)) if calendar else None
    days = days_of(calendar if closed is not None else "")
    age = int(np.busday_count(last, date.fromisoformat(day))) - (closed or 0)
    limit = stale_after + GRACE.get(frequency(pd.DatetimeIndex(seen.index)).bar, 0)
    if age > limit:
        raise CommandError(
            f"{target}: the last bar is {last}, {age} {days} before {day} (limit {limit}); "
            "lppl fetch brings stored prices up to date",
            NOTHING_FRESH,
        )


def _believed(
    prices: pd.Series, reading: ReadOptions, start: str | None, entry: Entry | None = None
) -> pd.Series:
    """Return the closes of a file, if nothing on them is doubtful."""
    confirmed = tuple(date.fromisoformat(day) for day in reading.confirmed)
    known = market(entry) if entry else Market(confirmed=confirmed)
    first = date.fromisoformat(start) if start else None
    try:
        return refuse_doubtful(prices, known, first)
    except Unjudged as error:
        raise CommandError(f"{prices.name}: {error}") from error


def _is_file(target: str) -> bool:
    try:
        return Path(target).is_file()
    except (OSError, ValueError):  # too long for a name, or none
        return False
