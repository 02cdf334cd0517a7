"""Whether an indicator rises, and whether it would rise as much by chance."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from earlywarning._kernels import kendall as _kernels
from earlywarning.core.input_checks import labels_of, values_with_gaps, whole_number
from earlywarning.core.notebook import listing, words
from earlywarning.core.plain_values import plain
from earlywarning.slowing.detrending import Detrending
from earlywarning.slowing.indicators import check_windows, indicator
from earlywarning.slowing.null_taus import null_distribution, taus, windows_of


def kendall_tau(y: Any) -> float:
    """Kendall's tau-b of ``y`` against time, in O(n log n).

    Parameters
    ----------
    y : array_like, shape (n,)
        Values in time order; NaN is left out.

    Returns
    -------
    float
        Between -1 (always falling) and 1 (always rising); NaN if fewer than two values or all equal.
        Overlapping windows make the textbook p-value of this number meaningless: see :func:`trend_test`.

    References
    ----------
    .. [1] Knight (1966), JASA 61, 436-439.
    """
    return float(_kernels.kendall_tau(values_with_gaps(y, "y", least=0)))


@dataclass(frozen=True, eq=False)
class TrendTest:
    """Trends of rolling indicators with surrogate p-values.

    Attributes
    ----------
    tau : dict of str to float
        Kendall tau of each indicator over its full windows; NaN where the indicator does not exist.
    p_values : dict of str to float
        One-sided, towards slowing down: ``(1 + #{surrogates at least as far}) / (1 + n)``.
    statistic : float
        One indicator: its tau in that direction. Several: the weakest of the trends, each in standard
        deviations of its null distribution; large only if all move together. Indicators that growing noise
        moves as well (variance, std, cv) do not count, unless there are no others.
    p_value : float
        Of ``statistic``.
    indicators : DataFrame
        The indicators over time, on the index of the series.
    null_tau : ndarray, shape (n, indicators)
        Kendall tau of every surrogate.
    residuals : ndarray, shape (observations,)
        What the indicators were computed on.
    window, bandwidth, detrend, causal, surrogates, n, seed
        The settings; ``causal=False`` means that every value was smoothed with knowledge of its future.
    dropped : int
        Missing values that were closed up before the test.
    notes : tuple of str
        What the reader must know, in words.
    """

    tau: dict[str, float]
    p_values: dict[str, float]
    statistic: float
    p_value: float
    indicators: pd.DataFrame
    null_tau: np.ndarray
    residuals: np.ndarray
    window: int
    bandwidth: float | None
    detrend: str
    causal: bool
    surrogates: str
    n: int
    seed: int
    dropped: int
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the arrays as plain Python values, NaN as None."""
        arrays = ("indicators", "null_tau", "residuals")
        return plain({f.name: getattr(self, f.name) for f in fields(self) if f.name not in arrays})

    def plot(self, ax: Any = None) -> Any:
        """Draw the indicators with their tau and p; see :func:`earlywarning.plot.trends.indicator_panel`."""
        from earlywarning.plot.trends import indicator_panel

        return indicator_panel(self, ax)

    def _repr_html_(self) -> str:
        tau = {name: words(value) for name, value in self.tau.items()}
        p = {name: words(value) for name, value in self.p_values.items()}
        if len(tau) > 1:
            tau["together"], p["together"] = "", words(self.p_value)
        rows = pd.DataFrame({"Kendall tau": tau, "p": p})
        sided = "causal" if self.causal else "TWO-SIDED"
        title = f"Trends, window {self.window}, {sided} {self.detrend} detrending"
        made = f"p from {self.n} {self.surrogates} surrogates through the same pipeline."
        note = " ".join((made, *self.notes))
        return listing(title, rows, note)


def exceedance(observed: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Monte Carlo p-values along the first axis of ``null``; a surrogate without a value exceeds."""
    beyond = (~(null < observed)).sum(axis=0)
    return np.where(np.isnan(observed), np.nan, (1 + beyond) / (1 + len(null)))


def standardised(observed: np.ndarray, null: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put taus on the scale of their null distribution, the observed ones pooled with it."""
    pooled = np.vstack([observed[None], null])
    count = np.maximum((~np.isnan(pooled)).sum(axis=0), 1)
    centre = np.nansum(pooled, axis=0) / count
    spread = np.sqrt(np.nansum((pooled - centre) ** 2, axis=0) / count)
    spread = np.where(spread > 0, spread, np.nan)
    return (observed - centre) / spread, (null - centre) / spread


def closed_up(x: Any) -> tuple[np.ndarray, pd.Index | None]:
    """Return the values that are present, as positions in sequence, and their index."""
    values = values_with_gaps(x)
    present = ~np.isnan(values)
    index = labels_of(x)
    return values[present], None if index is None else index[present]


def trend_test(
    x: Any,
    *,
    window: int,
    detrend: str = "gaussian",
    bandwidth: float | None = None,
    surrogates: str = "garch",
    n: int = 1000,
    seed: int = 0,
    indicators: Sequence[str] = ("ar1", "variance", "restoring_rate_gls"),
    causal: bool = True,
    n_jobs: int = 1,
) -> TrendTest:
    """Test whether indicators of slowing down rise more than in series that approach nothing.

    Every surrogate goes through the same detrending and the same windows as the data.

    Parameters
    ----------
    x : array_like or pandas.Series, shape (m,)
        Levels (log prices, yields, deviations). Missing values are closed up and counted in ``dropped``.
    window : int
        Observations a rolling window.
    detrend : str
        Method of :func:`earlywarning.detrend`.
    bandwidth : float, optional
        Observations; half the window by default.
    surrogates : str
        Family of :func:`earlywarning.surrogates`, the null hypothesis.
    n : int
        Number of surrogates; the smallest possible p-value is 1 / (n + 1).
    seed : int
        Seed of the surrogates.
    indicators : sequence of str
        Names of :func:`earlywarning.rolling_indicators`.
    causal : bool
        Whether detrending may look at the past only.
    n_jobs : int
        Threads; the result does not depend on it.

    Returns
    -------
    TrendTest

    Raises
    ------
    ValueError
        For a malformed series, a window longer than it, unknown names or a family that cannot be fitted.

    Notes
    -----
    A rising variance alone says that noise grows, and beside one that rises for sure the joint statistic of
    AR(1) and variance would be that of AR(1) at too low a bar. So the joint statistic is that of AR(1) and of
    the restoring rate under correlated noise [3]_; the variance stands beside it. Neither dates a transition.

    References
    ----------
    .. [1] Dakos et al. (2008), PNAS 105, 14308-14312 (surrogate significance of tau).
    .. [2] Boettiger & Hastings (2012), J. R. Soc. Interface 9, 2527-2539 (false alarms).
    .. [3] Boers (2021), Nature Climate Change 11, 680-688 (restoring rate).
    """
    values, index = closed_up(x)
    names = tuple(dict.fromkeys(indicators))
    if not names:
        raise ValueError("indicators must name at least one indicator, got none")
    window = check_windows(values.size, window, names)
    n = whole_number(n, "n", 1)
    how = Detrending(detrend, window / 2 if bandwidth is None else bandwidth, causal)
    residual = how.residuals(values)
    full = {name: windows_of(residual[np.newaxis], window, name, values[np.newaxis])[0] for name in names}
    tau = np.array([_kernels.kendall_tau(found) for found in full.values()])
    direction = np.array([indicator(name).direction for name in names])
    null = null_distribution(
        values, surrogates, lambda paths: taus(paths, how, [window], names)[:, 0], n, seed, n_jobs
    )
    together = _without_noise(names)
    statistic, p_value = _joint((direction * tau)[together], null[:, together])
    return TrendTest(
        tau=dict(zip(names, tau.tolist(), strict=True)),
        p_values=dict(zip(names, exceedance(direction * tau, null).tolist(), strict=True)),
        statistic=statistic,
        p_value=p_value,
        indicators=_over_time(full, window, values.size, index),
        null_tau=null * direction,
        residuals=residual,
        window=window,
        bandwidth=how.bandwidth if detrend in ("gaussian", "lowess") else None,
        detrend=detrend,
        causal=causal,
        surrogates=surrogates,
        n=n,
        seed=seed,
        dropped=np.size(x) - values.size,
        notes=_notes(names, tau, null, causal),
    )


def _over_time(full: dict[str, np.ndarray], window: int, size: int, index: pd.Index | None) -> pd.DataFrame:
    """Return indicators on the index of the series, NaN before the first full window."""
    columns = {name: np.concatenate((np.full(window - 1, np.nan), found)) for name, found in full.items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(size) if index is None else index)


def _without_noise(names: Sequence[str]) -> list[int]:
    """Positions of the indicators that the size of the noise does not move; all when it moves them all."""
    kept = [j for j, name in enumerate(names) if not indicator(name).of_noise]
    return kept or list(range(len(names)))


def _joint(signed: np.ndarray, null: np.ndarray) -> tuple[float, float]:
    """Statistic and p-value of all indicators moving together."""
    if len(signed) == 1:
        return float(signed[0]), float(exceedance(signed, null)[0])
    if np.isnan(signed).any():
        return float("nan"), float("nan")
    observed, surrogate = standardised(signed, null)
    weakest = observed.min()
    return float(weakest), float(exceedance(weakest, surrogate.min(axis=1)))


def _notes(names: Sequence[str], tau: np.ndarray, null: np.ndarray, causal: bool) -> tuple[str, ...]:
    notes = [] if causal else ["two-sided detrending: every value knows its future; not for alarms"]
    for j, name in enumerate(names):
        if np.isnan(tau[j]):
            notes.append(f"{name}: no trend, the indicator is missing or never changes")
        lost = np.isnan(null[:, j]).sum()
        if lost:
            notes.append(f"{name}: {lost} surrogates without a value, counted as exceeding")
    return tuple(notes)
