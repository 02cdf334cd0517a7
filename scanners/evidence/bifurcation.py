"""Bifurcation evidence of one series: trends of slowing down, the phase portrait, the explosive root.

All of it comes from the log prices of the last 750 sessions (as long as the longest fitted window), with 199
null paths a test (399 for the explosive root, judged at 1%); the smallest p-values are 1/200 and 1/400. The
seed is a checksum of the prices: the same prices give the same numbers in any order and any process.
"""

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from earlywarning.explosive.critical import CriticalValues
    from earlywarning.explosive.statistics import ExplosiveTest
    from earlywarning.phase.phase_portrait import Portrait
    from earlywarning.slowing.trend import TrendTest

SESSIONS = 750
FEWEST = 500  # two rolling windows
WINDOW = 250
DRAWS = 199
BOOTSTRAP_DRAWS = 399


@dataclass(frozen=True)
class Trends:
    """Rolling AR(1) and variance of causally detrended log prices, and whether the path slows down.

    Parameters
    ----------
    ar1, variance : float or None
        Over the last ``window`` sessions.
    ar1_tau, variance_tau : float or None
        Kendall tau of the rolling indicator.
    p_value : float or None
        Of AR(1) and restoring rate rising together, which growing noise alone does not raise, against GARCH
        walks that went through the same windows.
    window, bandwidth : int, float
        Sessions of the rolling window and of the causal Gaussian detrending.
    """

    ar1: float | None
    variance: float | None
    ar1_tau: float | None
    variance_tau: float | None
    p_value: float | None
    window: int = WINDOW
    bandwidth: float | None = WINDOW / 5


@dataclass(frozen=True)
class PhasePortrait:
    """What a cubic drift of the log price says.

    Parameters
    ----------
    identified : bool
        Whether the shape, stable beside unstable points, is more than null paths show.
    state : str
        ``convergent``, ``divergent`` or ``undetermined``.
    margin : float or None
        Shift of the drift, per session, that destroys the present equilibrium; None without one.
    margin_interval : tuple of float or None
        Its 95% interval; a lower end at or below zero does not exclude the fold.
    p_value : float
        Of the shape.
    message : str
        Why it is not identified, empty when it is.
    """

    identified: bool
    state: str
    margin: float | None
    margin_interval: tuple[float, float] | None
    p_value: float
    message: str


@dataclass(frozen=True)
class ExplosiveRoot:
    """The backward sup ADF statistic at the last session.

    Parameters
    ----------
    statistic : float
        BSADF of log prices, no lagged differences.
    critical_95, critical_99 : float
        Critical values of a random walk of the same length.
    p_value : float or None
        Wild bootstrap; computed only above the 95% value.
    rising : bool
        Whether prices rose over the shortest window: a sharp fall is explosive too.
    """

    statistic: float
    critical_95: float
    critical_99: float
    p_value: float | None
    rising: bool


@dataclass(frozen=True)
class Bifurcation:
    """The three kinds of evidence, from the same ``sessions`` sessions."""

    sessions: int
    trends: Trends
    portrait: PhasePortrait
    explosive: ExplosiveRoot


@dataclass(frozen=True, eq=False)
class Measured:
    """The library's results behind the evidence.

    ``bootstrap`` says what the last session is judged by, and is None where it was not needed.
    """

    trend: "TrendTest"
    portrait: "Portrait"
    explosive: "ExplosiveTest"
    critical: "CriticalValues"
    bootstrap: "CriticalValues | None"
    seed: int


def measure(closes: pd.Series, window: int = WINDOW, *, judged: bool = True) -> Measured:
    """Run the three tests on the last ``3 window`` closes.

    Parameters
    ----------
    closes : pandas.Series
        Positive closes, oldest first.
    window : int
        Sessions of the rolling window; detrending takes a fifth of it.
    judged : bool
        Whether an explosive root above its 95% value is held to the wild bootstrap; nothing else rests on it.

    Raises
    ------
    ValueError
        With fewer than ``2 window`` closes, or prices that the tests cannot use.
    """
    import earlywarning

    if len(closes) < 2 * window:
        raise ValueError(f"window must be at most half of the {len(closes)} sessions, got {window}")
    if not closes.min() > 0:
        raise ValueError(f"closes must be positive to take logs, got {closes.min():g}")
    closes = closes.iloc[-3 * window :]
    levels = np.log(closes)
    seed = zlib.crc32(levels.to_numpy().tobytes())
    trend = earlywarning.trend_test(levels, window=window, bandwidth=window / 5, n=DRAWS, seed=seed)
    explosive = earlywarning.bsadf(closes)
    critical = earlywarning.critical_values(len(levels), "bsadf")
    judged = judged and explosive.statistic > critical.at(0.95)
    null = bootstrap(explosive, seed, path=False) if judged else None
    portrait = earlywarning.portrait(levels, n_null=DRAWS, seed=seed)
    return Measured(trend, portrait, explosive, critical, null, seed)


def measured_where_possible(closes: pd.Series, *, judged: bool = True) -> Measured | None:
    """Run the tests; None with fewer than 500 closes, and where they hardly vary, as those of a peg."""
    if len(closes) < FEWEST:
        return None
    try:
        return measure(closes, judged=judged)
    except ValueError:
        return None


def bootstrap(explosive: "ExplosiveTest", seed: int, *, path: bool = True) -> "CriticalValues":
    """Return the critical values of an explosive root by the wild bootstrap, through time or at the end."""
    import earlywarning

    return earlywarning.bootstrap_critical_values(
        explosive, replications=BOOTSTRAP_DRAWS, seed=seed, path=path
    )


def condense(found: Measured) -> Bifurcation:
    """Return the numbers that a verdict may rest on."""
    trend, portrait, explosive, critical = found.trend, found.portrait, found.explosive, found.critical
    last, margin = trend.indicators.iloc[-1], _known(portrait.margin)
    null = found.bootstrap if explosive.statistic > critical.at(0.95) else None
    levels = explosive.levels
    return Bifurcation(
        sessions=len(levels),
        trends=Trends(
            ar1=_known(last["ar1"]),
            variance=_known(last["variance"]),
            ar1_tau=_known(trend.tau["ar1"]),
            variance_tau=_known(trend.tau["variance"]),
            p_value=_known(trend.p_value),
            window=trend.window,
            bandwidth=trend.bandwidth,
        ),
        portrait=PhasePortrait(
            identified=portrait.identified,
            state=portrait.state,
            margin=margin,
            margin_interval=None if margin is None else portrait.intervals["margin"],
            p_value=portrait.p_value,
            message=portrait.message,
        ),
        explosive=ExplosiveRoot(
            statistic=explosive.statistic,
            critical_95=critical.at(0.95),
            critical_99=critical.at(0.99),
            p_value=None if null is None else null.p_value(explosive.statistic),
            rising=bool(levels[-1] >= levels[-1 - explosive.min_window]),
        ),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
