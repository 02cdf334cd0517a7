"""The cells of a price file as text, whatever it was saved as."""

from collections.abc import Sequence
from typing import NamedTuple, overload


class Flat(Sequence[list[str]]):
    """Rows of one width whose cells lie in one list, so that a column is a slice of it.

    Parameters
    ----------
    texts : list of str
        All cells, row after row.
    width : int
    rows : range
        Those that are meant, of all rows in ``texts``.
    """

    def __init__(self, texts: list[str], width: int, rows: range) -> None:
        self._texts, self.width, self._rows = texts, width, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> list[str]: ...

    @overload
    def __getitem__(self, at: slice) -> "Flat": ...

    def __getitem__(self, at: int | slice) -> "list[str] | Flat":
        found = self._rows[at]
        if isinstance(found, range):
            return Flat(self._texts, self.width, found)
        return self._texts[found * self.width : (found + 1) * self.width]

    def column(self, place: int) -> list[str]:
        """Return the cells of a column, one a row."""
        rows, width = self._rows, self.width
        return self._texts[rows.start * width + place : rows.stop * width : rows.step * width]


class Grid(NamedTuple):
    """Rows of cells without the blank ones, each with its number in the file, from 1.

    Attributes
    ----------
    cells : sequence of list of str
        Dates of binary files as ISO text, numbers as `repr` gives them.
    lines : sequence of int
    delimiter : str
        Of a text; a comma for binary files, whose numbers have no decimal comma.
    typed : bool
        Whether the numbers were numbers already, so that no mark in them can be read two ways.
    """

    cells: Sequence[list[str]]
    lines: Sequence[int]
    delimiter: str = ","
    typed: bool = False
