"""The t-ratios from which a rolling window has a sign: unrelated series have one on 5% of days.

Run ``python scripts/systems_memory.py``; a row a window, the two noises side by side, and the share of days
with a sign at the levels of `earlywarning.macro.sign_memory`.
"""

import numpy as np
from systems_power import garch, gaussian

from earlywarning._kernels.feedback import rolling_fit
from earlywarning.macro.sign_memory import _WINDOWS, HOLD, entry_level, held

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


if __name__ == "__main__":
    main()
