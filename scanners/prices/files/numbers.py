"""A column of numbers: the whole column tells which mark is the decimal one, or it is refused."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from scanners.prices.files.cells import EMPTY, FULL_WIDTH, SCALES

_PLAIN = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
# Of these letters alone `float` makes a number as `_PLAIN` does, or refuses the cell.
_COMMAS = re.compile(r"(?:\d+(?:,\d*)?\n)*")
_LIKE_THOUSANDS = re.compile(r"^[1-9]\d{0,2},\d{3}$", re.MULTILINE)
_LETTERS = re.compile(r"[0-9.+\-eE\n]*")
_SIMPLE = re.compile(r"[+-]?\d+")
# Groups of three digits behind a first one that does not begin with a zero; the marks are those of a reading.
_READINGS = {
    ".": re.compile(
        r"[+-]?(?P<whole>[1-9]\d{0,2}(?:(?P<mark>[,' ])\d{3})(?:(?P=mark)\d{3})*|\d+)(?P<part>\.\d*)?"
    ),
    ",": re.compile(
        r"[+-]?(?P<whole>[1-9]\d{0,2}(?:(?P<mark>[.' ])\d{3})(?:(?P=mark)\d{3})*|\d+)(?P<part>,\d*)?"
    ),
}
_FEW = 0.1  # trailing zeros cut off would shorten a tenth of three decimals
_DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ") | {ord("\u2019"): "'", ord("\u2212"): "-"}
_CURRENCY = re.compile(r"^(?:US\$|HK\$|[$€£¥₩￥])\s?|\s?(?:[€£¥₩]|USD|EUR|元|円|원)$")


class BadCell(ValueError):
    """A cell that is no number, at a position in its column."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position


def decimal_mark(
    closes: Sequence[str], others: Iterable[Sequence[str]], given: str, *, doubtful_dots: bool
) -> str:
    """Return the decimal mark in which every cell of the first column can be read.

    Parameters
    ----------
    closes : sequence of str
    others : iterable of sequence of str
        Columns that are asked where the closes allow two readings.
    given : str
        ``.`` or ``,`` where the user says so; then nothing is asked.
    doubtful_dots : bool
        Whether a dot may stand between thousands although there is no comma: in files whose cells are
        not divided by commas.

    Raises
    ------
    BadCell
        If the closes allow no reading, or two and no other column settles them.
    """
    if given:
        return given
    if not doubtful_dots and not any(comma in "\n".join(closes) for comma in ",，"):
        return "."
    if _plainly_commas(closes):
        return ","
    first = [_cleaned(cell) for cell in closes]
    position = _doubtful(first, doubtful_dots)
    if position is None:
        return "."
    possible = _possible(first)
    for column in others if len(possible) > 1 else ():
        cells = [_cleaned(cell) for cell in column]
        found = _possible(cells)
        if len(found) == 1 and sum("," in cell for cell in cells) > len(cells) / 2:
            possible = [mark for mark in found if _is_consistent(cells, mark)] or possible
            break
    if not possible or (len(possible) == 1 and not _is_consistent(first, possible[0])):
        raise _no_reading(first)
    if len(possible) == 1:
        return possible[0]
    cell = first[position]
    raise BadCell(
        position,
        f"may be {_as(cell, '.')} or {_as(cell, ',')}, got {cell!r}: --decimal . or --decimal , "
        "(decimal in the watchlist) settles it",
    )


def _plainly_commas(cells: Sequence[str]) -> bool:
    """Tell whether cells have digits and at most one comma each, which in many cannot divide thousands."""
    joined = "\n".join((*cells, ""))
    if not _COMMAS.fullmatch(joined):
        return False
    return joined.count(",") - len(_LIKE_THOUSANDS.findall(joined)) > _FEW * len(cells)


def parse_column(cells: Sequence[str], decimal: str, *, scaled: bool = False) -> NDArray[np.float64]:
    """Return the numbers in a column, NaN where a cell says that there is none.

    Parameters
    ----------
    cells : sequence of str
    decimal : {".", ","}
        The other one, spaces and apostrophes may stand between groups of three digits.
    scaled : bool
        Whether a cell may end in K, M or B for thousands, millions or billions, as volumes do.

    Raises
    ------
    BadCell
        At the first cell that is neither a number nor a mark of absence.
    """
    if decimal == "." and _LETTERS.fullmatch("\n".join(cells)):
        try:
            return np.fromiter(map(float, cells), np.float64, len(cells))
        except ValueError:  # an empty cell, or no number: the slow way tells
            pass
    if decimal == "," and _COMMAS.fullmatch(joined := "\n".join((*cells, ""))):
        parts = joined.replace(",", ".").split("\n")[:-1]
        return np.fromiter(map(float, parts), np.float64, len(cells))
    read = _scaled if scaled else _number
    return np.array([read(k, _cleaned(cell), decimal) for k, cell in enumerate(cells)], dtype=np.float64)


def _scaled(position: int, cell: str, decimal: str) -> float:
    scale = SCALES.get(cell[-1:].upper())
    return (
        _number(position, cell, decimal) if scale is None else scale * _number(position, cell[:-1], decimal)
    )


def _number(position: int, cell: str, decimal: str) -> float:
    if cell.lower() in EMPTY:
        return np.nan
    if decimal == "." and re.fullmatch(_PLAIN, cell):
        return float(cell)
    found = _READINGS[decimal].fullmatch(cell)
    if found is None:
        raise BadCell(
            position,
            f"must be a number{' with a decimal comma' * (decimal == ',')}, got {cell!r}: write digits alone",
        )
    whole = re.sub(r"[.,' ]", "", cell[: len(cell) - len(found["part"] or "")])
    return float(whole + (found["part"] or "").replace(",", "."))


def _possible(cells: Sequence[str]) -> list[str]:
    return [mark for mark in (".", ",") if _is_possible(cells, mark)]


def _is_possible(cells: Sequence[str], decimal: str) -> bool:
    """Tell whether every cell can be read with a decimal mark."""
    full = (cell for cell in cells if cell.lower() not in EMPTY)
    return all(
        _READINGS[decimal].fullmatch(cell) or (decimal == "." and re.fullmatch(_PLAIN, cell)) for cell in full
    )


def _is_consistent(cells: Sequence[str], decimal: str) -> bool:
    """Tell whether cells write thousands and decimals in one manner, and not only a few of them tell it."""
    grouped = ungrouped = fraction = bare = False
    for cell in cells:
        found = _READINGS[decimal].fullmatch(cell)
        if found is None:
            continue  # empty, 1e5 or .5
        has_group = found["mark"] is not None
        grouped |= has_group
        ungrouped |= not has_group and len(found["whole"]) > 3
        fraction |= found["part"] is not None
        bare |= has_group and found["part"] is None
    return not (grouped and (ungrouped or (bare and fraction))) and not _by_a_few(cells, decimal)


def _by_a_few(cells: Sequence[str], decimal: str) -> bool:
    """Tell whether a reading would rest on a few cells, against many that allow the other one.

    A digit lost from one cell of 1,350 would make it 1,35 and all the others 1.35.
    """
    other = _READINGS["," if decimal == "." else "."]
    full = [cell for cell in cells if cell.lower() not in EMPTY]
    marked = [cell for cell in full if "," in cell or "." in cell]
    alone = sum(other.fullmatch(cell) is None for cell in marked)
    return 0 < alone <= _FEW * len(full if decimal == "," else marked)


def _doubtful(cells: Sequence[str], doubtful_dots: bool) -> int | None:
    """Return the position of the first cell whose marks are not plain at sight; None if all are."""
    for position, cell in enumerate(cells):
        if "," in cell:
            return position
    if doubtful_dots:
        full = [k for k, cell in enumerate(cells) if cell.lower() not in EMPTY]
        dotted = [k for k in full if _DOTTED.fullmatch(cells[k])]
        plain = [k for k in full if "." in cells[k] and not _DOTTED.fullmatch(cells[k])]
        if dotted and len(plain) < _FEW * len(dotted):
            return dotted[0]
    return None


def _no_reading(cells: Sequence[str]) -> BadCell:
    """Name the first cell that no reading allows, else say that the column mixes two."""
    for position, cell in enumerate(cells):
        if cell.lower() in EMPTY or re.fullmatch(_PLAIN, cell):
            continue
        if not any(reading.fullmatch(cell) for reading in _READINGS.values()):
            return BadCell(position, f"must be a number, got {cell!r}: write digits alone")
    position = next((k for k, cell in enumerate(cells) if "," in cell), 0)
    return BadCell(
        position,
        f"mixes ways to write a number, got {cells[position]!r}: --decimal . or --decimal , "
        "(decimal in the watchlist) settles it",
    )


def _as(cell: str, decimal: str) -> str:
    return f"{_number(0, cell, decimal):.10g}"


def _cleaned(cell: str) -> str:
    cell = cell.strip().translate(_SPACES)
    if cell.isascii() and cell[:1] not in "$U" and cell[-1:].isdigit():
        return cell
    return _CURRENCY.sub("", cell.translate(FULL_WIDTH)).strip()
