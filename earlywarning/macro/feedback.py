"""Time-varying feedback of one change on another: its size now, its sign, and when the sign changed."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from earlywarning._kernels.feedback import filter_coefficient, long_run_fit, rolling_fit
from earlywarning.core.frames import labelled
from earlywarning.core.input_checks import Series, finite_values, whole_number
from earlywarning.core.notebook import table
from earlywarning.core.null_refits import upper_share
from earlywarning.core.plain_values import label, plain
from earlywarning.macro.feedback_nulls import constant_paths
from earlywarning.macro.sign_episodes import SignChange, SignEpisode, sign_changes, sign_episodes

Interval = tuple[float, float]
FEWEST = 20
# Columns of the frame in which data after a row's label have a part.
LATER = ("low", "high", "sign", "filtered", "filtered_low", "filtered_high")
WORDS = {1: "positive", -1: "negative", 0: "not identified"}
# Variance of the coefficient's steps over that of the noise, in units of scaled data: searched in logs.
_RATIOS = (1e-8, 1.0)


@dataclass(frozen=True, eq=False)
class Feedback:
    """A coefficient that may change in time.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row an observation, NaN before the first window: ``rolling`` coefficient with ``low`` and ``high``,
        ``t``, pointwise ``sign`` (-1, 0, 1), and the ``filtered`` coefficient with its ends. Later data
        change all but ``rolling`` and ``t``: their one critical value, and the filter's one variance, come
        from all that was handed in. ``frame.attrs["later_data_change"]`` names them.
    coefficient, interval : float, tuple of float
        In the last window, with an interval whose width comes from the bootstrap distribution of t.
    filtered, filtered_interval : float, tuple of float
        Kalman filter at the last observation: a random-walk coefficient, its variance by maximum likelihood.
    ratio : float
        Variance of the coefficient's steps over that of the noise, both variables scaled to unit spread.
    sign : int
        In the last window: -1, 1, or 0 when the interval holds zero.
    regime : int
        Of the last established episode, 0 when no sign was ever established.
    since : str
        Label from which on the regime was seen; empty without one.
    episodes : tuple of SignEpisode
        Established episodes, in order.
    changes : tuple of SignChange
        Between them.
    p_value : float
        Of no change of sign: share of resampled constant relations whose weaker sign is as strong.
    critical_t : float
        Bootstrap size of t that leaves zero outside an interval.
    window, lags : int
        Of the rolling fit.
    confidence : float
        Level of intervals; one minus it is the size of the tests.
    """

    frame: pd.DataFrame
    coefficient: float
    interval: Interval
    filtered: float
    filtered_interval: Interval
    ratio: float
    sign: int
    regime: int
    since: str
    episodes: tuple[SignEpisode, ...]
    changes: tuple[SignChange, ...]
    p_value: float
    critical_t: float
    window: int
    lags: int
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return the present reading as plain Python values, without the history."""
        hidden = {"frame", "episodes", "changes"}
        values = {
            name: plain(getattr(self, name)) for name in self.__dataclass_fields__ if name not in hidden
        }
        parts = {name: [part.to_dict() for part in getattr(self, name)] for name in ("episodes", "changes")}
        return values | parts

    def plot(self, ax: Any = None) -> Any:
        """Draw rolling and filtered coefficients with their bands and the changes; return the axes."""
        from earlywarning.plot.macro import plot_feedback

        return plot_feedback(self, ax)

    def _repr_html_(self) -> str:
        rows = {
            "last window": f"{self.window} to {label(self.frame.index, len(self.frame) - 1)}",
            "coefficient": f"{self.coefficient:.4g} [{self.interval[0]:.4g}, {self.interval[1]:.4g}]",
            "filtered": "{:.4g} [{:.4g}, {:.4g}]".format(self.filtered, *self.filtered_interval),
            "sign": WORDS[self.sign],
            "regime": f"{WORDS[self.regime]}{f', seen since {self.since}' if self.since else ''}",
            "changes of sign": f"{len(self.changes)} (p = {self.p_value:.3f})",
        }
        return table("Time-varying feedback", rows)


def time_varying(
    y: Series,
    x: Series | None = None,
    *,
    window: int = 104,
    lags: int | None = None,
    confidence: float = 0.95,
    replications: int = 299,
    block: float | None = None,
    every: int = 4,
    seed: int = 0,
    n_jobs: int = 1,
) -> Feedback:
    """Estimate the coefficient of one change on another through time, and date the changes of its sign.

    Parameters
    ----------
    y : pandas.Series or array of shape (n,)
        Changes to explain: differences of yields, log returns of prices.
    x : the same, optional
        Changes that explain. Two series are joined on their labels, rows with a gap dropped. Without x the
        coefficient is the mean of y: its drift.
    window : int
        Observations of the rolling fit, at least 20; n must be at least twice that.
    lags : int, optional
        Lags of the Bartlett long-run error; ``floor(4 (window / 100)^(2/9))`` by default.
    confidence : float
        Level of the intervals; one minus it is the size of the tests.
    replications : int
        Resampled constant relations.
    block : float, optional
        Mean length of the resampled blocks; the cube root of n by default.
    every : int
        The test for a change of sign looks at every so many windows, in the data and in the resampled paths.
    seed, n_jobs : int
        Seed and threads; threads do not change the numbers.

    Returns
    -------
    Feedback

    Raises
    ------
    ValueError
        For missing values in arrays, unequal lengths, too few points, a series that does not vary, or
        impossible options.

    Notes
    -----
    All estimates at t use observations up to t; the filter's one variance and the bootstrap use all that is
    handed in. The null of every p-value is the constant relation: pairs of x and residual are resampled by
    the stationary bootstrap [1]_ and the whole rolling fit is rerun on them. An episode of a sign is
    established when its strongest t reaches what the weaker of two signs shows in no more than one path in
    twenty (at 95%); so a constant or absent relation shows a change with at most that probability.

    References
    ----------
    .. [1] Politis & Romano (1994), JASA 89, 1303-1313.
    .. [2] Newey & West (1987), Econometrica 55, 703-708.
    """
    window = whole_number(window, "window", FEWEST)
    every = whole_number(every, "every", 1)
    whole_number(replications, "replications", 19)
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    lags = int(4 * (window / 100) ** (2 / 9)) if lags is None else whole_number(lags, "lags", 0)
    if lags >= window / 2:
        raise ValueError(f"lags must stay below half the window of {window}, got {lags}")
    first, second, index = _joined(y, x, window)
    intercept = x is not None
    block = max(1.0, len(first) ** (1 / 3)) if block is None else block
    if not block >= 1:
        raise ValueError(f"block must be at least 1, got {block}")
    slope, _ = long_run_fit(first, second, intercept, lags)
    if math.isnan(slope):
        raise ValueError("x and y must vary and not be proportional")
    residual = first - slope * second
    fits = rolling_fit(first, second, window, intercept, lags)
    weaker, centred = constant_paths(
        second,
        residual,
        slope,
        window=window,
        intercept=intercept,
        lags=lags,
        every=every,
        block=block,
        replications=replications,
        seed=seed,
        n_jobs=n_jobs,
    )
    critical = float(np.quantile(np.abs(centred), confidence))
    episodes = sign_episodes(fits, critical, weaker, confidence, every, index)
    changes = sign_changes(episodes, first, second, intercept, window, weaker, index)
    t = fits[:, 0] / fits[:, 1]
    grid = t[len(t) - 1 :: -every]
    observed = min(max(np.nanmax(grid), 0.0), max(-np.nanmin(grid), 0.0))
    ratio, filtered, spread = _filtered(first, second, intercept)
    frame = _frame(fits, critical, filtered, spread, window, confidence, index)
    now = frame.iloc[-1]
    return Feedback(
        frame=frame,
        coefficient=float(now["rolling"]),
        interval=(float(now["low"]), float(now["high"])),
        filtered=float(now["filtered"]),
        filtered_interval=(float(now["filtered_low"]), float(now["filtered_high"])),
        ratio=ratio,
        sign=0 if math.isnan(now["sign"]) else int(now["sign"]),
        regime=episodes[-1].sign if episodes else 0,
        since=episodes[-1].start_label if episodes else "",
        episodes=episodes,
        changes=changes,
        p_value=upper_share(weaker, observed),
        critical_t=critical,
        window=window,
        lags=lags,
        confidence=confidence,
    )


def _joined(y: Series, x: Series | None, window: int) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    y, x = labelled(y, "y"), None if x is None else labelled(x, "x")
    if isinstance(y, pd.Series) and isinstance(x, pd.Series):
        both = pd.concat([y, x], axis=1, join="inner").dropna()
        y, x = both.iloc[:, 0], both.iloc[:, 1]
    first, index = finite_values(y, "y", least=2 * window)
    second = np.ones(len(first)) if x is None else finite_values(x, "x", least=2 * window)[0]
    if len(first) != len(second):
        raise ValueError(f"y and x must have equal length, got {len(first)} and {len(second)}")
    for name, values in (("y", first), *([] if x is None else [("x", second)])):
        if np.ptp(values) == 0:
            raise ValueError(f"{name} must vary, got {values[0]:g} throughout")
    return np.array(first, dtype=float, order="C"), np.array(second, dtype=float, order="C"), index


def _filtered(y: np.ndarray, x: np.ndarray, intercept: bool) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the variance ratio by maximum likelihood, and the filtered coefficient with its error."""
    from scipy.optimize import minimize_scalar

    scale_y, scale_x = y.std(), x.std() if intercept else 1.0
    if intercept:  # else a changing coefficient would move the constant with the mean of x
        y, x = y - y.mean(), x - x.mean()
    scaled = (y / scale_y, x / scale_x, intercept)

    def cost(log_ratio: float) -> float:
        return -filter_coefficient(*scaled, math.exp(log_ratio))[1]

    low, high = (math.log(end) for end in _RATIOS)
    found = minimize_scalar(cost, bounds=(low, high), method="bounded", options={"xatol": 1e-3})
    ratio = math.exp(found.x) if cost(found.x) < -filter_coefficient(*scaled, 0.0)[1] else 0.0
    path, _, variance = filter_coefficient(*scaled, ratio)
    unit = scale_y / scale_x
    return ratio, unit * path[:, 0], unit * np.sqrt(variance * np.maximum(path[:, 1], 0.0))


def _frame(
    fits: np.ndarray,
    critical: float,
    filtered: np.ndarray,
    spread: np.ndarray,
    window: int,
    confidence: float,
    index: pd.Index,
) -> pd.DataFrame:
    slope, error = fits.T
    t = slope / error
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) * spread
    early = np.arange(len(slope)) < window - 1
    frame = pd.DataFrame(
        {
            "rolling": slope,
            "low": slope - critical * error,
            "high": slope + critical * error,
            "t": t,
            "sign": np.where(np.isnan(t), np.nan, np.where(np.abs(t) > critical, np.sign(t), 0.0)),
            "filtered": np.where(early, np.nan, filtered),
            "filtered_low": np.where(early, np.nan, filtered - reach),
            "filtered_high": np.where(early, np.nan, filtered + reach),
        },
        index=index,
    )
    frame.attrs["later_data_change"] = LATER
    return frame
