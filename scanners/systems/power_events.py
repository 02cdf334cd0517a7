"""How often gaps, leads, shared turns and broken lines of the claimed size would be found by now."""

from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pandas as pd

HISTORIES = 60
GAP = 0.2  # drift away from the line, standard deviations of a step
BENT = 0.25  # drift of a price before and after it turns, standard deviations of a step


@lru_cache(maxsize=16)
def gap_power(window: int, ahead: int, every: str) -> str:
    """Return in words how often a level that drifts away from its line would be found."""
    from earlywarning.macro.level_gap import level_gap

    counts = (ahead // 2, ahead, 2 * ahead)
    hits = dict.fromkeys(counts, 0)
    n = window + 2 * ahead
    for history in range(HISTORIES):
        rng = np.random.default_rng([history, n])
        x, y = np.cumsum(rng.standard_normal((2, n + counts[-1])), axis=1)
        rest = pd.Series(0.5 * y + 0.7 * x)  # walks with a relation in changes, as the null has it
        rest.iloc[n:] += GAP * np.arange(1, counts[-1] + 1)
        signs = level_gap(rest, pd.Series(x), window=window, ahead=ahead).signs
        for count in counts:
            hits[count] += signs[n + count - 1] > 0
    told = ", ".join(f"{hit / HISTORIES:.0%} after {count}" for count, hit in hits.items())
    begun = f"begun to drift away by {GAP:g} standard deviations of a step"
    return f"Had it {begun}, it would be found in {told} {every}s."


def lead_power(n: int, links: int, effect: float = 0.2) -> str:
    """Return in words how often a lead of some partial correlation passes Holm's first bound."""
    bound = NormalDist().inv_cdf(1.0 - 0.05 / links / 2)
    share = NormalDist().cdf(np.arctanh(effect) * np.sqrt(n - 4) - bound)
    return f"A lead with a partial correlation of {effect:g} all along would be found in {share:.0%}."


def turns_power(asked: int, chance: float, share: float = 0.5) -> str:
    """Return in words how often a pair that shares so many turns is told from one that shares by chance."""
    from scipy.stats import binom

    least = int(binom.isf(0.05, asked, chance)) + 1
    counts = (asked // 4, asked // 2, asked)
    told = []
    for count in counts:
        both = np.convolve(
            binom.pmf(np.arange(count + 1), count, share),
            binom.pmf(np.arange(asked - count + 1), asked - count, chance),
        )
        told.append(f"{both[least:].sum():.0%} after {count}")
    begun = f"Did they share {share:.0%} of turns from some turn on"
    return f"{begun}, it would be found in {', '.join(told)} turns."


@lru_cache(maxsize=16)
def support_power(n: int, held: int, recent: int, every: str) -> str:
    """Return in words how often a rise that turned into a fall has broken a line by some time after."""
    from earlywarning.macro.support_line import walk_lines

    counts, hits = (12, 24, 48), dict.fromkeys((12, 24, 48), 0)
    trend = BENT * np.append(np.ones(n), -np.ones(counts[-1]))
    for history in range(HISTORIES):
        steps = np.random.default_rng([history, n]).standard_normal(len(trend)) + trend
        lines = walk_lines(np.cumsum(steps))
        broken = lines[(lines[:, 3] >= 0) & (lines[:, 3] - lines[:, 2] >= held), 3]
        for count in counts:
            now = n + count - 1
            hits[count] += bool(((broken > max(now - recent, n - 1)) & (broken <= now)).any())
    told = ", ".join(f"{hit / HISTORIES:.0%} {count}" for count, hit in hits.items())
    begun = f"Had a rise of {BENT:g} standard deviations a {every} turned into such a fall"
    return f"{begun}, a break would be told in {told} {every}s later."


@lru_cache(maxsize=16)
def side_power(effect: float) -> str:
    """Return in words how often a level that went below nought is held there, by figures since.

    Parameters
    ----------
    effect : float
        How far it lies on either side of nought before and after, in standard deviations of the scatter.
    """
    from earlywarning.macro.level_memory import level_memory

    counts, hits = (3, 6), dict.fromkeys((3, 6), 0)
    path = effect * np.append(np.ones(60), -np.ones(counts[-1]))
    for history in range(HISTORIES):
        noise = np.random.default_rng([history, len(path)]).standard_normal(len(path))
        signs = level_memory(pd.Series(path + noise)).signs
        for count in counts:
            hits[count] += signs[59 + count] < 0
    return ", ".join(f"{hit / HISTORIES:.0%} after {count}" for count, hit in hits.items())
