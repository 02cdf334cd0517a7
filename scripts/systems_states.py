"""The memory of feedback states on histories whose truth is known: false alarms, flickers, delays, power.

Run ``python scripts/systems_states.py [portraits|rules|debt|debt_neighbours|turns|absorption|lines]``.
"""

import sys

import numpy as np
import pandas as pd
from systems_power import garch, gaussian
from systems_truths import bursts

from earlywarning._kernels.debt import ar1_errors, debt_path
from earlywarning._kernels.support import support_lines
from earlywarning.core.null_refits import drift_statistics
from earlywarning.macro import debt_memory, state_memory, support_line
from earlywarning.macro.state_memory import DIVERGENT, convergent_level, remembered
from scanners.systems.monitors import absorption
from scanners.systems.monitors.turns import held_together, matched, turning_points
from scanners.systems.options import TurnsOptions

PATHS, DEBTS = 50, 120


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


def debt_history(
    rng: np.random.Generator,
    n: int,
    dt: float,
    slope: float,
    rho: float,
    fat: bool,
    moves: float | None = None,
) -> tuple:
    """Debt about 60 whose dynamics have one slope a year, and its balance."""
    draw = (lambda k: rng.standard_t(3, k) / 3**0.5) if fat else rng.standard_normal
    rates = (moves or (0.02 if dt == 1 else 0.06)) * draw(n)
    errors = ar1_errors(2.0 * np.sqrt(1 - rho**2) * draw(n), rho)
    return debt_path(60.0, rates, np.array([0.0, -20 * slope]), 60.0, 20.0, np.zeros(n), errors, dt)


def debt() -> None:
    print("| balances, errors | drawn nowhere, shocks normal / t: dates with a state | of them divergent |")
    print("|---|---|---|")
    for dt, n in ((1.0, 40), (1.0, 72), (1.0, 144), (0.25, 150), (0.25, 230)):
        for rho in (0.5, 0.8) if dt == 1 else (0.8, 0.95):
            debt_row(dt, n, rho)


def debt_row(dt: float, n: int, rho: float, slope: float = 0.0, moves: float | None = None) -> None:
    """Print on how many dates debt has a state, and which, with the simulation's error."""
    shares, up = [], []
    for fat in (False, True):
        states = []
        for path in range(DEBTS):
            table = debt_history(np.random.default_rng([path, n]), n, dt, slope, rho, fat, moves)
            if table[0].min() > 1 and table[0].max() < 400:
                found = debt_memory.debt_memory(*table, dt=dt)
                states.append(found.states[np.isfinite(found.t)])
        days = [(one != 0).mean() for one in states]
        shares.append(f"{np.mean(days):.3f} +- {1.96 * np.std(days) / np.sqrt(len(days)):.3f}")
        up.append(f"{np.mean([(one > 0).mean() for one in states]):.3f}")
    kind = "years" if dt == 1 else "quarters"
    print(f"| {n} {kind}, {rho:g} | {' / '.join(shares)} | {' / '.join(up)} |", flush=True)


def debt_neighbours() -> None:
    """Other persistence, and moves of r - g half and twice as large; then a slope."""
    for dt, n, rho, moves in ((0.25, 150, 0.9, 0.06), (0.25, 150, 0.95, 0.03), (0.25, 150, 0.95, 0.12)):
        print(f"moves of r - g {moves:g}", flush=True)
        debt_row(dt, n, rho, moves=moves)
    debt_row(1.0, 72, 0.9)
    for slope in (0.03, -0.15):
        print(f"slope {slope:+g} a year", flush=True)
        debt_row(0.25, 150, 0.9, slope)
        debt_row(1.0, 72, 0.5, slope)


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
    """Unrelated series and one common factor, each with bursts of its own: what is shared comes and goes."""
    years = pd.Index(2000 + np.arange(900) // 52)
    noises = {"Gaussian": gaussian, "GARCH-t": garch, "GARCH .06, .92": bursts(0.06, 0.92, 6)}
    for shared in (0.0, 0.5, 1.0):
        for label, noise in noises.items():
            shares = []
            for path in range(60):
                rng = np.random.default_rng(path)
                common = noise(rng, 900)
                values = np.column_stack([shared * common + noise(rng, 900) for _ in range(3)])
                windows = np.lib.stride_tricks.sliding_window_view(values, 104, axis=0).transpose(0, 2, 1)
                found = np.full(900, np.nan)
                found[103:] = absorption._ratios(windows)
                sides, _ = absorption._held(found, absorption.yearly_bounds(values, found, years, 104, 199))
                shares.append((sides[208:] != 0).mean())
            error = np.std(shares) / np.sqrt(len(shares))
            print(
                f"absorption, {shared:g} shared, {label}: {np.mean(shares):.3f} +- {1.96 * error:.3f}",
                flush=True,
            )


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
        "debt_neighbours": debt_neighbours,
        "turns": turns,
        "absorption": absorbed,
        "lines": lines,
    }
    for chosen in sys.argv[1:] or parts:
        parts[chosen]()
