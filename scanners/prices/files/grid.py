"""The cells of a price file as text, whatever it was saved as."""

from typing import NamedTuple


class Grid(NamedTuple):
    """Rows of cells without the blank ones, each with its number in the file, from 1.

    Attributes
    ----------
    cells : list of list of str
        Dates of binary files as ISO text, numbers as `repr` gives them.
    lines : list of int
    delimiter : str
        Of a text; a comma for binary files, whose numbers have no decimal comma.
    typed : bool
        Whether the numbers were numbers already, so that no mark in them can be read two ways.
    """

    cells: list[list[str]]
    lines: list[int]
    delimiter: str = ","
    typed: bool = False
