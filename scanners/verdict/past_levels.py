"""The level of one series through the past, as a scan of each date would say it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scanners.config.policy import Policy
from scanners.core.vocabulary import highest
from scanners.evidence.confidence_memory import Memory, confidence_at, three_days_at
from scanners.risk.state import Rules, level, stretch
from scanners.verdict.appraisal import falling_level


def past_levels(
    prices: pd.Series, places: Sequence[int], policy: Policy, memory: Memory | None = None
) -> pd.DataFrame:
    """Return C, C3 and the level at some sessions; no row reads anything after its date.

    C3 takes C of three sessions: a session that stands alone costs three sets of nested fits, each of a
    stretch of sessions one, and what is remembered none.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates.
    places : sequence of int
        Increasing positions in ``prices``.
    policy : Policy
        Thresholds, already those of the series' asset class.
    memory : Memory, optional
        Where C is looked for first, and what is to know it afterwards; in a scan ``workings.memory``.

    Returns
    -------
    pandas.DataFrame
        Indexed by date: ``up`` and ``down`` (C), ``C3``, ``C3_down``, and ``level``, None where the history
        is too short for one.
    """
    least = policy.minimum_windows
    three = three_days_at(prices, places, memory, minimum_windows=least)
    share = confidence_at(prices, places, memory, minimum_windows=least)
    rules, at = Rules.of(policy), np.asarray(places, dtype=np.int64)
    momentum = stretch(np.log(prices.to_numpy(dtype=np.float64)), rules).iloc[at]
    rows = momentum.assign(C3=three[:, 0]).to_dict("records")
    levels = [
        None if np.isnan(up) else highest(level(row, rules), falling_level(down, policy) or "calm")
        for row, (up, down) in zip(rows, three, strict=True)
    ]
    columns = {"up": share[:, 0], "down": share[:, 1], "C3": three[:, 0], "C3_down": three[:, 1]}
    found = pd.DataFrame(columns, index=prices.index[at])
    found["level"] = pd.Series(levels, found.index, dtype=object)
    return found
