"""Measure `lppl.error_model`: how often its tests reject and how often its intervals hold the truth.

Prints the tables of ``docs/error_models.md``; about ten minutes on one core. Critical values come
from one draw a series, pooled over the series of a row (Giacomini, Politis & White 2013).
Hence a share of tests has a standard error root two times that of its count, which is what is printed.
"""

import argparse
import math

import numpy as np
from scipy.stats import chi2
from tc_coverage import draw

from lppl.core.model import log_price
from lppl.diagnostics.correlated_errors import SPACE, draw_null, held_statistics, own_statistics, statistics
from lppl.diagnostics.curve_search import CurveSearch
from lppl.diagnostics.shock_variance import fit_shocks

LENGTH, LEVELS = 250, (0.8, 0.95)
SHOCK = 0.015  # standard deviation of a day's shock


def shocks(rng, n, garch):
    """Return daily shocks: normal, or GARCH(1,1) with Student-t(6) errors."""
    z = rng.standard_normal(n + 200) if not garch else rng.standard_t(6, n + 200) / math.sqrt(1.5)
    if garch:
        variance = 1.0
        for i in range(z.size):
            z[i] *= math.sqrt(variance)
            variance = 0.05 + 0.1 * z[i] ** 2 + 0.85 * variance
    return SHOCK * z[200:]


def errors(rng, n, rho, garch):
    """Return AR(1) errors of those shocks, a walk for ``rho`` 1."""
    steps = shocks(rng, n + 300, garch)
    for i in range(1, steps.size):
        steps[i] += rho * steps[i - 1]
    return steps[300:]


def series(rng, n, curve, rho, garch):
    """Return log-prices and the bubble in them, or None."""
    noise = errors(rng, n, rho, garch)
    t = np.arange(n, dtype=float)
    if curve == "none":
        return 0.0005 * t + noise, None
    bubble = draw(rng, n)
    if curve == "power law":
        bubble |= {"C1": 0.0, "C2": 0.0}
    return log_price(t, **bubble) + noise, bubble


CELLS = {
    "random walk": ("none", 1.0, False),
    "GARCH walk": ("none", 1.0, True),
    "exponential, rho .95": ("none", 0.95, False),
    "exponential, rho .95, GARCH": ("none", 0.95, True),
    "power law, rho .95": ("power law", 0.95, False),
    "LPPLS, rho .5": ("LPPLS", 0.5, False),
    "LPPLS, rho .9": ("LPPLS", 0.9, False),
    "LPPLS, rho .95": ("LPPLS", 0.95, False),
    "LPPLS, rho .95, GARCH": ("LPPLS", 0.95, True),
}


def rejections(cell, paths, seed=0, n=LENGTH, kind="garch", nulls=(0, 1, 2)):
    """Return the shares of series in which 5% tests prefer the LPPLS to ``nulls``, one draw a series."""
    rng = np.random.default_rng([seed, list(CELLS).index(cell)])
    search = CurveSearch(np.arange(n, dtype=float), SPACE)
    ys = [series(rng, n, *CELLS[cell])[0] for _ in range(paths)]
    pairs = [(y, one) for y in ys if (one := fit_shocks(y, kind)) is not None]
    found = rejected(search, pairs, rng, kind, max(nulls) + 1)
    return [float(found[:, null].mean()) for null in nulls]


def rejected(search, pairs, rng, kind, nulls=3):
    """Return (series, 3): whether the LPPLS is preferred to each curve at 5%, to one and to all its cases."""
    optima = search.all_curves(np.array([y for y, _ in pairs]), np.array([one.weights for _, one in pairs]))
    observed = np.array([[2.0 * (one.loss - each[3].loss) for one in each[:3]] for each in optima])
    cuts = np.full(3, -np.inf)
    for null in range(nulls):
        drawn = [
            draw_null(search, y, one, null, each[null], 1, rng)[0]
            for (y, one), each in zip(pairs, optima, strict=True)
        ]
        found = [quantile(values, 0.95) for values in statistics(search, np.array(drawn), kind).T]
        cuts = np.where(np.arange(3) >= null, np.maximum(cuts, found), cuts)
    return observed > cuts


def quantile(drawn, level):
    """Return the quantile of a test's draws; one that failed is beyond all."""
    ranked = np.sort(np.where(np.isnan(drawn), np.inf, drawn))
    return ranked[min(math.ceil(level * (ranked.size + 1)), ranked.size) - 1]


def holds(cell, bubbles, seed=0, n=400):
    """Return {cut: (bubbles, tc m omega, [80% holds, 95% holds, 95% identified])}, one draw a bubble."""
    rng = np.random.default_rng([seed, 7, list(CELLS).index(cell)])
    search = CurveSearch(np.arange(n, dtype=float), SPACE)
    reached, drawn, pairs = [], [], []
    while len(reached) < bubbles:
        y, bubble = series(rng, n, *CELLS[cell])
        found = fit_shocks(y, "garch")
        if found is None:
            continue
        truth = np.array([bubble["tc"] - (n - 1), bubble["m"], bubble["omega"]])
        best = search.all_curves(y[None], found.weights[None])[0][3]
        points = (truth, search.low, search.high)
        reached.append([held_statistics(search, y, found.weights, best, point) for point in points])
        again = draw_null(search, y, found, 3, best, 1, rng)
        drawn.append(own_statistics(search, again, best.point, "garch")[0])
        pairs.append((y, found))
    preferred = rejected(search, pairs, rng, "garch")
    preferred = np.logical_and.accumulate(preferred, axis=1)[:, [1, 1, 2]]  # to curves without tc, m or omega
    at = np.moveaxis(np.array(reached), 1, 0)
    columns, tables = np.array(drawn).T, {}
    for name in ("chi-squared", "draws"):
        cuts = [
            np.maximum(
                chi2.ppf(level, 1), [quantile(one, level) if name == "draws" else 0.0 for one in columns]
            )
            for level in LEVELS
        ]
        inside = (at[1] > cuts[1]) & (at[2] > cuts[1]) & preferred
        tables[name] = np.stack([at[0] <= cuts[0], at[0] <= cuts[1], inside], axis=-1)
    return tables


def cell_text(share, trials):
    """Return a share in percent with its Monte Carlo standard error."""
    return (
        f"{100 * share:.0f} ± {100 * math.sqrt(share * (1 - share) / max(trials, 1)):.1f}" if trials else "-"
    )


def main():
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--walks", type=int, default=1000, help="series of a row of walks")
    parser.add_argument("--paths", type=int, default=300, help="series of another row of the tests")
    parser.add_argument("--bubbles", type=int, default=200, help="bubbles of a cell of the intervals")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(
        "| series of | drawn | to random walk | to exponential trend | to power law |\n|---|---|---|---|---|"
    )
    for name, (_, rho, _) in CELLS.items():
        paths = options.walks if rho == 1.0 else options.paths
        shares = [cell_text(one, paths / 2) for one in rejections(name, paths, options.seed)]
        print(f"| {name} | {paths} | {' | '.join(shares)} |", flush=True)
    print("\n| bubble | parameter | cut | 80% holds | 95% holds | identified | then holds |")
    print("|---|---|---|---|---|---|---|")
    for name in [name for name, cell in CELLS.items() if cell[0] == "LPPLS"]:
        tables = holds(name, options.bubbles, options.seed)
        for axis, parameter in enumerate(("tc", "m", "omega")):
            for cut, rows in tables.items():
                eighty, most, inside = rows[:, axis].T
                kept = most[inside]
                shares = [cell_text(each.mean(), len(rows)) for each in (eighty, most, inside)]
                shares.append(cell_text(kept.mean() if kept.size else 0.0, kept.size))
                print(f"| {name} | {parameter} | {cut} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
