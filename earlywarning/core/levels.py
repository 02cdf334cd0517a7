"""One place that checks a series before a kernel sees it."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.frames import unpack

Series = pd.Series | np.ndarray | list[float]


def as_levels(values: Any, name: str, *, log: bool = False, at_least: int = 1) -> tuple[np.ndarray, pd.Index]:
    """Return the series as finite floats, in logs on request, with its labels."""
    found, index = unpack(values, name)
    levels = np.array(found)  # a copy: kernels take writable arrays only
    if levels.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {levels.shape}")
    if len(levels) < at_least:
        raise ValueError(f"{name} must have at least {at_least} points, got {len(levels)}")
    bad = int(np.count_nonzero(~np.isfinite(levels)))
    if bad:
        raise ValueError(f"{name} must be finite, got {bad} of {len(levels)} points missing or infinite")
    if log:
        if levels.min() <= 0:
            raise ValueError(
                f"{name} must be positive to take logs (or pass log=False), got {levels.min():g}"
            )
        levels = np.log(levels)
    return levels, pd.RangeIndex(len(levels)) if index is None else index


def label(index: pd.Index, position: int) -> str:
    """Return the label at a position as text, a date without a time of day where it is midnight."""
    value = index[position]
    if not isinstance(value, pd.Timestamp):
        return str(value)
    return value.date().isoformat() if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"


def plain(value: Any) -> Any:
    """Return a value of plain Python types (lists, dicts, floats with NaN as None), as JSON wants it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, pd.Index):
        return [label(value, i) for i in range(len(value))]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
