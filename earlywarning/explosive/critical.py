"""Critical values of the explosive-root tests under a Gaussian random walk."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from earlywarning.core.notebook import table
from earlywarning.core.plain_values import plain
from earlywarning.explosive.response_surface import COEFFICIENTS
from earlywarning.explosive.statistics import resolve_min_window

# Levels of the stored response surfaces.
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.965, 0.98, 0.99, 0.995)
KINDS = ("adf", "sadf", "gsadf", "bsadf")
LARGEST_N = 10_000
MOST_LAGS = 4


@dataclass(frozen=True, eq=False)
class CriticalValues:
    """Null distribution of one explosive-root test for one sample size.

    Attributes
    ----------
    kind : str
        ``adf``, ``sadf``, ``gsadf`` or ``bsadf``.
    method : str
        ``surface``, ``wild`` or ``sieve``.
    n, lags, min_window : int
        Observations, lagged differences and fewest regression rows in a window.
    levels : numpy.ndarray, shape (k,)
        Probabilities, ascending.
    values : numpy.ndarray, shape (k,)
        Quantiles of the statistic.
    path : numpy.ndarray, shape (k, n)
        Quantiles of the backward sup ADF at each observation; NaN before the first window.
    draws : numpy.ndarray, shape (replications,)
        Statistics of the bootstrap paths; empty for a surface.
    """

    kind: str
    method: str
    n: int
    lags: int
    min_window: int
    levels: np.ndarray
    values: np.ndarray
    path: np.ndarray
    draws: np.ndarray

    def at(self, level: float) -> float:
        """Return the critical value at a stored level, such as 0.95."""
        return float(self.values[self._row(level)])

    def path_at(self, level: float) -> np.ndarray:
        """Return the critical values of the backward sup ADF sequence at a stored level."""
        return self.path[self._row(level)]

    def _row(self, level: float) -> int:
        row = int(np.argmin(np.abs(self.levels - level)))
        if abs(self.levels[row] - level) > 1e-9:
            raise ValueError(f"level must be one of {self.levels.tolist()}, got {level}")
        return row

    def p_value(self, statistic: float) -> float:
        """Return the probability of a statistic at least this large under the null.

        A surface interpolates between its levels (0.05 to 0.995), extends the outermost pieces and claims
        nothing below 0.001 or above 0.99.
        """
        if not np.isfinite(statistic):
            return float("nan")
        if len(self.draws):
            return float((1 + np.count_nonzero(self.draws >= statistic)) / (1 + len(self.draws)))
        piece = int(np.clip(np.searchsorted(self.values, statistic), 1, len(self.values) - 1))
        low, high = self.values[piece - 1], self.values[piece]
        share = (statistic - low) / (high - low)
        normal = NormalDist()
        below, above = (normal.inv_cdf(level) for level in self.levels[piece - 1 : piece + 1])
        return float(np.clip(1.0 - normal.cdf(below + share * (above - below)), 0.001, 0.99))

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values, without the draws and the path."""
        hidden = ("path", "draws")
        names = [name for name in self.__dataclass_fields__ if name not in hidden]
        return {name: plain(getattr(self, name)) for name in names} | {"replications": len(self.draws)}

    def _repr_html_(self) -> str:
        shown = zip(self.levels, self.values, strict=True)
        rows = {f"{100 * level:g}%": f"{value:.3f}" for level, value in shown if level >= 0.9}
        note = (
            f"{len(self.draws)} bootstrap paths of the series."
            if len(self.draws)
            else "A random walk of constant volatility: clustered volatility rejects too often."
        )
        return table(f"{self.kind.upper()} critical values ({self.method}, n = {self.n})", rows, note)


def surface_terms(kind: str, n: Any, lags: Any, window: Any) -> np.ndarray:
    """Return the regressors of a response surface.

    Parameters
    ----------
    kind : str
        Statistic.
    n, lags, window : array_like of shape (k,)
        Observations the statistic has seen, lagged differences, fewest regression rows in a window.

    Returns
    -------
    numpy.ndarray, shape (k, terms)
        Powers of ``log(n / window)``, which governs the limit, and of ``1 / window`` and
        ``lags / window``, which vanish in it; of ``1 / n`` and ``lags / n`` for ``adf``.
    """
    n, lags, window = (np.asarray(v, dtype=float) for v in (n, lags, window))
    if kind == "adf":
        return np.column_stack([np.ones_like(n), 1 / n, 1 / n**2, lags / n, (lags / n) ** 2])
    u, v, k = np.log((n - 1 - lags) / window), 1 / window, lags / window
    limit = [u**p for p in range(6)]
    small = [v, u * v, u**2 * v, v**2, u * v**2, u**2 * v**2]
    lagged = [k, u * k, u**2 * k, k**2, u * k**2, k * v, u * k * v]
    return np.column_stack(limit + small + lagged)


def critical_values(
    n: int, kind: str = "gsadf", lags: int = 0, min_window: int | None = None
) -> CriticalValues:
    """Return Monte Carlo critical values for any sample size from a stored response surface.

    Parameters
    ----------
    n : int
        Observations, 30 to 10,000.
    kind : {"gsadf", "bsadf", "sadf", "adf"}
        Statistic; ``bsadf`` is the reading at the last observation.
    lags : int
        Lagged differences, 0 to 4.
    min_window : int, optional
        Fewest regression rows in a window; the default of the tests when omitted.

    Returns
    -------
    CriticalValues
        With the pointwise sequence for the backward sup ADF path.

    Raises
    ------
    ValueError
        Outside the range that was simulated; the bootstrap has no such limits.

    Notes
    -----
    These hold for a random walk with equal variances. Under changing volatility they reject too often:
    prefer `bootstrap_critical_values`.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if not 30 <= n <= LARGEST_N:
        raise ValueError(f"n must lie between 30 and {LARGEST_N} for a stored critical value, got {n}")
    if not 0 <= lags <= MOST_LAGS:
        raise ValueError(f"lags must be 0 to {MOST_LAGS} for a stored critical value, got {lags}")
    window = resolve_min_window(n, lags, min_window)
    values = np.array(COEFFICIENTS[kind]) @ surface_terms(kind, [n], [lags], [window])[0]
    path = np.full((len(LEVELS), n), np.nan)
    seen = np.arange(window + 1 + lags, n + 1)
    terms = surface_terms("bsadf", seen, np.full(len(seen), lags), np.full(len(seen), window))
    path[:, seen - 1] = np.array(COEFFICIENTS["bsadf"]) @ terms.T
    return CriticalValues(
        kind=kind,
        method="surface",
        n=n,
        lags=lags,
        min_window=window,
        levels=np.array(LEVELS),
        values=np.maximum.accumulate(values),
        path=np.maximum.accumulate(path, axis=0),
        draws=np.empty(0),
    )
