"""From the time axis of a fit to dates, past the data by the series' own calendar."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from lppl.core.series import Prices, date_of

_AHEAD = 1000  # sessions; beyond the widest search box


def iso_dates(prices: Prices, t: Iterable[float]) -> list[str]:
    """Return the ISO dates of times ``t`` on the axis of checked prices."""
    return [f"{date_of(float(moment), prices.dates, prices.time):%Y-%m-%d}" for moment in t]


def day_numbers(prices: Prices, t: ArrayLike) -> np.ndarray:
    """Return days since 1970-01-01 (float, for a picture's axis) of times ``t`` on the same axis.

    Between sessions and past the last one the axis is interpolated, so that curves stay smooth.
    """
    if prices.dates is None:
        raise ValueError("prices must have dates to stand on a calendar, got none")
    times = np.asarray(t, dtype=float)
    known = prices.dates.to_numpy().astype("datetime64[D]").astype(float)
    if prices.time == "calendar":
        return known[0] + times
    far = float(prices.t[-1] + _AHEAD)
    beyond = np.datetime64(date_of(far, prices.dates, prices.time), "D").astype(float)
    return np.interp(times, [*prices.t, far], [*known, beyond])
