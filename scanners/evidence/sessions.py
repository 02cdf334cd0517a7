"""From the time axis of a fit to dates, past the data by the series' own calendar."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from lppl.core.frequency import frequency
from lppl.core.series import Prices, date_of, date_text

# Bars beyond the widest search box, a fifth of the longest window; of days, a round number further.
_AHEAD, _AHEAD_LONGER = 1000, 200
_SECONDS = 86400.0  # of a day


def iso_dates(prices: Prices, t: Iterable[float]) -> list[str]:
    """Return the ISO dates of times ``t`` on the axis of checked prices."""
    return [date_text(date_of(float(moment), prices.dates, prices.time)) for moment in t]


def day_numbers(prices: Prices, t: ArrayLike) -> np.ndarray:
    """Return days since 1970-01-01 (float, for a picture's axis) of times ``t`` on the same axis.

    Between sessions and past the last one the axis is interpolated, so that curves stay smooth.
    """
    if prices.dates is None:
        raise ValueError("prices must have dates to stand on a calendar, got none")
    times = np.asarray(t, dtype=float)
    civil = prices.dates.tz_localize(None).to_numpy().astype("datetime64[s]")
    known = civil.astype(float) / _SECONDS
    if prices.time == "calendar":
        return known[0] + times
    far = float(prices.t[-1] + (_AHEAD_LONGER if frequency(prices.dates).is_longer else _AHEAD))
    there = date_of(far, prices.dates, prices.time)
    if there is None:
        raise ValueError(f"the calendar of these dates must go on for {far:g} bars, got no date")
    beyond = there.tz_localize(None).to_datetime64().astype("datetime64[s]").astype(float) / _SECONDS
    return np.interp(times, [*prices.t, far], [*known, beyond])
