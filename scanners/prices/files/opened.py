"""A price file as it was last read: one that holds many series is read and divided once."""

import csv
import io
from functools import lru_cache
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.prices.files.contents import Contents, read_contents
from scanners.prices.interface import digest


class Opened:
    """The contents of one file, and what was made of them.

    Attributes
    ----------
    path : Path
    contents : Contents
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.contents: Contents = read_contents(path)
        self._rows: dict[tuple[str, str], Rows | CommandError] = {}
        self._places: dict[tuple[int, int], dict[str, list[int]]] = {}
        self._digest = ""

    @property
    def payload_hash(self) -> str:
        """SHA-256 of the file's bytes."""
        if not self._digest:
            self._digest = digest(self.path.read_bytes())
        return self._digest

    def rows(self, encoding: str, delimiter: str) -> "Rows":
        """Return the rows of a text; see `split`."""
        key = (encoding, delimiter)
        if key not in self._rows:
            try:
                self._rows[key] = split(self.contents.raw.decode(encoding), delimiter)
            except CommandError as error:
                self._rows[key] = error
        found = self._rows[key]
        if isinstance(found, CommandError):
            raise found
        return found

    def places(self, cells: list[list[str]], column: int) -> dict[str, list[int]]:
        """Return the rows of each value of a column, in their order."""
        key = (column, len(cells))
        if key not in self._places:
            found: dict[str, list[int]] = {}
            for position, row in enumerate(cells):
                found.setdefault(row[column].strip(), []).append(position)
            self._places[key] = found
        return self._places[key]


class Rows:
    """Rows of a text that are not blank, their line numbers, and behind how many of them none is broken."""

    def __init__(self, cells: list[list[str]], lines: list[int], broken: int) -> None:
        self.cells, self.lines, self.broken = cells, lines, broken


def opened(path: Path) -> Opened:
    """Return a file as it is now; the last one is kept.

    Raises
    ------
    CommandError
        As `scanners.prices.files.contents.read_contents`.
    """
    try:
        seen = path.stat()
    except (OSError, ValueError):
        return Opened(path)  # which says why it cannot be read
    return _kept(path, seen.st_ino, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=1)
def _kept(path: Path, inode: int, changed: int, size: int) -> Opened:
    return Opened(path)


def split(text: str, delimiter: str) -> Rows:
    """Return the rows of a text that are not blank.

    Raises
    ------
    CommandError
        If it is no CSV text, or empty.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    cells: list[list[str]] = []
    lines: list[int] = []
    broken = last = 0  # a cell over several lines: behind the header, a stray quote that swallows bars
    try:
        for row in reader:
            if row and (row[0].strip() or any(cell.strip() for cell in row)):
                cells.append(row)
                lines.append(reader.line_num)
                if reader.line_num - last > 1:
                    broken = len(cells)
            last = reader.line_num
    except csv.Error as error:
        raise CommandError(f", line {reader.line_num}: not CSV text ({error})") from None
    if not cells:
        raise CommandError(": the file is empty")
    return Rows(cells, lines, broken)
