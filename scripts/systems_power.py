"""False alarms, coverage and power of the systems' estimators on synthetic truth, for docs/systems.md.

Run ``python scripts/systems_power.py [debt|monitors|cycles]``; a row a truth.
"""

import sys

import numpy as np
import pandas as pd
from feedback_power import garch, gaussian

from earlywarning._kernels.debt import ar1_errors, debt_path
from earlywarning.macro.cycles import cycle_length
from earlywarning.macro.debt_dynamics import debt_limit
from scanners.systems.registry import KINDS
from scanners.systems.shelf import Shelf
from scanners.systems.sources import Source

TRIALS = 400


def share(hits: list[bool]) -> str:
    p, n = np.mean(hits), len(hits)
    return f"{p:.3f} +- {1.96 * np.sqrt(max(p * (1 - p), 0.25 / n) / n):.3f}"


def report(name: str, **values: str) -> None:
    print(
        f"{name}: " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items()),
        flush=True,
    )


def history(
    rng: np.random.Generator,
    n: int,
    powers: np.ndarray,
    rho: float,
    spread: float,
    moves: float,
    trend: float,
) -> tuple:
    """Debt and balance of a reaction in powers of (debt - 60) / 20, from debt 40, r - g = trend +- moves."""
    growth = trend + moves * rng.normal(size=n)
    errors = ar1_errors(spread * rng.normal(size=n), rho)
    return debt_path(40.0, growth, powers, 60.0, 20.0, np.zeros(n), errors, 1.0)


# pb(d) = tires at high debt; with r - g = 1%: stable near 52, limit near 118.
CUBIC = np.array([1.2, 1.7, 0.1, -0.22])


def debt_rows() -> None:
    truths = {
        "no reaction": np.array([-2.5]),
        "linear reaction .05": np.array([0.6, 1.0]),
        "cubic reaction": CUBIC,
    }
    for n in (72, 144):
        for rho in (0.5, 0.8):
            for name, powers in truths.items():
                debt_row(f"{name}, {n} years, error autocorrelation {rho}", powers, n, rho)
    for n in (72, 144, 288):
        name = f"cubic reaction, {n} years, debt shocks of 10%, balance errors of .3"
        debt_row(name, CUBIC, n, 0.5, spread=0.3, moves=0.1)


def debt_row(
    name: str, powers: np.ndarray, n: int, rho: float, spread: float = 1.0, moves: float = 0.02
) -> None:
    # Without a reaction only growth above interest keeps debt from running away.
    trend = 0.01 if len(powers) > 1 else -0.05
    f = -np.pad(powers, (0, 4 - len(powers)))
    f += np.array([trend * 60, trend * 20, 0, 0])
    roots = np.roots(f[::-1])
    real = np.sort(60 + 20 * roots[np.abs(roots.imag) < 1e-9].real)
    limit = real[-1] if len(powers) == 4 else np.nan
    keys = ("reaction", "linear", "shape")
    found = {key: [] for key in (*keys, "identified")}
    slope, delta, boot, wrong = [], [], [], 0
    for trial in range(TRIALS // 2):
        rng = np.random.default_rng([trial, n, int(10 * rho)])
        debt, balance = history(rng, n, powers, rho, spread, moves, trend)
        if not (np.isfinite(debt).all() and debt.min() > 1 and debt.max() < 400):
            wrong += 1  # ran away or was paid off: no such history to analyse
            continue
        out = debt_limit(debt, balance, growth=np.full(n, trend), replications=199, seed=trial)
        for key in keys:
            found[key].append(out.p_values[key] <= 0.05)
        found["identified"].append(out.identified)
        if len(powers) <= 2:
            truth = trend - (powers[1] / 20 if len(powers) == 2 else 0.0)
            slope.append(out.intervals["linear_slope"][0] <= truth <= out.intervals["linear_slope"][1])
        if out.identified and np.isfinite(limit):
            delta.append(out.intervals["limit"][0] <= limit <= out.intervals["limit"][1])
            boot.append(out.bootstrap["limit"][0] <= limit <= out.bootstrap["limit"][1])
    extra = {"slope_covered": share(slope)} if slope else {}
    if delta:
        extra |= {"limit_covered_delta": share(delta), "bootstrap": share(boot)}
    report(name, **{key: share(value) for key, value in found.items()}, **extra, left_out=str(wrong))


def monitor_rows() -> None:
    """Monitors of three or two unrelated walks: how often they find something."""
    names = ("a", "b", "c")
    sources = {name: Source(name=name, title=name) for name in names}
    days = pd.bdate_range("2010-01-01", periods=2500)
    cases = {
        "absorption": ({"series": names}, "as usual"),
        "lead_lag": ({"series": names}, "no lead"),
        "haven": ({"bond": "a", "shock": "b"}, "not identified"),
    }
    for kind, (inputs, nothing) in cases.items():
        for label, noise in (("gaussian", gaussian), ("GARCH-t", garch)):
            found = []
            for trial in range(TRIALS // 2):
                rng = np.random.default_rng([trial, 4])
                shelf = Shelf("2030-01-01", sources)
                shelf._read = {name: pd.Series(np.cumsum(noise(rng, 2500)), days) for name in names}
                reading = KINDS[kind].function()(shelf, inputs, KINDS[kind].options(draws=199)).reading
                found.append(reading.state != nothing)
            report(f"{kind} of unrelated walks, {label}", finds_something=share(found))


def cycle_rows() -> None:
    for label, noise in (("gaussian", gaussian), ("GARCH-t", garch)):
        trend, state = [], []
        for trial in range(TRIALS // 2):
            walk = np.cumsum(noise(np.random.default_rng([trial, 5]), 1000))
            found = cycle_length(walk, window=260, replications=199, seed=trial)
            trend.append(found.p_value <= 0.05)
            state.append(found.state != "not identified")
        report(f"cycle of a walk, {label}", trend_of_the_length=share(trend), state=share(state))


if __name__ == "__main__":
    rows = {
        "debt": debt_rows,
        "monitors": monitor_rows,
        "cycles": cycle_rows,
    }
    for chosen in sys.argv[1:] or rows:
        rows[chosen]()
