"""Cells of numbers without what stands around them: spaces, a currency, the brackets of a negative number."""

import re
from collections.abc import Sequence
from itertools import repeat

from scanners.prices.files.cells import FULL_WIDTH

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ") | {ord("\u2019"): "'", ord("\u2212"): "-"}
_CODES = (
    "USD|EUR|GBP|JPY|CNY|CNH|RMB|KRW|HKD|TWD|SGD|INR|IDR|THB|MYR|PHP|VND|AUD|NZD|CAD|CHF|SEK|NOK|DKK|PLN|CZK|HUF|"
    "RUB|TRY|ZAR|BRL|MXN|CLP|COP|PEN|ARS|ILS|SAR|AED"
)
_BEFORE = re.compile(rf"(US\$|HK\$|[$€£¥₩￥]|(?:{_CODES})(?=[ \d]))\s?")
_BEHIND = re.compile(rf"\s?([€£¥₩元円원]|{_CODES})$")
_DIGITS = re.compile(r"(?:[0-9][0-9.,]*\n)*")
_NEGATIVE = re.compile(r"\(([^()+-]+)\)")


class BadCell(ValueError):
    """A cell that is no number, at a position in its column."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position


def cleaned(cells: Sequence[str], *, checked: bool = True) -> list[str]:
    """Return the cells of a column without spaces and currency; ``(12.34)`` as ``-12.34``.

    Parameters
    ----------
    cells : sequence of str
    checked : bool
        Whether two currencies in the column are refused.

    Raises
    ------
    BadCell
        At the first cell in another currency than those above it.
    """
    quick = _alike(cells)
    if quick is not None:
        return quick
    seen, found = "", []
    for position, cell in enumerate(cells):
        bare, currency = _bare(cell)
        if checked and currency:
            if seen and currency != seen:
                raise BadCell(
                    position, f"is in {currency}, others in {seen}, got {cell!r}: keep one currency"
                )
            seen = currency
        found.append(bare)
    return found


def _alike(cells: Sequence[str]) -> list[str] | None:
    """Return cells of digits and marks without what all of them begin with, a currency or nothing."""
    begin = _BEFORE.match(cells[0]) if cells else None
    width = begin.end() if begin else 0
    if width and not all(map(str.startswith, cells, repeat(cells[0][:width]))):
        return None
    found = [cell[width:] for cell in cells] if width else list(cells)
    return found if _DIGITS.fullmatch("\n".join((*found, ""))) else None


def _bare(cell: str) -> tuple[str, str]:
    cell = cell.strip().translate(_SPACES)
    if cell[:1].isdigit() and cell[-1:].isdigit() and cell.isascii():
        return cell, ""
    cell = cell.translate(FULL_WIDTH)
    sign = ""
    if negative := _NEGATIVE.fullmatch(cell):
        cell, sign = negative[1].strip(), "-"
    currency = ""
    if before := _BEFORE.match(cell):
        cell, currency = cell[before.end() :].strip(), before[1]
    if behind := _BEHIND.search(cell):
        cell, currency = cell[: behind.start()].strip(), currency or behind[1]
    if sign and not (cell[:1].isdigit() or cell[:1] == "."):
        sign = "("  # no number, and said as it stands
    return sign + cell, currency.replace("￥", "¥")
