"""What every public function asks of a series."""

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.frames import unpack


def values_of(x: Any, name: str = "x", least: int = 3) -> np.ndarray:
    """Return ``x`` as a contiguous 1-D float array in which only NaN marks what is missing.

    Parameters
    ----------
    x : array_like, shape (n,)
        An array, or anything that `earlywarning.core.frames.unpack` takes.
    name : str
        What the error messages call it.
    least : int
        Fewest values accepted.

    Raises
    ------
    ValueError
        If ``x`` is not one-dimensional, is shorter than ``least`` or holds an infinity.
    """
    values = np.array(unpack(x, name)[0])  # a copy: kernels take writable arrays only
    if values.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {values.shape}")
    if values.size < least:
        raise ValueError(f"{name} must hold at least {least} values, got {values.size}")
    if np.isinf(values).any():
        raise ValueError(f"{name} must be finite or NaN, got {np.isinf(values).sum()} infinite values")
    return values


def index_of(x: Any, name: str = "x") -> pd.Index | None:
    """Return the labels of a series as `earlywarning.core.frames.unpack` has them; None if it has none."""
    return None if isinstance(x, np.ndarray) else unpack(x, name)[1]


def whole_number(value: Any, name: str, least: int) -> int:
    """Return ``value`` as an int of at least ``least``, or raise a ``ValueError`` that names it."""
    whole = isinstance(value, Real) and not isinstance(value, bool) and float(value).is_integer()
    if not whole or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
    return int(value)
