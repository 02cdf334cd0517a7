"""What a forecast says: tables for programs, sentences for people."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scanners.risk.sizes import Size, label, words


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
    table, usual : pandas.DataFrame
        Sizes (rows) by horizons in sessions (columns): the chance now, and on an ordinary day of this series.
    low, high : pandas.DataFrame
        80% interval of the chance: how far eras differ, measured on later decades than a model was trained
        on.
    factors : dict of str to pandas.DataFrame
        Odds ratios whose product is the odds of ``table`` against those of ``usual``: ``volatility`` and
        ``trend`` of today, ``bubble`` shape, and ``series``, by which the model's average chance for this
        series differs from what is usual in it.
    record : pandas.DataFrame
        Measured skill of each cell, walking forward; see `scanners.risk.record`.
    version : str
        Of the model.
    """

    as_of: str
    status: str
    note: str
    asset_class: str | None
    confidence: float
    table: pd.DataFrame
    usual: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    factors: dict[str, pd.DataFrame]
    record: pd.DataFrame
    version: str

    @property
    def intervals(self) -> dict[str, pd.DataFrame]:
        """``low`` and ``high``."""
        return {"low": self.low, "high": self.high}

    @property
    def times_usual(self) -> pd.DataFrame:
        """Chance now over the usual chance."""
        return self.table / self.usual

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
        low, high = self.low.at[size, horizon], self.high.at[size, horizon]
        parts = ", ".join(
            f"{_NAMED[name]} {table.at[size, horizon]:.2g}" for name, table in self.factors.items()
        )
        return (
            f"A fall of {words(size)} within {horizon} sessions has a chance of "
            f"{self.table.at[size, horizon]:.0%} [{low:.0%}, {high:.0%}], "
            f"usually {self.usual.at[size, horizon]:.0%}; odds against usual: {parts}."
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
            return f"<p>{self.sentence(self.table.index[0], self.table.columns[0])}</p>"
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
