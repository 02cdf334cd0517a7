"""CSV text as cells with their line numbers, whatever encoding and delimiter it was saved in."""

import csv
from collections.abc import Iterator

from scanners.core.errors import CommandError
from scanners.prices.files.columns import NoColumns
from scanners.prices.files.grid import Grid
from scanners.prices.files.header import PREAMBLE, Header, find_header
from scanners.prices.files.opened import Opened

# Windows' western code page reads nearly anything: it comes last, and numbers and dates are the same in all.
_ENCODINGS = ("utf-8-sig", "gb18030", "cp949", "big5", "cp932", "cp1252")
_OTHER_WORDS = "; if these are not the words of the file, save it as CSV in UTF-8"
_NO_TEXT = ": not text in UTF-8, GB18030, CP949, Big5 or CP932; save it as CSV in UTF-8"
_HEAD = 2**16
_MARKED = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t|"


def read_text(file: Opened, symbol: str | None, column: str) -> tuple[Grid, Header]:
    """Return the cells of a text and its header.

    The encoding is the first of UTF-8 (UTF-16 with its mark), GB18030, CP949, Big5, CP932 and CP1252 in which
    a header names the columns; the delimiter is that of the header.

    Raises
    ------
    CommandError
        If it is no such text, or no header names a date and a close.
    """
    failure = None
    for encoding, delimiter in _ways(file.contents.raw):
        try:
            rows = file.rows(encoding, delimiter)
            header = find_header(rows.cells, symbol, column)
        except NoColumns as error:
            other = "" if encoding == _ENCODINGS[0] else _OTHER_WORDS
            failure = failure or f", line {rows.lines[0]}: {error}{other}"
            continue
        except CommandError as error:
            failure = failure or str(error)
            continue
        if rows.broken > header.rows:
            raise CommandError(f"{file.path}, line {rows.lines[rows.broken - 1]}: a line break inside a cell")
        return Grid(rows.cells[header.rows :], rows.lines[header.rows :], delimiter), header
    raise CommandError(f"{file.path}{failure or _NO_TEXT}")


def first_rows(raw: bytes) -> list[list[str]]:
    """Return the first rows of a text, those that may be a header; none if it cannot be read."""
    head = raw[:_HEAD]
    if head[:2] in _MARKED:
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    if len(raw) > _HEAD:
        head = head[: head.rfind(b"\n") + 1] or head
    for encoding, delimiter in _ways(head):
        lines = [line for line in head.decode(encoding).splitlines()[: 2 * PREAMBLE] if line.strip()]
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return []
        if rows and max(map(len, rows)) > 1:
            return rows
    return []


def _ways(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield the encodings and delimiters in which a text can be read, the likely ones first."""
    for encoding in ("utf-16",) if raw[:2] in _MARKED else _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and (encoding != "cp1252" or _is_printable(text)):
            yield from ((encoding, delimiter) for delimiter in _delimiters(text))


def _delimiters(text: str) -> list[str]:
    """Return the delimiters to try, the most frequent one of the first line before the others."""
    lines = text.lstrip().split("\n", PREAMBLE)[:PREAMBLE]
    counts = {mark: (lines[0].count(mark), sum(line.count(mark) for line in lines)) for mark in _DELIMITERS}
    ranked = sorted(_DELIMITERS, key=lambda mark: counts[mark], reverse=True)
    return [mark for mark in ranked if counts[mark][1]] or [","]


def _is_printable(text: str) -> bool:
    return all(letter.isprintable() or letter in "\r\n\t" for letter in text)
