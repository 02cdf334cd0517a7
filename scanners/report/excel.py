"""A run as an Excel workbook: the table of its series, and what earlier runs of the list said of each."""

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from scanners.core.vocabulary import LEVELS
from scanners.report.columns import FALLS, record
from scanners.report.exports import DATES
from scanners.report.style import LEVEL_COLOURS, RISK
from scanners.scan.plan import Plan
from scanners.verdict.row import Row

_PERCENT = "0.0%"
_MOVES = ("day", "week", "year_to_date", "return_250")
_CHANCES = tuple(f"{kind}_{size}_{horizon}" for size, horizon in FALLS for kind in ("p", "usual"))
_FORMATS = {
    "close": "#,##0.00##",
    "p_value": "0.000",
    "q_value": "0.000",
    **dict.fromkeys((*_MOVES, "volatility"), _PERCENT),
    **dict.fromkeys(_CHANCES, "0%"),
}
_WIDTHS = {"series": 14, "title": 26, "reasons": 90, "C3_before": 24, "status": 16}
_WIDEST = 18


def history_rows(plan: Plan, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return what one run said of each of its series in a line, for the sheet of history."""
    lines = []
    for row in rows:
        told = record(row, ())
        kept = ("level", "risk", "status", "last", "close", "C3", "C3_negative", *_CHANCES)
        names = {"series": row.name, "title": row.title}
        lines.append({"as_of": plan.as_of, **names, **{key: told[key] for key in kept}})
    return lines


def workbook(plan: Plan, rows: Sequence[Row], history: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a workbook of two sheets: ``scan`` with the columns of ``scan.csv``, and ``history``.

    Chances, moves and volatility are percentages, dates are dates; names in the head stay those of the
    CSV file. No cell is a formula.

    Parameters
    ----------
    plan, rows
        What was asked for and found.
    history : sequence of mapping
        Lines of `history_rows`, of as many runs as are to be shown.

    Raises
    ------
    ImportError
        Without the package XlsxWriter.
    """
    import xlsxwriter

    content = io.BytesIO()
    how = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(content, how) as book:
        book.set_properties({"title": f"{plan.watchlist}, {plan.as_of}", "created": datetime(2000, 1, 1)})
        _sheet(book, "scan", [record(row, plan.filters) for row in rows], frozen=1)
        _sheet(book, "history", history, frozen=2)
    return content.getvalue()


def _sheet(book: Any, name: str, rows: Sequence[Mapping[str, Any]], *, frozen: int) -> None:
    """Write rows with the same keys as a sheet: the head and the first columns stay in sight."""
    sheet = book.add_worksheet(name)
    keys = list(rows[0]) if rows else ["as_of"]
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for column, key in enumerate(keys):
        whole = all(isinstance(row[key], int | None) for row in rows)
        shown = book.add_format({"num_format": "0" if whole else _format(key), "valign": "top"})
        sheet.set_column(column, column, _WIDTHS.get(key, max(9, min(_WIDEST, len(key) + 3))), shown)
        sheet.write_string(0, column, key, head)
        for line, row in enumerate(rows, 1):
            _cell(sheet, line, column, key, row[key])
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(1, len(rows)), len(keys) - 1)
    _colour(book, sheet, keys, max(1, len(rows)))


def _format(key: str) -> str:
    return "yyyy-mm-dd" if key in DATES or key == "as_of" else _FORMATS.get(key, "0.00")


def _cell(sheet: Any, line: int, column: int, key: str, value: Any) -> None:
    if isinstance(value, str):
        found = _day(value) if key in DATES or key == "as_of" else None
        if found:
            sheet.write_datetime(line, column, found)
        else:
            sheet.write_string(line, column, value)
    elif isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float) and math.isfinite(value):  # Excel knows no others
        sheet.write_number(line, column, value)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    except ValueError:
        return None  # bars shorter than a day have their hour in words


def _colour(book: Any, sheet: Any, keys: Sequence[str], lines: int) -> None:
    """Colour what is raised, as the page does: the words stay."""
    colours = {level: LEVEL_COLOURS[level][0] for level in LEVELS if level != "calm"}
    for key, named in (("level", colours), ("risk", {"raised": RISK, "high": RISK})):
        if key in keys:
            column = keys.index(key)
            for word, colour in named.items():
                raised = book.add_format({"font_color": colour, "bold": True})
                rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": raised}
                sheet.conditional_format(1, column, lines, column, rule)
