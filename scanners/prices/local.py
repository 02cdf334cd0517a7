"""Closes of a watchlist's entry that need neither a network nor the store."""

from pathlib import Path

import pandas as pd

from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError
from scanners.prices.providers import csv_folder as csv_folder_provider
from scanners.prices.providers.registry import reader_of


def local_closes(entry: Entry, csv_folder: str | Path | None = None) -> pd.Series:
    """Read an entry's closes from the user's folder or the embedded prices, in the entry's own order.

    Parameters
    ----------
    entry : Entry
    csv_folder : str or Path, optional
        Where the files named by the ``csv`` symbols lie; without it they are left aside.

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
    for provider, symbol in entry.symbols.items():
        if provider == csv_folder_provider.NAME and folder is None:
            continue
        options = {"folder": folder} if provider == csv_folder_provider.NAME else None
        read = reader_of(provider, options)
        if read is not None:
            return read(symbol).rename(entry.name)
    unread = folder is None and csv_folder_provider.NAME in entry.symbols
    hint = ", or name a folder of CSV files" if unread else ""
    raise CommandError(f"no prices of {entry.name} are here; lppl fetch loads them{hint}")
