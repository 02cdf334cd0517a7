"""Results as plain values: labels as text, numbers as JSON wants them."""

from typing import Any

import numpy as np
import pandas as pd


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
