"""Bifurcation evidence of one series: trends of slowing down, the phase portrait, the explosive root.

All of it comes from the log prices of the last 750 sessions (as long as the longest fitted window), with 199
null paths a test (399 for the explosive root, judged at 1%); the smallest p-values are 1/200 and 1/400. The
seed is a checksum of the prices: the same prices give the same numbers in any order and any process.
"""

import math
import zlib
from dataclasses import dataclass

import numpy as np

SESSIONS = 750
FEWEST = 500  # two rolling windows
WINDOW = 250
BANDWIDTH = 50
DRAWS = 199
BOOTSTRAP_DRAWS = 399


@dataclass(frozen=True)
class Trends:
    """Rolling AR(1) and variance of causally detrended log prices, and whether they rise together.

    Parameters
    ----------
    ar1, variance : float
        Over the last ``window`` sessions.
    ar1_tau, variance_tau : float
        Kendall tau of the rolling indicator.
    p_value : float or None
        Of both rising together, against GARCH walks that went through the same windows.
    window, bandwidth : int
        Sessions of the rolling window and of the causal Gaussian detrending.
    """

    ar1: float
    variance: float
    ar1_tau: float | None
    variance_tau: float | None
    p_value: float | None
    window: int = WINDOW
    bandwidth: int = BANDWIDTH


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


def bifurcation(closes: np.ndarray) -> Bifurcation | None:
    """Return the evidence at the last close, or None with fewer than 500 closes.

    Parameters
    ----------
    closes : array, shape (n,)
        Positive closes, oldest first; the last 750 are used.
    """
    if len(closes) < FEWEST:
        return None
    levels = np.log(closes[-SESSIONS:])
    seed = zlib.crc32(levels.tobytes())
    return Bifurcation(len(levels), _trends(levels, seed), _portrait(levels, seed), _explosive(levels, seed))


def _trends(levels: np.ndarray, seed: int) -> Trends:
    import earlywarning

    test = earlywarning.trend_test(levels, window=WINDOW, bandwidth=BANDWIDTH, n=DRAWS, seed=seed)
    last = test.indicators.iloc[-1]
    return Trends(
        ar1=float(last["ar1"]),
        variance=float(last["variance"]),
        ar1_tau=_known(test.tau["ar1"]),
        variance_tau=_known(test.tau["variance"]),
        p_value=_known(test.p_value),
    )


def _portrait(levels: np.ndarray, seed: int) -> PhasePortrait:
    import earlywarning

    found = earlywarning.portrait(levels, n_null=DRAWS, seed=seed)
    margin = _known(found.margin)
    return PhasePortrait(
        identified=found.identified,
        state=found.state,
        margin=margin,
        margin_interval=None if margin is None else found.intervals["margin"],
        p_value=found.p_value,
        message=found.message,
    )


def _explosive(levels: np.ndarray, seed: int) -> ExplosiveRoot:
    import earlywarning

    test = earlywarning.bsadf(levels, log=False)
    critical = earlywarning.critical_values(len(levels), "bsadf")
    p_value = None
    if test.statistic > critical.at(0.95):
        null = earlywarning.bootstrap_critical_values(test, replications=BOOTSTRAP_DRAWS, seed=seed)
        p_value = null.p_value(test.statistic)
    return ExplosiveRoot(
        statistic=test.statistic,
        critical_95=critical.at(0.95),
        critical_99=critical.at(0.99),
        p_value=p_value,
        rising=bool(levels[-1] >= levels[-1 - test.min_window]),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
