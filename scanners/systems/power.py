"""How often an effect of the claimed size would have been found by now, had it begun a while ago."""

from functools import lru_cache

import numpy as np
import pandas as pd

from earlywarning.macro.sign_memory import sign_memory

HISTORIES = 100
_A_YEAR = {"day": 250, "week": 52, "month": 12, "quarter": 4, "year": 1}


@lru_cache(maxsize=256)
def found_after(steps: int, window: int, spread: int, effect: float, paired: bool) -> float:
    """Return the share of simulated histories that hold the sign ``steps`` after it began.

    Parameters
    ----------
    steps : int
        Observations since the effect began.
    window, spread : int
        Of the rolling fit.
    effect : float
        Correlation of the two changes, of the other sign before; or the mean of one in standard deviations,
        nought before.
    paired : bool
        Whether it is a correlation.
    """
    before = max(2 * window, spread)
    sign = np.where(np.arange(before + steps) < before, -1.0, 1.0)
    hits = 0
    for history in range(HISTORIES):
        rng = np.random.default_rng([history, steps])
        noise, x = rng.standard_normal((2, before + steps))
        if paired:
            y = effect * sign * x + np.sqrt(1.0 - effect**2) * noise
        else:
            y = effect * (sign > 0) + noise
        found = sign_memory(
            pd.Series(y), pd.Series(x) if paired else None, window=window, spread=0 if paired else spread
        )
        hits += found.sign > 0
    return hits / HISTORIES


def power_line(window: int, spread: int, effect: float, paired: bool, period: str) -> str:
    """Return in words how often a turn one, two and four years ago would be found by now."""
    years = (1, 2, 4)
    shares = [found_after(year * _A_YEAR[period], window, spread, effect, paired) for year in years]
    begun = f"turned to the other sign with a correlation of {effect:g}"
    if not paired:
        begun = f"begun to move by {effect:g} standard deviations a {period}"
    told = ", ".join(f"{share:.0%} after {year}" for year, share in zip(years, shares, strict=True))
    return f"Had it {begun}, it would be found in {told} years."
