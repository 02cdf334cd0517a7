"""Prices as a caller of the library hands them over: a series, a table, or bare numbers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scanners.core.vocabulary import ASSET_CLASSES, AssetClass
from scanners.scan.one_series import UNCLASSIFIED

Prices = pd.Series | pd.DataFrame | Sequence[float] | NDArray[np.float64]


def closes_of(prices: Prices) -> pd.Series:
    """Return closes on dates.

    Parameters
    ----------
    prices : pandas.Series, pandas.DataFrame or array_like
        Of a table the column ``close``, or its only one. Closes without dates are taken to end on the last
        weekday up to today.

    Raises
    ------
    ValueError
        If there are none, they are no numbers, or a table does not say which.
    """
    closes = _chosen(prices)
    if not len(closes):
        raise ValueError("prices must not be empty, got none")
    if not isinstance(closes.index, pd.DatetimeIndex):
        closes = closes.set_axis(pd.DatetimeIndex(closes.index))
    try:
        return closes.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"prices must be numbers, got {closes.dtype}: {error}") from error


def _chosen(prices: Prices) -> pd.Series:
    if isinstance(prices, pd.Series):
        return prices
    if isinstance(prices, pd.DataFrame):
        named = [column for column in prices if str(column).lower() == "close"] or list(prices)
        if len(named) != 1:
            raise ValueError(f"prices must have one column, or one called close, got {list(prices)}")
        return prices[named[0]]
    try:
        values = np.asarray(prices, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"prices must be numbers, got {repr(prices)[:60]}") from error
    if values.ndim != 1:
        raise ValueError(f"prices must be one-dimensional, got shape {values.shape}")
    last = pd.Timestamp.today().normalize()
    return pd.Series(values, pd.bdate_range(end=last, periods=values.size))


def class_of(asset_class: AssetClass | None) -> AssetClass:
    """Return an asset class of watchlists, ``unclassified`` for None.

    Raises
    ------
    ValueError
        If there is no such class.
    """
    if asset_class is not None and asset_class not in ASSET_CLASSES:
        raise ValueError(f"asset_class must be one of {', '.join(ASSET_CLASSES)}, got {asset_class!r}")
    return asset_class or UNCLASSIFIED
