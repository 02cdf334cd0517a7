"""Whole fits repeated on simulated paths: the null distribution of whatever is read off a fit."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lppl.core.series import Prices, check
from lppl.fitting.box import TOGETHER
from lppl.fitting.fitting import Fit, row
from lppl.fitting.space import SearchSpace
from lppl.fitting.windows import fit_checked, fit_together

Statistic = Callable[[Prices, Fit], NDArray[np.float64]]


def refit(window: Prices, space: SearchSpace) -> Fit:
    """Fit all of a checked series."""
    return row(fit_checked(window, window.t.size - 1, [window.t.size], space), 0)


def described_window(fit: Fit, prices: object) -> Prices:
    """Return the part of ``prices`` that a fit describes.

    Raises
    ------
    ValueError
        If the fit failed, or its window does not hold as many prices as it was made of.
    """
    if not fit.success:
        raise ValueError(f"fit must have succeeded, got {fit.message!r}")
    checked = check(prices, fit.time, fit.scale)
    inside = (checked.t >= fit.t1) & (checked.t <= fit.t2)
    dates = None if checked.dates is None else checked.dates[inside]
    window = Prices(checked.t[inside], checked.y[inside], dates, checked.time, checked.scale)
    if window.t.size != fit.n:
        raise ValueError(f"prices must be the {fit.n} the fit was made of, got {window.t.size} in its window")
    return window


def fitted_window(fit: Fit, prices: object, space: SearchSpace) -> Prices:
    """Return the part of ``prices`` a fit describes, after making sure that it does.

    Raises
    ------
    ValueError
        If the fit failed, or if its minimum is not found again in these prices and this box: every
        p-value that follows would then compare two different procedures.
    """
    window = described_window(fit, prices)
    again = refit(window, space)
    if not abs(again.sse - fit.sse) <= 1e-6 * fit.sse:
        raise ValueError(
            f"prices and space must be those of the fit: its SSE is {fit.sse:.6g}, got {again.sse:.6g}"
        )
    return window


def null_statistics(
    window: Prices, paths: NDArray[np.float64], space: SearchSpace, statistic: Statistic, n_jobs: int
) -> NDArray[np.float64]:
    """Return ``statistic`` of the fit of every path; NaN where a path could not be fitted.

    ``paths`` is (paths, n) in the scale of ``window``; the result is (paths, values of the statistic).
    """
    from joblib import Parallel, delayed

    def some(ys: NDArray[np.float64]) -> list[NDArray[np.float64] | None]:
        series = [Prices(window.t, y, window.dates, window.time, window.scale) for y in ys]
        found = fit_together(series, [[window.t.size]] * len(series), space, second=False)
        fits = [row(windows, 0) for windows in found]
        return [statistic(one, fit) if fit.success else None for one, fit in zip(series, fits, strict=True)]

    parts = [paths[k : k + TOGETHER] for k in range(0, len(paths), TOGETHER)]
    run = Parallel(n_jobs=n_jobs, prefer="threads")
    found = [values for part in run(delayed(some)(part) for part in parts) for values in part]
    size = next((values.size for values in found if values is not None), 1)
    return np.array([np.full(size, np.nan) if values is None else values for values in found])


def p_value(observed: float, null: NDArray[np.float64], tail: str) -> float:
    """Return the share of null values as far out as ``observed``, both counted in; NaN counts as further."""
    inside = null > observed if tail == "lower" else null < observed
    return float((1 + (~inside).sum()) / (1 + null.size))
