"""What curves with AR(1) errors say: likelihoods, tests between curves, intervals of tc, m and omega."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import erfinv

from lppl.core import notebook
from lppl.core.series import date_of, date_text
from lppl.diagnostics.shock_variance import Shocks

LEVELS = (0.8, 0.95)


@dataclass(frozen=True)
class ErrorCurve:
    """One curve with AR(1) errors at its largest likelihood; parameters it does not have are NaN.

    Attributes
    ----------
    name : str
        ``"random walk"``, ``"exponential trend"``, ``"power law"`` or ``"LPPLS"``.
    log_likelihood, bic : float
        Log-likelihood of the log-returns, and the Bayesian information criterion without the GARCH
        parameters, which all curves share.
    parameters : int
        Parameters it counts.
    rho, sigma : float
        AR(1) coefficient of the errors; root of the geometric mean variance of their shocks.
    drift : float
        Growth of the log-price per time unit, of the first two curves.
    tc, m, omega, A, B, C1, C2 : float
        Parameters of the last two, tc in time units from the first price.
    """

    name: str
    log_likelihood: float
    bic: float
    parameters: int
    rho: float
    sigma: float
    drift: float
    tc: float
    m: float
    omega: float
    A: float
    B: float
    C1: float
    C2: float


@dataclass(frozen=True, eq=False)
class LikelihoodRatio:
    """LPPLS against a simpler curve, with what the statistic is where the simpler curve holds.

    Attributes
    ----------
    null : str
        Name of the simpler curve.
    statistic : float
        Twice the difference of the log-likelihoods.
    p_value : float
        Share of simulated series, refitted, that reach it; it and they counted in. The largest over the
        simpler curve and those that are cases of it.
    drawn_from : str
        The curve that gives this p-value.
    null_values : ndarray, shape (resamples,)
        Statistics of its series, NaN (which counts as reaching it) where GARCH could not be fitted.
    """

    null: str
    drawn_from: str
    statistic: float
    p_value: float
    null_values: NDArray[np.float64]


@dataclass(frozen=True)
class ParameterInterval:
    """Values of a parameter that a likelihood-ratio test does not reject, from the first to the last.

    Attributes
    ----------
    name : str
        ``"tc"``, ``"m"`` or ``"omega"``.
    level : float
        Nominal confidence.
    low, high : float
        Its ends.
    edges : tuple of str
        ``"lower"``, ``"upper"``: bounds of the box, not of the data, that are its ends.
    """

    name: str
    level: float
    low: float
    high: float
    edges: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ParameterProfile:
    """How well the data determine one parameter of the LPPLS.

    Attributes
    ----------
    name : str
        ``"tc"``, ``"m"`` or ``"omega"``.
    values, log_likelihood : ndarray, shape (k,)
        Increasing values, and the largest log-likelihood at each, 0 at the best.
    drawn : ndarray, shape (resamples,)
        Likelihood-ratio statistics of the fitted value in series drawn from the fitted LPPLS, NaN (which
        counts as largest) where GARCH could not be fitted; empty without resamples.
    """

    name: str
    values: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    drawn: NDArray[np.float64]

    def cut(self, level: float) -> float:
        """Return the statistic where an interval ends: chi-squared on 1, or the draws' if larger."""
        if not 0.0 < level < 1.0:
            raise ValueError(f"level must lie between 0 and 1, got {level}")
        asymptotic = 2.0 * float(erfinv(level)) ** 2
        if not self.drawn.size:
            return asymptotic
        ranked = np.sort(np.where(np.isnan(self.drawn), np.inf, self.drawn))
        place = math.ceil(level * (ranked.size + 1)) - 1
        return max(asymptotic, float(ranked[place]) if place < ranked.size else math.inf)

    def interval(self, level: float = 0.95) -> ParameterInterval:
        """Return the interval of nominal confidence ``level``; `docs/error_models.md` has what it holds."""
        height = self.log_likelihood + 0.5 * self.cut(level)
        inside = np.flatnonzero(height >= 0.0)
        first, last = int(inside[0]), int(inside[-1])
        x, ends = self.values, []
        for k, beyond in ((first, first - 1), (last, last + 1)):
            at_edge = not 0 <= beyond < x.size
            ends.append(
                x[k] if at_edge else x[k] + (x[beyond] - x[k]) * height[k] / (height[k] - height[beyond])
            )
        edges = (("lower",) if first == 0 else ()) + (("upper",) if last == x.size - 1 else ())
        return ParameterInterval(self.name, level, float(ends[0]), float(ends[1]), edges)


@dataclass(frozen=True, eq=False)
class ErrorModel:
    """Four curves with AR(1) errors; times in units from the first price handed in.

    Attributes
    ----------
    curves : tuple of ErrorCurve
        From the random walk to the LPPLS.
    tests : tuple of LikelihoodRatio
        LPPLS against each of the others; empty without resamples.
    profiles : dict of ParameterProfile
        Of the LPPLS' ``"tc"``, ``"m"`` and ``"omega"``.
    shocks : Shocks
        Variances of the shocks, estimated once from the log-returns.
    n : int
        Prices.
    """

    curves: tuple[ErrorCurve, ...]
    tests: tuple[LikelihoodRatio, ...]
    profiles: dict[str, ParameterProfile]
    shocks: Shocks
    n: int
    t2: float
    time: str
    dates: pd.DatetimeIndex | None

    @property
    def lppls(self) -> ErrorCurve:
        """The LPPLS."""
        return self.curves[-1]

    @property
    def best(self) -> str:
        """Name of the curve of the least BIC."""
        return min(self.curves, key=lambda curve: curve.bic).name

    def identified(self, name: str, level: float = 0.95) -> bool:
        """Return whether the data determine ``"tc"``, ``"m"`` or ``"omega"``.

        The interval at ``level`` must lie inside the box, and tests at ``1 - level`` must prefer the LPPLS to
        all curves that do not have the parameter: random walk and exponential trend, for omega the power law
        too. Without tests nothing is identified.
        """
        without = self.tests[: 3 if name == "omega" else 2]
        preferred = bool(without) and all(test.p_value <= 1.0 - level for test in without)
        return preferred and not self.profiles[name].interval(level).edges

    def date(self, tc: float) -> pd.Timestamp | None:
        """Return the date of a critical time, None without dates."""
        return date_of(tc, self.dates, self.time)

    def to_frame(self) -> pd.DataFrame:
        """Return a row a curve: likelihood, BIC, parameters, and the test of LPPLS against it."""
        frame = pd.DataFrame([asdict(curve) for curve in self.curves]).set_index("name")
        for column in ("statistic", "p_value"):
            frame[column] = pd.Series({test.null: getattr(test, column) for test in self.tests}, dtype=float)
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return curves, tests and intervals as plain values."""
        day = self.date(self.lppls.tc)
        return {
            "n": self.n,
            "t2": self.t2,
            "best": self.best,
            "tc_date": None if day is None else date_text(day),
            "curves": [asdict(curve) for curve in self.curves],
            "tests": [
                {"null": test.null, "statistic": test.statistic, "p_value": test.p_value}
                for test in self.tests
            ],
            "intervals": [
                asdict(found)
                | {"edges": list(found.edges), "identified": self.identified(found.name, found.level)}
                for profile in self.profiles.values()
                for found in map(profile.interval, LEVELS)
            ],
            "shocks": self.shocks.to_dict(),
        }

    def _repr_html_(self) -> str:
        shown = ["log_likelihood", "bic", "rho", "statistic", "p_value"]
        said = []
        for name, profile in self.profiles.items():
            found = profile.interval(0.95)
            ends = f"{found.low:.4g} to {found.high:.4g}"
            said.append(f"{name} {ends}" if self.identified(name) else f"{name} not identified ({ends})")
        note = f"95% intervals of the LPPLS: {'; '.join(said)}. Least BIC: {self.best}."
        title = f"Curves with AR(1) errors, {self.n} observations"
        return notebook.listing(title, self.to_frame()[shown].reset_index(), note)


def bic(log_likelihood: float, parameters: int, returns: int) -> float:
    """Return the Bayesian information criterion."""
    return parameters * math.log(returns) - 2.0 * log_likelihood
