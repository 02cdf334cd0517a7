"""Major tops and bottoms of a series: labels found with hindsight, that score forecasts and enter none."""

import numpy as np
import pandas as pd

from lppl.diagnostics.epsilon_drawdown import LONG, turning_points

WITHIN = 120  # sessions: how long a top is the highest close, and how soon the fall must follow
SIGMAS = 1.5  # size of the fall: this many daily standard deviations times the square root of ``WITHIN``
_YEAR = 250  # daily returns behind the standard deviation


def major_turns(prices: pd.Series) -> list[tuple[int, str]]:
    """Return position and kind of the major tops and bottoms, in order.

    A top is major when at least 95% of the tolerances of the epsilon-drawdown rule agree on it, no close of
    the 120 sessions before it is higher, and the price falls from it by 1.5 standard deviations of
    120-session moves within 120 sessions, before it is passed. A bottom is the same upside down.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates. The first 250 sessions and the last moves have no label.
    """
    y = np.log(prices.to_numpy(dtype=np.float64))
    found = []
    turns = turning_points(prices, least=LONG)["kind"]
    for at, kind in zip(prices.index.get_indexer(turns.index).tolist(), turns, strict=True):
        if at >= _YEAR and _is_major(y if kind == "top" else -y, at):
            found.append((at, str(kind)))
    return found


def _is_major(y: np.ndarray, at: int) -> bool:
    if y[at] < y[at - WITHIN : at + 1].max():
        return False
    needed = SIGMAS * np.diff(y[at - _YEAR : at + 1]).std(ddof=1) * np.sqrt(WITHIN)
    after = y[at : at + WITHIN + 1]
    fallen = np.flatnonzero(after[0] - after >= needed)
    return bool(len(fallen)) and after[: fallen[0]].max() <= after[0]
