"""Trust: the share of fits that still qualify when their residuals come in another order."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.model import log_price
from lppl.core.one_thread import one_thread
from lppl.core.series import check
from lppl.fitting.box import Box, descend
from lppl.fitting.quadrature import quadrature
from lppl.fitting.space import SearchSpace
from lppl.fitting.window_fits import WindowFits, assemble
from lppl.fitting.windows import fit_checked
from lppl.indicators.presets import Filter, Preset, find


@dataclass(frozen=True)
class Trust:
    """Medians over windows of the share of resampled refits that qualify.

    Attributes
    ----------
    positive, negative : float
        Median share of refits that pass the filter with B < 0, and with B > 0.
    lengths : tuple of int
        Windows, observations.
    shares : tuple of (float, float)
        Positive and negative share of each window; NaN where the window itself could not be fitted.
    resamples : int
        Refits a window.
    """

    positive: float
    negative: float
    lengths: tuple[int, ...]
    shares: tuple[tuple[float, float], ...]
    resamples: int

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain values."""
        return asdict(self)

    def plot(self, ax: Any = None) -> Any:
        """Draw the share of every window; see :func:`lppl.plot.trust`."""
        from lppl import plot

        return plot.trust(self, ax)

    def _repr_html_(self) -> str:
        failed = int(np.isnan(np.array(self.shares)[:, 0]).sum())
        rows = {
            "positive, median share of refits": self.positive,
            "negative": self.negative,
            "windows": f"{len(self.lengths)}, {failed} without a fit",
            "refits a window": self.resamples,
        }
        return notebook.pairs("LPPLS trust", rows, "Published studies call more than 0.05 trust.")


def trust(
    prices: Any,
    *,
    end: Any = None,
    preset: str | Preset = "shanghai_2015",
    filter: str = "end_flag",
    resamples: int = 100,
    seed: int = 0,
    n_jobs: int = 1,
) -> Trust:
    """Return the trust indicator at one date: residuals resampled, whole fits repeated.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices.
    end : date or int, optional
        Last date (or position) of every window.
    preset : str or Preset
        Windows (those the data can fill), box and filters.
    filter : str
        Which of the preset's filters a refit must pass.
    resamples : int
        Refits a window.
    seed : int
        The draws of a window depend on it and on the window's length alone.
    n_jobs : int
        Worker processes; the result does not depend on it.

    Notes
    -----
    A refit draws residuals of the window's best fit with replacement, adds them to that fit and searches
    the whole box again.

    References
    ----------
    .. [1] Sornette et al. (2015), J. Investment Strategies 4, 77-95.
    """
    from joblib import Parallel, delayed

    preset = find(preset)
    if filter not in preset.filters:
        raise ValueError(f"filter must be one of {', '.join(preset.filters)}, got {filter!r}")
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")
    checked = check(prices, preset.time)
    last = checked.position(end)
    lengths = preset.available(last + 1)
    if not lengths:
        raise ValueError(f"prices must fill the shortest window of {min(preset.lengths)}, got {last + 1}")
    windows = fit_checked(checked, last, lengths, preset.space)
    rules = (preset.filters[filter],)
    shares = Parallel(n_jobs=n_jobs)(
        delayed(refit_shares)(windows, row, rules, resamples, seed) for row in range(len(lengths))
    )
    positive, negative = np.nanmedian(np.array(shares)[:, 0], axis=0)
    kept = tuple((float(share[0, 0]), float(share[0, 1])) for share in shares)
    return Trust(float(positive), float(negative), lengths, kept, resamples)


def resampled_refits(
    t: NDArray[np.float64],
    curve: NDArray[np.float64],
    residuals: NDArray[np.float64],
    space: SearchSpace,
    scale: str,
    resamples: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], Box, NDArray[np.float64]]:
    """Return result rows of whole fits to ``curve`` plus residuals drawn anew, and these series."""
    from lppl._kernels import columns as _columns
    from lppl._kernels import grid as _grid

    y = curve + rng.choice(residuals, size=(resamples, residuals.size))
    drawn, t, level = y.copy(), t - t[-1], y[:, -1].copy()
    y -= level[:, None]
    box = Box.over(space, np.full(1, t[-1] - t[0]), coarse=True)
    best = np.full((resamples, box.horizons.size, box.lanes), np.inf, np.float32)
    power = np.empty(best.shape, np.uint8)
    ends = box.horizons[box.first[0]], box.horizons[box.last[0]]
    with one_thread():
        _grid.grid_many(t, y, *ends, *box.lattice, best, power)
    rows = np.full((resamples, _columns.COLUMNS), np.nan)
    summary, length, wanted = quadrature(t), np.array([t.size]), np.ones(1, dtype=np.bool_)
    for r in range(resamples):
        maps, told = (best[r, None], power[r, None]), (level[r], scale == "log")
        descend(t, y[r], summary.nodes(y[r]), length, wanted, box, maps, *told, rows[r, None], second=False)
    return rows, box, drawn


def refit_shares(
    windows: WindowFits, row: int, filters: Sequence[Filter], resamples: int, seed: int
) -> NDArray[np.float64]:
    """Return the share of one window's resampled refits that pass each filter, with B < 0 and with B > 0.

    Parameters
    ----------
    windows : WindowFits
    row : int
        Which of them.
    filters : sequence of Filter
        All of them judge the same refits.
    resamples, seed : int
        As for `trust`.

    Returns
    -------
    array, shape (len(filters), 2)
        NaN where the window itself could not be fitted.
    """
    from lppl._kernels import columns

    if not windows.success[row]:
        return np.full((len(filters), 2), np.nan)
    space, length = windows.space, int(windows.length[row])
    t, y = windows.prices.t[-length:], windows.prices.y[-length:]
    parameters = [getattr(windows, name)[row] for name in ("tc", "m", "omega", "A", "B", "C1", "C2")]
    curve = log_price(t, *parameters)
    rng = np.random.default_rng([seed, length])
    rows, box, drawn = resampled_refits(t, curve, y - curve, space, windows.prices.scale, resamples, rng)
    sides = box.sides(rows[:, [columns.TC, columns.M, columns.OMEGA]])
    refits = assemble(space, windows.prices, np.full(resamples, length), rows, sides, [""] * resamples)
    passed = [rule.passes(refits, drawn) for rule in filters]
    return np.array([((some & (refits.B < 0)).mean(), (some & (refits.B > 0)).mean()) for some in passed])
