"""How large a bubble has grown."""

from typing import Any

from lppl.core.series import check


def bubble_size(prices: Any, start: Any, *, end: Any = None) -> float:
    """Return the bubble's size: the growth of the price since its start, ``p(t2) / p(t1) - 1``.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices, dates strictly increasing.
    start : date or int
        Start t1 (date or position), as from :func:`lppl.bubble_start`; the last price at or before it.
    end : date or int, optional
        Date (or position) t2 up to which growth counts; default the last price.

    Returns
    -------
    float
        Relative growth; negative for a falling price.

    Raises
    ------
    ValueError
        If start or end lie outside the data, or start after end.
    """
    checked = check(prices, scale="price")
    first, last = checked.position(start, "start"), checked.position(end)
    if first > last:
        raise ValueError(f"start must not lie after end, got positions {first} and {last}")
    return float(checked.y[last] / checked.y[first] - 1.0)
