"""The level of one series at sessions of the past, from what was known at each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from scanners.config.policy import Policy
from scanners.core.vocabulary import Level, highest
from scanners.risk.state import Rules, level, stretch
from scanners.verdict.appraisal import falling_level


def levels_at(
    log_closes: np.ndarray, places: Sequence[int] | np.ndarray, up: ArrayLike, down: ArrayLike, policy: Policy
) -> list[Level]:
    """Return the level at some sessions, as a scan of each date would say it; nothing is fitted.

    Parameters
    ----------
    log_closes : array, shape (n,)
        What lies after a session is not looked at for it.
    places : sequence of int
        Positions in ``log_closes``.
    up, down : array_like, shape (len(places),)
        C3 of positive and of negative bubbles there; without ``up`` (NaN) the price alone speaks.
    policy : Policy
        Thresholds of the series' asset class.
    """
    rules = Rules.of(policy)
    facts = stretch(log_closes, rules).iloc[np.asarray(places)].assign(C3=np.asarray(up))
    return [
        highest(level(row, rules), falling_level(value, policy) or "calm")
        for row, value in zip(facts.to_dict("records"), np.asarray(down), strict=True)
    ]
