"""Series as people hold them (pandas, polars, arrays) as values with labels: converted, or refused by name.

The two libraries know nothing of each other and treat a series alike: this file stands in both.
"""

import datetime
import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Columns of a table by their letters: its dates, and its series, where an adjusted close comes before a raw
# one, which jumps at splits.
DATES = ("date", "datetime", "timestamp")
CLOSES = ("adjclose", "adjustedclose", "close")
_DAY_NUMBER = (16_770_101, 22_620_101)
_LONG = ("W", "M", "Q", "Y", "A")  # periods whose figure is known at their end


def unpack(x: Any, name: str) -> tuple[NDArray[np.float64], pd.Index | None]:
    """Return values and labels of a series in whatever form it is held.

    Parameters
    ----------
    x : pandas.Series, pandas.DataFrame, polars object or array_like
        Of a table, the only column, else the one called ``Adj Close``, else ``Close`` (in any case, with or
        without spaces and underscores; of one ticker where columns have two levels). Dates are its index,
        else, where that only counts rows, its column ``date``, ``datetime`` or ``timestamp``.
    name : str
        What errors call it.

    Returns
    -------
    values : numpy.ndarray of float64
        A missing value is NaN. One-dimensional if ``x`` is.
    labels : pandas.Index or None
        A strictly increasing `DatetimeIndex` in the zone of ``x`` where labels are dates of any kind: time
        stamps, periods (by their last day), `datetime.date`, ISO text, whole numbers such as 20240131. Other
        labels are returned as they are; None where ``x`` has none.

    Raises
    ------
    ValueError
        If ``x`` holds no numbers, a table leaves it open which column is meant, or labels are no dates.
    """
    if not isinstance(x, (pd.Series, pd.DataFrame)) and hasattr(x, "__arrow_c_stream__") and _is_table(x):
        from_arrow = getattr(pd.DataFrame, "from_arrow", None) or pd.api.interchange.from_dataframe
        x = from_arrow(x)
    if isinstance(x, pd.DataFrame):
        x = _column(x, name)
    if not isinstance(x, pd.Series):
        return _numbers(x, name), None
    return _numbers(x, name), dates_of(x.index, name)


def labelled(x: Any, name: str) -> Any:
    """Return ``x`` as a `pandas.Series` of floats to be joined by its labels, or as an array if it has none.

    Raises
    ------
    ValueError
        As `unpack`, and if a label stands twice.
    """
    values, labels = unpack(x, name)
    if labels is not None and not labels.is_unique:
        raise ValueError(f"labels of {name} must stand once, got {labels[labels.duplicated()][0]!s} twice")
    return values if labels is None else pd.Series(values, index=labels)


def dates_of(index: pd.Index, name: str) -> pd.Index:
    """Return an index of dates in any form as a strictly increasing `DatetimeIndex`, any other as it is.

    Raises
    ------
    ValueError
        If a date is missing, text is no date, or dates do not increase.
    """
    if isinstance(index, pd.MultiIndex):
        raise ValueError(f"the index of {name} must have one level, got {index.nlevels}")
    found = _as_dates(index, name)
    if found is None:
        return index
    if found.hasnans:
        place = int(np.flatnonzero(found.isna())[0])
        raise ValueError(
            f"dates must not be missing, got {index[place]!s} in the index of {name} at position {place}"
        )
    if not (found.is_monotonic_increasing and found.is_unique):
        place = int(np.flatnonzero(np.diff(found.asi8) <= 0)[0]) + 1
        raise ValueError(
            f"dates must be strictly increasing, got {found[place]:%Y-%m-%d} at position {place}"
        )
    return found


def _as_dates(index: pd.Index, name: str) -> pd.DatetimeIndex | None:
    if isinstance(index, pd.DatetimeIndex):
        return index
    if isinstance(index, pd.PeriodIndex):
        return _last_days(index)
    if isinstance(index, pd.CategoricalIndex):
        index = pd.Index(index.to_list())
    if pd.api.types.is_integer_dtype(index.dtype):
        low, high = _DAY_NUMBER
        if len(index) and low <= index.min() and index.max() <= high:
            return _parsed(index.astype(str), name, "%Y%m%d")
        return None
    if pd.api.types.is_numeric_dtype(index.dtype) or isinstance(index, pd.TimedeltaIndex) or not len(index):
        return None
    return _parsed(index, name, None)


def _last_days(index: pd.PeriodIndex) -> pd.DatetimeIndex:
    """Return the last day of each period of days or longer, and the start of shorter ones."""
    if index.freqstr.split("-")[0].lstrip("0123456789").rstrip("ES") in (*_LONG, "D", "B"):
        return index.to_timestamp(how="end").normalize()
    return index.to_timestamp(how="start")


def _parsed(index: pd.Index, name: str, written: str | None) -> pd.DatetimeIndex:
    """Return dates, time stamps or ISO text as dates; what else labels may be is refused."""
    for place, label in enumerate(index):
        dated = isinstance(label, (datetime.date, np.datetime64)) or label is pd.NaT or label is None
        if not dated and not (isinstance(label, str) and re.match(r"\s*\d{4}-?\d\d-?\d\d", label)):
            rule = f"the index of {name} must hold dates (as 2024-01-31) or positions"
            raise ValueError(f"{rule}, got {label!r} at position {place}")
    try:
        return pd.DatetimeIndex(pd.to_datetime(index, format=written or "ISO8601"))
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"the index of {name} must hold dates, got {str(error).splitlines()[0]}") from None


def _is_table(x: Any) -> bool:
    return hasattr(x, "columns") or hasattr(x, "column_names")


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return the column of a table that is meant, on the table's dates."""
    if frame.columns.nlevels > 1:
        frame = _one_ticker(frame, name)
    plain = [re.sub(r"[\s_.*]", "", str(column)).lower() for column in frame.columns]
    dated = next((label for label in DATES if label in plain), None)
    if dated is not None and _counts(frame.index):
        place = plain.index(dated)
        labels = pd.Index(frame.iloc[:, place])
        if not isinstance(dates_of(labels, name), pd.DatetimeIndex):
            raise ValueError(
                f"the column {frame.columns[place]!r} of {name} must hold dates, got {labels[0]!r}"
            )
        frame = frame.drop(columns=frame.columns[place]).set_axis(labels, axis=0)
        plain.pop(place)
    if len(plain) == 1:
        return frame.iloc[:, 0]
    wanted = next((close for close in CLOSES if close in plain), None)
    if wanted is None or plain.count(wanted) > 1:
        shown = ", ".join(str(column) for column in frame.columns[:6])
        raise ValueError(
            f"{name} must be one column or have one called Close or Adj Close, got columns {shown}"
        )
    return frame.iloc[:, plain.index(wanted)]


def _counts(index: pd.Index) -> bool:
    """Tell whether an index numbers rows, some of which may have been left out, and holds no days."""
    low, high = _DAY_NUMBER
    whole = index.nlevels == 1 and pd.api.types.is_integer_dtype(index.dtype)
    return whole and not (len(index) and low <= index.min() and index.max() <= high)


def _one_ticker(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    levels = [frame.columns.get_level_values(k) for k in range(frame.columns.nlevels)]
    for level in levels:
        if any(re.sub(r"[\s_]", "", str(value)).lower() in CLOSES for value in level):
            if level.is_unique:
                return frame.set_axis(level, axis=1)
            others = {str(value) for other in levels if other is not level for value in other}
            raise ValueError(f"{name} must be of one ticker, got {', '.join(sorted(others)[:5])}")
    raise ValueError(f"{name} must have a column called Close or Adj Close, got {list(frame.columns[:3])}")


def _numbers(x: Any, name: str) -> NDArray[np.float64]:
    if isinstance(x, pd.Series) and x.dtype != object and not pd.api.types.is_any_real_numeric_dtype(x.dtype):
        raise ValueError(f"{name} must hold numbers, got {x.dtype}")
    try:
        if isinstance(x, pd.Series):
            return x.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.array(x, dtype=np.float64, order="C")
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} must hold numbers in one shape, got {str(error)[:80]}") from None
