"""Phase portrait: the rate of change of a series as a polynomial of its level, and where it stands."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.garch import FEWEST_SHOCKS, fit_garch
from earlywarning.core.input_checks import Series, finite_values
from earlywarning.core.notebook import interval, table
from earlywarning.core.null_refits import autoregression, null_p_values, worst
from earlywarning.core.plain_values import label, plain
from earlywarning.phase.drift import Drift, estimate_drift
from earlywarning.phase.fixed_points import (
    FixedPoint,
    Fold,
    fixed_points,
    folds,
    home_of,
    nearest_fold,
    shape_of,
)
from earlywarning.phase.portrait_nulls import null_statistics

Interval = tuple[float, float]
# Residuals below this share of the series are rounding.
EXACT = 1e-12
NOWHERE = (float("nan"), float("nan"))


@dataclass(frozen=True, eq=False)
class Portrait:
    """Drift ``f(x) = th0 + th1 x + ...`` of a level series, its equilibria, and where the present stands.

    Attributes
    ----------
    drift : Drift
        The fitted polynomial, callable, with errors and noise.
    fixed_points : tuple of FixedPoint
        Levels of zero drift in ascending order.
    folds : tuple of Fold
        Turning points of the drift in ascending order.
    shape : str
        ``stable between unstable``, ``unstable between stable``, ``stable and unstable``, ``one stable``,
        ``one unstable``, ``touching zero`` or ``no equilibrium``.
    state : str
        ``convergent``, ``divergent`` or ``undetermined``: whether the slope ``f'(present)`` has an
        interval, and a rank among null refits, that leave zero on one side.
    slope, margin : float
        ``f'(present)``, and the shift of ``th0`` that destroys the equilibrium the present belongs to
        (NaN without one).
    intervals : dict of str to tuple of float
        Of ``slope`` and ``margin`` at the confidence level.
    p_values : dict of str to dict of str to float
        By question, then by null family. ``feedback``: does the drift depend on the level (random_walk,
        garch)? ``shape``: is the highest power needed (those and mean_reverting)? ``convergent``,
        ``divergent``: is the slope that low, that high, under a random walk (random_walk, garch)?
    p_value : float
        Largest of the ``shape`` and ``feedback`` p-values.
    reverting : bool
        Feedback is established and a stable point exists: the weaker finding.
    identified : bool
        The shape is established as well, with stable and unstable points. Only then do the unstable
        points and the margin deserve belief.
    message : str
        Why the shape is not identified; empty when it is.
    levels, index, dt, confidence
        The series, its labels, its time step and the level of the intervals.
    """

    drift: Drift
    fixed_points: tuple[FixedPoint, ...]
    folds: tuple[Fold, ...]
    shape: str
    state: str
    slope: float
    margin: float
    intervals: dict[str, Interval]
    p_values: dict[str, dict[str, float]]
    p_value: float
    reverting: bool
    identified: bool
    message: str
    levels: np.ndarray
    index: pd.Index
    dt: float
    confidence: float

    @property
    def coefficients(self) -> np.ndarray:
        """Coefficients ``th0, th1, ...`` in powers of the level, per unit of time."""
        return self.drift.in_levels()[0]

    @property
    def covariance(self) -> np.ndarray:
        """Robust covariance of the coefficients."""
        return self.drift.in_levels()[1]

    @property
    def present(self) -> float:
        """Last level."""
        return float(self.levels[-1])

    @property
    def quantile(self) -> float:
        """Standard errors on each side of an interval."""
        return float(NormalDist().inv_cdf(0.5 + self.confidence / 2))

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values, without the series itself."""
        hidden = {"drift", "levels", "index", "fixed_points", "folds"}
        values = {
            name: plain(getattr(self, name)) for name in self.__dataclass_fields__ if name not in hidden
        }
        derived = {name: plain(getattr(self, name)) for name in ("coefficients", "covariance", "present")}
        parts = {name: [part.to_dict() for part in getattr(self, name)] for name in ("fixed_points", "folds")}
        return values | derived | parts

    def plot(self, ax: Any = None, behind: Any = None) -> Any:
        """Draw drift against level, over non-parametric `transitions` when given; return the axes."""
        from earlywarning.plot.phase import plot_portrait

        return plot_portrait(self, ax, behind)

    def _repr_html_(self) -> str:
        slope, margin = interval(self.intervals["slope"]), interval(self.intervals["margin"])
        points = (
            f"{'stable' if point.stable else 'unstable'} {point.value:.6g} {interval(point.interval)}"
            for point in self.fixed_points
        )
        rows = {
            "present": f"{self.present:.6g} at {label(self.index, len(self.levels) - 1)}",
            "state": f"{self.state}: slope {self.slope:.4g} {slope}",
            "shape": self.shape,
            "fixed points": "; ".join(points) or "none",
            "fold margin": "none" if np.isnan(self.margin) else f"{self.margin:.4g} {margin}",
            "identified": "yes" if self.identified else f"no: {self.message}",
            "p": f"{self.p_value:.3f}",
        }
        note = "" if self.identified else "Shape, fixed points and margin are not established."
        return table("Phase portrait", rows, note)


def portrait(
    x: Series,
    dt: float = 1.0,
    *,
    degree: int = 3,
    covariance: str = "hac",
    lags: int | None = None,
    confidence: float = 0.95,
    n_null: int = 500,
    seed: int = 0,
    n_jobs: int = 1,
) -> Portrait:
    """Estimate the drift of a level series and judge its present feedback, equilibria and distance to a fold.

    Parameters
    ----------
    x : pandas.Series or array of shape (n,)
        Finite levels at equal time steps (a price deviation, an inflation rate, a debt ratio); at least 52.
    dt : float
        Time step.
    degree : {3, 2}
        Cubic, or quadratic (one fold).
    covariance : {"hac", "garch"}
        Equal weights, or weights from GARCH(1,1)-t variances; the covariance allows for serial
        correlation and changing variance either way.
    lags : int, optional
        Lags of the long-run covariance; ``floor(4 (n / 100)^(2/9))`` by default.
    confidence : float
        Level of all intervals; one minus it is the size of all tests.
    n_null : int
        Refitted null paths of each of three families; 0 skips them, and then nothing is identified.
    seed, n_jobs : int
        Seed and threads; threads do not change the numbers.

    Returns
    -------
    Portrait

    Raises
    ------
    ValueError
        For missing values, too few points or distinct levels, or an impossible option.

    Notes
    -----
    A cubic fitted to a random walk shows three roots a third of the time, with t-ratios that textbooks call
    significant. So p-values come from refits to simulated random walks, GARCH walks and a linear
    mean-reverting process, and the default answer is *not identified*.
    """
    levels, index = finite_values(x, "x", least=FEWEST_SHOCKS + 2)
    _check(levels, dt, degree, covariance, confidence, n_null)
    n = len(levels) - 1
    lags = int(4 * (n / 100) ** (2 / 9)) if lags is None else lags
    if not 0 <= lags < n / 2:
        raise ValueError(f"lags must lie between 0 and half the {n} steps, got {lags}")
    garch = fit_garch(autoregression(levels)[2]) if n_null or covariance == "garch" else None
    weighting = garch.variance_parameters() if garch and covariance == "garch" else np.empty(0)
    drift = estimate_drift(levels, dt, degree, lags, weighting)
    fit = (degree, lags, weighting)
    nulls = null_statistics(levels, garch, n_null, seed, n_jobs, fit) if garch and n_null else {}
    return _read(drift, null_p_values(levels, nulls, fit), levels, index, float(dt), confidence)


def _read(
    drift: Drift,
    p_values: dict[str, dict[str, float]],
    levels: np.ndarray,
    index: pd.Index,
    dt: float,
    confidence: float,
) -> Portrait:
    """Equilibria, folds and the present of a fitted drift."""
    quantile = NormalDist().inv_cdf(0.5 + confidence / 2)
    points, turns = fixed_points(drift, quantile), folds(drift, quantile)
    shape = shape_of(points)
    home = home_of(points, levels[-1])
    fold = nearest_fold(points, turns, home) if home else None
    slope = float(drift.slope(levels[-1]))
    reach = quantile * float(drift.slope_error(levels[-1]))
    around = (slope - reach, slope + reach)
    reverting, message = _verdict(p_values, points, shape, 1 - confidence)
    return Portrait(
        drift=drift,
        fixed_points=points,
        folds=turns,
        shape=shape,
        state=_state(around, p_values, 1 - confidence),
        slope=slope,
        margin=abs(fold.shift) if fold else float("nan"),
        intervals={"slope": around, "margin": fold.interval if fold else NOWHERE},
        p_values=p_values,
        p_value=max(worst(p_values, "shape"), worst(p_values, "feedback")),
        reverting=reverting,
        identified=message == "",
        message=message,
        levels=levels,
        index=index,
        dt=dt,
        confidence=confidence,
    )


def _check(
    levels: np.ndarray, dt: float, degree: int, covariance: str, confidence: float, n_null: int
) -> None:
    if not dt > 0:
        raise ValueError(f"dt must be positive, got {dt}")
    if degree not in (2, 3):
        raise ValueError(f"degree must be 2 or 3, got {degree}")
    if covariance not in ("hac", "garch"):
        raise ValueError(f"covariance must be 'hac' or 'garch', got {covariance!r}")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    if n_null < 0:
        raise ValueError(f"n_null must not be negative, got {n_null}")
    if np.ptp(levels[:-1]) == 0:
        raise ValueError(f"x must vary before its last point, got {levels[0]:g} throughout")
    if np.std(autoregression(levels)[2]) <= EXACT * np.std(levels):
        raise ValueError("x must have noise, got a series that follows from its first points exactly")


def _state(slope: Interval, p_values: dict[str, dict[str, float]], size: float) -> str:
    for state, outside in (("convergent", slope[1] < 0), ("divergent", slope[0] > 0)):
        if outside and not worst(p_values, state) > size:
            return state
    return "undetermined"


def _verdict(
    p_values: dict[str, dict[str, float]], points: tuple[FixedPoint, ...], shape: str, size: float
) -> tuple[bool, str]:
    """Whether mean reversion is established, and why the shape is not (empty when it is)."""
    if not p_values["shape"]:
        return False, "no null paths were refitted"
    feedback, top = worst(p_values, "feedback"), worst(p_values, "shape")
    has_stable = any(p.stable for p in points)
    reverting = feedback <= size and has_stable
    if feedback > size:
        return reverting, f"a random walk would look like this (p = {feedback:.2f})"
    if not has_stable or all(p.stable for p in points):
        return reverting, f"the fit has no stable point beside an unstable one ({shape})"
    if top > size:
        return reverting, f"linear feedback or a random walk would look like this (p = {top:.2f})"
    return reverting, ""
