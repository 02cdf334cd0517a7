"""Explosive roots: right-tailed unit-root tests over recursive and rolling windows."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import Series, finite_values
from earlywarning.core.notebook import table
from earlywarning.core.plain_values import label, plain
from earlywarning.explosive.backward_sup import backward_sup_adf
from earlywarning.explosive.lag_selection import BIC, bic_lags
from earlywarning.explosive.step_variance import GLS, Gls, step_weights

Lags = int | Literal["bic"]
MAX_POINTS = 20_000


@dataclass(frozen=True, eq=False)
class ExplosiveTest:
    """A right-tailed unit-root test: large values say that the series grew faster than a random walk.

    Attributes
    ----------
    kind : str
        ``adf``, ``sadf``, ``gsadf`` or ``bsadf``.
    statistic : float
        The t-statistic, or the supremum of t-statistics, that the test reports; NaN when undefined.
    path : numpy.ndarray, shape (n,)
        The statistic as it stood at each observation, from data up to it; NaN before the first window.
    levels : numpy.ndarray, shape (n,)
        What was tested: the values or their logarithm.
    index : pandas.Index
        Labels of the observations.
    lags, min_window : int
        Lagged differences in the regression; fewest regression rows in a window.
    log : bool
        Whether the logarithm of the values was tested.
    message : str
        Why the statistic is NaN; empty otherwise.
    signs : bool
        Whether ``levels`` are the cumulated signs of the steps.
    gls : str
        ``causal`` or ``two-sided`` when the statistics are by generalised least squares; empty otherwise.
    weights : numpy.ndarray of shape (n - 1,) or None
        One over the variance of each step, with ``gls``.
    """

    kind: str
    statistic: float
    path: np.ndarray
    levels: np.ndarray
    index: pd.Index
    lags: int
    min_window: int
    log: bool
    message: str = ""
    signs: bool = False
    gls: str = ""
    weights: np.ndarray | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values, without the series itself."""
        names = [name for name in self.__dataclass_fields__ if name not in ("levels", "weights")]
        return {name: plain(getattr(self, name)) for name in names}

    def plot(self, ax: Any = None, critical: Any = None, episodes: Any = ()) -> Any:
        """Draw the path, against critical values and over episodes when given; return the axes."""
        from earlywarning.plot.explosive import plot_explosive

        return plot_explosive(self, critical, ax, episodes=episodes)

    def _repr_html_(self) -> str:
        rows = {
            "statistic": f"{self.statistic:.4f}" if self.message == "" else f"none: {self.message}",
            "observations": f"{len(self.path)} to {label(self.index, len(self.path) - 1)}",
            "lags": str(self.lags),
            "minimum window": str(self.min_window),
            "scale": ("log" if self.log else "level")
            + (", cumulated signs of the steps" if self.signs else "")
            + (f", steps weighted by their {self.gls} variance" if self.gls else ""),
        }
        return table(self.kind.upper(), rows, "To be held against critical_values or a bootstrap.")


def default_min_window(n: int) -> int:
    """Return the smallest window of Phillips, Shi & Yu, ``floor((0.01 + 1.8 / sqrt(n)) n)``."""
    return int((0.01 + 1.8 / np.sqrt(n)) * n)


def _recursion(
    kind: str,
    prices: Series,
    lags: Lags,
    min_window: int | None,
    log: bool,
    starts: int,
    max_points: int,
    signs: bool = False,
    gls: Gls | None = None,
) -> ExplosiveTest:
    if gls is not None and (gls not in GLS or signs or lags != 0):
        raise ValueError(
            f"gls must be one of {', '.join(GLS)}, without lags and signs, got {gls!r} "
            f"with lags={lags!r}, signs={signs}"
        )
    if isinstance(lags, str) and lags != BIC:
        raise ValueError(f"lags must be a number or '{BIC}', got {lags!r}")
    levels, index = finite_values(prices, "prices", log=log, least=6 + (0 if lags == BIC else 2 * int(lags)))
    if signs:
        levels = np.concatenate([[0.0], np.cumsum(np.sign(np.diff(levels)))])
    lags = bic_lags(levels) if isinstance(lags, str) else lags
    n = len(levels)
    if n > max_points:
        raise ValueError(
            f"prices must have at most max_points={max_points} points (time grows with n^2), got {n}; "
            "shorten the series or raise max_points"
        )
    window = resolve_min_window(n, lags, min_window)
    if kind == "adf":
        window = n - 1 - lags
    path = np.full(n, np.nan)
    weights = None if gls is None else step_weights(levels, gls, window)
    path[lags + 1 :] = backward_sup_adf(levels, lags, window, starts, weights)
    defined = path[~np.isnan(path)]
    statistic = path[-1] if kind == "bsadf" or not len(defined) else defined.max()
    message = "" if np.isfinite(statistic) else "every window is constant or fits exactly: no t-statistic"
    result = ExplosiveTest(kind, float(statistic), path, levels, index, lags, window, log, message)
    return replace(result, signs=signs, gls=gls or "", weights=weights)


def resolve_min_window(n: int, lags: int, min_window: int | None) -> int:
    """Return the window to use for n observations, checked against the number of regression rows."""
    if lags < 0:
        raise ValueError(f"lags must not be negative, got {lags}")
    rows = n - 1 - lags
    window = max(default_min_window(n), lags + 4) if min_window is None else int(min_window)
    if not lags + 4 <= window <= rows:
        raise ValueError(
            f"min_window must lie between lags + 4 = {lags + 4} and the {rows} rows of {n} points, "
            f"got {window}"
        )
    return window


def adf(prices: Series, lags: Lags = 0, *, log: bool = True) -> ExplosiveTest:
    """Augmented Dickey-Fuller t-statistic with a constant over the whole series.

    Parameters
    ----------
    prices : pandas.Series or array of shape (n,)
        Positive finite values (any finite values with ``log=False``).
    lags : int or "bic"
        Lagged differences in the regression; ``"bic"``: as many, of 0 to 6, as the Bayesian criterion takes
        for the steps of the whole series, so that a later value may change earlier ones.
    log : bool
        Test the logarithm, the default.

    Returns
    -------
    ExplosiveTest

    Raises
    ------
    ValueError
        For missing or non-positive values, too few points, or impossible lags.
    """
    return _recursion("adf", prices, lags, None, log, 1, np.iinfo(np.int64).max)


def sadf(
    prices: Series,
    lags: Lags = 0,
    min_window: int | None = None,
    log: bool = True,
    *,
    max_points: int = MAX_POINTS,
    signs: bool = False,
    gls: Gls | None = None,
) -> ExplosiveTest:
    """Sup ADF: the largest t-statistic of windows that begin at the first observation.

    Parameters
    ----------
    prices, lags, log
        As for `adf`.
    min_window : int, optional
        Fewest regression rows in a window; ``floor((0.01 + 1.8 / sqrt(n)) n)`` by default.
    max_points : int
        Refuse longer series.
    signs : bool
        Test the cumulated signs of the steps [2]_: where the steps are independent and as likely up as down,
        no course of the volatility moves the null distribution. It sees directions only, and loses power
        where a few large steps make the bubble.
    gls : {"causal", "two-sided"}, optional
        Weigh each step by its variance, smoothed over steps up to it or over all (then later data change
        the path), and measure the level from the first of its window [3]_: no constant, no lags. It has
        its own critical values: only the wild bootstrap knows them. A drift is not foreseen.

    Returns
    -------
    ExplosiveTest
        Its path holds the forward ADF statistics.

    References
    ----------
    .. [1] Phillips, Wu & Yu (2011), International Economic Review 52, 201-226.
    .. [2] Harvey, Leybourne & Zu (2020), Econometric Theory 36, 122-169.
    .. [3] Harvey, Leybourne & Zu (2019), Econometric Reviews 38, 1131-1151.
    """
    return _recursion("sadf", prices, lags, min_window, log, 1, max_points, signs, gls)


def gsadf(
    prices: Series,
    lags: Lags = 0,
    min_window: int | None = None,
    log: bool = True,
    *,
    max_points: int = MAX_POINTS,
    signs: bool = False,
    gls: Gls | None = None,
) -> ExplosiveTest:
    """Generalised sup ADF: the largest t-statistic over all windows of at least ``min_window`` rows.

    Parameters
    ----------
    prices, lags, min_window, log, max_points, signs, gls
        As for `sadf`.

    Returns
    -------
    ExplosiveTest
        Its path is the backward sup ADF sequence (BSADF).

    References
    ----------
    .. [1] Phillips, Shi & Yu (2015), International Economic Review 56, 1043-1078.
    """
    return _recursion("gsadf", prices, lags, min_window, log, np.iinfo(np.int64).max, max_points, signs, gls)


def bsadf(
    prices: Series,
    lags: Lags = 0,
    min_window: int | None = None,
    log: bool = True,
    *,
    max_points: int = MAX_POINTS,
    signs: bool = False,
    gls: Gls | None = None,
) -> ExplosiveTest:
    """Backward sup ADF: as `gsadf`, but the statistic is the reading at the last observation.

    Parameters
    ----------
    prices, lags, min_window, log, max_points, signs, gls
        As for `sadf`.

    Returns
    -------
    ExplosiveTest
    """
    return _recursion("bsadf", prices, lags, min_window, log, np.iinfo(np.int64).max, max_points, signs, gls)
