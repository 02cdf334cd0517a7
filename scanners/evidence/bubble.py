"""Bubble evidence of one series: confidence by filter, the consensus and the critical time, in numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import lppl
from scanners.evidence.series_fits import CONSENSUS, DAYS, Fits
from scanners.evidence.sessions import iso_dates

QUANTILES = (0.1, 0.5, 0.9)
AMBIGUOUS = 1.05  # a second minimum with a sum of squares up to this many times the first


@dataclass(frozen=True)
class CriticalTime:
    """Where the windows that qualify put the critical time.

    Parameters
    ----------
    low, median, high : str
        ISO dates of the 10%, 50% and 90% quantiles over the windows that pass a filter.
    windows, attempted : int
        Windows that qualify, and all windows.
    at_bound, ambiguous : float
        Shares of the windows that qualify with m, omega or tc on a bound of the search box, and with a second
        minimum elsewhere whose sum of squares is at most 5% higher.
    """

    low: str
    median: str
    high: str
    windows: int
    attempted: int
    at_bound: float
    ambiguous: float

    @property
    def span(self) -> str:
        """The interval in words."""
        return self.low if self.low == self.high else f"{self.low} to {self.high}"


@dataclass(frozen=True)
class Published:
    """What a preset that was asked for says beside the windows that decide; it decides nothing.

    Parameters
    ----------
    preset : str
    confidence, attempted, failed, at_bound, critical_time, fit
        As in `Bubble`, of its windows and filters.
    """

    preset: str
    confidence: dict[str, dict[str, float]]
    attempted: int
    failed: int
    at_bound: int
    critical_time: CriticalTime | None
    fit: dict[str, Any] | None


@dataclass(frozen=True)
class Bubble:
    """Numbers of the nested fits that end at one session: all of the windows and filters that decide.

    Parameters
    ----------
    preset : str
        Windows and filters behind all of it: ``daily``, but in records of older versions.
    confidence : dict of str to dict
        Filter -> share of all attempted windows that qualify as ``positive`` and as ``negative`` bubble.
    attempted, failed, at_bound : int
        Windows of the preset: all, without a fit, with m, omega or tc on its bound.
    consensus, consensus_negative : float
        C: mean over the filters of the share of windows that qualify.
    consensus_3day, consensus_3day_negative : float
        C3: mean of C over the last three sessions.
    windows_available, windows_total : int
        Windows that the history allows on each of the three sessions, and all.
    critical_time : CriticalTime or None
        None when no window qualifies at the last session.
    fit : dict or None
        The longest window that qualifies, else the longest that was fitted; its dates and parameters.
    published : Published or None
        Of another preset, where one was asked for.
    """

    preset: str
    confidence: dict[str, dict[str, float]]
    attempted: int
    failed: int
    at_bound: int
    consensus: float
    consensus_negative: float
    consensus_3day: float
    consensus_3day_negative: float
    windows_available: int
    windows_total: int
    critical_time: CriticalTime | None
    fit: dict[str, Any] | None
    published: Published | None = None


def bubble(fits: Fits) -> Bubble:
    """Condense fits to the numbers a verdict may rest on."""
    daily, three_days = lppl.PRESETS[CONSENSUS], fits.consensus.mean(axis=0)
    return Bubble(
        **_of_windows(fits),
        consensus=float(fits.consensus[-1, 0]),
        consensus_negative=float(fits.consensus[-1, 1]),
        consensus_3day=float(three_days[0]),
        consensus_3day_negative=float(three_days[1]),
        windows_available=len(daily.available(len(fits.windows.prices.t) - DAYS + 1)),
        windows_total=len(daily.lengths),
        published=Published(**_of_windows(fits.published)) if fits.published else None,
    )


def _of_windows(fits: Fits) -> dict[str, Any]:
    """Return what a preset's windows and filters say."""
    found = {name: lppl.confidence(fits.windows, rule) for name, rule in fits.preset.filters.items()}
    counts = next(iter(found.values()))
    return {
        "preset": fits.preset.name,
        "confidence": {
            name: {"negative": item.negative, "positive": item.positive}
            for name, item in sorted(found.items())  # sorted, so that it reads the same from the store
        },
        "attempted": counts.attempted,
        "failed": counts.failed,
        "at_bound": counts.at_bound,
        "critical_time": _critical_time(fits),
        "fit": None if fits.shown is None else _described(fits.windows, fits.shown),
    }


def _critical_time(fits: Fits) -> CriticalTime | None:
    windows, chosen = fits.windows, fits.qualified
    if not chosen.any():
        return None
    low, median, high = iso_dates(windows.prices, np.quantile(windows.tc[chosen], QUANTILES))
    return CriticalTime(
        low=low,
        median=median,
        high=high,
        windows=int(chosen.sum()),
        attempted=len(windows),
        at_bound=float(_on_bound(windows)[chosen].mean()),
        ambiguous=float((windows.second_sse <= AMBIGUOUS * windows.sse)[chosen].mean()),
    )


def _on_bound(windows: lppl.WindowFits) -> np.ndarray:
    return (windows.at_tc != 0) | (windows.at_m != 0) | (windows.at_omega != 0)


_DESCRIBED = ("m", "omega", "A", "B", "C1", "C2", "damping", "rms", "horizon", "max_relative_error")


def _described(windows: lppl.WindowFits, row: int) -> dict[str, Any]:
    start, end, critical = iso_dates(windows.prices, (windows.t1[row], windows.t2[row], windows.tc[row]))
    described = {
        "length": int(windows.length[row]),
        "start": start,
        "end": end,
        "tc": critical,
        **{name: float(getattr(windows, name)[row]) for name in _DESCRIBED},
        "oscillations": float(windows.oscillations()[row]),
    }
    return dict(sorted(described.items()))
