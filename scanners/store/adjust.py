"""Prices as they compare across splits and dividends, from raw prices and the actions known."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from scanners.store.packing import BARS, Versions
from scanners.store.times import DAY

Adjustment = Literal["none", "splits", "all"]

_BACKLOAD_GRACE_DAYS = 7


def as_known(rows: Versions, day: int, moment: int) -> Versions:
    """Return the newest versions known at a moment, of the sessions up to a day."""
    known = rows.known_by(moment).latest()
    return known.take(slice(0, int(np.searchsorted(known.session, day, side="right"))))


def adjusted(bars: Versions, actions: Versions, adjust: Adjustment) -> dict[str, Any]:
    """Return the arrays of a :class:`~scanners.store.history.History` from raw bars and actions."""
    bars = bars.living()
    raw = bars.values[0]
    price, volume = adjustment_factors(bars.session, raw, (actions.session, *actions.values), adjust)
    late = bars.known_at > (bars.session.astype(np.int64) + 1 + _BACKLOAD_GRACE_DAYS) * DAY
    return {
        "sessions": bars.session.astype("datetime64[D]"),
        "close": raw * price,
        "raw_close": raw,
        "factor": price,
        "known_at": bars.known_at.astype("datetime64[us]"),
        "backloaded": late,
        **{
            name: values * (volume if name == "volume" else price)
            for name, values in zip(BARS.rest, bars.values[1:], strict=False)
        },
    }


def adjustment_factors(
    session: NDArray[np.int32],
    close: NDArray[np.float64],
    actions: tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]],
    adjust: Adjustment = "all",
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the factors that bring raw prices onto the scale of the last session.

    A split of ratio ``r`` divides every earlier price by ``r``. A dividend ``d`` multiplies every earlier
    price by ``1 - d / c``, ``c`` being the close before the ex-date in the shares of the ex-date, so that the
    adjusted return over the ex-date is that of a holder who reinvests.

    Parameters
    ----------
    session : ndarray of int32, shape (n,)
        Sessions, increasing.
    close : ndarray of float64, shape (n,)
        Raw closes, as traded.
    actions : tuple of ndarray, each of shape (k,)
        Ex-dates, split ratios (new shares for one old; 1 for none) and dividends per share as traded on the
        ex-date.
    adjust : {"none", "splits", "all"}
        What to adjust for.

    Returns
    -------
    price, volume : ndarray of float64, shape (n,)
        Factors for prices and for volumes (splits only).

    Raises
    ------
    ValueError
        If ``adjust`` is unknown, or a dividend is not below the close before it.
    """
    if adjust not in get_args(Adjustment):
        raise ValueError(f"adjust must be one of {', '.join(get_args(Adjustment))}, got {adjust!r}")
    ex_date, split, dividend = actions
    before = np.searchsorted(session, ex_date)
    has_effect = (before > 0) & (adjust != "none")
    ex_date, split, dividend, before = (part[has_effect] for part in (ex_date, split, dividend, before))
    step = 1.0 / split
    if adjust == "all":
        step *= _dividend_steps(ex_date, dividend, close[before - 1] / split)
    return _product_of_later(before, step, len(session)), _product_of_later(before, split, len(session))


def _dividend_steps(ex_date: NDArray, dividend: NDArray, close_before: NDArray) -> NDArray[np.float64]:
    wrong = (dividend > 0) & ~(dividend < close_before)
    if wrong.any():
        day = ex_date[wrong][0].astype("datetime64[D]")
        raise ValueError(
            f"dividend must stay below the close before its ex-date {day}, {close_before[wrong][0]:g}, "
            f"got {dividend[wrong][0]:g}"
        )
    return np.where(dividend > 0, 1.0 - dividend / close_before, 1.0)


def _product_of_later(before: NDArray, step: NDArray, length: int) -> NDArray[np.float64]:
    """Return for each bar the product of the steps that come after it."""
    steps = np.ones(length + 1)
    np.multiply.at(steps, before, step)
    return np.cumprod(steps[::-1])[::-1][1:]
