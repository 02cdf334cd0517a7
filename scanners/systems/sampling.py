"""From series on a shelf to changes at equal steps, each labelled with the last day that it saw."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scanners.systems.shelf import Shelf

_PERIODS = {"week": "W-FRI", "month": "M"}


def sampled(values: pd.Series, every: str, start: str = "", until: str = "") -> pd.Series:
    """Return the last value of each period with its own date.

    A period that is not over has no last value yet: tomorrow would change it.

    Parameters
    ----------
    values : pandas.Series
        On increasing dates.
    every : {"day", "week", "month", "figure"}
        The period; ``day`` and ``figure`` leave the series as it is.
    start : str
        ISO date from which on values count.
    until : str
        ISO date through which figures would be known; a period whose last weekday lies after it is left out.
    """
    values = values[pd.Timestamp(start) :] if start else values
    if every not in _PERIODS or values.empty:
        return values
    period = pd.DatetimeIndex(values.index).to_period(_PERIODS[every])
    last = np.append(period[1:] != period[:-1], True)
    values = values[last]
    if until and np.datetime64(until, "D") < _last_weekday(period[-1]):
        values = values.iloc[:-1]
    return values


def _last_weekday(period: pd.Period) -> np.datetime64:
    return np.busday_offset(period.end_time.to_datetime64().astype("datetime64[D]"), 0, roll="backward")


def together(parts: list[pd.Series], every: str, start: str = "", until: str = "") -> pd.DataFrame:
    """Return several series on their common dates, sampled together; months are joined as months.

    A monthly figure stands under the first day of its month, where markets may be closed.
    """
    if every == "month" and len(parts) > 1:
        return _by_month([sampled(one, every, start, until) for one in parts])
    table = pd.concat(dict(enumerate(parts)), axis=1, join="inner").dropna()
    if table.empty:
        return table
    rows = sampled(pd.Series(np.arange(len(table)), index=table.index), every, start, until)
    return table.iloc[rows.to_numpy()]


def _by_month(parts: list[pd.Series]) -> pd.DataFrame:
    """Return the months that all series have, each labelled with its last date among them."""
    months = [pd.DatetimeIndex(one.index).to_period("M") for one in parts]
    values = [pd.Series(one.to_numpy(), month) for one, month in zip(parts, months, strict=True)]
    dates = [pd.Series(one.index, month) for one, month in zip(parts, months, strict=True)]
    table = pd.concat(dict(enumerate(values)), axis=1, join="inner").dropna()
    labels = pd.concat(dates, axis=1, join="inner").max(axis=1)[table.index]
    return table.set_axis(pd.DatetimeIndex(labels, name="date"))


def levels(shelf: "Shelf", name: str) -> pd.Series:
    """Return a series as it is compared: the log of a price, a level as it is."""
    values = shelf.get(name)
    return np.log(values) if shelf.kind(name) == "price" else values


def changes(shelf: "Shelf", names: list[str], every: str, start: str = "") -> pd.DataFrame:
    """Return changes of several series over the same steps: per cent of prices, points of levels."""
    table = together([levels(shelf, name) for name in names], every, start, shelf.through(*names))
    steps = table.diff().iloc[1:]
    for column, name in zip(steps.columns, names, strict=True):
        if shelf.kind(name) == "price":
            steps[column] *= 100.0
    return steps


def day(label: pd.Timestamp | str) -> str:
    """Return a date label as an ISO date."""
    return label if isinstance(label, str) else f"{label:%Y-%m-%d}"


def held_since(state: str, dates: list[pd.Timestamp], state_at: Callable[[pd.Timestamp], str]) -> str:
    """Return the earliest of some dates back to which a state held without interruption.

    Parameters
    ----------
    state : str
        Now.
    dates : list of pandas.Timestamp
        The last first.
    state_at : callable
        Date -> state by what was there then; a `ValueError` means that there was too little.
    """
    held = ""
    for date in dates:
        try:
            if state_at(date) != state:
                break
        except ValueError:
            break
        held = day(date)
    return held


def too_short(have: int, need: int, what: str) -> str:
    """Return in words that a series is too short."""
    return f"{have} {what} are there, {need} are needed"
