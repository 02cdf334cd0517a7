"""What every public function asks of its input, checked once before a kernel sees it."""

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.frames import unpack

Series = pd.Series | np.ndarray | list[float]


def finite_values(
    x: Any, name: str = "x", least: int = 1, *, log: bool = False
) -> tuple[np.ndarray, pd.Index]:
    """Return ``x`` as a contiguous 1-D array of finite floats, in logs on request, with its labels.

    Parameters
    ----------
    x : array_like, shape (n,)
        An array, or anything that `earlywarning.core.frames.unpack` takes.
    name : str
        What the error messages call it.
    least : int
        Fewest values accepted.
    log : bool
        Take logs; every value must then be positive.

    Raises
    ------
    ValueError
        If ``x`` is not one-dimensional, is shorter than ``least`` or holds what is not finite.
    """
    values = _floats(x, name, least)
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise ValueError(f"{name} must be finite, got {bad} of {len(values)} values missing or infinite")
    if log:
        if values.min() <= 0:
            raise ValueError(
                f"{name} must be positive to take logs (or pass log=False), got {values.min():g}"
            )
        values = np.log(values)
    labels = labels_of(x, name)
    return values, pd.RangeIndex(len(values)) if labels is None else labels


def values_with_gaps(x: Any, name: str = "x", least: int = 3) -> np.ndarray:
    """Return ``x`` as a contiguous 1-D float array in which only NaN marks what is missing.

    Parameters and errors are those of :func:`finite_values`; NaN is accepted.
    """
    values = _floats(x, name, least)
    if np.isinf(values).any():
        raise ValueError(f"{name} must be finite or NaN, got {np.isinf(values).sum()} infinite values")
    return values


def labels_of(x: Any, name: str = "x") -> pd.Index | None:
    """Return the labels of a series as `earlywarning.core.frames.unpack` has them; None if it has none."""
    return None if isinstance(x, np.ndarray) else unpack(x, name)[1]


def whole_number(value: Any, name: str, least: int) -> int:
    """Return ``value`` as an int of at least ``least``, or raise a ``ValueError`` that names it."""
    number = isinstance(value, Real) and value is not True and value is not False
    if not number or not float(value).is_integer() or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
    return int(value)


def _floats(x: Any, name: str, least: int) -> np.ndarray:
    values = np.array(unpack(x, name)[0])  # a copy: kernels take writable arrays only
    if values.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {values.shape}")
    if values.size < least:
        raise ValueError(f"{name} must hold at least {least} values, got {values.size}")
    return values
