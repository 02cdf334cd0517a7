"""Closes of a watchlist's entry that need neither a network nor the store."""

from pathlib import Path

import pandas as pd

from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError
from scanners.prices.files.folder import locate, read_folder_series
from scanners.prices.market import market
from scanners.prices.providers import csv_folder as csv_folder_provider
from scanners.prices.providers.registry import reader_of
from scanners.prices.quality.files import refuse_doubtful


def local_closes(entry: Entry, csv_folder: str | Path | None = None, as_of: str | None = None) -> pd.Series:
    """Read an entry's closes from the user's folder or the embedded prices, in the entry's own order.

    Parameters
    ----------
    entry : Entry
    csv_folder : str or Path, optional
        Where the files named by the ``csv`` symbols lie; without it they are left aside.
    as_of : str, optional
        ISO date; prices in a file after it are not looked at.

    Returns
    -------
    pandas.Series
        Float64 closes on a `DatetimeIndex` named ``date``, called ``entry.name``.

    Raises
    ------
    CommandError
        If no provider of the entry can be read without a network, or the file breaks a rule.
    """
    folder = None if csv_folder is None else str(csv_folder)
    missing = None
    for provider, symbol in entry.symbols.items():
        if provider == csv_folder_provider.NAME:
            if folder is not None and (missing := _missing(folder, symbol)) is None:
                closes = read_folder_series(folder, symbol, as_of=as_of, options=entry.reading)
                return refuse_doubtful(closes, market(entry)).rename(entry.name)
            continue
        read = reader_of(provider)
        if read is not None:
            return read(symbol).rename(entry.name)
    if missing is not None and set(entry.symbols) == {csv_folder_provider.NAME}:
        raise missing
    unread = folder is None and csv_folder_provider.NAME in entry.symbols
    hint = "; or name a folder of CSV files" if unread else ""
    sources = [name for name in entry.symbols if name != csv_folder_provider.NAME]
    asked = f"; lppl fetch asks {_listed(sources)} and says who does not answer" if sources else ""
    raise CommandError(f"no prices of {entry.name} are here{asked}{hint}")


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _missing(folder: str, symbol: str) -> CommandError | None:
    """Return why a folder has no file of a symbol, None where it has one."""
    try:
        locate(folder, symbol)
    except CommandError as error:
        return error
    return None
