"""Rules on the moves of a series: steps that no market made, and closes that stand still."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from scanners.prices.quality.rules import Finding, Severity

if TYPE_CHECKING:
    from scanners.prices.quality.gate import Market

# New shares for one old, and the same the other way round.
_SPLITS = np.array([1.5, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 50, 100])
_NEAR_SPLIT = 0.03
# How many times the typical move (its median) a step must be to be called out of the ordinary.
_EXTREME = 15
# ... and twice the fifth largest move: what moves like this now and then has heavy tails, not five splits.
_TAIL, _TAIL_RANK = 2.0, 5
# Beyond a half up or a third down, such a step is no move of a share until somebody says so.
_UNEXPLAINED = np.log(1.5)
# Share of closes that repeat the one before; pegged currencies and state bonds reach a third.
THIN = 0.5
_LOOKED_AT = 750


def steps(sessions: np.ndarray, closes: np.ndarray, market: "Market") -> Iterator[Finding]:
    """Yield the steps that neither volatility nor known events explain, and an extreme last one.

    Any of them may be a split, a consolidation or a new unit of money that was not adjusted, whatever its
    ratio; near the ratio of a usual split a smaller step is doubted too. Where units can be split it is an
    error until the user confirms the date.

    Parameters
    ----------
    sessions : numpy.ndarray of datetime64[D], shape (n,)
    closes : numpy.ndarray of float64, shape (n,)
        Adjusted for all known events, positive.
    market : Market
    """
    moves = np.diff(np.log(closes))
    if len(moves) < 20:
        return
    sizes = np.abs(moves)
    extreme = np.flatnonzero(sizes > _EXTREME * np.median(sizes))
    if not len(extreme):
        return
    tail = _TAIL * np.partition(sizes, -_TAIL_RANK)[-_TAIL_RANK]
    for row in extreme:
        usual = (np.abs(np.exp(sizes[row]) / _SPLITS - 1) < _NEAR_SPLIT).any()
        if not usual and sizes[row] <= max(_UNEXPLAINED, tail):
            continue
        day = sessions[row + 1].item()
        if day in market.confirmed:
            continue
        what = "a split" if usual else "a split or a new unit of money"
        message = f"looks like {what} that was not adjusted: times {np.exp(moves[row]):.3g} on {day}"
        severity: Severity = "error" if market.splits else "warning"
        yield Finding("split_suspected", severity, message, (day,))
    if extreme[-1] == len(sizes) - 1:
        message = (
            f"the last move of {np.expm1(moves[-1]):+.1%} is extreme and not yet confirmed by another bar"
        )
        yield Finding("last_jump", "warning", message, (sessions[-1].item(),))


def thin(sessions: np.ndarray, closes: np.ndarray) -> Iterator[Finding]:
    """Yield that most of the last closes repeat the one before: nothing was traded, nothing can be tested."""
    moves = np.diff(closes[-_LOOKED_AT - 1 :])
    still = int(np.count_nonzero(moves == 0))
    if len(moves) >= 20 and still > THIN * len(moves):
        message = (
            f"too thin to judge: {still} of the last {len(moves)} closes repeat the one before "
            f"(limit {THIN:.0%})"
        )
        yield Finding("too_thin", "error", message, (sessions[-1].item(),))
