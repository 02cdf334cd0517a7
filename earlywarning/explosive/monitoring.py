"""Explosive roots in real time: each block of sessions is judged by what was known before it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from earlywarning._kernels.explosive import integrate
from earlywarning.core.input_checks import Series, whole_number
from earlywarning.core.notebook import table
from earlywarning.core.plain_values import label, plain
from earlywarning.explosive.backward_sup import last_of_paths
from earlywarning.explosive.bootstrap import autoregression, chunks, quantiles_over_paths
from earlywarning.explosive.dating import Episode, episodes_above
from earlywarning.explosive.statistics import ExplosiveTest, default_min_window, gsadf

METHODS = ("wild", "phillips_shi")


@dataclass(frozen=True, eq=False)
class Monitoring:
    """The backward sup ADF sequence against boundaries that were known before each block began.

    Attributes
    ----------
    test : ExplosiveTest
        The sequence, in ``test.path``.
    boundary : numpy.ndarray, shape (n,)
        Critical value at each observation; NaN before ``start``.
    episodes : tuple of Episode
        Runs above the boundary.
    alarms : tuple of int
        Positions at which each episode had lasted ``min_duration`` observations: when it was known.
    start, horizon, min_duration : int
        First observation watched; length of a block; fewest observations in an episode.
    level : float
        Share of null paths below the boundary.
    familywise : bool
        Whether that is the share of whole blocks.
    method : str
        ``wild`` or ``phillips_shi``.
    """

    test: ExplosiveTest
    boundary: np.ndarray
    episodes: tuple[Episode, ...]
    alarms: tuple[int, ...]
    start: int
    horizon: int
    min_duration: int
    level: float
    familywise: bool
    method: str

    @property
    def index(self) -> pd.Index:
        """Labels of the observations."""
        return self.test.index

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values, without the series itself."""
        names = [name for name in self.__dataclass_fields__ if name not in ("test", "episodes")]
        found = {name: plain(getattr(self, name)) for name in names}
        return found | {
            "test": self.test.to_dict(),
            "episodes": [episode.to_dict() for episode in self.episodes],
            "alarm_labels": [label(self.index, alarm) for alarm in self.alarms],
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the sequence, its boundary and the episodes; return the axes."""
        from earlywarning.plot.explosive import plot_monitoring

        return plot_monitoring(self, ax)

    def _repr_html_(self) -> str:
        looks = "any session of a block" if self.familywise else "one session"
        rows = {
            "watched": f"{label(self.index, self.start)} to {label(self.index, len(self.boundary) - 1)}, "
            f"in blocks of {self.horizon}",
            "alarms": ", ".join(label(self.index, alarm) for alarm in self.alarms) or "none",
        }
        note = f"A random walk crosses in {looks} with probability {1 - self.level:.2g}."
        return table("Monitoring of explosive roots", rows, note)


def monitor(
    prices: Series,
    start: int,
    horizon: int = 63,
    *,
    lags: int = 0,
    min_window: int | None = None,
    log: bool = True,
    signs: bool = False,
    level: float = 0.95,
    familywise: bool = True,
    method: str = "wild",
    min_duration: int | None = None,
    replications: int = 199,
    seed: int = 0,
    n_jobs: int = 1,
) -> Monitoring:
    """Date explosive episodes in real time: nothing after an observation moves what is said at it.

    Before each block of ``horizon`` observations the null is resampled from all steps up to then, over the
    block to come. The boundary of the block is the quantile of the largest statistic in it (``familywise``:
    a walk crosses at any session of a block with probability ``1 - level``), or that of each observation.

    Parameters
    ----------
    prices, lags, log, signs
        As for `gsadf`.
    start : int
        Position of the first observation watched; what lies before trains the first boundary.
    horizon : int
        Observations in a block.
    min_window : int, optional
        Fewest regression rows in a window; the default of the tests for ``start`` observations when omitted.
    level : float
        Between 0.5 and 1, at most ``1 - 1 / (1 + replications)``.
    familywise : bool
        Size over a block, not over one look.
    method : {"wild", "phillips_shi"}
        ``wild``: past residuals keep their dates and get random signs; those of the block are a run of past
        ones from a random date, with random signs: volatility keeps its clusters. ``phillips_shi`` [1]_: all
        are drawn with replacement, times a standard normal.
    min_duration : int, optional
        Fewest observations in an episode; 1 with ``familywise``, else ``ceil(log(start))``.
    replications, seed, n_jobs
        As for `bootstrap_critical_values`, for every block.

    Returns
    -------
    Monitoring

    Raises
    ------
    ValueError
        For what `gsadf` refuses, and settings out of range.

    References
    ----------
    .. [1] Phillips & Shi (2020), Handbook of Statistics 42, 61-80.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    horizon, replications = (
        whole_number(horizon, "horizon", 1),
        whole_number(replications, "replications", 19),
    )
    if not 0.5 <= level <= 1 - 1 / (1 + replications):
        raise ValueError(f"level must lie in [0.5, {1 - 1 / (1 + replications):.4g}], got {level}")
    start = whole_number(start, "start", 20)
    window = max(default_min_window(start), lags + 4) if min_window is None else min_window
    test = gsadf(prices, lags, window, log, signs=signs)
    n = len(test.path)
    if not window + lags + 1 <= start < n:
        raise ValueError(f"start must lie in [{window + lags + 1}, {n - 1}], got {start}")
    shortest = min_duration or (1 if familywise else int(np.ceil(np.log(start))))
    boundary = np.full(n, np.nan)
    with Parallel(n_jobs=n_jobs, prefer="threads") as parallel:
        for first in range(start, n, horizon):
            parts = parallel(
                delayed(_chunk)(test, first, horizon, method, size, stream)
                for size, stream in chunks(replications, seed, first)
            )
            block = np.vstack(parts)
            draws = np.fmax.reduce(block, axis=1)[:, None] if familywise else block
            found = np.broadcast_to(quantiles_over_paths(draws, (level,))[0], horizon)
            boundary[first : first + horizon] = found[: n - first]
    episodes = episodes_above(test, boundary, shortest)
    alarms = tuple(one.start + shortest - 1 for one in episodes)
    return Monitoring(test, boundary, episodes, alarms, start, horizon, shortest, level, familywise, method)


def _chunk(
    test: ExplosiveTest, first: int, horizon: int, method: str, paths: int, stream: np.random.SeedSequence
) -> np.ndarray:
    """Return the backward sup ADF of null paths at the ``horizon`` observations from ``first`` on."""
    rng = np.random.default_rng(stream)
    steps = np.diff(test.levels[:first])
    if not test.signs:
        steps = steps - steps.mean()
    ar, residual = autoregression(steps, test.lags)
    size = (paths, len(residual) + horizon)
    if method == "wild":
        begin = rng.integers(0, len(residual), (paths, 1))
        ahead = residual[(begin + np.arange(horizon)) % len(residual)]
        past = np.broadcast_to(residual, (paths, len(residual)))
        shocks = np.hstack([past, ahead]) * rng.choice([-1.0, 1.0], size)
    else:
        shocks = rng.choice(residual, size) * rng.standard_normal(size)
    walks = np.empty((paths, size[1] + 1))
    integrate(shocks, ar, walks)
    return last_of_paths(walks, test.lags, test.min_window, horizon)
