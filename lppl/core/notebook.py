"""How results look in a notebook: small tables without colours of their own, every text escaped."""

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

MOST_ROWS = 12
_LEFT = "style='text-align:left'"


def pairs(title: str, rows: Mapping[str, Any], note: str = "") -> str:
    """Return names and values as an HTML table.

    Parameters
    ----------
    title : str
        Caption.
    rows : mapping of str to object
        Numbers are shown with four digits, NaN and None as *not known*.
    note : str
        A sentence under the table.
    """
    body = "".join(
        f"<tr><th {_LEFT}>{escape(name)}</th><td {_LEFT}>{escape(words(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table><caption {_LEFT}>{escape(title)}</caption>{body}</table>{_paragraph(note)}"


def listing(title: str, frame: pd.DataFrame, note: str = "") -> str:
    """Return the first and last rows of a table, `MOST_ROWS` at most, as an HTML table."""
    shown = frame.map(words) if len(frame) else frame
    table = shown.to_html(max_rows=MOST_ROWS, border=0, index=False, justify="left")
    rest = f" {len(frame) - MOST_ROWS} rows are not shown." if len(frame) > MOST_ROWS else ""
    return f"{_paragraph(title)}{table}{_paragraph(note + rest)}"


def words(value: Any) -> str:
    """Return a value as text: a date as a day, a number with four digits, *not known* for none."""
    if value is None or value is pd.NaT:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return "not known" if math.isnan(value) else f"{value:.4g}"
    return str(value)


def interval(low: float, high: float) -> str:
    """Return an interval as text."""
    return f"[{words(float(low))}, {words(float(high))}]"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text.strip())}</p>" if text.strip() else ""
