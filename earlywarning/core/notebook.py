"""How results look in a notebook: small tables without colours of their own, every text escaped."""

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

_LEFT = "style='text-align:left'"


def table(title: str, rows: Mapping[str, Any], note: str = "") -> str:
    """Return names and values as an HTML table.

    Parameters
    ----------
    title : str
        Caption.
    rows : mapping of str to object
        Numbers are shown with four digits, NaN as *not known*.
    note : str
        A sentence under the table.
    """
    body = "".join(
        f"<tr><th {_LEFT}>{escape(name)}</th><td {_LEFT}>{escape(words(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table><caption {_LEFT}>{escape(title)}</caption>{body}</table>{_paragraph(note)}"


def listing(title: str, frame: pd.DataFrame, note: str = "") -> str:
    """Return a small table with its index as HTML."""
    shown = frame.map(words).to_html(border=0, justify="left")
    return f"{_paragraph(title)}{shown}{_paragraph(note)}"


def words(value: Any) -> str:
    """Return a value as text: a number with four digits, *not known* for NaN."""
    if isinstance(value, float):
        return "not known" if math.isnan(value) else f"{value:.4g}"
    return str(value)


def interval(ends: tuple[float, float]) -> str:
    """Return an interval as text."""
    return f"[{words(float(ends[0]))}, {words(float(ends[1]))}]"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text.strip())}</p>" if text.strip() else ""
