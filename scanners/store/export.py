"""The store as plain CSV files that any program reads."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from numpy.typing import NDArray

from scanners.core.adjustment import Adjustment
from scanners.core.errors import CommandError
from scanners.core.file_names import file_name
from scanners.core.plain_files import PRIVATE_FOLDER, private
from scanners.core.run_files import plain_cell, put_in_place
from scanners.store.bars import BarStore
from scanners.store.packing import ACTIONS, BARS

_PRICES = ("open", "high", "low", "close", "volume")


def export_bars(
    bars: BarStore,
    folder: Path,
    *,
    series: Sequence[str] = (),
    as_of: date | None = None,
    known_at: datetime | None = None,
    adjust: Adjustment = "all",
) -> list[Path]:
    """Write each series to a CSV file of its own, and ``series.csv`` that says which is which.

    Parameters
    ----------
    bars : BarStore
        Where to read.
    folder : Path
        Where to write; made when it is not there.
    series : sequence of str
        Which ones; empty for all.
    as_of, known_at, adjust
        As in :meth:`~scanners.store.bars.BarStore.read`.

    Returns
    -------
    list of Path
        The files of the series.

    Raises
    ------
    CommandError
        If a series is not stored or a file cannot be written.
    """

    def tables(name: str) -> Iterator[_Table]:
        history = bars.read(name, as_of, known_at, adjust=adjust, ohlcv=True)
        prices = {column: getattr(history, column) for column in (*_PRICES, "raw_close", "factor")}
        knowledge = {"known_at": history.known_at, "backloaded": history.backloaded.astype(int)}
        yield ".csv", {"session": history.sessions, **prices, **knowledge}

    return _export(series or bars.names(), folder, tables)


def export_versions(bars: BarStore, folder: Path, *, series: Sequence[str] = ()) -> list[Path]:
    """Write every stored version of every raw bar and action, with the time it became known.

    A bar without a close is one that was withdrawn. Parameters, result and errors are those of
    :func:`export_bars`; actions have a file of their own.
    """

    def tables(name: str) -> Iterator[_Table]:
        for track, rows in zip((BARS, ACTIONS), bars.versions(name), strict=True):
            times = {
                "session": rows.session.astype("datetime64[D]"),
                "known_at": rows.known_at.astype("datetime64[us]"),
            }
            if len(rows):
                suffix = ".bars.csv" if track is BARS else ".actions.csv"
                yield suffix, times | dict(zip(track.columns, rows.values, strict=True))

    return _export(series or bars.names(), folder, tables)


_Table = tuple[str, dict[str, NDArray]]


def _export(series: Sequence[str], folder: Path, tables: Callable[[str], Iterable[_Table]]) -> list[Path]:
    index: dict[Path, str] = {}
    try:
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        for name in series:
            for suffix, columns in tables(name):
                path = folder / file_name(name, suffix)
                _write(path, list(columns), zip(*map(_texts, columns.values()), strict=True))
                index[path] = name
        named = ((plain_cell(name), path.name) for path, name in index.items())
        _write(folder / "series.csv", ["series", "file"], named)
    except OSError as error:
        raise CommandError(f"cannot write {error.filename or folder}: {error.strerror}") from error
    return list(index)


def _write(path: Path, header: list[str], rows: Iterable[Sequence[str]]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)  # left by a process that was killed
    with open(partial, "x", encoding="utf-8", newline="", opener=private) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    put_in_place(partial, path)


def _texts(column: NDArray) -> list[str]:
    """Return values as text that reads back to the same bits; NaN is empty."""
    if column.dtype.kind == "f":
        return ["" if value != value else repr(value) for value in column.tolist()]
    return column.astype(str).tolist()
