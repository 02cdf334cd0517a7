"""Days in order only where day and month are exchanged in some of them: two ways to write in one file."""

import numpy as np
from numpy.typing import NDArray


def exchanged_row(days: NDArray[np.datetime64]) -> int | None:
    """Return the first row out of order, where exchanging day and month of some rows puts all in order.

    None where days are in order, newest or oldest first, or no exchange puts them there: then lines are mixed
    for another reason.

    Parameters
    ----------
    days : array of datetime64[D], shape (n,)
        As read with the day first, or the month first, in every row.
    """
    steps = np.diff(days.astype(np.int64))
    if (steps >= 0).all() or (steps <= 0).all():
        return None
    other = _exchanged(days)
    upwards = int((days[-1] - days[0]).astype(int)) >= 0
    for direction in (1, -1) if upwards else (-1, 1):
        row = _first_exchanged(direction * days.astype(np.int64), direction * other.astype(np.int64))
        if row is not None:
            return row
    return None


def _exchanged(days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return the days with day and month exchanged, as they are where there is no such month."""
    months = days.astype("datetime64[M]")
    month, day = months.astype(int) % 12, (days - months.astype("datetime64[D]")).astype(int)
    years = days.astype("datetime64[Y]").astype("datetime64[M]")
    turned = (years + day).astype("datetime64[D]") + month
    return np.where(day < 12, turned, days)


def _first_exchanged(one: NDArray[np.int64], other: NDArray[np.int64]) -> int | None:
    """Return the first row to exchange so that all rise; None if that cannot be."""
    taken: list[int] = []
    for low, high in zip(np.minimum(one, other).tolist(), np.maximum(one, other).tolist(), strict=True):
        least = taken[-1] if taken else low
        if high < least:
            return None
        taken.append(low if low >= least else high)
    return int(np.flatnonzero(np.array(taken) != one)[0])
