"""Tables of text as services send them: decoded, told from a web page, and read cell by cell."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from scanners.prices.files.cells import parse_date, parse_number
from scanners.prices.interface import FetchError

# What stands for a day without a value, beside what every file may use.
_NO_VALUE = frozenset({"ND", "NC", "N/A"})


def text_of(payload: bytes, encoding: str = "utf-8-sig") -> str:
    """Return an answer as text.

    Raises
    ------
    FetchError
        ``malformed`` if it is not text in this encoding, or a web page.
    """
    try:
        text = payload.decode(encoding)
    except UnicodeDecodeError:
        raise FetchError("malformed", f"the answer is not {encoding.removesuffix('-sig')} text") from None
    if text.lstrip()[:1] == "<":
        said = "a captcha" if "captcha" in text.lower() else "a web page"
        raise FetchError("malformed", f"the answer is {said} instead of a table")
    return text


def rows_of(text: str) -> list[list[str]]:
    """Return the lines of a CSV table that say something, their cells stripped."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    return [row for row in rows if any(row)]


def read(
    header: Sequence[str], rows: Sequence[Sequence[str]], date_name: str, names: Mapping[str, str]
) -> tuple[list[date], dict[str, list[float]]]:
    """Return the dates and the columns of a table; a day without a close is left out.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequences of str
    date_name : str
        Column of the dates.
    names : mapping of str to str
        Our name -> the table's.

    Raises
    ------
    FetchError
        ``malformed`` if a column is missing, a line is cut short or a cell holds something else.
    """
    missing = [name for name in (date_name, *names.values()) if name not in header]
    if missing:
        there = ",".join(header)[:120]
        raise FetchError(
            "malformed", f"the columns must be {date_name},{','.join(names.values())}, got {there!r}"
        )
    places = {ours: header.index(theirs) for ours, theirs in names.items()}
    sessions: list[date] = []
    columns: dict[str, list[float]] = {name: [] for name in names}
    for line, row in enumerate(rows, 1):
        try:
            session = parse_date(row[header.index(date_name)])
            values = {name: cell_number(row[place]) for name, place in places.items()}
        except (ValueError, IndexError) as error:
            raise FetchError("malformed", f"row {line} is broken: {error}") from None
        if values["close"] == values["close"]:
            sessions.append(session)
            for name, value in values.items():
                columns[name].append(value)
    return sessions, columns


def cell_number(cell: str) -> float:
    """Return the number in a cell; NaN for what stands for a day without a value."""
    return float("nan") if cell in _NO_VALUE else parse_number(cell)
