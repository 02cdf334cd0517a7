"""Measure `lppl.bubble_posterior`: are its probabilities those of bubbles, and do its intervals hold tc?

Prints the tables of ``docs/bubble_posterior.md``: series drawn from the method's own assumptions, from other
bubbles, and from none. Five to ten minutes on one core.
"""

import argparse
import math
from itertools import pairwise

import numpy as np
from error_models import SHOCK, cell_text, errors
from joblib import Parallel, delayed
from tc_coverage import draw

import lppl
from lppl.core.model import log_price, time_to_critical
from lppl.diagnostics.shock_variance import fit_shocks
from lppl.diagnostics.start_averaging import SPACE, averaged
from lppl.diagnostics.start_evidence import EASES, RISES, SHARPE, SWING, log_sum

LENGTH = 400
STARTS = np.arange(400, 149, -50)
LEVELS = (0.8, 0.95)
# Name: kind of curve from a start on, rho of its errors, GARCH. A walk has no start.
CELLS = {
    "random walk": ("none", 1.0, False),
    "GARCH walk": ("none", 1.0, True),
    "walk whose growth changes": ("line", 1.0, False),
    "exponential, rho .95": ("line", 0.95, False),
    "LPPLS, rho .5": ("LPPLS", 0.5, False),
    "LPPLS, rho .9": ("LPPLS", 0.9, False),
    "LPPLS, rho .95": ("LPPLS", 0.95, False),
    "LPPLS, rho .95, GARCH": ("LPPLS", 0.95, True),
    "LPPLS, rho 1": ("LPPLS", 1.0, False),
    "LPPLS, rho 1, GARCH": ("LPPLS", 1.0, True),
}
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)


def series(rng, cell):
    """Return log-prices of a cell and tc - t2, NaN without a bubble: a walk, and a curve from some day on."""
    kind, rho, garch = CELLS[cell]
    if kind == "none":
        return 0.0003 * np.arange(LENGTH) + errors(rng, LENGTH, 1.0, garch), math.nan
    n = int(rng.integers(STARTS[-1], LENGTH + 1))
    before, noise = errors(rng, LENGTH - n + 1, 1.0, garch), errors(rng, n, rho, garch)
    t = np.arange(n, dtype=float)
    if kind == "line":
        curve, horizon = rng.uniform(0.3, 1.0) / n * t, math.nan
    else:
        bubble = draw(rng, n)
        curve, horizon = log_price(t, **bubble), bubble["tc"] - (n - 1)
    after = curve + noise
    return np.concatenate([before, before[-1] + after[1:] - after[0]]), horizon


def own_series(rng, bubble):
    """Return log-prices drawn from the method's own prior, with or without a bubble, and tc - t2."""
    start, rho = LENGTH - int(rng.choice(STARTS)), 1.0 - float(rng.choice(EASES))
    horizon = math.nan
    if not bubble and rng.random() < 0.5:
        start = LENGTH - 1
    n = LENGTH - start
    growth = SHARPE * SHOCK / math.sqrt(250.0) * rng.standard_normal()
    before = growth * np.arange(start + 1.0) + np.append(0.0, rng.normal(0.0, SHOCK, start)).cumsum()
    t = np.arange(1.0 - n, 1.0)
    scale = float(rng.choice(RISES)) * SHOCK * math.sqrt(n)
    if bubble:
        (nearest,), (furthest,) = SPACE.horizons(np.array([n - 1.0]))
        horizon = rng.uniform(nearest, furthest)
        m, omega = rng.uniform(*SPACE.m), rng.uniform(*SPACE.omega)
        tau = time_to_critical(t, horizon)
        power, phase = tau**m, omega * np.log(tau)
        size = scale / abs(power[-1] - power[0])
        B, C1, C2 = size * rng.standard_normal(3) * [1.0, SWING * m / omega, SWING * m / omega]
        curve = power * (B + C1 * np.cos(phase) + C2 * np.sin(phase))
    else:
        curve = scale * rng.standard_normal() / max(n - 1, 1) * t
    noise = np.append(rng.normal(0.0, SHOCK / math.sqrt(1.0 - rho * rho)) if rho < 1.0 else 0.0,
                      rng.normal(0.0, SHOCK, n - 1))  # fmt: skip
    for i in range(1, n):
        noise[i] += rho * noise[i - 1]
    after = curve + noise
    return np.concatenate([before, before[-1] + after[1:] - after[0]]), horizon


def posterior(y, shocks="garch", eases=EASES):
    """Return what the method says of log-prices."""
    found = fit_shocks(y, shocks) or fit_shocks(y, "constant")
    return averaged(y, found.weights, STARTS, SPACE, 0.5, float(y.size - 1), eases=eases)


def independent(y):
    """Return the probability of a bubble with independent errors about curve and line."""
    found = posterior(y, "constant", np.array([1.0]))
    return 1.0 / (1.0 + math.exp(log_sum(found.log_trend) - log_sum(found.log_bubble)))


def equal_windows(y, level):
    """Return the middle of tc over windows of equal weight."""
    found = lppl.critical_time(np.exp(y - y[-1]), lengths=STARTS.tolist(), space=SPACE)
    return [found.quantile(0.5 * (1.0 + side * level)) for side in (-1, 1)]


def inside(interval, horizon):
    """Whether an interval of tc holds the true one."""
    return interval[0] <= LENGTH - 1 + horizon <= interval[1]


def judged(cell, count, seed=0, others=0):
    """Return a dict of arrays over series of a cell; ``others`` of them also by the two other ways."""
    rng = np.random.default_rng([seed, 11, list(CELLS).index(cell)])
    rows = []
    for k in range(count):
        y, horizon = series(rng, cell)
        found = posterior(y)
        row = {"bubble": found.bubble, "positive": found.positive, "identified": found.identified}
        row |= {"narrowed": found.narrowed(0.8), "independent": independent(y) if k < others else math.nan}
        row |= {f"holds {level}": inside(found.interval(level), horizon) for level in LEVELS}
        for level in LEVELS if k < others and horizon == horizon else ():
            row[f"equal {level}"] = inside(equal_windows(y, level), horizon)
        rows.append(row)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, math.nan) for row in rows], dtype=float) for name in names}


def own(count, seed=0):
    """Return probabilities, whether there was a bubble, and whether intervals held tc; half are bubbles."""
    rng = np.random.default_rng([seed, 12])
    rows = []
    for k in range(count):
        y, horizon = own_series(rng, k % 2 == 0)
        found = posterior(y, "constant")
        rows.append((found.bubble, k % 2 == 0, *(inside(found.interval(level), horizon) for level in LEVELS)))
    return np.array(rows, dtype=float)


def bins(probability, truth):
    """Return rows of a reliability table: how many, their mean probability, the share of bubbles."""
    rows = []
    for low, high in pairwise(BINS):
        here = (probability >= low) & ((probability < high) | (high == 1.0))
        count = int(here.sum())
        share = cell_text(float(truth[here].mean()), count) if count else "-"
        mean = f"{100 * probability[here].mean():.0f}" if count else "-"
        rows.append((f"{low:g} to {high:g}", count, mean, share))
    return rows


def share(values):
    """Return a share in percent with its standard error over the series in which it is known."""
    known = values[~np.isnan(values)]
    return cell_text(float(known.mean()), known.size) if known.size else "-"


def main():
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=300, help="series of a row")
    parser.add_argument("--others", type=int, default=100, help="of them also by the two other ways")
    parser.add_argument("--own", type=int, default=1500, help="series of the method's own prior")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes; the tables do not depend on it")
    options = parser.parse_args()
    tasks = [delayed(own)(options.own, options.seed)]
    tasks += [delayed(judged)(name, options.paths, options.seed, options.others) for name in CELLS]
    mine, *rows = Parallel(n_jobs=options.jobs)(tasks)
    found = dict(zip(CELLS, rows, strict=True))
    print("| series | mean probability | 0.5 or more | 0.9 or more | independent errors: 0.9 or more |")
    print("|---|---|---|---|---|")
    for name, one in found.items():
        told = [share((one["bubble"] >= cut).astype(float)) for cut in (0.5, 0.9)]
        known = one["independent"][~np.isnan(one["independent"])]
        told.append(share((known >= 0.9).astype(float)))
        print(f"| {name} | {100 * one['bubble'].mean():.0f}% | {' | '.join(told)} |")
    print("\n| bubble | 80% holds tc | 95% holds | width, of the prior's | identified | then 95% holds |"
          " equal weights: 80% holds | 95% holds |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    for name, one in found.items():
        if CELLS[name][0] == "LPPLS":
            sure = one["holds 0.95"][one["identified"] == 1.0]
            told = [share(one["holds 0.8"]), share(one["holds 0.95"]), f"{np.median(one['narrowed']):.2f}"]
            told += [share(one["identified"]), share(sure), share(one["equal 0.8"]), share(one["equal 0.95"])]
            print(f"| {name} | {' | '.join(told)} |")
    walks = ("random walk", "GARCH walk", "walk whose growth changes")
    bubbles = ("LPPLS, rho .95", "LPPLS, rho .95, GARCH", "LPPLS, rho 1, GARCH")
    others = np.concatenate([found[name]["bubble"] for name in (*walks, *bubbles)])
    truth = np.repeat([0.0, 1.0], 3 * options.paths)
    print("\n| probability said | own prior: series | mean said | were bubbles | other series | mean said |"
          " were bubbles |\n|---|---|---|---|---|---|---|")  # fmt: skip
    for left, right in zip(bins(mine[:, 0], mine[:, 1]), bins(others, truth), strict=True):
        print(f"| {' | '.join(map(str, (*left, *right[1:])))} |")
    held = mine[mine[:, 1] == 1.0, 2:].mean(axis=0)
    told = [cell_text(float(one), options.own // 2) for one in held]
    print(f"\nBubbles of the own prior: the 80% interval holds tc in {told[0]}%, the 95% one in {told[1]}%.")


if __name__ == "__main__":
    main()
