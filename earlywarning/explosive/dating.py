"""Explosive episodes: when the backward sup ADF sequence stood above its critical values."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from earlywarning.core.notebook import table
from earlywarning.core.plain_values import label, plain
from earlywarning.explosive.critical import CriticalValues
from earlywarning.explosive.panel import PanelTest
from earlywarning.explosive.statistics import ExplosiveTest


@dataclass(frozen=True)
class Episode:
    """A run of observations above the critical value.

    Attributes
    ----------
    start, peak, end : int
        Positions of the first observation above, of the largest statistic, and of the last observation above.
    start_label, peak_label, end_label : str
        Their labels.
    statistic : float
        Backward sup ADF at the peak.
    direction : str
        ``up`` or ``down``: whether the series rose or fell into the peak, over the shortest window.
        A sharp fall is explosive too.
    ongoing : bool
        Whether the run reaches the last observation.
    """

    start: int
    peak: int
    end: int
    start_label: str
    peak_label: str
    end_label: str
    statistic: float
    direction: str
    ongoing: bool

    @property
    def duration(self) -> int:
        """Observations in the run."""
        return self.end - self.start + 1

    def to_dict(self) -> dict[str, Any]:
        """Return the episode as plain Python values."""
        return plain(asdict(self)) | {"duration": self.duration}

    def _repr_html_(self) -> str:
        end = "ongoing at" if self.ongoing else "to"
        rows = {
            "span": f"{self.start_label} {end} {self.end_label}, {self.duration} observations",
            "peak": f"{self.peak_label}, backward sup ADF {self.statistic:.3f}",
            "direction": self.direction,
        }
        return table("Explosive episode", rows, "It describes the past of the path, not its future.")


def explosive_episodes(
    test: ExplosiveTest | PanelTest,
    critical: CriticalValues,
    level: float = 0.95,
    *,
    familywise: bool = False,
    min_duration: int | None = None,
) -> tuple[Episode, ...]:
    """Date the explosive episodes of a series.

    Parameters
    ----------
    test : ExplosiveTest or PanelTest
        Result of `gsadf`, `bsadf` or `panel_gsadf`.
    critical : CriticalValues
        From `bootstrap_critical_values`, `critical_values` or `panel_critical_values`, for the same length,
        lags and window; resampled for a test of signs or with GLS.
    level : float
        Which stored critical value to cross.
    familywise : bool
        Cross the one critical value of the supremum instead of the pointwise sequence: a random
        walk then shows any episode at all with probability at most ``1 - level``.
    min_duration : int, optional
        Fewest observations in an episode; ``ceil(log(n))`` by default.

    Returns
    -------
    tuple of Episode
        In order of time.

    Raises
    ------
    ValueError
        If test and critical values do not belong together.
    """
    n = len(test.path)
    if test.kind not in ("gsadf", "bsadf", "panel"):
        raise ValueError(f"test must be a gsadf or bsadf result, or one of a panel, got {test.kind}")
    asked, given = (n, test.lags, test.min_window), (critical.n, critical.lags, critical.min_window)
    if asked != given:
        raise ValueError(f"critical must be for (n, lags, min_window) = {asked}, got {given}")
    if (test.kind == "panel") != (critical.kind == "panel"):
        raise ValueError(f"critical must be of the kind of the test, {test.kind}, got {critical.kind}")
    if critical.method == "surface" and isinstance(test, ExplosiveTest) and (test.signs or test.gls):
        changed = "signs=True" if test.signs else f"gls={test.gls!r}"
        raise ValueError(
            f"critical must come from bootstrap_critical_values for a test with {changed}, got a surface of "
            "the plain test"
        )
    if familywise and critical.kind not in ("gsadf", "panel"):
        raise ValueError(f"critical must be of kind gsadf with familywise=True, got {critical.kind}")
    shortest = int(np.ceil(np.log(n))) if min_duration is None else min_duration
    threshold = np.full(n, critical.at(level)) if familywise else critical.path_at(level)
    return episodes_above(test, threshold, shortest)


def episodes_above(
    test: ExplosiveTest | PanelTest, threshold: np.ndarray, shortest: int
) -> tuple[Episode, ...]:
    """Return the runs of at least ``shortest`` observations at which the path lies above ``threshold``."""
    above = np.concatenate([[False], test.path > threshold, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2)
    return tuple(_episode(test, first, after) for first, after in edges if after - first >= shortest)


def _episode(test: ExplosiveTest | PanelTest, first: int, after: int) -> Episode:
    peak = first + int(np.argmax(test.path[first:after]))
    before = max(peak - test.min_window, 0)
    rose = np.mean(test.levels[peak] >= test.levels[before])  # of a panel, the share of series that did
    return Episode(
        start=int(first),
        peak=peak,
        end=int(after - 1),
        start_label=label(test.index, int(first)),
        peak_label=label(test.index, peak),
        end_label=label(test.index, int(after - 1)),
        statistic=float(test.path[peak]),
        direction="up" if rose >= 0.5 else "down",
        ongoing=bool(after == len(test.path)),
    )
