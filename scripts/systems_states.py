"""The memory of feedback states on histories whose truth is known: false alarms, flickers, delays, power.

Run ``python scripts/systems_states.py [portraits|rules|debt|turns|absorption|lines]``.
"""

import sys

import numpy as np
import pandas as pd
from systems_power import garch, gaussian

from earlywarning._kernels.debt import ar1_errors, debt_path
from earlywarning._kernels.support import support_lines
from earlywarning.core.null_refits import drift_statistics
from earlywarning.macro import state_memory, support_line
from earlywarning.macro.debt_memory import CONVERGENT, debt_memory
from earlywarning.macro.state_memory import DIVERGENT, convergent_level, remembered
from scanners.systems.monitors import absorption
from scanners.systems.monitors.turns import held_together, matched, turning_points
from scanners.systems.options import TurnsOptions

PATHS = 50


def slopes(x: np.ndarray, n: int, lags: int) -> np.ndarray:
    """Return slopes over errors in windows of n."""
    windows = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(x, n))
    return drift_statistics(windows, 3, lags, np.empty(0))[:, 2]


def held(paths: list[np.ndarray], level: float) -> np.ndarray:
    """Return the states of slopes over their errors at a level of convergence, a row a path."""
    return np.array([remembered(t / np.where(t < 0, level, DIVERGENT)) for t in paths])


def needed(paths: list[np.ndarray]) -> float:
    """Return the level of convergence at which paths have a state on 5% of dates."""
    return next(level for level in np.arange(2.5, 7, 0.1) if (held(paths, level) != 0).mean() <= 0.05)


def portraits() -> None:
    print("| figures, lags | level for 5%, random walks Gaussian / GARCH-t | level used | divergent |")
    print("|---|---|---|---|")
    for n, lags in ((52, 3), (52, 12), (120, 4), (120, 12), (240, 4), (240, 12), (480, 4), (480, 12)):
        levels, up, used = [], [], convergent_level(n - 1, lags)
        for noise in (gaussian, garch):
            walks = [np.cumsum(noise(np.random.default_rng([p, n, 7]), 6 * n)) for p in range(PATHS)]
            paths = [slopes(walk, n, lags) for walk in walks]
            levels.append(f"{needed(paths):.1f}")
            up.append(f"{(held(paths, used) > 0).mean():.3f}")
        print(f"| {n}, {lags} | {' / '.join(levels)} | {used:.2f} | {' / '.join(up)} |", flush=True)


def rules() -> None:
    """Other memories at the same false alarms: how often a truth is held, and how often it flickers."""
    n, lags = 240, 12
    walks = [
        slopes(np.cumsum(noise(np.random.default_rng([p, n, 7]), 5 * n)), n, lags)
        for noise in (gaussian, garch)
        for p in range(PATHS // 2)
    ]
    pulled = [
        slopes(ar1_errors(gaussian(np.random.default_rng([p, 9]), 3 * n), 0.9), n, lags) for p in range(20)
    ]
    print(
        "| figures to take up, to drop, share that holds | AR(1) .9: dates held | runs in 120 | walks: runs |"
    )
    print("|---|---|---|---|")
    for take, drop, hold in (
        (1, 1, 0.5),
        (2, 2, 0.5),
        (2, 2, 0.25),
        (2, 4, 0.25),
        (2, 6, 0.25),
        (2, 12, 0.25),
    ):
        state_memory.TAKE, state_memory.DROP, state_memory.HOLD = take, drop, hold
        level = needed(walks)
        states = held(pulled, level)
        runs = [60 * (np.diff(held(ones, level)) != 0).mean() for ones in (pulled, walks)]
        told = f"{(states < 0).mean():.2f} | {runs[0]:.2f} | {runs[1]:.2f}"
        print(f"| {take}, {drop}, {hold:g} | {told} |", flush=True)


def debt_history(rng: np.random.Generator, n: int, dt: float, slope: float, rho: float, fat: bool) -> tuple:
    """Debt about 60 whose dynamics have one slope a year, and its balance."""
    draw = (lambda k: rng.standard_t(3, k) / 3**0.5) if fat else rng.standard_normal
    rates = (0.02 if dt == 1 else 0.06) * draw(n)
    errors = ar1_errors(2.0 * np.sqrt(1 - rho**2) * draw(n), rho)
    return debt_path(60.0, rates, np.array([0.0, -20 * slope]), 60.0, 20.0, np.zeros(n), errors, dt)


def debt() -> None:
    print("| balances, errors | drawn nowhere, shocks normal / t: dates with a state | of them divergent |")
    print("|---|---|---|")
    for dt, n in ((1.0, 40), (1.0, 72), (1.0, 144), (0.25, 150), (0.25, 230)):
        for rho in (0.5, 0.8) if dt == 1 else (0.8, 0.95):
            shares, up = [], []
            for fat in (False, True):
                states = []
                for path in range(80):
                    table = debt_history(np.random.default_rng([path, n]), n, dt, 0.0, rho, fat)
                    if table[0].min() > 1 and table[0].max() < 400:
                        found = debt_memory(*table, dt=dt)
                        states.append(found.states[np.isfinite(found.t)])
                shares.append(np.mean([(one != 0).mean() for one in states]))
                up.append(np.mean([(one > 0).mean() for one in states]))
            told = [" / ".join(f"{one:.3f}" for one in pair) for pair in (shares, up)]
            named = "years" if dt == 1 else "quarters"
            print(f"| {n} {named}, {rho:g} | {told[0]} | {told[1]} |", flush=True)
    print(f"\nLevels: convergent {CONVERGENT}, divergent {DIVERGENT}.")


def turns() -> None:
    shares = []
    for path in range(120):
        rng = np.random.default_rng(path)
        legs = [turning_points(np.cumsum(0.01 * rng.standard_t(5, 6000)), 1.5) for _ in range(2)]
        options = TurnsOptions()
        joint = held_together(*legs, matched(*legs, options.within), options)
        shares.append(joint[options.events - 1 :].mean())
    print(f"turns of unrelated walks held together: {np.mean(shares):.3f}")


def absorbed() -> None:
    years = pd.Index(2000 + np.arange(900) // 52)
    for shared in (0.0, 0.5):
        for noise in (gaussian, garch):
            shares = []
            for path in range(25):
                rng = np.random.default_rng(path)
                common = noise(rng, 900)
                values = np.column_stack([shared * common + noise(rng, 900) for _ in range(3)])
                windows = np.lib.stride_tricks.sliding_window_view(values, 104, axis=0).transpose(0, 2, 1)
                found = np.full(900, np.nan)
                found[103:] = absorption._ratios(windows)
                sides, _ = absorption._held(found, absorption.yearly_bounds(values, years, 104, 199))
                shares.append((sides[208:] != 0).mean())
            print(f"absorption, {shared:g} shared, {noise.__name__}: {np.mean(shares):.3f}", flush=True)


def lines() -> None:
    n, given = 636, (support_line.SWING, support_line.MARGIN, support_line.WARM, support_line.BACK)
    walks = [
        support_lines(np.cumsum(np.random.default_rng([9, p]).standard_normal(n)), *given) for p in range(800)
    ]
    print("| months between the lows | breaks in 120 months, held 12 / 18 / 24 / 36 / 60 |\n|---|---|")
    for apart in (1, 12, 24):
        told = []
        for least in (12, 18, 24, 36, 60):
            count = sum(
                int(((L[:, 1] - L[:, 0] >= apart) & (L[:, 3] >= 0) & (L[:, 3] - L[:, 2] >= least)).sum())
                for L in walks
            )
            told.append(f"{120 * count / (len(walks) * n):.2f}")
        print(f"| {apart} | {' / '.join(told)} |", flush=True)


if __name__ == "__main__":
    parts = {
        "portraits": portraits,
        "rules": rules,
        "debt": debt,
        "turns": turns,
        "absorption": absorbed,
        "lines": lines,
    }
    for chosen in sys.argv[1:] or parts:
        parts[chosen]()
