"""Prices as of a date: its whole day, and nothing after it."""

import pandas as pd


def until(prices: pd.Series, as_of: str) -> pd.Series:
    """Return the prices up to the end of a day; bars shorter than a day may lie within it.

    Parameters
    ----------
    prices : pandas.Series
        On increasing dates.
    as_of : str
        ISO date.
    """
    end = pd.Timestamp(as_of).normalize() + pd.Timedelta(days=1)
    index = pd.DatetimeIndex(prices.index)
    if index.tz is not None:
        end = end.tz_localize(index.tz)
    return prices.iloc[: int(index.searchsorted(end, side="left"))]
