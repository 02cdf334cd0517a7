"""What a figure of each unit may be: one outside is a slip of the file, and no state is read from it."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

Unit = Literal["", "positive", "rate", "change", "balance", "share", "debt", "thousands"]


class Range(NamedTuple):
    """Lowest and highest figure of a unit, and the unit in words."""

    low: float
    high: float
    words: str


# Wider than the record of the tables' countries: Japan's prices rose by some 500% in 1946; its debt of today
# and the deficits of the wars lie far inside.
_INDEX = 50.0  # per cent: changes of which none is smaller are an index on the year before
RANGES: dict[str, Range] = {
    "positive": Range(1e-9, 1e12, "an index or an amount"),
    "rate": Range(-10.0, 100.0, "an interest rate or a spread in per cent"),
    "change": Range(-75.0, 1000.0, "a change on the year in per cent"),
    "balance": Range(-100.0, 100.0, "a flow or gap in per cent of GDP"),
    "share": Range(0.0, 120.0, "a share in per cent"),
    "debt": Range(0.0, 1000.0, "debt in per cent of GDP"),
    "thousands": Range(-1e5, 1e5, "a change in thousands"),
}


def check_range(name: str, title: str, unit: Unit, values: pd.Series) -> None:
    """Refuse a figure that lies outside what its unit can be.

    Raises
    ------
    ValueError
        With the series, the range, the figure and its date.
    """
    if not unit:
        return
    low, high, words = RANGES[unit]
    figures = values.to_numpy()
    outside = np.flatnonzero(~((figures >= low) & (figures <= high)))
    if len(outside):
        first = int(outside[0])
        raise ValueError(
            f"{name} ({title}) must lie between {low:g} and {high:g}, as {words}, got "
            f"{figures[first]:.4g} on {values.index[first]:%Y-%m-%d} ({len(outside)} such)"
        )
    if unit == "change" and len(figures) and figures.min() >= _INDEX:
        raise ValueError(
            f"{name} ({title}) must fall below {_INDEX:g} in some figure, as {words}, got at least "
            f"{figures.min():.4g}: is it an index with the year before as 100? Write it less 100"
        )
