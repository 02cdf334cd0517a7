"""Fits of nested windows that end at the same date: one global, bounded, deterministic minimum each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core.series import Prices, check
from lppl.fitting.box import Box, search
from lppl.fitting.space import SearchSpace, as_space
from lppl.fitting.window_fits import WindowFits, assemble

MIN_LENGTH = 10  # observations: seven parameters and something to spare
NESTED = tuple(range(750, 120, -5))  # the 126 windows of the published confidence indicator


def _checked_lengths(lengths: Iterable[int], available: int) -> NDArray[np.int64]:
    try:
        wanted = np.array(list(lengths))
    except TypeError:
        raise ValueError(f"lengths must be a list of whole numbers, got {lengths!r}") from None
    if wanted.size == 0:
        raise ValueError("lengths must name at least one window, got none")
    if wanted.dtype.kind not in "iu":
        raise ValueError(f"lengths must be whole numbers of observations, got {wanted.dtype}")
    if wanted.min() < MIN_LENGTH:
        raise ValueError(f"lengths must be at least {MIN_LENGTH} observations, got {wanted.min()}")
    if wanted.max() > available:
        raise ValueError(f"lengths must not exceed the {available} prices up to the end, got {wanted.max()}")
    return wanted.astype(np.int64)


def fit_windows(
    prices: Any,
    *,
    end: Any = None,
    lengths: Iterable[int] = NESTED,
    space: SearchSpace | None = None,
    time: str = "trading",
    scale: str = "log",
) -> WindowFits:
    """Fit the LPPLS model to nested windows that end at the same date.

    Each fit is the global minimum of the sum of squared residuals over the box: a grid shared by all
    windows, then bounded descent from the best separated basins. Nothing after ``end`` is read, nothing
    is drawn at random, and a window's result does not depend on the other windows.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices, dates strictly increasing.
    end : date or int, optional
        Last date (or position) of every window; default the last price.
    lengths : iterable of int
        Window lengths in observations; default 750, 745, ... 125.
    space : SearchSpace, optional
        The box; default m [0, 2], omega [1, 50], tc within 0.2 window lengths of t2.
    time : {"trading", "calendar"}
        Time unit: observations or calendar days.
    scale : {"log", "price"}
        Whether log-prices or prices are fitted.

    Returns
    -------
    WindowFits

    Raises
    ------
    ValueError
        If prices, end, lengths or the box break a rule; the message names it.
    """
    checked = check(prices, time, scale)
    return fit_checked(checked, checked.position(end), lengths, as_space(space))


def fit_checked(checked: Prices, last: int, lengths: Iterable[int], space: SearchSpace) -> WindowFits:
    """Fit nested windows of a checked series that end at position ``last``."""
    return fit_together([checked.until(last)], [lengths], space)[0]


def fit_together(
    series: Sequence[Prices], lengths: Sequence[Iterable[int]], space: SearchSpace, second: bool = True
) -> list[WindowFits]:
    """Fit nested windows that end with each of several checked series.

    Where the series have the same times up to their ends, as sessions of one series counted in trading time
    have, they share one pass over the grid. Each result is the same to the bit as that of its series alone.
    Without ``second`` the second minimum is not sought: ``second_sse`` is NaN, the rest the same.
    """
    wanted = [_checked_lengths(asked, one.t.size) for one, asked in zip(series, lengths, strict=True)]
    alike: dict[tuple[str, bytes], list[int]] = {}
    for k, one in enumerate(series):
        times = one.t[one.t.size - wanted[k].max() :] - one.t[-1]
        alike.setdefault((one.scale, _steps(times)), []).append(k)
    found: dict[int, WindowFits] = {}
    for places in alike.values():
        found |= zip(places, _fit_alike([(series[k], wanted[k]) for k in places], space, second), strict=True)
    return [found[k] for k in range(len(series))]


def _steps(times: NDArray[np.float64]) -> bytes:
    """Return a key that is the same for times of which the shorter are the end of the longer."""
    return b"" if (np.diff(times) == 1.0).all() else times.tobytes()


def _fit_alike(
    asked: Sequence[tuple[Prices, NDArray[np.int64]]], space: SearchSpace, second: bool
) -> Iterator[WindowFits]:
    from lppl._kernels import columns

    lengths = np.unique(np.concatenate([wanted for _, wanted in asked]))
    longest = int(lengths[-1])
    t = next(one.t[-longest:] for one, wanted in asked if wanted.max() == longest)
    y, moving = np.zeros((len(asked), longest)), np.zeros((len(asked), lengths.size), dtype=np.bool_)
    for r, (one, wanted) in enumerate(asked):
        known = min(longest, one.y.size)
        y[r, longest - known :] = one.y[-known:]
        changed = np.flatnonzero(one.y[::-1] != one.y[-1])
        moving[r] = np.isin(lengths, wanted) & (lengths > (changed[0] if changed.size else longest))
    box = Box.over(space, t[-1] - t[longest - lengths])
    rows = search(t, y, lengths, moving, box, asked[0][0].scale == "log", second)
    for r, (one, wanted) in enumerate(asked):
        sides = box.sides(rows[r][:, [columns.TC, columns.M, columns.OMEGA]])
        at = np.searchsorted(lengths, wanted)
        messages = ["" if moves else "prices do not change in this window" for moves in moving[r, at]]
        yield assemble(space, one, wanted, rows[r, at], sides[at], messages)
