"""Closes of a watchlist's entry that need neither a network nor the store."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from lppl import datasets
from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError
from scanners.prices.files.folder import read_folder_series
from scanners.prices.market import market
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
    readers: dict[str, Callable[[str], pd.Series]] = {"dataset": _dataset}
    if csv_folder is not None:
        folder = csv_folder
        readers["csv"] = lambda symbol: refuse_doubtful(
            read_folder_series(folder, symbol, as_of=as_of, options=entry.reading), market(entry)
        )
    for provider, symbol in entry.symbols.items():
        if provider in readers:
            return readers[provider](symbol).rename(entry.name)
    hint = ", or name a folder of CSV files" if csv_folder is None and "csv" in entry.symbols else ""
    raise CommandError(f"no prices of {entry.name} are here; lppl fetch loads them{hint}")


def _dataset(name: str) -> pd.Series:
    try:
        return datasets.load(name)
    except ValueError as error:
        raise CommandError(f"dataset: {error}") from None
