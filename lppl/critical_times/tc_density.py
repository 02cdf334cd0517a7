"""The critical time over many windows: one distribution from their likelihoods."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.series import date_of, date_text
from lppl.critical_times.tc_profile import TcProfile
from lppl.fitting.window_fits import WindowFits


@dataclass(frozen=True, eq=False)
class CriticalTime:
    """Likelihood of tc per window and over windows; times in units from the first price.

    Attributes
    ----------
    windows : WindowFits
        The fits.
    profiles : tuple of TcProfile or None
        One a window, None where the fit failed.
    included : tuple of bool
        Windows that enter the distribution.
    QUANTILES : tuple of float
        Shares that tables and pictures show.
    """

    QUANTILES: ClassVar[tuple[float, ...]] = (0.05, 0.25, 0.5, 0.75, 0.95)

    windows: WindowFits = field(repr=False)
    profiles: tuple[TcProfile | None, ...]
    included: tuple[bool, ...]

    @cached_property
    def _chosen(self) -> list[TcProfile]:
        return [p for p, use in zip(self.profiles, self.included, strict=True) if use and p is not None]

    @cached_property
    def _edges(self) -> NDArray[np.float64]:
        low = min(p.tc[0] for p in self._chosen)
        high = max(p.tc[-1] for p in self._chosen)
        return np.arange(np.floor(low + 0.5), np.ceil(high - 0.5) + 2.0) - 0.5

    @cached_property
    def _cumulative(self) -> NDArray[np.float64]:
        """Distribution function at the edges of the cells."""
        return np.mean([_distribution(p, self._edges) for p in self._chosen], axis=0)

    @property
    def tc(self) -> NDArray[np.float64]:
        """Whole time units from one end of the boxes to the other, empty where no window is included."""
        return self._edges[:-1] + 0.5 if self._chosen else np.empty(0)

    @property
    def density(self) -> NDArray[np.float64]:
        """Probability of the time unit around every ``tc``: sums to 1, empty where no window is included."""
        return np.diff(self._cumulative) if self._chosen else np.empty(0)

    @property
    def identified(self) -> float:
        """Share of the included windows whose interval at the ratio 0.05 lies inside their box, else NaN."""
        return float(np.mean([p.identified for p in self._chosen])) if self._chosen else float("nan")

    def quantile(self, q: float) -> float:
        """Return the time below which the distribution holds the share ``q``; NaN where it is empty."""
        if not 0.0 <= q <= 1.0:
            raise ValueError(f"q must lie in [0, 1], got {q}")
        if not self._chosen:
            return float("nan")
        rising = np.concatenate([[True], np.diff(self._cumulative) > 0.0])
        return float(np.interp(q, self._cumulative[rising], self._edges[rising]))

    def date(self, tc: float) -> pd.Timestamp | None:
        """Return the date of a critical time in the series' own calendar, None without dates."""
        return date_of(tc, self.windows.prices.dates, self.windows.prices.time)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a window: tc, its likelihood interval at 0.05, and whether that is identified."""
        rows = []
        for length, profile, use in zip(self.windows.length, self.profiles, self.included, strict=True):
            row: dict[str, Any] = {"length": int(length), "included": use}
            if profile is not None:
                interval = profile.interval(0.05)
                row |= {"tc": profile.best, "tc_date": profile.date(profile.best), "mode": profile.mode}
                row |= {name: getattr(interval, name) for name in ("low", "high", "low_date", "high_date")}
                row |= {"identified": interval.identified, "residual_ar1": profile.residual_ar1}
            rows.append(row)
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return distribution, quantiles and every window's profile as plain values."""
        quantiles = {f"{q:g}": self.quantile(q) for q in self.QUANTILES}
        dates = {q: self.date(value) for q, value in quantiles.items()}
        return {
            "windows": len(self.profiles),
            "included": int(sum(self.included)),
            "identified": self.identified,
            "quantiles": quantiles,
            "quantile_dates": {q: None if d is None else date_text(d) for q, d in dates.items()},
            "tc": self.tc.tolist(),
            "density": self.density.tolist(),
            "profiles": [None if p is None else p.to_dict() for p in self.profiles],
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the distribution with its quantiles; see :func:`lppl.plot.tc_density`."""
        from lppl import plot

        return plot.tc_density(self, ax=ax)

    def _repr_html_(self) -> str:
        included = sum(self.included)
        if not self._chosen:
            title = f"Critical time: none of {len(self.profiles)} windows is included"
            return notebook.pairs(title, {})
        found = {q: self.quantile(q) for q in self.QUANTILES}
        dated = self.windows.prices.dates is not None
        said = {f"{q:.0%}": notebook.words(self.date(tc) if dated else tc) for q, tc in found.items()}
        title = "Critical time over windows: " + ", ".join(f"{q} {tc}" for q, tc in said.items())
        frame = self.to_frame()
        names = ["length", "tc_date", "low_date", "high_date"] if dated else ["length", "tc", "low", "high"]
        share = f"the data, not the box, bound tc in {self.identified:.0%}"
        note = f"{included} of {len(self.profiles)} windows are included; {share} of them."
        return notebook.listing(title, frame[[*names, "identified", "residual_ar1"]], note)


def _distribution(profile: TcProfile, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distribution function of one profile at the edges: unit area, log-linear between nodes."""
    low, high = profile.tc[0], profile.tc[-1]
    points = np.union1d(profile.tc, edges[(low < edges) & (edges < high)])
    height = np.interp(points, profile.tc, profile.log_likelihood)
    drop = np.maximum(np.abs(np.diff(height)), 1e-12)
    mean = np.exp(np.maximum(height[1:], height[:-1])) * -np.expm1(-drop) / drop
    total = np.concatenate([[0.0], np.cumsum(np.diff(points) * mean)])
    return np.interp(edges, points, total / total[-1])
