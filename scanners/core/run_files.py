"""Files of a run: written beside their place, renamed when complete, never seen half-written."""

import csv
import io
import json
import math
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scanners.core.errors import CommandError
from scanners.core.file_names import phone_file, picture_file
from scanners.core.machine import POSIX
from scanners.core.plain_files import private

MARKER = "scan.json"  # the results of a run
MANIFEST = "run.json"  # how it was made, and of what it consists
_PATIENCE = 2.0  # seconds to wait for another program to close a file
_RESULTS = (".html", ".json", ".csv")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def put_in_place(source: Path, target: Path) -> None:
    """Rename a file or folder over another, patiently on Windows, where an open file cannot be replaced.

    Raises
    ------
    OSError
        If it cannot be done; a `PermissionError` names the file that is open.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            source.replace(target)
            return
        except PermissionError as error:
            if POSIX:
                raise
            if time.monotonic() >= deadline:
                why = f"{error.strerror}: is it open in another program?"
                raise PermissionError(error.errno, why, str(target)) from error
            time.sleep(0.05)


def sync(folder: Path) -> None:
    """Force the results in a run's folder and its list of files onto the disk; pictures take their time."""
    for path in (*(each for each in folder.iterdir() if each.suffix in _RESULTS), folder):
        sync_to_disk(path)


def sync_to_disk(path: Path) -> None:
    """Force a file or a folder's list of files onto the disk."""
    if path.is_dir() and not POSIX:
        return  # Windows opens no folders, and keeps their lists by itself
    handle = os.open(path, os.O_RDONLY if POSIX else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Pictures(Mapping[str, bytes]):
    """The pictures of a run's folder by series, for a phone where there is one, read when they are asked for.

    Parameters
    ----------
    folder : Path
        Of a run.
    rows : iterable with ``name``
        Its series.
    """

    def __init__(self, folder: Path, rows: Iterable[Any]) -> None:
        wanted = [(row.name, (phone_file(row.name), picture_file(row.name))) for row in rows]
        found = [
            (name, [folder / each for each in files if (folder / each).is_file()]) for name, files in wanted
        ]
        self._paths = {name: paths[0] for name, paths in found if paths}

    def __getitem__(self, name: str) -> bytes:
        return self._paths[name].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def write_file(path: Path, content: bytes, *, scratch: Path | None = None, secret: bool = False) -> None:
    """Write one file through a temporary one, so that no reader sees part of it.

    What is there and is no file, such as ``/dev/stdout`` or a named pipe, is written to and not replaced.

    Parameters
    ----------
    path : Path
    content : bytes
    scratch : Path, optional
        Folder of the temporary file, on the same disk; that of ``path`` if left out. A process that is killed
        leaves it there.
    secret : bool
        Whether nobody else may read it, whatever the umask says.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        _write_to_device(path, content)
        return
    temporary = (scratch or path.parent) / f".{path.name}-{os.getpid()}"
    try:
        try:
            with open(temporary, "wb", opener=private if secret else None) as file:
                file.write(content)
            put_in_place(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from error


def _write_to_device(path: Path, content: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe nobody reads is an error
        with open(handle, "wb") as file:
            if POSIX:
                os.set_blocking(handle, True)
            file.write(content)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from error


def to_json(value: Any) -> str:
    """Return ``value`` as indented JSON; numbers that are not finite become null."""
    return json.dumps(_finite(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows with the same keys as CSV text that a spreadsheet cannot mistake for formulas."""
    rows = [{plain_cell(key): plain_cell(value) for key, value in row.items()} for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def plain_cell(value: Any) -> Any:
    """Return a cell of a CSV file: text that begins like a formula gets an apostrophe; NaN is empty."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return value
