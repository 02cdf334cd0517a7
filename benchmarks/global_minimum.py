"""How often the engine misses the global minimum: its SSE against brute force on random windows.

    python benchmarks/global_minimum.py FOLDER [--windows 300] [--series gold,kosdaq,...]

FOLDER holds CSV files with date and close. Brute force is a dense grid (every date inside the sample, 128
frequencies, 12 exponents), whose 100 lowest local minima are descended, and 200 descents from random starts.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from numba import njit

from lppl import SearchSpace
from lppl._kernels import columns as _columns
from lppl._kernels import grid as _grid
from lppl._kernels import refine as _refine
from lppl._kernels import search as _search
from lppl.fitting.box import Box, search

LENGTHS = np.arange(125, 751, 5)
NODES, LANES, POWERS = 81, 128, np.linspace(0.001, 2.0, 12)


@njit
def _descend(t, y, log_scale, x, lower, upper):
    work, scratch, weights = np.empty((5, t.size)), np.empty((16, 4)), np.ones(t.size)
    return _refine.refine(t, y, weights, log_scale, x, lower, upper, True, 1e-12, 300, np.inf, work, scratch)[
        0
    ]


def brute_force(y, length, rng):
    y = y[-length:] - y[-1]
    t = np.arange(length) - (length - 1.0)
    reach = 0.2 * (length - 1)
    lower, upper = np.array([-reach, 0.001, 1.0]), np.array([reach, 2.0, 50.0])
    horizons = np.unique(np.concatenate([np.linspace(-reach, reach, NODES), np.arange(np.ceil(-reach), 1)]))
    best, power = np.full((2, 1, 1, horizons.size, LANES), np.inf)
    step = 49.0 / (LANES - 1)
    wanted, bounds = np.ones((1, 1), dtype=bool), (lower[:1], upper[:1])
    _grid.grid(t, y[None], np.array([length]), wanted, *bounds, horizons, POWERS, 1.0, step, best, power)
    lowest = np.empty((100, 4))
    count = _search.basins(best[0, 0], power[0, 0], horizons, POWERS, 1.0, step, lowest)
    starts = np.vstack([lowest[:count, 1:], rng.uniform(lower, upper, size=(200, 3))])
    log_scale = np.log(length - 1.0)
    return min(_descend(t, y, log_scale, np.ascontiguousarray(x), lower, upper) for x in starts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--windows", type=int, default=300)
    parser.add_argument("--series", default="gold,kosdaq,nasdaq,silver,sp500,usdjpy")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    names = options.series.split(",")
    ratios, begin = [], time.perf_counter()
    for k in range(options.windows):
        path = options.folder / f"{names[k % len(names)]}.csv"
        close = pd.read_csv(path, usecols=["date", "close"])["close"].dropna()
        y = np.log(close[close > 0].to_numpy())
        end, length = int(rng.integers(750, y.size)), int(rng.choice(LENGTHS))
        y = y[end - 750 : end]
        box = Box.over(SearchSpace(), np.array([length - 1.0]))
        wanted = np.ones((1, 1), dtype=bool)
        ours = search(np.arange(750.0), y[None], np.array([length]), wanted, box, True)[0, 0, _columns.SSE]
        ratios.append(ours / brute_force(y, length, rng))
    above = np.array(ratios) - 1.0
    print(f"{options.windows} windows of {len(names)} series in {time.perf_counter() - begin:.0f} s")
    print("| ours above brute force by | share of windows |\n|---|---|")
    for bar in (1e-6, 1e-4, 1e-2):
        print(f"| at most {bar:g} | {np.mean(above <= bar):.2%} |")
    print(f"| largest | {above.max():.2e} |")
    print(f"| ours lower by more than 1e-6 | {np.mean(above < -1e-6):.2%} |")


if __name__ == "__main__":
    main()
