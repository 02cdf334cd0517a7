"""Arrays handed to the store, checked once."""

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scanners.store.history import Actions, Provenance
from scanners.store.packing import BARS, Versions

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")


def bar_versions(sessions: ArrayLike, close: ArrayLike, *others: ArrayLike | None) -> Versions:
    """Return bars as rows without a time of knowledge; ``others`` are open, high, low, volume or None.

    Raises
    ------
    ValueError
        If sessions are not strictly increasing dates, a close is not finite, a column is infinite or of
        another length, or there is no bar.
    """
    days = to_days("sessions", sessions)
    if len(days) == 0:
        raise ValueError("sessions must hold at least one bar, got none")
    columns = [_column("close", close, len(days))]
    if np.isnan(columns[0]).any():
        raise ValueError("close must be finite (leave quarantined bars out), got nan")
    for name, values in zip(BARS.rest, others, strict=True):
        columns.append(np.full(len(days), np.nan) if values is None else _column(name, values, len(days)))
    return Versions.unknown(days, np.stack(columns))


def action_versions(actions: Actions) -> Versions:
    """Return actions as rows without a time of knowledge.

    Raises
    ------
    ValueError
        If ex-dates are not strictly increasing, a split is not above 0 or a dividend below 0.
    """
    days = to_days("actions.sessions", actions.sessions)
    split = _column("actions.split", actions.split, len(days))
    dividend = _column("actions.dividend", actions.dividend, len(days))
    if not (np.isfinite(split) & (split > 0)).all():
        raise ValueError(f"actions.split must be finite and above 0, got down to {np.min(split)}")
    if not (np.isfinite(dividend) & (dividend >= 0)).all():
        raise ValueError(f"actions.dividend must be finite and at least 0, got down to {np.min(dividend)}")
    return Versions.unknown(days, np.stack([split, dividend]))


def check_source(provenance: Provenance) -> None:
    """Refuse a source that is not a plain name: an address could carry a key into the database."""
    if not _SOURCE.match(provenance.source):
        raise ValueError("provenance.source must be 1 to 40 of a-z, 0-9, - and _, not an address")


def to_days(name: str, sessions: ArrayLike) -> NDArray[np.int32]:
    """Return dates as days since 1970; ValueError unless they are strictly increasing, without a time."""
    values = np.asarray(sessions)
    if values.ndim != 1 or (values.size and values.dtype.kind != "M"):
        raise ValueError(f"{name} must be one-dimensional datetime64, got {values.dtype} {values.shape}")
    days = values.astype("datetime64[D]")
    if np.isnat(days).any() or (days != values).any():
        raise ValueError(f"{name} must be dates without a time of day, got {values[days != values][0]}")
    numbers = days.astype(np.int64)
    if not (np.diff(numbers) > 0).all():
        place = int(np.argmin(np.diff(numbers) > 0))
        raise ValueError(f"{name} must be strictly increasing, got {days[place]} before {days[place + 1]}")
    return numbers.astype(np.int32)


def _column(name: str, values: ArrayLike, length: int) -> NDArray[np.float64]:
    column = np.asarray(values, np.float64)
    if column.shape != (length,):
        raise ValueError(f"{name} must have the shape of the sessions, ({length},), got {column.shape}")
    if np.isinf(column).any():
        raise ValueError(f"{name} must be finite or NaN, got {column[np.isinf(column)][0]}")
    return column
