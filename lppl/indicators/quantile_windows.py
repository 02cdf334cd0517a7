"""The multi-scale quantile indicator: the share of windows and quantile levels whose curve passes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.series import Prices, check
from lppl.fitting.quantile import QuantileFit, quantile_fit
from lppl.fitting.window_fits import WindowFits
from lppl.fitting.windows import fit_checked
from lppl.indicators.presets import Preset, find

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, eq=False)
class QuantileConfidence:
    """Shares of all attempted windows at all quantile levels.

    Attributes
    ----------
    positive, negative : float
        Share of fits that pass the filter with B < 0, and with B > 0.
    quantiles : tuple of float
        Levels.
    attempted, failed : int
        Fits tried, and those that did not converge.
    shares : tuple of (float, float)
        Positive and negative share at each level.
    fits : tuple of WindowFits
        The fits of each level; their ``sse`` is that of the quantile's curve.
    """

    positive: float
    negative: float
    quantiles: tuple[float, ...]
    attempted: int
    failed: int
    shares: tuple[tuple[float, float], ...]
    fits: tuple[WindowFits, ...] = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a quantile level."""
        frame = pd.DataFrame(self.shares, columns=["positive", "negative"])
        return frame.set_index(pd.Index(self.quantiles, name="quantile"))

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain values."""
        names = ("positive", "negative", "quantiles", "attempted", "failed", "shares")
        return {name: getattr(self, name) for name in names}

    def _repr_html_(self) -> str:
        title = f"Quantile LPPLS confidence: positive {self.positive:.3f}, negative {self.negative:.3f}"
        note = f"{self.attempted} fits, {self.failed} without convergence."
        return notebook.listing(title, self.to_frame().reset_index(), note)


def quantile_confidence(
    prices: Any,
    *,
    end: Any = None,
    preset: str | Preset = "shanghai_2015",
    filter: str = "early_warning",
    lengths: Iterable[int] | None = None,
    quantiles: Iterable[float] = LEVELS,
    n_jobs: int = 1,
) -> QuantileConfidence:
    """Return the confidence over windows and quantile levels: every pair is a whole quantile fit.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices.
    end : date or int, optional
        Last date (or position) of every window; default the last price.
    preset : str or Preset
        Box, filters and windows (those the data can fill); a box without a bound on the damping.
    filter : str
        Which of the preset's filters a fit must pass.
    lengths : iterable of int, optional
        Windows instead of the preset's. A fit takes 0.2 to 2 seconds: all 126 windows of the default preset
        at nine levels are ten to fifteen minutes.
    quantiles : iterable of float
        Levels inside (0, 1).
    n_jobs : int
        Worker processes; the result does not depend on it.

    Returns
    -------
    QuantileConfidence

    Raises
    ------
    ValueError
        If an argument breaks a rule.

    Notes
    -----
    The paper combines quantile regressions with many windows and counts those that qualify. Its windows are
    those of the default preset (its series start 750 days before the first result). Its quantile levels and
    filter could not be checked: the levels here are the deciles, the filter is that of Sornette et al.
    (2015).

    References
    ----------
    .. [1] Zhang, Zhang & Sornette (2016), Early warning signals of financial crises with multi-scale quantile
       regressions of log-periodic power law singularities, PLoS ONE 11, e0165819.
    """
    from joblib import Parallel, delayed

    preset = find(preset)
    if filter not in preset.filters:
        raise ValueError(f"filter must be one of {', '.join(preset.filters)}, got {filter!r}")
    levels = tuple(float(q) for q in quantiles)
    if not levels or not all(0.0 < q < 1.0 for q in levels):
        raise ValueError(f"quantiles must lie inside (0, 1), at least one, got {levels}")
    checked = check(prices, preset.time)
    last = checked.position(end)
    wanted = preset.available(last + 1) if lengths is None else tuple(lengths)
    if not wanted:
        raise ValueError(f"prices must fill the shortest window of {min(preset.lengths)}, got {last + 1}")
    windows = fit_checked(checked, last, wanted, preset.space)

    def one(n: int, q: float) -> QuantileFit:
        part = slice(last + 1 - n, last + 1)
        days = np.arange(n) if checked.dates is None else checked.dates[part]
        closes = pd.Series(np.exp(checked.y[part]), days)
        return quantile_fit(closes, q, space=preset.space, time=preset.time)

    asked = [(int(n), q) for q in levels for n in windows.length]
    found = Parallel(n_jobs=n_jobs)(delayed(one)(*pair) for pair in asked)
    parts = [found[k : k + len(windows)] for k in range(0, len(found), len(windows))]
    fits = tuple(_as_windows(windows, part) for part in parts)
    rule, shares, failed = preset.filters[filter], [], 0
    for each in fits:
        passed = rule.passes(each)
        shares.append((float((passed & (each.B < 0.0)).mean()), float((passed & (each.B > 0.0)).mean())))
        failed += int((~(each.success & each.converged)).sum())
    positive, negative = np.mean(shares, axis=0)
    return QuantileConfidence(
        float(positive), float(negative), levels, len(found), failed, tuple(shares), fits
    )


def _as_windows(windows: WindowFits, found: list[QuantileFit]) -> WindowFits:
    """Return quantile fits in the form of the least-squares fits of the same windows."""
    fits = [one.fit for one in found]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(fit, name) for fit in fits], dtype=float)

    at_tc, at_m, at_omega = (
        np.array([(f"{name} upper" in fit.at_bound) - (f"{name} lower" in fit.at_bound) for fit in fits])
        for name in ("tc", "m", "omega")
    )
    errors = [_largest(windows.prices, int(n), fit) for n, fit in zip(windows.length, fits, strict=True)]
    return replace(
        windows,
        success=np.array([fit.success for fit in fits]),
        message=[fit.message for fit in fits],
        tc=column("tc") - column("t2") + windows.t2,
        m=column("m"),
        omega=column("omega"),
        A=column("A"),
        B=column("B"),
        C1=column("C1"),
        C2=column("C2"),
        sse=column("sse"),
        second_sse=column("second_sse"),
        at_tc=at_tc,
        at_m=at_m,
        at_omega=at_omega,
        converged=np.array([fit.converged for fit in fits]),
        max_error=np.array(errors),
        max_relative_error=column("max_relative_error"),
    )


def _largest(prices: Prices, n: int, fit: Any) -> float:
    """Return the largest absolute residual."""
    if not fit.success:
        return float("nan")
    t = prices.t[-n:] - prices.t[-1] + fit.t2
    return float(np.abs(prices.y[-n:] - fit.curve(t)).max())
