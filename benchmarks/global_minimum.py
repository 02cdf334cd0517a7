"""How often the engine misses the global minimum of each preset's box: its SSE against brute force.

    python benchmarks/global_minimum.py FOLDER [FOLDER ...] [--windows 140] [--seed 0]

FOLDERs hold CSV files (plain or .gz) with a date and close. Windows are drawn from random files, one preset
after the other.
Brute force without a bound on the damping: a grid with five critical times in every cell between two
observations, frequencies at most 0.4 apart and 11 exponents; every minimum along omega within 60% of the
lowest, 1,500 at most, is descended. With one: 40 minima of a lattice of the constrained value are descended.
"""

import argparse
import time
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
from numba import njit
from scipy.ndimage import minimum_filter
from scipy.optimize import minimize

from lppl import PRESETS
from lppl._kernels import columns as _columns
from lppl._kernels import damped as _damped
from lppl._kernels import grid as _grid
from lppl._kernels import refine as _refine
from lppl.fitting.box import Box, search

PLACES = (-0.499, -0.25, 0.0, 0.25, 0.499)


@njit
def _row_minima(best, power, horizons, powers, low, step, found):
    count = 0
    for h in range(best.shape[0]):
        for j in range(best.shape[1]):
            value = best[h, j]
            beside = min(best[h, max(j - 1, 0)], best[h, min(j + 1, best.shape[1] - 1)])
            if value < np.inf and value <= beside:
                found[count, 0], found[count, 1] = value, horizons[h]
                found[count, 2], found[count, 3] = powers[int(power[h, j])], low + j * step
                count += 1
    return count


@njit
def _descend(t, y, log_scale, starts, lower, upper):
    work = np.empty((5, t.size)), np.empty((7, t.size), np.float32)
    scratch, weights, x = np.empty((20, 4)), np.ones(t.size), np.empty(3)
    rough, fine = (1e-5, 12, True, False), (1e-13, 300, True, False)
    nowhere = np.full(4, np.inf)
    best = np.inf
    for start in starts:
        x[:] = start[1:]
        sse, _, _ = _refine.refine(
            t, y, weights, 0.0, log_scale, x, lower, upper, rough, best * 1.2, nowhere, work, scratch
        )
        if sse < best * 1.02:
            sse, _, _ = _refine.refine(
                t, y, weights, 0.0, log_scale, x, lower, upper, fine, best, nowhere, work, scratch
            )
        best = min(best, sse)
    return best


def brute_force(t, y, lower, upper):
    """Return the lowest SSE found without a bound on the damping."""
    low, high = lower[0], upper[0]
    inside = t[(t >= low - 1.0) & (t <= high + 1.0)]
    ahead = 0.5 * 1.04 ** np.arange(300)
    horizons = np.unique(np.concatenate([(inside[:, None] + PLACES).ravel(), ahead, [low, high]]))
    horizons = horizons[(low <= horizons) & (horizons <= high)]
    lanes = 8
    while (upper[2] - lower[2]) / (lanes - 1) > 0.4:
        lanes *= 2
    step, powers = (upper[2] - lower[2]) / (lanes - 1), np.linspace(lower[1], upper[1], 11)
    best = np.full((1, 1, horizons.size, lanes), np.inf, np.float32)
    power = np.zeros(best.shape, np.uint8)
    wanted, bounds = np.ones((1, 1), dtype=bool), (lower[:1], upper[:1])
    _grid.grid(t, y[None], np.array([t.size]), wanted, *bounds, horizons, powers, lower[2], step, best, power)
    found = np.empty((horizons.size * lanes, 4))
    count = _row_minima(best[0, 0], power[0, 0], horizons, powers, lower[2], step, found)
    found = found[:count][np.argsort(found[:count, 0])][:1500]
    found = found[found[:, 0] <= 1.6 * found[0, 0] + 0.01]
    return _descend(t, y, np.log(t[-1] - t[0]), found, lower, upper)


@njit
def _lattice(t, y, horizons, powers, frequencies, damping, log_scale):
    values, linear = np.empty((horizons.size, powers.size, frequencies.size)), np.empty(4)
    for h in range(horizons.size):
        for i in range(powers.size):
            for j in range(frequencies.size):
                values[h, i, j] = _damped.damped_solve(
                    t, y, horizons[h], powers[i], frequencies[j], damping, log_scale, linear
                )
    return values


def brute_force_damped(t, y, lower, upper, damping):
    """Return the lowest SSE found under a lower bound on the damping."""
    log_scale, linear, best = np.log(t[-1] - t[0]), np.empty(4), np.inf
    low, high = lower[0], upper[0]
    horizons = np.unique(
        np.concatenate([np.linspace(low, high, 10), high - np.geomspace(0.3, high - low, 16)])
    )
    horizons = np.unique(np.concatenate([horizons, low + np.geomspace(0.3, high - low, 16)]))
    horizons = horizons[(low <= horizons) & (horizons <= high)]
    axes = horizons, np.linspace(lower[1], upper[1], 8), np.geomspace(lower[2], upper[2], 34)
    values = _lattice(t, y, *axes, damping, log_scale)
    places = np.argwhere(values == minimum_filter(values, 3, mode="nearest"))

    def value(x):
        return _damped.damped_solve(t, y, *np.clip(x, lower, upper), damping, log_scale, linear)

    for place in places[np.argsort(values[tuple(places.T)])][:40]:
        x = np.array([axis[k] for axis, k in zip(axes, place, strict=True)])
        for _ in range(3):
            step = 0.03 * (upper - lower)
            step = np.where(x + step <= upper, step, -step)
            options = {"initial_simplex": np.vstack([x, x + np.diag(step)]), "maxfev": 250, "fatol": 1e-15}
            found = minimize(value, x, method="Nelder-Mead", options=options)
            x = np.clip(found.x, lower, upper)
            if found.fun > 1.03 * best:
                break
        best = min(best, found.fun)
    return best


def draw(files, preset, rng):
    """Return times and log-prices of a random window, relative to its end."""
    while True:
        table = pd.read_csv(files[rng.integers(len(files))])
        if "close" not in table:
            continue
        table = table[table["close"] > 0]
        length = int(rng.choice(preset.lengths))
        if len(table) <= length:
            continue
        end = int(rng.integers(length, len(table)))
        part = table.iloc[end - length : end]
        y = np.log(part["close"].to_numpy(dtype=float))
        if np.ptp(y) > 0.0:
            break
    days = pd.to_datetime(part.iloc[:, 0])
    t = (
        (days - days.iloc[-1]).dt.days.to_numpy(float)
        if preset.time == "calendar"
        else np.arange(1.0 - length, 1.0)
    )
    return t, y - y[-1]


def ratio(preset, t, y):
    """Return how far the engine's SSE and brute force's lie above the lower of the two."""
    box = Box.over(preset.space, np.array([t[-1] - t[0]]))
    ours = search(t, y[None], np.array([t.size]), np.ones((1, 1), dtype=bool), box, True)[0, 0, _columns.SSE]
    lower, upper = box.lower[0], box.upper[0]
    if box.damping > 0.0:
        other = brute_force_damped(t, y, lower, upper, box.damping)
    else:
        other = brute_force(t, y, lower, upper)
    return ours / min(ours, other) - 1.0, other / min(ours, other) - 1.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--windows", type=int, default=140)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, begin = np.random.default_rng(options.seed), time.perf_counter()
    files = [path for folder in options.folders for path in sorted(folder.glob("*.csv*"))]
    found = {name: [] for name in PRESETS}
    for k in range(options.windows):
        name = list(PRESETS)[k % len(PRESETS)]
        found[name].append(ratio(PRESETS[name], *draw(files, PRESETS[name], rng)))
    print(
        f"{options.windows} windows of {len(files)} files, seed {options.seed}: "
        f"{time.perf_counter() - begin:.0f} s"
    )
    print("| preset | windows | ours above by > 1e-6 | > 1e-4 | largest | brute force above ours by > 1e-6 |")
    print("|---|---|---|---|---|---|")
    for name, pairs in {**found, "all": list(chain(*found.values()))}.items():
        above, other = np.array(pairs).T
        print(
            f"| {name} | {above.size} | {(above > 1e-6).sum()} | {(above > 1e-4).sum()} | {above.max():.1e} "
            f"| {(other > 1e-6).sum()} |"
        )


if __name__ == "__main__":
    main()
