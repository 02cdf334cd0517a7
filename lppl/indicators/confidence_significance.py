"""How rare a confidence value is among paths without a bubble that go through the same pipeline."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lppl.core import notebook
from lppl.core.series import Prices, check
from lppl.fitting.box import TOGETHER
from lppl.fitting.windows import fit_together
from lppl.indicators.presets import PRESETS, Filter, Preset


@dataclass(frozen=True, eq=False)
class Significance:
    """A confidence value against the same value on null paths.

    Attributes
    ----------
    preset : str
        Name of the settings.
    filters : tuple of str
        Filters whose mean share is the confidence.
    attempted : int
        Windows tried.
    positive, negative : float
        Confidence of the series, for bubbles and for negative bubbles.
    p_positive, p_negative : float
        ``(1 + paths that reach it) / (1 + paths)``; never 0.
    null_positive, null_negative : ndarray, shape (paths,)
        Confidence of every path.
    """

    preset: str
    filters: tuple[str, ...]
    attempted: int
    positive: float
    negative: float
    p_positive: float
    p_negative: float
    null_positive: NDArray[np.float64]
    null_negative: NDArray[np.float64]

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values["filters"] = list(self.filters)
        values["null_positive"] = self.null_positive.tolist()
        values["null_negative"] = self.null_negative.tolist()
        return values

    def plot(self, ax: Any = None) -> Any:
        """Draw the null paths and the series; see :func:`lppl.plot.significance`."""
        from lppl import plot

        return plot.significance(self, ax)

    def _repr_html_(self) -> str:
        frame = pd.DataFrame(
            {
                "bubble": ["positive", "negative"],
                "confidence": [self.positive, self.negative],
                "p-value": [self.p_positive, self.p_negative],
                "null 95%": [np.quantile(x, 0.95) for x in (self.null_positive, self.null_negative)],
            }
        )
        asked = f"{self.preset}: {', '.join(self.filters)}"
        title = f"Confidence ({asked}) against {self.null_positive.size} null paths"
        return notebook.listing(title, frame, f"{self.attempted} windows.")


def significance(
    prices: Any,
    paths: ArrayLike,
    *,
    preset: str | Preset = "daily",
    filter: str | None = None,
    end: Any = None,
    n_jobs: int = 1,
) -> Significance:
    """Return the p-value of a series' confidence against null paths.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices.
    paths : array_like, shape (paths, length)
        Prices without a bubble, for instance from :func:`lppl.null_paths`. Every path is cut to its last
        values, as many as the longest window of the series needs, and dated like the series.
    preset : str or Preset
        Windows, box and filters.
    filter : str, optional
        One of the preset's filters; default the mean over all of them.
    end : date or int, optional
        Last date (or position) of the windows; default the last price.
    n_jobs : int
        Threads; the result does not depend on it.

    Returns
    -------
    Significance

    Raises
    ------
    ValueError
        If prices, paths, preset, filter or end break a rule.

    Notes
    -----
    Every path goes through all windows, fits and filters. The p-value is only as good as the null model:
    against a random walk it says less than against the series' own returns in blocks.
    """
    from joblib import Parallel, delayed

    settings = _preset(preset)
    filters = _filters(settings, filter)
    checked = check(prices, settings.time)
    last = checked.position(end)
    lengths = settings.available(last + 1)
    if not lengths:
        raise ValueError(
            f"prices must fill at least the {min(settings.lengths)} observations of the shortest window "
            f"of preset {settings.name!r}, got {last + 1}"
        )
    nulls = _checked_paths(paths, max(lengths))
    window = slice(last + 1 - max(lengths), last + 1)
    dates = None if checked.dates is None else checked.dates[window]

    def shares(paths: NDArray[np.float64]) -> list[tuple[float, float]]:
        series = [Prices(t, y, dates, checked.time, checked.scale) for y in paths]
        found = []
        for windows in fit_together(series, [lengths] * len(series), settings.space, second=False):
            passed = np.array([f.passes(windows) for f in filters.values()])
            found.append(
                (float((passed & (windows.B < 0.0)).mean()), float((passed & (windows.B > 0.0)).mean()))
            )
        return found

    t = checked.t[window]
    ((positive, negative),) = shares(checked.y[window][None])
    logs = np.log(nulls)
    parts = [logs[k : k + TOGETHER] for k in range(0, len(logs), TOGETHER)]
    run = Parallel(n_jobs=n_jobs, prefer="threads")
    found = np.array([pair for part in run(delayed(shares)(part) for part in parts) for pair in part])
    reached = (1 + (found >= (positive, negative)).sum(axis=0)) / (1 + len(nulls))
    return Significance(
        preset=settings.name,
        filters=tuple(filters),
        attempted=len(lengths),
        positive=positive,
        negative=negative,
        p_positive=float(reached[0]),
        p_negative=float(reached[1]),
        null_positive=found[:, 0],
        null_negative=found[:, 1],
    )


def _preset(preset: str | Preset) -> Preset:
    if isinstance(preset, Preset):
        return preset
    if preset not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {preset!r}")
    return PRESETS[preset]


def _filters(preset: Preset, name: str | None) -> dict[str, Filter]:
    if name is None:
        return preset.filters
    if name not in preset.filters:
        raise ValueError(f"filter must be one of {', '.join(preset.filters)}, got {name!r}")
    return {name: preset.filters[name]}


def _checked_paths(paths: ArrayLike, needed: int) -> NDArray[np.float64]:
    """Return the last ``needed`` values of every path."""
    values = np.asarray(paths, dtype=float)
    if values.ndim != 2 or values.shape[0] < 1:
        raise ValueError(f"paths must have shape (paths, length), got {values.shape}")
    if values.shape[1] < needed:
        raise ValueError(f"paths must hold the {needed} values of the longest window, got {values.shape[1]}")
    values = values[:, -needed:]
    if not (np.isfinite(values).all() and values.min() > 0.0):
        raise ValueError(f"paths must be positive and finite, got {values.min():g}..{values.max():g}")
    return values
