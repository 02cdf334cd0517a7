"""A long trend with breaks: their dates, and where the present stands in the channel of the last trend."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from earlywarning._kernels.breaks import largest_break, walk_breaks
from earlywarning.core.input_checks import Series, finite_values, whole_number
from earlywarning.core.notebook import table
from earlywarning.core.null_refits import upper_share
from earlywarning.core.plain_values import label, plain
from earlywarning.macro.feedback_nulls import CHUNK, stationary_order

FEWEST = 40
WIDTH = 2.0  # standard deviations from the line to the edge of the channel


@dataclass(frozen=True)
class Break:
    """A break of the trend.

    Attributes
    ----------
    position : int
        First observation of the new trend.
    date : str
        Its label.
    statistic : float
        Sup-F of two lines against one in the span that it splits.
    p_value : float
        Share of random walks with one drift whose sup-F is as large.
    """

    position: int
    date: str
    statistic: float
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Return the break as plain Python values."""
        return plain(asdict(self))


@dataclass(frozen=True, eq=False)
class TrendChannel:
    """The last trend of a series and its channel.

    Attributes
    ----------
    breaks : tuple of Break
        Established breaks, in order.
    p_value : float
        Of no break at all: that of the strongest candidate in the whole series.
    candidate : str
        Label of that candidate, established or not.
    slope : float
        Of the last trend, per observation.
    position : float
        Present deviation from the line, in standard deviations of the deviations of the last trend.
    state : str
        ``above`` or ``below`` the channel (beyond two standard deviations) or ``inside``.
    since : str
        Label from which on, without interruption, this state held.
    start : str
        Label of the first observation of the last trend.
    line, levels : numpy.ndarray
        The fitted line, NaN before ``start``, and the series in logs or levels.
    spread : float
        Standard deviation of the deviations.
    index : pandas.Index
    confidence : float
    """

    breaks: tuple[Break, ...]
    p_value: float
    candidate: str
    slope: float
    position: float
    state: str
    since: str
    start: str
    line: np.ndarray
    levels: np.ndarray
    spread: float
    index: pd.Index
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values, without the series."""
        hidden = {"breaks", "line", "levels", "index"}
        values = {
            name: plain(getattr(self, name)) for name in self.__dataclass_fields__ if name not in hidden
        }
        return values | {"breaks": [one.to_dict() for one in self.breaks]}

    def plot(self, ax: Any = None) -> Any:
        """Draw the series, the channel of the last trend and the breaks; return the axes."""
        from earlywarning.plot.macro import plot_channel

        return plot_channel(self, ax)

    def _repr_html_(self) -> str:
        rows = {
            "last trend from": self.start,
            "position": f"{self.position:+.2f} standard deviations, {self.state} since {self.since}",
            "breaks": ", ".join(f"{one.date} (p = {one.p_value:.3f})" for one in self.breaks) or "none",
            "p (no break)": f"{self.p_value:.3f}",
        }
        return table("Trend channel", rows)


def trend_channel(
    x: Series,
    *,
    log: bool = True,
    max_breaks: int = 3,
    trim: float = 0.15,
    confidence: float = 0.95,
    replications: int = 499,
    block: float | None = None,
    seed: int = 0,
    n_jobs: int = 1,
) -> TrendChannel:
    """Find the breaks of a straight trend and the place of the present in the last one.

    Parameters
    ----------
    x : pandas.Series or array of shape (n,)
        Finite values at equal time steps, at least 40; positive with ``log``.
    log : bool
        Take logs (prices and indices); False for yields.
    max_breaks : int
        Most breaks to look for.
    trim : float
        Shortest trend as a share of the span that is split, in (0, 0.5).
    confidence : float
        One minus it is the size of each stage of the test.
    replications : int
        Random walks for each p-value.
    block : float, optional
        Mean length of the blocks of steps they are made of; the cube root of n by default.
    seed, n_jobs : int
        Seed and threads; threads do not change the numbers.

    Raises
    ------
    ValueError
        For missing values, too few points, a series without noise, or impossible options.

    Notes
    -----
    The statistic is the sup-F of two lines against one [1]_. Trends fitted to random walks break all the
    time, so the null is a random walk with one drift and the series' own steps, drawn by the stationary
    bootstrap, on which the whole search is rerun. A break found splits the series; each part is searched in
    turn, the sizes shared between the parts. With a unit root under the null the power is low, and no break
    established is not no break.

    References
    ----------
    .. [1] Andrews (1993), Econometrica 61, 821-856.
    .. [2] Bai & Perron (1998), Econometrica 66, 47-78 (one break after another).
    """
    if not 0 < trim < 0.5:
        raise ValueError(f"trim must lie between 0 and 0.5, got {trim}")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    whole_number(max_breaks, "max_breaks", 0)
    whole_number(replications, "replications", 19)
    levels, index = finite_values(x, "x", log=log, least=FEWEST)
    steps = np.diff(levels)
    if np.ptp(steps) <= 1e-12 * np.abs(levels).max():
        raise ValueError(f"x must have noise, got steps of {steps[0]:g} throughout")
    block = max(1.0, len(levels) ** (1 / 3)) if block is None else block
    if not block >= 1:
        raise ValueError(f"block must be at least 1, got {block}")
    streams = iter(np.random.SeedSequence(seed).spawn(2 * max_breaks + 3))

    def search(first: int, after: int) -> Break:
        return _search(levels, first, after, trim, block, replications, next(streams), n_jobs, index)

    whole = search(0, len(levels))
    breaks: list[Break] = []
    waiting = {(0, len(levels)): whole}
    while waiting and len(breaks) < max_breaks:
        span, best = min(waiting.items(), key=lambda item: item[1].p_value)
        if best.p_value > (1 - confidence) / len(waiting):
            break
        del waiting[span]
        breaks.append(best)
        for part in ((span[0], best.position), (best.position, span[1])):
            if part[1] - part[0] >= FEWEST:
                waiting[part] = search(*part)
    return _channel(levels, index, tuple(sorted(breaks, key=lambda one: one.position)), whole, confidence)


def _search(
    levels: np.ndarray,
    first: int,
    after: int,
    trim: float,
    block: float,
    replications: int,
    seed: np.random.SeedSequence,
    n_jobs: int,
    index: pd.Index,
) -> Break:
    span = levels[first:after]
    shortest = max(int(trim * len(span)), 4)
    statistic, place = largest_break(span - span.mean(), shortest)
    steps = np.diff(span)
    drift = float(steps.mean())
    sizes = [min(CHUNK, replications - done) for done in range(0, replications, CHUNK)]

    def chunk(size: int, stream: np.random.SeedSequence) -> np.ndarray:
        chosen = stationary_order(np.random.default_rng(stream), len(steps), size, block)
        return walk_breaks(steps - drift, drift, chosen, shortest)

    null = np.concatenate(
        Parallel(n_jobs=n_jobs, prefer="threads")(
            delayed(chunk)(size, stream) for size, stream in zip(sizes, seed.spawn(len(sizes)), strict=True)
        )
    )
    position = first + int(place)
    return Break(position, label(index, position), float(statistic), upper_share(null, float(statistic)))


def _channel(
    levels: np.ndarray, index: pd.Index, breaks: tuple[Break, ...], whole: Break, confidence: float
) -> TrendChannel:
    start = breaks[-1].position if breaks else 0
    t = np.arange(start, len(levels), dtype=float)
    slope, constant = np.polyfit(t - t.mean(), levels[start:], 1)
    line = np.full(len(levels), np.nan)
    line[start:] = constant + slope * (t - t.mean())
    deviation = levels[start:] - line[start:]
    spread = float(deviation.std(ddof=2))
    places = np.where(np.abs(deviation) <= WIDTH * spread, 0, np.sign(deviation))
    other = np.flatnonzero(places != places[-1])
    since = start + (int(other[-1]) + 1 if len(other) else 0)
    return TrendChannel(
        breaks=breaks,
        p_value=whole.p_value,
        candidate=whole.date,
        slope=float(slope),
        position=float(deviation[-1] / spread),
        state={0: "inside", 1: "above", -1: "below"}[int(places[-1])],
        since=label(index, since),
        start=label(index, start),
        line=line,
        levels=levels,
        spread=spread,
        index=index,
        confidence=confidence,
    )
