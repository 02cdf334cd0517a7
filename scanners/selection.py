"""From what the user names, a watchlist, a folder, a series or a file, to series that can be read."""

from functools import partial
from pathlib import Path

import pandas as pd

from scanners import watchlist as watchlists
from scanners.errors import CommandError
from scanners.prices.csv_file import read_csv, read_folder_series
from scanners.scan import Series

_SUFFIXES = (".csv", ".csv.gz")


def select(watchlist: str | None, folder: Path | None) -> tuple[str, list[Series]]:
    """Return the name of a list and its series.

    Parameters
    ----------
    watchlist : str, optional
        Built-in name or TOML file. Without it: every CSV file of ``folder``, or the demo when there is none.
    folder : Path, optional
        Where the files behind the list's ``csv`` symbols lie.

    Raises
    ------
    CommandError
        If there is no such list or folder, or the folder holds no CSV file.
    """
    if folder is not None and not folder.is_dir():
        raise CommandError(f"--data {folder}: no such folder")
    if watchlist is None and folder is not None:
        return folder.resolve().name, _whole_folder(folder)
    found = watchlists.load(watchlist or "demo")
    return found.name, [
        Series(entry.name, entry.title, entry.asset_class, partial(watchlists.series, entry, folder))
        for entry in found.series
    ]


def single(target: str) -> pd.Series:
    """Return the closes of an embedded series, or of a CSV file.

    Raises
    ------
    CommandError
        If there is no such series or file, or the file breaks a rule.
    """
    from lppl import datasets

    if target.endswith(_SUFFIXES) or Path(target).is_file():
        return read_csv(Path(target))
    if target not in datasets.names():
        raise CommandError(
            f"unknown series {target!r}: name one of {', '.join(datasets.names())}, or a CSV file"
        )
    return datasets.load(target)


def named_preset(name: str) -> str:
    """Return ``name`` when ``lppl.PRESETS`` has it.

    Raises
    ------
    CommandError
        If it has not.
    """
    from lppl import PRESETS

    if name not in PRESETS:
        raise CommandError(f"unknown preset {name!r}: name one of {', '.join(PRESETS)}")
    return name


def _whole_folder(folder: Path) -> list[Series]:
    names = sorted({path.name.split(".csv")[0] for path in folder.iterdir() if path.name.endswith(_SUFFIXES)})
    if not names:
        raise CommandError(f"--data {folder}: no CSV file in it")
    return [Series(name, name, "unclassified", partial(read_folder_series, folder, name)) for name in names]
