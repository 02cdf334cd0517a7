"""What chance alone shows: C3 of a series against C3 of paths that have its returns but no bubble.

What is compared is the screened C3: the least of C3 and twice the C of the grid's lowest cells at the last
session. A path whose grid says that it stays below the series is not fitted, which are 94 to 97 of 100; the
others go through the whole pipeline, all windows, fits and filters on three sessions. It is one function of
the prices, the same of the series and of its paths, so that p keeps its level whatever the screen lets
through. Where the value is nothing special, drawing stops as soon as that is plain (Besag & Clifford 1991);
an alarm gets 99 paths in any case, so that their share of alarms is known too.
The seed is a checksum of the prices: the same prices give the same numbers in any order and any process.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

import lppl
from lppl.core.series import check
from lppl.fitting.box import TOGETHER
from scanners.core.vocabulary import SIDES, Side
from scanners.evidence.series_fits import CONSENSUS, DAYS, THREADS, consensus, grid_consensus

ENOUGH = 5  # paths that reach the value, after which no more are drawn
LEAST = 99  # paths of an alarm
KIND = "block"
SCREEN = 2.0  # times the grid's C that a screened C3 is at most


@dataclass(frozen=True)
class Chance:
    """C3 of a series against paths of its own returns in blocks.

    Parameters
    ----------
    side : {"positive", "negative"}
        Of a bubble or of a negative bubble.
    value : float
        C3.
    p_value : float
        Of a C3 at least as high.
    paths : int
        That were drawn; none where C3 is zero, which every path reaches.
    alarms : int or None
        Paths whose screened C3 is critical on their last session; None where drawing stopped before there
        were 99 of them, or as many as were asked for.
    q_value : float or None
        Adjusted for all series that the scan judged (Benjamini-Hochberg); known when all are.
    series : int
        How many those are; 0 until then.
    screened : float or None
        Screened C3, which was compared; None where C3 is zero, and in records of before it was.
    """

    side: Side
    value: float
    p_value: float
    paths: int
    alarms: int | None
    q_value: float | None = None
    series: int = 0
    screened: float | None = None


def chance(
    prices: pd.Series, side: Side, value: float, *, paths: int, whole: bool, critical: float
) -> Chance:
    """Compare the screened C3 with that of null paths.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes up to the as-of date; all their returns are drawn from.
    side : {"positive", "negative"}
        Direction.
    value : float
        C3 of the series.
    paths : int
        Most paths to draw; the smallest p-value is ``1 / (1 + paths)``.
    whole : bool
        Whether to draw 99 of them, if there are to be so many, even when it is plain that the value is
        nothing special.
    critical : float
        C3 of such an alarm.
    """
    if value <= 0.0:
        return Chance(side, value, 1.0, 0, None)
    screened = min(value, SCREEN * float(_grid_shares([_last(prices)], side)[0]))
    if screened <= 0.0:
        return Chance(side, value, 1.0, 0, None, screened=0.0)
    least, draws = min(LEAST, paths), _screened(prices, side, paths, min(screened, critical))
    p_value, seen = sequential_p_value(screened, draws, ENOUGH, least if whole else 0)
    alarms = sum(share >= critical for share in seen) if len(seen) >= least else None
    return Chance(side, value, p_value, len(seen), alarms, screened=screened)


def sequential_p_value(
    value: float, draws: Iterable[float], enough: int, least: int = 0
) -> tuple[float, tuple[float, ...]]:
    """Return a Monte Carlo p-value and the draws it took.

    Parameters
    ----------
    value : float
        Observed statistic; large values are extreme.
    draws : iterable of float
        The statistic under the null, as many as may be drawn.
    enough : int
        Draws at or above the value after which it ends with p = ``enough / number drawn``; when the draws
        run out, p = ``(1 + at or above) / (1 + number drawn)``.
    least : int
        Draws before which it does not end. If it ends there, p is as when they run out: up to where the two
        rules part, each alone decides whether p is that small, so that together they keep the level.

    References
    ----------
    .. [1] Besag & Clifford (1991), Biometrika 78, 301-304.
    """
    seen: list[float] = []
    reached = 0
    for draw in draws:
        seen.append(draw)
        reached += draw >= value
        if reached >= enough and len(seen) >= least:
            if len(seen) > least:
                return reached / len(seen), tuple(seen)
            break
    return (1 + reached) / (1 + len(seen)), tuple(seen)


def _last(prices: pd.Series) -> np.ndarray:
    """Return the last closes, as many as the longest window needs on three sessions."""
    return prices.to_numpy(dtype=np.float64)[-(max(lppl.PRESETS[CONSENSUS].lengths) + DAYS - 1) :]


def _screened(prices: pd.Series, side: Side, paths: int, bar: float) -> Iterator[float]:
    """Yield the screened C3 of each path; of one whose grid says that it is below ``bar``, what that says."""
    closes = prices.to_numpy(dtype=np.float64)
    drawn = lppl.null_paths(closes, KIND, paths, zlib.crc32(closes.tobytes()), length=len(_last(prices)))
    parts = [drawn[k : k + TOGETHER] for k in range(0, len(drawn), TOGETHER)]

    def values(some: np.ndarray) -> list[float]:
        most = SCREEN * _grid_shares(some, side)
        fitted = np.flatnonzero(most >= bar)
        if fitted.size:
            most[fitted] = np.minimum(most[fitted], _shares(some[fitted], side))
        return most.tolist()

    with ThreadPoolExecutor(THREADS) as pool:  # kernels let go of the interpreter
        for start in range(0, len(parts), THREADS):
            for found in pool.map(values, parts[start : start + THREADS]):
                yield from found


def _shares(paths: Sequence[np.ndarray] | np.ndarray, side: Side) -> list[float]:
    """Return C3 at the end of each path."""
    ends = range(len(paths[0]) - DAYS, len(paths[0]))
    checked = [check(path, lppl.PRESETS[CONSENSUS].time) for path in paths]
    found = consensus([one.until(end) for one in checked for end in ends])
    return found[:, SIDES.index(side)].reshape(-1, DAYS).mean(axis=1).tolist()


def _grid_shares(paths: Sequence[np.ndarray] | np.ndarray, side: Side) -> np.ndarray:
    """Return C at the end of each path by the lowest cells of the grid alone."""
    checked = [check(path, lppl.PRESETS[CONSENSUS].time) for path in paths]
    return grid_consensus(checked)[:, SIDES.index(side)]
