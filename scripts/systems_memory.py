"""The t-ratios from which a rolling window has a sign: unrelated series have one on 5% of days.

Run ``python scripts/systems_memory.py``; a row a window, the two noises side by side, and the share of days
with a sign at the levels of `earlywarning.macro.sign_memory`.
"""

import numpy as np
import pandas as pd
from feedback_power import garch, gaussian

from earlywarning._kernels.debt import ar1_errors
from earlywarning._kernels.feedback import rolling_fit
from earlywarning.macro.sign_memory import _LONG, _WINDOWS, HOLD, entry_level, held, sign_memory

PATHS, SIZE = 60, 0.05


def ratios(noise, window: int, intercept: bool) -> list[np.ndarray]:
    """Return rolling t-ratios of unrelated series, twelve windows long."""
    found = []
    for path in range(PATHS):
        rng = np.random.default_rng([path, window])
        x = noise(rng, 12 * window) if intercept else np.ones(12 * window)
        lags = int(4 * (window / 100) ** (2 / 9))
        fits = rolling_fit(noise(rng, 12 * window), x, window, intercept, lags)
        found.append((fits[:, 0] / fits[:, 1])[window - 1 :])
    return found


def long_ratios(window: int, spread: int) -> list[np.ndarray]:
    """Return rolling t-ratios of means whose error comes from a longer span, of Gaussian and AR(.3) noise."""
    found = []
    for path in range(PATHS):
        rng = np.random.default_rng([path, window])
        y = ar1_errors(gaussian(rng, 15 * spread), 0.3 * (path % 2))
        memory = sign_memory(pd.Series(y), window=window, spread=spread)
        found.append(memory.t[spread - 1 :])
    return found


def share(paths: list[np.ndarray], enter: float) -> float:
    return float(np.mean([(held(t, enter, HOLD * enter)[0] != 0).mean() for t in paths]))


def main() -> None:
    print("| window | of | level for 5%, Gaussian / GARCH-t | level used | days with a sign |")
    print("|---|---|---|---|---|")
    for window in _WINDOWS:
        for intercept in (True, False):
            levels, days = [], []
            for noise in (gaussian, garch):
                paths = ratios(noise, window, intercept)
                grid = np.arange(1.9, 8.0, 0.1)
                levels.append(next(enter for enter in grid if share(paths, enter) <= SIZE))
                days.append(share(paths, entry_level(window, intercept)))
            used = entry_level(window, intercept)
            kind = "slope" if intercept else "mean"
            print(
                f"| {window} | {kind} | {levels[0]:.1f} / {levels[1]:.1f} | {used:.2f} "
                f"| {days[0]:.3f} / {days[1]:.3f} |",
                flush=True,
            )
    for window in (8, 12, 20):
        days = share(long_ratios(window, 40), _LONG)
        print(f"| {window} of 40 | mean | | {_LONG:.2f} | {days:.3f} |")


if __name__ == "__main__":
    main()
