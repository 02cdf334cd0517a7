"""Episodes of one sign of a rolling coefficient, and the changes between them."""

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.null_refits import upper_share
from earlywarning.core.plain_values import label, plain


@dataclass(frozen=True)
class SignEpisode:
    """A span in which every window that had a sign had this one.

    Attributes
    ----------
    sign : int
        -1 or 1.
    start, end : int
        Positions of the first and last window end with that sign.
    start_label, end_label : str
        Their labels.
    strongest : float
        Largest absolute t-ratio.
    """

    sign: int
    start: int
    end: int
    start_label: str
    end_label: str
    strongest: float

    def to_dict(self) -> dict[str, Any]:
        """Return the episode as plain Python values."""
        return plain(asdict(self))


@dataclass(frozen=True)
class SignChange:
    """A change between two established episodes.

    Attributes
    ----------
    before, after : int
        Signs.
    date : str
        Label of the split into two constant relations that fits best, between the windows that show the
        signs; looks back from the last observation.
    seen : str
        Label of the first window with the new sign: when it could be known.
    earliest : str
        Label of the last window with the old sign, less one window: the change lies between there and
        ``seen``.
    p_value : float
        Share of resampled constant relations whose weaker sign is as strong as the weaker of the two.
    """

    before: int
    after: int
    date: str
    seen: str
    earliest: str
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain Python values."""
        return plain(asdict(self))


def sign_episodes(
    fits: np.ndarray, critical: float, weaker: np.ndarray, confidence: float, every: int, index: pd.Index
) -> tuple[SignEpisode, ...]:
    """Return the established episodes of a rolling fit, in order.

    Parameters
    ----------
    fits : numpy.ndarray, shape (n, 2)
        Coefficient and error at each window end.
    critical : float
        Absolute t-ratio from which a window has a sign.
    weaker : numpy.ndarray, shape (k,)
        Weaker signs of null paths; an episode must be stronger than ``confidence`` of them.
    confidence, every, index
        Level; windows looked at, counted back from the last; labels.
    """
    t = fits[:, 0] / fits[:, 1]
    needed = max(critical, float(np.quantile(weaker, confidence)))
    ends = np.arange(len(t) - 1, -1, -every)[::-1]
    found: list[tuple[int, int, int, float]] = []  # sign, start, end, strongest
    for end in ends:
        if not abs(t[end]) > critical:
            continue
        sign = 1 if t[end] > 0 else -1
        if found and found[-1][0] == sign:
            found[-1] = (sign, found[-1][1], int(end), max(found[-1][3], abs(t[end])))
        else:
            found.append((sign, int(end), int(end), abs(float(t[end]))))
    merged: list[tuple[int, int, int, float]] = []
    for sign, start, end, strongest in (one for one in found if one[3] > needed):
        if merged and merged[-1][0] == sign:
            merged[-1] = (sign, merged[-1][1], end, max(merged[-1][3], strongest))
        else:
            merged.append((sign, start, end, strongest))
    return tuple(
        SignEpisode(sign, start, end, label(index, start), label(index, end), float(strongest))
        for sign, start, end, strongest in merged
    )


def sign_changes(
    episodes: tuple[SignEpisode, ...],
    y: np.ndarray,
    x: np.ndarray,
    intercept: bool,
    window: int,
    weaker: np.ndarray,
    index: pd.Index,
) -> tuple[SignChange, ...]:
    """Return the changes between established episodes, each with its best split and its p-value."""
    changes = []
    for old, new in pairwise(episodes):
        first, last = max(old.end - window + 1, 0), new.start
        split = _best_split(y, x, intercept, max(old.start - window + 1, 0), new.end, first, last)
        changes.append(
            SignChange(
                before=old.sign,
                after=new.sign,
                date=label(index, split),
                seen=new.start_label,
                earliest=label(index, first),
                p_value=upper_share(weaker, min(old.strongest, new.strongest)),
            )
        )
    return tuple(changes)


def _best_split(
    y: np.ndarray, x: np.ndarray, intercept: bool, begin: int, end: int, first: int, last: int
) -> int:
    """Return the position between ``first`` and ``last`` that splits [begin, end] into the best two lines."""
    span = slice(begin, end + 1)
    y, x = y[span], x[span]
    sums = np.cumsum(np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y]), axis=0)
    inner = np.arange(max(first - begin, 3), min(last - begin, len(y) - 3))
    if not len(inner):
        return first
    left, right = sums[inner - 1], sums[-1] - sums[inner - 1]
    cost = _sse(left, intercept) + _sse(right, intercept)
    return begin + int(inner[np.argmin(cost)])


def _sse(sums: np.ndarray, intercept: bool) -> np.ndarray:
    n, sx, sy, xx, xy, yy = sums.T
    if intercept:
        xx, xy, yy = xx - sx * sx / n, xy - sx * sy / n, yy - sy * sy / n
    return yy - np.divide(xy * xy, xx, out=np.zeros_like(xx), where=xx > 0)
