"""A folder of price files: which of them are series, and which file is meant by a name."""

import os
from functools import lru_cache
from pathlib import Path

import pandas as pd

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.files import csv_text, parquet, workbook
from scanners.prices.files.columns import has_symbol
from scanners.prices.files.csv_file import read_csv
from scanners.prices.files.grids import symbols_in_rows
from scanners.prices.files.header import series_names
from scanners.prices.files.opened import opened

# In the order in which files of one name are preferred.
SUFFIXES = (".csv", ".csv.gz", ".parquet", ".xlsx", ".tsv")


def is_price_file(path: Path | str) -> bool:
    """Tell by its name whether a file may hold prices: not hidden, no backup, no lock of an open workbook."""
    name = Path(path).name
    return bool(_stem(name)) and not name.startswith((".", "~"))


def find_file(folder: str | Path, name: str) -> Path:
    """Return a series' file: ``NAME.csv``, ``.csv.gz``, ``.parquet``, ``.xlsx`` or ``.tsv``, in any case.

    Raises
    ------
    CommandError
        If the name is no plain file name, or no such file is there, or two differ only by case.
    """
    folder = Path(folder)
    if not name or name.startswith(".") or set(name) & set("/\\\0"):
        raise CommandError(f"a series in a folder must be a plain file name, got {name!r}")
    for suffix in SUFFIXES:
        try:
            if (folder / f"{name}{suffix}").is_file():
                return folder / f"{name}{suffix}"
        except OSError as error:  # a name too long for the file system
            raise CommandError(f"{name[:40]}...: {error.strerror}") from None
    alike = [path for path in _price_files(folder) if stem(path).casefold() == name.casefold()]
    if len({stem(path) for path in alike}) > 1:
        raise CommandError(f"{folder}: {' and '.join(path.name for path in alike)} differ only by case")
    if alike:
        return alike[0]
    raise CommandError(f"{folder / name}.csv: no such file (nor {name}.csv.gz, nor {name}.parquet, ...)")


def read_folder_series(
    folder: str | Path, name: str, *, as_of: str | None = None, options: ReadOptions | None = None
) -> pd.Series:
    """Read the series ``name``, or ``FILE#CODE``, from its file in a folder, as `read_csv` does.

    Raises
    ------
    CommandError
        As in `find_file` and `read_csv`.
    """
    path, symbol = locate(folder, name)
    return read_csv(path, symbol=symbol, as_of=as_of, options=options or ReadOptions()).rename(name)


def locate(folder: str | Path, name: str) -> tuple[Path, str | None]:
    """Return the file of ``NAME`` or ``FILE#CODE``, and the code.

    Raises
    ------
    CommandError
        As in `find_file`.
    """
    try:
        return find_file(folder, name), None
    except CommandError:
        stem, mark, code = name.partition("#")
        if not mark:
            raise
        return find_file(folder, stem), code or None


def list_series(folder: Path) -> list[str]:
    """Return the names of all series in a folder: of files, and ``FILE#CODE`` where one holds several.

    Raises
    ------
    CommandError
        If the folder cannot be read.
    """
    try:
        paths = _price_files(folder)
    except OSError as error:
        raise CommandError(f"{folder}: {error.strerror}") from None
    found: dict[str, list[str]] = {}
    for path in paths:
        name = stem(path)
        if name not in found:
            found[name] = [f"{name}#{code}" for code in _codes(path)] or [name]
    return [name for stem in sorted(found) for name in found[stem]]


def stem(path: Path) -> str:
    """Return the name of a price file without its ending."""
    return _stem(path.name)


def _stem(name: str) -> str:
    """Return a file's name without the ending of a price file; empty if it has none or is a backup."""
    lower = name.lower()
    suffix = next(
        (suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if lower.endswith(suffix)), ""
    )
    bare = name[: -len(suffix)] if suffix else ""
    inner = Path(bare.lower()).suffixes
    return "" if any(part in (".csv", ".parquet", ".xlsx", ".tsv", ".bak") for part in inner) else bare


def _price_files(folder: Path) -> list[Path]:
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return []
    return list(_listed(folder, changed))


@lru_cache(maxsize=4)
def _listed(folder: Path, changed: int) -> tuple[Path, ...]:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if is_price_file(entry.name) and entry.is_file()]
    endings = {suffix: rank for rank, suffix in enumerate(SUFFIXES)}
    ranked = sorted(names, key=lambda name: (_stem(name), endings[name[len(_stem(name)) :].lower()], name))
    return tuple(folder / name for name in ranked)


def _codes(path: Path) -> list[str]:
    """Return the series in a file of several, in columns or in rows; one that cannot be read tells none."""
    try:
        file = opened(path)
        contents = file.contents
    except CommandError:
        return []
    if contents.kind == "xlsx":
        return workbook.first_series(path, contents.raw) or _of_rows(path)
    rows = (
        parquet.first_rows(contents.raw) if contents.kind == "parquet" else csv_text.first_rows(contents.raw)
    )
    return series_names(rows) or (_of_rows(path) if any(map(has_symbol, rows)) else []) if rows else []


def _of_rows(path: Path) -> list[str]:
    try:
        return symbols_in_rows(path)
    except CommandError:
        return []
