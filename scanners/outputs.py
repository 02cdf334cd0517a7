"""Files of a run: written to a temporary folder, renamed when complete, never seen half-written."""

import csv
import hashlib
import io
import json
import math
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scanners.errors import CommandError

MARKER = "scan.json"  # only a folder that holds it, or is empty, is ever replaced
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
        _refuse_foreign(target)
        shutil.rmtree(temporary, ignore_errors=True)  # left by a killed process with this id
        temporary.mkdir(parents=True)
        yield temporary
        _swap(temporary, target)
    except OSError as error:
        raise CommandError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):  # the first folder that holds something ends it
            for folder in missing:
                folder.rmdir()


def _refuse_foreign(target: Path) -> None:
    if target.is_dir() and any(target.iterdir()) and not (target / MARKER).is_file():
        raise CommandError(
            f"cannot write {target}: the folder exists and is not a scan's (no {MARKER} in it)"
        )


def _swap(temporary: Path, target: Path) -> None:
    if not target.is_dir():
        temporary.rename(target)
        return
    old = temporary.with_name(temporary.name + "-old")
    target.rename(old)
    try:
        temporary.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old)


def write_file(path: Path, content: bytes) -> None:
    """Write one file through a temporary neighbour, so that no reader sees part of it.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
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


def slug(name: str) -> str:
    """Return a file name stem for ``name``: itself when harmless, else cleaned and made unique by a hash."""
    cleaned = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")[:60]
    if cleaned == name:
        return name
    return f"{cleaned or 'series'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def picture_file(name: str) -> str:
    """Return the place of a series' picture in the folder of a run."""
    return f"{slug(name)}.png"
