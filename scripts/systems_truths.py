"""Histories without an effect, or with one put in, that scripts and tests of the systems' sizes draw from."""

from collections.abc import Callable

import numpy as np

SPELLS = 24  # of shortage


def bursts(arch: float, garch: float, freedom: float) -> Callable[[np.random.Generator, int], np.ndarray]:
    """Return a function that draws GARCH(1, 1) shocks with Student's t, of variance one."""

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        shocks = rng.standard_t(freedom, n + 200) / np.sqrt(freedom / (freedom - 2))
        variance = 1.0
        for t in range(n + 200):
            shocks[t] *= np.sqrt(variance)
            variance = 1 - arch - garch + arch * shocks[t] ** 2 + garch * variance
        return shocks[200:]

    return draw


def shortages(rng: np.random.Generator, turns: np.ndarray, n: int, tied: bool) -> np.ndarray:
    """Return the days in spells of shortage that know nothing of some turns, or of which as many as half the
    turns begin at one."""
    starts = rng.integers(0, n, SPELLS)
    if tied:
        starts = np.append(starts[: SPELLS // 2], rng.choice(turns, len(turns) // 2, replace=False))
    short = np.zeros(n, bool)
    for start in starts:
        short[start : start + rng.integers(5, 40)] = True
    return short
