"""Coupled feedback of two series: joint stability, the sign of their loop and of their relation."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from earlywarning._kernels.pairs import rolling_pairs
from earlywarning.core.frames import labelled
from earlywarning.core.input_checks import Series, finite_values
from earlywarning.core.notebook import interval, table
from earlywarning.core.null_refits import upper_share
from earlywarning.core.plain_values import label, plain
from earlywarning.macro.coupling_nulls import change, relation, resampled_pairs

Interval = tuple[float, float]
FEWEST = 20
# Columns of the frame in which data after a row's label have a part.
LATER = ("p_value", "sign")


@dataclass(frozen=True, eq=False)
class Coupling:
    """Rolling first-order feedback between two series.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row an observation, NaN before the first window: ``J11 J12 J21 J22`` (Jacobian per unit of time),
        ``eigenvalue`` (largest real part), its ``low`` and ``high`` delta-method ends, ``oscillating``,
        ``loop`` (``J12 J21``), ``correlation`` of the increments, its pointwise ``p_value`` against no
        relation, and ``sign`` (-1, 0 or 1: zero unless the p-value is small). Later data change ``p_value``
        and ``sign``, whose null has all increments; ``frame.attrs["later_data_change"]`` names them.
    eigenvalue : float
        In the last window; negative means that the pair returns to its equilibrium.
    interval : tuple of float
        Its interval, the wider of delta method and residual bootstrap at each end.
    loop : str
        ``reinforcing`` (``J12 J21 > 0``), ``balancing`` or ``undetermined``, in the last window.
    loop_p_value : float
        Of the loop's sign: share of uncoupled pairs whose weaker cross effect is as strong.
    relation : int
        Sign of the correlation of the increments in the last window, 0 when its p-value is not small.
    relation_p_value : float
        Of no relation in the last window.
    change_p_value : float
        Of a relation that never changed: share of histories with one correlation, and the volatilities as
        they were, whose rolling correlation ranges as far.
    window : int
        Observations in a window.
    confidence : float
        Level of the intervals; one minus it is the size of the tests.
    """

    frame: pd.DataFrame
    eigenvalue: float
    interval: Interval
    loop: str
    loop_p_value: float
    relation: int
    relation_p_value: float
    change_p_value: float
    window: int
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return the present reading as plain Python values, without the history."""
        names = [name for name in self.__dataclass_fields__ if name != "frame"]
        return {name: plain(getattr(self, name)) for name in names}

    def plot(self, ax: Any = None) -> Any:
        """Draw the leading eigenvalue with its band and the sign of the relation; return the axes."""
        from earlywarning.plot.macro import plot_coupling

        return plot_coupling(self, ax)

    def _repr_html_(self) -> str:
        words = {1: "positive", -1: "negative", 0: "undetermined"}
        rows = {
            "last window": f"{self.window} to {label(self.frame.index, len(self.frame) - 1)}",
            "leading eigenvalue": f"{self.eigenvalue:.4g} {interval(self.interval)}",
            "loop": f"{self.loop} (p = {self.loop_p_value:.3f})",
            "relation": f"{words[self.relation]} (p = {self.relation_p_value:.3f})",
            "relation changed": f"p = {self.change_p_value:.3f}",
        }
        return table("Coupled feedback", rows)


def _paired(x: Series, y: Series, window: int) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Values of both series on their common labels, or of two arrays of equal length."""
    x, y = labelled(x, "x"), labelled(y, "y")
    if isinstance(x, pd.Series) and isinstance(y, pd.Series):
        both = pd.concat([x, y], axis=1, join="inner").dropna()
        x, y = both.iloc[:, 0], both.iloc[:, 1]
    least = window + FEWEST
    first, index = finite_values(x, "x", least=least)
    second, _ = finite_values(y, "y", least=least)
    if len(first) != len(second):
        raise ValueError(f"x and y must have equal length, got {len(first)} and {len(second)}")
    for name, values in (("x", first), ("y", second)):
        if np.ptp(values[-window:-1]) == 0:
            raise ValueError(f"{name} must vary in the last window, got {values[-2]:g} throughout")
    return first, second, index


def coupling(
    x: Series,
    y: Series,
    dt: float = 1.0,
    *,
    window: int = 250,
    confidence: float = 0.95,
    replications: int = 499,
    seed: int = 0,
    n_jobs: int = 1,
) -> Coupling:
    """Estimate the joint feedback of two series in rolling windows.

    Parameters
    ----------
    x, y : pandas.Series or arrays of shape (n,)
        Levels at equal time steps, for instance a bond yield and a log exchange rate. Two series are
        joined on their common labels, and rows with a missing value are dropped.
    dt : float
        Time step.
    window : int
        Observations in a window, at least 20; the series must be at least 20 longer.
    confidence : float
        Level of the intervals; one minus it is the size of the tests.
    replications : int
        Bootstrap samples for each p-value and for the interval.
    seed, n_jobs : int
        Seed and threads; threads do not change the numbers.

    Returns
    -------
    Coupling

    Raises
    ------
    ValueError
        For missing values in arrays, unequal lengths, too few points, constant series or impossible options.

    Notes
    -----
    Each window fits ``(x, y)[t+1] = c + A (x, y)[t] + e`` by least squares; ``J = (A - I) / dt``. The
    delta-method band takes the pair as stationary; near a unit root it is centred too low. The interval of
    the last window is the wider, at each end, of that band and the basic residual-bootstrap interval.
    P-values: the loop against two separate autoregressions with the same joint shocks, their persistence
    corrected for its bias; the relation against increments of y with block-wise random signs, which keeps
    both volatilities; its change against one correlation of the shocks under the volatilities as they were.
    A slope that stays while the volatility of x changes is a changed correlation, and is found as one.
    """
    if not dt > 0:
        raise ValueError(f"dt must be positive, got {dt}")
    if window < FEWEST:
        raise ValueError(f"window must be at least {FEWEST}, got {window}")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    if replications < 19:
        raise ValueError(f"replications must be at least 19, got {replications}")
    first, second, index = _paired(x, y, window)
    rolled = rolling_pairs(first, second, window)
    if np.isnan(rolled[-1, 0]):
        raise ValueError("x and y must not be proportional in the last window: they are one series, not two")
    seeds = np.random.SeedSequence(seed).spawn(4)
    last = (first[-window:], second[-window:])
    eigen = resampled_pairs(*last, True, replications, seeds[0], n_jobs)[:, 0]
    loops = resampled_pairs(*last, False, replications, seeds[1], n_jobs)[:, 2]
    correlation, p_values = relation(first, second, window, replications, seeds[2], n_jobs)
    frame = _frame(rolled, correlation, p_values, dt, 1.0 - confidence, index)
    now = frame.iloc[-1]
    tail = (1.0 - confidence) / 2
    ends = now["eigenvalue"] - (np.nanquantile(eigen, [1.0 - tail, tail]) - rolled[-1, 4]) / dt
    loop_p = upper_share(np.abs(loops), abs(rolled[-1, 7]))
    return Coupling(
        frame=frame,
        eigenvalue=float(now["eigenvalue"]),
        interval=(float(min(now["low"], ends[0])), float(max(now["high"], ends[1]))),
        loop=_loop(rolled[-1, 7], loop_p, 1.0 - confidence),
        loop_p_value=loop_p,
        relation=0 if np.isnan(now["sign"]) else int(now["sign"]),
        relation_p_value=float(p_values[-1]),
        change_p_value=change(first, second, window, correlation, replications, seeds[3], n_jobs),
        window=window,
        confidence=confidence,
    )


def _loop(strength: float, p_value: float, size: float) -> str:
    if not p_value <= size:
        return "undetermined"
    return "reinforcing" if strength > 0 else "balancing"


def _frame(
    rolled: np.ndarray, correlation: np.ndarray, p_values: np.ndarray, dt: float, size: float, index: pd.Index
) -> pd.DataFrame:
    jacobian = (rolled[:, :4] - np.array([1.0, 0.0, 0.0, 1.0])) / dt
    reach = NormalDist().inv_cdf(1.0 - size / 2) * rolled[:, 5] / dt
    eigenvalue = (rolled[:, 4] - 1.0) / dt
    columns = dict(zip(("J11", "J12", "J21", "J22"), jacobian.T, strict=True))
    columns |= {"eigenvalue": eigenvalue, "low": eigenvalue - reach, "high": eigenvalue + reach}
    columns |= {"oscillating": rolled[:, 6], "loop": jacobian[:, 1] * jacobian[:, 2]}
    columns |= {"correlation": correlation, "p_value": p_values}
    sign = np.where(p_values <= size, np.sign(correlation), 0.0)
    columns["sign"] = np.where(np.isnan(p_values), np.nan, sign)
    frame = pd.DataFrame(columns, index=index)
    frame.attrs["later_data_change"] = LATER
    return frame
