"""What one window's likelihood says of the critical time: the profile and its intervals."""

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import erfinv

from lppl.core import notebook
from lppl.core.series import date_of, date_text

LEVELS = (0.8, 0.95)  # nominal confidence levels


@dataclass(frozen=True)
class TcInterval:
    """Critical times whose likelihood is at least ``ratio`` times the largest, from the first to the last.

    Attributes
    ----------
    ratio : float
        Likelihood ratio at the ends.
    low, high : float
        Time units from the first price; an end of the search box where the interval runs into it.
    low_date, high_date : pandas.Timestamp or None
        Their dates.
    pieces : int
        1 where the interval is connected; more where the likelihood falls below ``ratio`` in between.
    edges : tuple of str
        The ends of the box it runs into: ``"lower"``, ``"upper"``, both or none.
    """

    ratio: float
    low: float
    high: float
    low_date: pd.Timestamp | None
    high_date: pd.Timestamp | None
    pieces: int
    edges: tuple[str, ...]

    @property
    def identified(self) -> bool:
        """Whether the data, not the box, bound tc on both sides."""
        return not self.edges

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain values."""
        return {
            "ratio": self.ratio,
            "low": self.low,
            "high": self.high,
            "low_date": _plain(self.low_date),
            "high_date": _plain(self.high_date),
            "pieces": self.pieces,
            "edges": list(self.edges),
            "identified": self.identified,
        }

    def _repr_html_(self) -> str:
        dated = self.low_date is not None
        low, high = (self.low_date, self.high_date) if dated else (self.low, self.high)
        ends = f"no: it runs into the {' and '.join(self.edges)} bound of the box"
        rows = {
            "from": low,
            "to": high,
            "likelihood": f"at least {self.ratio:.3g} of the largest",
            "identified": "yes" if self.identified else ends,
            "pieces": self.pieces,
        }
        return notebook.pairs("Interval of the critical time", rows)


@dataclass(frozen=True, eq=False)
class TcProfile:
    """Profile likelihood of tc in one window; times in units from the first price.

    Attributes
    ----------
    length : int
        Observations of the window.
    t1, t2 : float
        First and last time of the window.
    best : float
        Critical time of the least-squares fit.
    tc : ndarray, shape (k,)
        Increasing critical times from one end of the box to the other, denser where the likelihood bends.
    sse, m, omega : ndarray, shape (k,)
        Least sum of squares at every tc and the (m, omega) that give it.
    log_likelihood : ndarray, shape (k,)
        Modified profile log-likelihood times ``weight``, 0 at its largest.
    log_profile : ndarray, shape (k,)
        The unmodified one, times ``weight``, 0 at its largest.
    residual_ar1 : float
        Lag-one autocorrelation of the best fit's residuals.
    weight : float
        ``(1 - r) / (1 + r)`` with r = ``residual_ar1``, at most 1: the share of the observations that
        count as independent. 1 where autocorrelation is ignored.
    RATIOS : tuple of float
        Likelihood ratios of the published intervals.
    """

    RATIOS: ClassVar[tuple[float, ...]] = (0.5, 0.1, 0.05)

    length: int
    t1: float
    t2: float
    best: float
    tc: NDArray[np.float64]
    sse: NDArray[np.float64]
    m: NDArray[np.float64]
    omega: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    log_profile: NDArray[np.float64]
    residual_ar1: float
    weight: float
    time: str = "trading"
    dates: pd.DatetimeIndex | None = field(default=None, repr=False)

    @property
    def mode(self) -> float:
        """Critical time of the largest modified likelihood."""
        return float(self.tc[np.argmax(self.log_likelihood)])

    @property
    def identified(self) -> bool:
        """Whether the interval at the ratio 0.05 lies inside the box."""
        return self.interval(0.05).identified

    def date(self, tc: float) -> pd.Timestamp | None:
        """Return the date of a critical time in the series' own calendar, None without dates."""
        return date_of(tc, self.dates, self.time)

    def interval(self, ratio: float = 0.05, *, modified: bool = True) -> TcInterval:
        """Return the critical times whose likelihood is at least ``ratio`` times the largest.

        Parameters
        ----------
        ratio : float
            Between 0 and 1; 0.05, 0.1 and 0.5 in the literature.
        modified : bool
            Take the modified profile likelihood (default) or the plain one.
        """
        if not 0.0 < ratio < 1.0:
            raise ValueError(f"ratio must lie between 0 and 1, got {ratio}")
        height = (self.log_likelihood if modified else self.log_profile) - math.log(ratio)
        inside = height >= 0.0
        first, last = int(np.argmax(inside)), inside.size - 1 - int(np.argmax(inside[::-1]))
        low = self.tc[0] if first == 0 else _crossing(self.tc, height, first - 1)
        high = self.tc[-1] if last == inside.size - 1 else _crossing(self.tc, height, last)
        edges = (("lower",) if first == 0 else ()) + (("upper",) if last == inside.size - 1 else ())
        pieces = int(inside[0]) + int((~inside[:-1] & inside[1:]).sum())
        low, high = float(low), float(high)
        return TcInterval(ratio, low, high, self.date(low), self.date(high), pieces, edges)

    def confidence_interval(self, level: float = 0.95, *, modified: bool = True) -> TcInterval:
        """Return the interval of nominal confidence ``level``: the likelihood-ratio test's, chi-squared on 1.

        Parameters
        ----------
        level : float
            Between 0 and 1. The ratio is ``exp(-q/2)``, q the chi-squared quantile: 0.440 for 80%, 0.147
            for 95%. ``docs/critical_time.md`` tells how often such intervals hold the truth.
        modified : bool
            Take the modified profile likelihood (default) or the plain one.
        """
        if not 0.0 < level < 1.0:
            raise ValueError(f"level must lie between 0 and 1, got {level}")
        return self.interval(math.exp(-(float(erfinv(level)) ** 2)), modified=modified)

    def to_dict(self) -> dict[str, Any]:
        """Return the curve and its intervals as plain values."""
        arrays = ("tc", "sse", "m", "omega", "log_likelihood", "log_profile")
        return {
            "length": self.length,
            "t1": self.t1,
            "t2": self.t2,
            "best": self.best,
            "best_date": _plain(self.date(self.best)),
            "mode": self.mode,
            "identified": self.identified,
            "residual_ar1": self.residual_ar1,
            "weight": self.weight,
            "intervals": {f"{ratio:g}": self.interval(ratio).to_dict() for ratio in self.RATIOS},
            "confidence_intervals": {
                f"{level:g}": self.confidence_interval(level).to_dict() for level in LEVELS
            },
            **{name: getattr(self, name).tolist() for name in arrays},
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw both likelihoods with their cuts; see :func:`lppl.plot.profile`."""
        from lppl import plot

        return plot.profile(self, ax=ax)

    def _repr_html_(self) -> str:
        rows = []
        for name, found in self._intervals().items():
            dated = self.dates is not None
            low, high = (found.low_date, found.high_date) if dated else (found.low, found.high)
            verdict = "yes" if found.identified else f"no: the {' and '.join(found.edges)} bound ends it"
            row = {"interval": name, "from": low, "to": high, "identified": verdict, "pieces": found.pieces}
            rows.append(row)
        best = self.date(self.best) if self.dates is not None else self.best
        title = f"Critical time, {self.length} observations: best fit {notebook.words(best)}"
        note = f"AR(1) of the residuals {self.residual_ar1:.2f}, weight {self.weight:.2f}."
        return notebook.listing(title, pd.DataFrame(rows), note)

    def _intervals(self) -> dict[str, TcInterval]:
        ratios = {
            f"likelihood at least {ratio:g} of the largest": self.interval(ratio) for ratio in self.RATIOS
        }
        return ratios | {f"nominal {level:.0%}": self.confidence_interval(level) for level in LEVELS}


def _plain(date: pd.Timestamp | None) -> str | None:
    return None if date is None else date_text(date)


def _crossing(tc: NDArray[np.float64], height: NDArray[np.float64], k: int) -> float:
    """Return where the height passes zero between the nodes k and k + 1, by a straight line."""
    return tc[k] + (tc[k + 1] - tc[k]) * height[k] / (height[k] - height[k + 1])
