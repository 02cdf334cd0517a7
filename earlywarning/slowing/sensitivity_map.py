"""How a trend depends on the window and the bandwidth, and what the best of them is worth."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import whole_number
from earlywarning.core.notebook import listing
from earlywarning.core.plain_values import plain
from earlywarning.slowing.detrending import Detrending
from earlywarning.slowing.indicators import check_windows, indicator
from earlywarning.slowing.null_taus import null_distribution, taus
from earlywarning.slowing.trend import closed_up, exceedance, standardised

_WINDOW_SHARES = (0.25, 0.35, 0.45, 0.55)
_BANDWIDTH_SHARES = (0.05, 0.1, 0.2)


@dataclass(frozen=True, eq=False)
class SensitivityMap:
    """Kendall tau over a grid of windows and bandwidths.

    Attributes
    ----------
    tau, p_values : dict of str to DataFrame
        One table an indicator: rows are windows, columns bandwidths (observations; one column, NaN, where the
        detrending has no bandwidth). The p-values are those of single cells.
    best : dict of str to (window, bandwidth) or None
        The cell furthest from its own null distribution in the direction of slowing down; None if there is
        no trend in any cell.
    max_p_values : dict of str to float
        p-value of that maximum over the whole grid: what remains after having looked everywhere.
    detrend, causal, surrogates, n, seed
        The settings.
    """

    tau: dict[str, pd.DataFrame]
    p_values: dict[str, pd.DataFrame]
    best: dict[str, tuple[int, float] | None]
    max_p_values: dict[str, float]
    detrend: str
    causal: bool
    surrogates: str
    n: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, NaN as None; a table becomes windows, bandwidths and a list of rows."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in ("tau", "p_values"):
            values[name] = {key: _columns(table) for key, table in values[name].items()}
        return plain(values)

    def plot(self, ax: Any = None) -> Any:
        """Draw the maps; see :func:`earlywarning.plot.trends.sensitivity_maps`."""
        from earlywarning.plot.trends import sensitivity_maps

        return sensitivity_maps(self, ax)

    def _repr_html_(self) -> str:
        note = "Kendall tau: rows are windows, columns bandwidths. A single cell proves nothing."
        titles = {name: f"maximum over the grid p = {p:.3f}" for name, p in self.max_p_values.items()}
        return "".join(listing(f"{name}: {titles[name]}", table, note) for name, table in self.tau.items())


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a table by its windows, bandwidths and rows of values."""
    return {
        "windows": table.index.tolist(),
        "bandwidths": table.columns.tolist(),
        "values": table.to_numpy().tolist(),
    }


def sensitivity(
    x: Any,
    *,
    windows: Sequence[int] | None = None,
    bandwidths: Sequence[float] | None = None,
    detrend: str = "gaussian",
    surrogates: str = "garch",
    n: int = 200,
    seed: int = 0,
    indicators: Sequence[str] = ("ar1", "variance"),
    causal: bool = True,
    n_jobs: int = 1,
) -> SensitivityMap:
    """Compute trends over a grid of windows and bandwidths, with one p-value for the best of them.

    Every surrogate is put through the whole grid. Cells are compared in standard deviations of their own null
    distribution, so that long windows, whose tau scatters more, do not decide alone.

    Parameters
    ----------
    x : array_like or pandas.Series, shape (m,)
        Levels; missing values are closed up.
    windows : sequence of int, optional
        Observations; .25, .35, .45 and .55 of m by default.
    bandwidths : sequence of float, optional
        Observations; .05, .1 and .2 of m by default. Not used by methods without a bandwidth.
    detrend, surrogates, n, seed, indicators, causal, n_jobs
        As in :func:`earlywarning.trend_test`.

    Returns
    -------
    SensitivityMap

    Raises
    ------
    ValueError
        As :func:`earlywarning.trend_test`, and for an empty grid.

    References
    ----------
    .. [1] Dakos et al. (2012), PLoS ONE 7(7), e41010 (sensitivity maps).
    """
    values, _ = closed_up(x)
    names = tuple(dict.fromkeys(indicators))
    windows = [int(share * values.size) for share in _WINDOW_SHARES] if windows is None else list(windows)
    if detrend not in ("gaussian", "lowess"):
        bandwidths = [float("nan")]
    elif bandwidths is None:
        bandwidths = [max(3.0, share * values.size) for share in _BANDWIDTH_SHARES]
    bandwidths = [float(bandwidth) for bandwidth in bandwidths]
    if not (names and windows and bandwidths):
        raise ValueError("indicators, windows and bandwidths must not be empty")
    windows = [check_windows(values.size, window, names) for window in windows]
    n = whole_number(n, "n", 2)
    methods = [Detrending(detrend, bandwidth, causal) for bandwidth in bandwidths]

    def grid(paths: np.ndarray) -> np.ndarray:
        return np.stack([taus(paths, how, windows, names) for how in methods], axis=2)

    observed = grid(values[np.newaxis])[0]
    null = null_distribution(values, surrogates, grid, n, seed, n_jobs)
    p_values = exceedance(observed, null)
    score, null_score = standardised(observed, null)
    tau, p, best, max_p = {}, {}, {}, {}
    for j, name in enumerate(names):
        direction = indicator(name).direction
        tau[name] = pd.DataFrame(direction * observed[:, :, j], index=windows, columns=bandwidths)
        p[name] = pd.DataFrame(p_values[:, :, j], index=windows, columns=bandwidths)
        best[name], max_p[name] = _maximum(score[:, :, j], null_score[:, :, :, j], windows, bandwidths)
    return SensitivityMap(tau, p, best, max_p, detrend, causal, surrogates, n, seed)


def _maximum(
    score: np.ndarray, null: np.ndarray, windows: list[int], bandwidths: list[float]
) -> tuple[tuple[int, float] | None, float]:
    """Where the score is largest, and the p-value of that among the maxima of the surrogates."""
    if np.isnan(score).all():
        return None, float("nan")
    row, column = np.unravel_index(np.nanargmax(score), score.shape)
    maxima = np.where(np.isnan(null), -np.inf, null).max(axis=(1, 2))
    maxima[maxima == -np.inf] = np.nan
    return (windows[row], bandwidths[column]), float(exceedance(np.nanmax(score), maxima))
