"""Files of a run: written to a temporary folder, renamed when complete, never seen half-written."""

import csv
import io
import json
import math
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scanners.core.errors import CommandError
from scanners.core.file_names import phone_file, picture_file
from scanners.core.machine import POSIX
from scanners.core.processes import is_running

MARKER = "scan.json"  # only a folder that holds it, or is empty, is ever replaced
_STALE = 86_400.0  # seconds
_PATIENCE = 2.0  # seconds to wait for another program to close a file
_RESULTS = (".html", ".json", ".csv")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes ``target`` when the block ends well, and vanishes when it does not.

    An earlier run in ``target`` is replaced as a whole; any other folder or file there is left alone.

    Raises
    ------
    CommandError
        If the folder cannot be written, or ``target`` holds something that is not a run.
    """
    temporary = target.parent / f".{target.name}-{os.getpid()}"
    missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
    try:
        refuse_foreign(target)
        shutil.rmtree(temporary, ignore_errors=True)  # left by a killed process with this id
        temporary.mkdir(parents=True)
        yield temporary
        swap(temporary, target)
    except OSError as error:
        raise CommandError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):  # the first folder that holds something ends it
            for folder in missing:
                folder.rmdir()


@contextmanager
def work_folder(output: Path, as_of: str, key: str) -> Iterator[Path]:
    """Yield the hidden folder in which a run is prepared; it stays when the block fails, for the next try.

    Parameters
    ----------
    output : Path
        Folder of all runs.
    as_of : str
        Name of the run's own folder there.
    key : str
        What else tells this run from others.

    Raises
    ------
    CommandError
        If it cannot be written, or the run's own folder holds something that is not a run.
    """
    target = output / as_of
    try:
        refuse_foreign(target)
        folder = output / f".{as_of}-{key}"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except OSError as error:
        raise CommandError(f"cannot write {target}: {error.strerror or error}") from error


def remove_older_work(output: Path, as_of: str, beginning: str) -> None:
    """Remove the work folders whose keys begin so, of runs of this day or an earlier one."""
    for folder in output.glob(f".????-??-??-{beginning}*"):
        if folder.name[1:11] <= as_of:
            shutil.rmtree(folder, ignore_errors=True)


def refuse_foreign(target: Path) -> None:
    """Raise a `CommandError` when a folder holds something that is not a run."""
    if target.is_dir() and any(target.iterdir()) and not (target / MARKER).is_file():
        raise CommandError(
            f"cannot write {target}: the folder exists and is not a scan's (no {MARKER} in it)"
        )


def swap(temporary: Path, target: Path) -> None:
    """Put a complete folder in the place of another one, which is removed."""
    old = temporary.with_name(temporary.name + "-old")
    shutil.rmtree(old, ignore_errors=True)  # left by a process that was killed here
    if not target.is_dir():
        put_in_place(temporary, target)
        return
    put_in_place(target, old)
    try:
        put_in_place(temporary, target)
    except OSError:
        put_in_place(old, target)
        raise
    shutil.rmtree(old, ignore_errors=not POSIX)  # a page that a browser holds open goes at the next run


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


def write_file(path: Path, content: bytes, *, scratch: Path | None = None) -> None:
    """Write one file through a temporary one, so that no reader sees part of it.

    Parameters
    ----------
    path : Path
    content : bytes
    scratch : Path, optional
        Folder of the temporary file, on the same disk; that of ``path`` if left out. A process that is killed
        leaves it there.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    temporary = (scratch or path.parent) / f".{path.name}-{os.getpid()}"
    try:
        try:
            temporary.write_bytes(content)
            put_in_place(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from error


def remove_leftovers(folder: Path) -> None:
    """Remove what `write_file` and `new_folder` left in a folder when their process was killed."""
    for path in folder.glob(".*-*"):
        found = re.fullmatch(r"\..+-([0-9]{1,10})(-old)?", path.name)
        if found and _left(path, int(found[1])):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _left(path: Path, process: int) -> bool:
    """Return whether whoever wrote a file is gone; where nobody can be asked, whether it is a day old."""
    running = is_running(process)
    if running is None:
        with suppress(OSError):
            return time.time() - path.stat().st_mtime > _STALE
        return False
    return not running


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
