"""What the posterior of a bubble says: probabilities, the critical time, the start."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.series import date_of, date_text
from lppl.diagnostics.start_evidence import StartEvidence, log_sum
from lppl.fitting.space import SearchSpace

NAMES = ("tc", "m", "omega")
LEVELS = (0.8, 0.95)
SURE, NARROW = 0.95, 0.5  # identified: this probable a bubble, an interval this much of the prior's


@dataclass(frozen=True, eq=False)
class BubblePosterior:
    """Probabilities of a bubble and of its critical time; times in observations from the first price.

    Attributes
    ----------
    prior : float
        Probability of a bubble a priori.
    lengths : ndarray of int
        Observations from each possible start to the end, decreasing.
    log_bubble, log_trend : ndarray
        Log-evidence of each start: of a bubble, and of a straight line without one.
    log_walk : float
        That of a random walk throughout. All are of the same returns and share a constant.
    t2 : float
        Time of the last price.
    """

    prior: float
    lengths: NDArray[np.int64]
    starts: tuple[StartEvidence, ...] = field(repr=False)
    log_bubble: NDArray[np.float64]
    log_trend: NDArray[np.float64]
    log_walk: float
    eases: NDArray[np.float64]
    space: SearchSpace
    t2: float
    dates: pd.DatetimeIndex | None = field(repr=False)

    @property
    def log_bayes_factor(self) -> float:
        """Log-evidence of a bubble less that of none, each averaged over starts."""
        even = np.log(self.lengths.size)
        none = np.logaddexp(log_sum(self.log_trend) - even, self.log_walk) - np.log(2.0)
        return float(log_sum(self.log_bubble) - even - none)

    @property
    def bubble(self) -> float:
        """Probability of a bubble, positive or negative."""
        odds = np.log(self.prior) - np.log1p(-self.prior) + self.log_bayes_factor
        return float(1.0 / (1.0 + np.exp(-odds)))

    @property
    def positive(self) -> float:
        """Probability of a positive bubble (B < 0)."""
        return self.bubble * float(self.weights @ [one.falling.sum() for one in self.starts])

    @property
    def negative(self) -> float:
        """Probability of a negative bubble (B > 0)."""
        return self.bubble - self.positive

    @property
    def side(self) -> str:
        """The likelier of ``"positive"`` and ``"negative"``; all below is given a bubble of this side."""
        return "positive" if self.positive >= self.negative else "negative"

    @property
    def weights(self) -> NDArray[np.float64]:
        """Probability of each start given a bubble."""
        return np.exp(self.log_bubble - log_sum(self.log_bubble))

    @cached_property
    def _curves(self) -> dict[tuple[str, bool], tuple[NDArray[np.float64], NDArray[np.float64]]]:
        return {}

    @cached_property
    def _masses(self) -> list[NDArray[np.float64]]:
        """Shares of the cells of every start."""
        name = "falling" if self.side == "positive" else "rising"
        found = [w * getattr(one, name) for w, one in zip(self.weights, self.starts, strict=True)]
        return [one / sum(one.sum() for one in found) for one in found]

    def distribution(self, name: str, values: Any, *, prior: bool = False) -> NDArray[np.float64]:
        """Return the probability that ``"tc"``, ``"m"`` or ``"omega"`` lies at or below ``values``.

        Parameters
        ----------
        name : {"tc", "m", "omega"}
        values : array_like
        prior : bool
            Before the data are seen.
        """
        x, below = self._curve(name, prior)
        return np.interp(np.asarray(values, dtype=float), x, below)

    def quantile(self, q: float, name: str = "tc", *, prior: bool = False) -> float:
        """Return the value of a parameter below which the probability ``q`` lies."""
        if not 0.0 <= q <= 1.0:
            raise ValueError(f"q must lie in [0, 1], got {q}")
        x, below = self._curve(name, prior)
        rising = np.concatenate([[True], np.diff(below) > 0.0])
        return float(np.interp(q, below[rising], x[rising]))

    def interval(self, level: float = 0.95, name: str = "tc", *, prior: bool = False) -> tuple[float, float]:
        """Return the middle of the distribution that holds the probability ``level``."""
        if not 0.0 < level < 1.0:
            raise ValueError(f"level must lie between 0 and 1, got {level}")
        tail = 0.5 * (1.0 - level)
        return self.quantile(tail, name, prior=prior), self.quantile(1.0 - tail, name, prior=prior)

    def narrowed(self, level: float = 0.95, name: str = "tc") -> float:
        """Return the width of the interval in units of the prior's."""
        (low, high), (first, last) = self.interval(level, name), self.interval(level, name, prior=True)
        return (high - low) / (last - first)

    @property
    def identified(self) -> bool:
        """Whether the data say when: a bubble at 0.95, and a 95% interval at most half as wide as before."""
        return self.bubble >= SURE and self.narrowed() <= NARROW

    @property
    def tc(self) -> NDArray[np.float64]:
        """Whole observations after the last price, up to the end of the box."""
        return self.t2 + np.arange(np.ceil(max(one.high[:, 0].max() for one in self.starts)) + 1.0)

    @property
    def density(self) -> NDArray[np.float64]:
        """Probability of the time unit up to every ``tc``; sums to 1."""
        return np.diff(self.distribution("tc", self.tc), prepend=0.0)

    @property
    def persistence(self) -> NDArray[np.float64]:
        """Probability of every ``1 - rho`` in ``eases``."""
        row = 0 if self.side == "positive" else 1
        found = sum(w * one.persistence[row] for w, one in zip(self.weights, self.starts, strict=True))
        return np.asarray(found / np.sum(found))

    def _curve(self, name: str, prior: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return values and the distribution function there, linear between them: cells hold even shares."""
        if name not in NAMES:
            raise ValueError(f"name must be one of {', '.join(NAMES)}, got {name!r}")
        if (name, prior) not in self._curves:
            axis, even = NAMES.index(name), np.full(1, 1.0 / len(self.starts))
            low, high = [one.low[:, axis] for one in self.starts], [one.high[:, axis] for one in self.starts]
            masses = self._masses
            if prior:
                low = [each.min(keepdims=True) for each in low]
                high, masses = [each.max(keepdims=True) for each in high], [even] * len(high)
            curve = _mixture(np.concatenate(low), np.concatenate(high), np.concatenate(masses))
            self._curves[name, prior] = (curve[0] + (self.t2 if axis == 0 else 0.0), curve[1])
        return self._curves[name, prior]

    def date(self, tc: float) -> pd.Timestamp | None:
        """Return the date of a critical time, None without dates."""
        return date_of(tc, self.dates, "trading")

    def to_frame(self) -> pd.DataFrame:
        """Return a row a start: its date, its probability given a bubble, log Bayes factors to the walk."""
        first = self.t2 + 1.0 - self.lengths
        frame = pd.DataFrame({"length": self.lengths, "t1": first})
        if self.dates is not None:
            frame["t1_date"] = [self.date(t) for t in first]
        frame["weight"] = self.weights
        frame["log_bubble"], frame["log_trend"] = (
            self.log_bubble - self.log_walk,
            self.log_trend - self.log_walk,
        )
        frame["positive"] = [one.falling.sum() for one in self.starts]
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return probabilities, intervals and starts as plain values."""
        names = ("prior", "log_bayes_factor", "bubble", "positive", "negative", "side", "identified", "t2")
        intervals = []
        for name in NAMES:
            for level in LEVELS:
                low, high = self.interval(level, name)
                one: dict[str, Any] = {"name": name, "level": level, "low": low, "high": high}
                one["of_prior"] = self.narrowed(level, name)
                if name == "tc" and self.dates is not None:
                    one["dates"] = [date_text(day) for day in map(self.date, (low, high)) if day is not None]
                intervals.append(one)
        frame = self.to_frame()
        if "t1_date" in frame:
            frame["t1_date"] = frame["t1_date"].map(date_text)
        return {name: getattr(self, name) for name in names} | {
            "intervals": intervals,
            "rho": {
                f"{1.0 - ease:g}": float(p) for ease, p in zip(self.eases, self.persistence, strict=True)
            },
            "space": self.space.to_dict(),
            "starts": frame.to_dict(orient="list"),
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the distribution of tc against the prior's; see :func:`lppl.plot.tc_posterior`."""
        from lppl import plot

        return plot.tc_posterior(self, ax)

    def _repr_html_(self) -> str:
        low, high = self.interval(0.8)
        ends = [notebook.words(self.date(x) if self.dates is not None else x) for x in (low, high)]
        when = f"{ends[0]} to {ends[1]}, {self.narrowed(0.8):.0%} as wide as before the data"
        rows = {
            "probability of a bubble": f"{self.bubble:.2f} (before the data {self.prior:g})",
            "positive, negative": f"{self.positive:.2f}, {self.negative:.2f}",
            "log Bayes factor": self.log_bayes_factor,
            f"tc given a {self.side} one, 80%": when,
            "tc identified": "yes" if self.identified else "no",
        }
        return notebook.pairs("Posterior of a bubble", rows)


def _mixture(
    low: NDArray[np.float64], high: NDArray[np.float64], mass: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return increasing values and the distribution function of uniform parts of given masses."""
    high = np.maximum(high, low + 1e-9)
    slope = mass / (high - low)
    x = np.concatenate([low, high])
    order = np.argsort(x, kind="stable")
    rate = np.cumsum(np.concatenate([slope, -slope])[order])
    x = x[order]
    below = np.concatenate([[0.0], np.cumsum(rate[:-1] * np.diff(x))])
    first = np.concatenate([[True], np.diff(x) > 0.0])
    return x[first], below[first] / below[-1]
