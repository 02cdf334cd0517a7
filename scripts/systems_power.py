"""False alarms, coverage and power of the systems' estimators on synthetic truth, for docs/systems.md.

Run ``python scripts/systems_power.py [feedback|debt|channel|monitors|cycles]``; a row a truth.
"""

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from earlywarning._kernels.debt import ar1_errors, debt_path
from earlywarning.macro.cycles import cycle_length
from earlywarning.macro.debt_dynamics import debt_limit
from earlywarning.macro.feedback import time_varying
from earlywarning.macro.trend_breaks import trend_channel
from scanners.systems.registry import KINDS
from scanners.systems.shelf import Shelf
from scanners.systems.sources import Source

TRIALS = 400
WEEKS, WINDOW = 520, 104  # ten years of weeks
HALF = WEEKS // 2


def gaussian(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(size=n)


def garch(rng: np.random.Generator, n: int) -> np.ndarray:
    """Student-t GARCH(1,1) with the persistence of weekly markets."""
    shocks = rng.standard_t(5, n + 200) / np.sqrt(5 / 3)
    out, variance = np.empty(n + 200), 1.0
    for t, shock in enumerate(shocks):
        out[t] = np.sqrt(variance) * shock
        variance = 0.05 + 0.12 * out[t] ** 2 + 0.83 * variance
    return out[200:]


def share(hits: list[bool]) -> str:
    p, n = np.mean(hits), len(hits)
    return f"{p:.3f} +- {1.96 * np.sqrt(max(p * (1 - p), 0.25 / n) / n):.3f}"


def report(name: str, **values: str) -> None:
    print(
        f"{name}: " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items()),
        flush=True,
    )


def feedback_row(name: str, noise: Callable, slope: np.ndarray, size: float) -> None:
    """One truth: y = slope x + noise, with the given path of the slope."""
    changed, seen, low_high, filtered = [], [], [], []
    for trial in range(TRIALS):
        rng = np.random.default_rng([trial, 1])
        x = noise(rng, WEEKS)
        y = slope * x + size * noise(rng, WEEKS)
        found = time_varying(y, x, window=WINDOW, seed=trial)
        changed.append(bool(found.changes))
        low_high.append(found.interval[0] <= slope[-WINDOW:].mean() <= found.interval[1])
        filtered.append(found.filtered_interval[0] <= slope[-1] <= found.filtered_interval[1])
        if found.changes and np.sign(slope[0]) != np.sign(slope[-1]) and slope[0] != 0:
            change = found.changes[0]
            seen.append(int(change.earliest) <= HALF <= int(change.seen))
    extra = {"date_covered": share(seen)} if seen else {}
    report(
        name,
        sign_change=share(changed),
        rolling_interval=share(low_high),
        filtered_interval=share(filtered),
        **extra,
    )


def feedback_rows() -> None:
    flat, switch = np.ones(WEEKS), np.where(np.arange(WEEKS) < HALF, 1.0, -1.0)
    for label, noise in (("gaussian", gaussian), ("GARCH-t", garch)):
        feedback_row(f"independent walks, {label}", noise, 0 * flat, 1.0)
        feedback_row(f"constant slope of correlation .3, {label}", noise, 0.3 * flat, 0.95)
        feedback_row(f"constant slope of correlation .1, {label}", noise, 0.1 * flat, 1.0)
        feedback_row(f"slope turns from +.3 to -.3, {label}", noise, 0.3 * switch, 0.95)
        feedback_row(f"slope turns from +.5 to -.5, {label}", noise, 0.5 * switch, 0.87)
    hits = []
    for trial in range(TRIALS):
        rng = np.random.default_rng([trial, 2])
        slope = np.cumsum(rng.normal(0, 0.05, WEEKS))
        x = gaussian(rng, WEEKS)
        found = time_varying(slope * x + gaussian(rng, WEEKS), x, window=WINDOW, replications=19)
        hits.append(found.filtered_interval[0] <= slope[-1] <= found.filtered_interval[1])
    report("random-walk slope, step .05", filtered_interval=share(hits))


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


def channel_rows() -> None:
    n = 480  # forty years of months
    t = np.arange(n)
    bend = np.where(t < n // 2, 0.003 * t, 0.003 * (n // 2) - 0.003 * (t - n // 2))
    for label, noise in (("gaussian", gaussian), ("GARCH-t", garch)):
        channel_row(f"random walk, {label}", lambda rng, noise=noise: np.cumsum(0.02 * noise(rng, n)))
        channel_row(
            f"walk with drift, {label}", lambda rng, noise=noise: 0.003 * t + np.cumsum(0.02 * noise(rng, n))
        )
    channel_row(
        "straight trend, AR(1) .95", lambda rng: 0.003 * t + ar1_errors(0.02 * gaussian(rng, n), 0.95)
    )
    for rho in (0.9, 0.95):
        channel_row(
            f"bent trend, AR(1) {rho}", lambda rng, rho=rho: bend + ar1_errors(0.02 * gaussian(rng, n), rho)
        )
    channel_row("bent drift, random walk", lambda rng: bend + np.cumsum(0.02 * gaussian(rng, n)))


def channel_row(name: str, draw: Callable) -> None:
    hits, near = [], []
    for trial in range(TRIALS):
        found = trend_channel(
            draw(np.random.default_rng([trial, 3])), log=False, replications=199, seed=trial
        )
        hits.append(bool(found.breaks))
        if found.breaks:
            near.append(min(abs(one.position - 240) for one in found.breaks) <= 24)
    report(name, break_found=share(hits), within_two_years_of_the_middle=share(near) if near else "-")


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
        "feedback": feedback_rows,
        "debt": debt_rows,
        "channel": channel_rows,
        "monitors": monitor_rows,
        "cycles": cycle_rows,
    }
    for chosen in sys.argv[1:] or rows:
        rows[chosen]()
