"""Arrays handed to the store, checked once."""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scanners.store.bar_history import Actions, Provenance
from scanners.store.packing import ACTIONS, BARS, Versions

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
    missing = np.full(len(days), np.nan)
    columns = dict(zip(BARS.columns, (close, *others), strict=True))
    values = _table({name: missing if column is None else column for name, column in columns.items()}, days)
    if np.isnan(values[0]).any():
        raise ValueError("close must be finite (leave quarantined bars out), got nan")
    return Versions.unknown(days, values)


def action_versions(actions: Actions) -> Versions:
    """Return actions as rows without a time of knowledge.

    Raises
    ------
    ValueError
        If ex-dates are not strictly increasing, a split or roll is not above 0, or a dividend below 0.
    """
    if not any(map(len, (actions.sessions, actions.split, actions.dividend))):
        return Versions.empty(len(ACTIONS.columns))
    days = to_days("actions.sessions", actions.sessions)
    roll = np.ones(len(days)) if actions.roll is None else actions.roll
    given = {"actions.split": actions.split, "actions.dividend": actions.dividend, "actions.roll": roll}
    values = _table(given, days)
    for name, value, sound in zip(given, values, (values[0] > 0, values[1] >= 0, values[2] > 0), strict=True):
        if not sound.all():
            rule = "at least 0" if name == "actions.dividend" else "above 0"
            raise ValueError(f"{name} must be {rule}, got {value[~sound][0]}")
    return Versions.unknown(days, values)


def check_source(provenance: Provenance) -> None:
    """Refuse a source that is not a plain name: an address could carry a key into the database."""
    if not _SOURCE.match(provenance.source):
        raise ValueError("provenance.source must be 1 to 40 of a-z, 0-9, - and _, not an address")


def to_days(name: str, sessions: ArrayLike) -> NDArray[np.int32]:
    """Return dates as days since 1970; ValueError unless they are strictly increasing, without a time."""
    values = np.asarray(sessions)
    if values.ndim != 1 or (values.size and values.dtype.kind != "M"):
        raise ValueError(f"{name} must be one-dimensional datetime64, got {values.dtype} {values.shape}")
    days = values.astype("datetime64[D]", copy=False)
    if days is not values and (days != values).any():
        raise ValueError(f"{name} must be dates without a time of day, got {values[days != values][0]}")
    if np.isnat(days).any():
        raise ValueError(f"{name} must be dates, got NaT")
    increasing = days[1:] > days[:-1]
    if not increasing.all():
        place = int(np.argmin(increasing))
        raise ValueError(f"{name} must be strictly increasing, got {days[place]} before {days[place + 1]}")
    return days.astype(np.int64).astype(np.int32)


def _table(columns: Mapping[str, ArrayLike], days: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the columns as rows of one array."""
    arrays = [np.asarray(column, np.float64) for column in columns.values()]
    for name, array in zip(columns, arrays, strict=True):
        if array.shape != days.shape:
            raise ValueError(f"{name} must have the shape of the sessions, {days.shape}, got {array.shape}")
    table = np.stack(arrays)
    if np.isinf(table).any():
        name = list(columns)[int(np.argmax(np.isinf(table).any(axis=1)))]
        raise ValueError(f"{name} must be finite or NaN, got an infinity")
    return table
