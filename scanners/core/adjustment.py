"""One formula for prices that compare across splits, dividends and futures rolls."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Adjustment = Literal["none", "splits", "all"]


def adjustment_factors(
    session: NDArray,
    close: NDArray[np.float64],
    actions: tuple[NDArray, NDArray, NDArray, NDArray],
    adjust: Adjustment = "all",
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the factors that bring raw prices onto the scale of the last session.

    A split of ratio ``r`` divides every earlier price by ``r``, a futures roll multiplies it by the new
    contract's price over the old one's. A dividend ``d`` multiplies every earlier price by ``1 - d / c``,
    ``c`` being the close before the ex-date in the shares of the ex-date, so that the adjusted return over
    the ex-date is that of a holder who reinvests. An ex-date after the last session changes nothing yet.

    Parameters
    ----------
    session : ndarray of datetime64[D] or int, shape (n,)
        Sessions, increasing.
    close : ndarray of float64, shape (n,)
        Raw closes, as traded.
    actions : tuple of ndarray, each of shape (k,)
        Ex-dates as in ``session``, split ratios (new shares for one old; 1 for none), dividends per share as
        traded on the ex-date, and roll ratios.
    adjust : {"none", "splits", "all"}
        What to adjust for; rolls go with splits.

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
    before = np.searchsorted(session, actions[0])
    has_effect = (before > 0) & (before < len(session)) & (adjust != "none")
    if not has_effect.any():
        return np.ones(len(session)), np.ones(len(session))
    before = before[has_effect]
    ex_date, split, dividend, roll = (part[has_effect] for part in actions)
    step = roll / split
    if adjust == "all":
        step *= _dividend_steps(ex_date, dividend, close[before - 1] * step)
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
    return np.cumprod(steps[::-1], dtype=np.float64)[::-1][1:]
