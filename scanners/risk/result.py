"""What a forecast says: tables for programs, sentences for people."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scanners.risk.record import record_of, statement
from scanners.risk.sizes import Size, label, words

FACTORS = ("volatility", "trend", "bubble", "series")


@dataclass(frozen=True, eq=False)
class FallRisk:
    """Chances of a fall of each size within each horizon, after one close.

    Parameters
    ----------
    as_of : str
        ISO date (or position) of the last close that was read.
    status : str
        ``ok``; ``insufficient_data``, ``not_daily`` or ``thin`` where no chance is stated.
    note : str
        What limits the answer, in words; empty where nothing does.
    asset_class : str or None
    confidence : float
        C3 that was used; NaN where it is not known.
    version : str
        Of the model.
    sizes : tuple
        Rows of the tables.
    horizons : array, shape (H,)
        Their columns.
    cells : dict of str to array, shape (S, H)
        ``chance``, ``usual``, ``low``, ``high``, and the odds ratios ``volatility``, ``trend``, ``bubble``,
        ``series``; the tables below are made of them.
    """

    as_of: str
    status: str
    note: str
    asset_class: str | None
    confidence: float
    version: str
    sizes: tuple[Size, ...]
    horizons: NDArray[np.float64]
    cells: dict[str, NDArray[np.float64]]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Chance of a fall of each size (rows) within each horizon in sessions (columns)."""
        return self._frame("chance")

    @cached_property
    def usual(self) -> pd.DataFrame:
        """The same on an ordinary day of this series."""
        return self._frame("usual")

    @cached_property
    def intervals(self) -> dict[str, pd.DataFrame]:
        """80% interval, ``low`` and ``high``: how far eras differ."""
        return {name: self._frame(name) for name in ("low", "high")}

    @cached_property
    def factors(self) -> dict[str, pd.DataFrame]:
        """Odds ratios whose product is the odds of ``table`` against those of ``usual``.

        ``volatility`` and ``trend`` of today, ``bubble`` shape, and ``series``, by which the model's average
        chance for this series differs from what is usual in it.
        """
        return {name: self._frame(name) for name in FACTORS}

    @cached_property
    def record(self) -> pd.DataFrame:
        """Measured skill of each cell, walking forward; see `scanners.risk.record`."""
        return record_of(self.asset_class, self.sizes, self.horizons)

    @property
    def low(self) -> pd.DataFrame:
        """Lower end of the interval."""
        return self.intervals["low"]

    @property
    def high(self) -> pd.DataFrame:
        """Upper end of the interval."""
        return self.intervals["high"]

    @property
    def times_usual(self) -> pd.DataFrame:
        """Chance now over the usual chance."""
        return self.table / self.usual

    def _frame(self, name: str) -> pd.DataFrame:
        return pd.DataFrame(
            self.cells[name],
            index=pd.Index(list(self.sizes), dtype=object, name="size"),
            columns=pd.Index(self.horizons.astype(int), name="horizon"),
        )

    def sentence(self, size: Size = 20, horizon: int = 120) -> str:
        """Return one cell in a sentence: chance, interval, usual, what moves it.

        Raises
        ------
        ValueError
            If the cell is not in the table.
        """
        if size not in self.table.index or horizon not in self.table.columns:
            raise ValueError(f"size and horizon must be in the table, got {size} and {horizon}")
        if self.status != "ok":
            return f"No chance is stated: {self.note}."
        chance, low, high = (cell(table, size, horizon) for table in (self.table, self.low, self.high))
        parts = ", ".join(
            f"{_NAMED[name]} {cell(table, size, horizon):.2g}" for name, table in self.factors.items()
        )
        came_true = statement(size, horizon, chance)
        usual = cell(self.usual, size, horizon)
        return (
            f"A fall of {words(size)} within {horizon} sessions has a chance of {chance:.0%} "
            f"[{low:.0%}, {high:.0%}], usually {usual:.0%}; odds against usual: {parts}."
            f"{came_true and ' ' + came_true}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; cells by ``size_horizon`` as in the columns of a history."""
        return {
            "as_of": self.as_of,
            "status": self.status,
            "note": self.note,
            "asset_class": self.asset_class,
            "confidence": _plain(self.confidence),
            "chance": _cells(self.table),
            "usual": _cells(self.usual),
            "low": _cells(self.low),
            "high": _cells(self.high),
            "factors": {name: _cells(table) for name, table in self.factors.items()},
            "record": [
                {name: _plain(value) for name, value in row.items()} for row in self.record.to_dict("records")
            ],
            "version": self.version,
        }

    def _repr_html_(self) -> str:
        if self.status != "ok":
            return f"<p>{self.sentence(self.sizes[0], int(self.horizons[0]))}</p>"
        both = self.table.map("{:.0%}".format) + " (" + self.usual.map("{:.0%}".format) + ")"
        both.index = [words(size) for size in both.index]
        title = f"Chance of a fall after {self.as_of} within so many sessions (usually)"
        note = f"<p>{self.note}</p>" if self.note else ""
        return f"<p>{title}</p>{both.to_html(border=0, justify='left')}{note}"


_NAMED = {"volatility": "volatility", "trend": "trend", "bubble": "bubble shape", "series": "this series"}


def _cells(table: pd.DataFrame) -> dict[str, float | None]:
    return {
        f"{label(size)}_{horizon}": _plain(table.at[size, horizon])
        for size in table.index
        for horizon in table.columns
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    return value


def cell(table: pd.DataFrame, size: Size, horizon: int) -> float:
    """Return one number of a table of a `FallRisk`."""
    found: Any = table.at[size, horizon]
    return float(found)
