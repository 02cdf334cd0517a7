"""Simulate the null distributions of the explosive-root tests and fit the stored response surfaces.

    python scripts/gsadf_critical_values.py simulate quantiles.csv
    python scripts/gsadf_critical_values.py fit quantiles.csv > earlywarning/explosive/response_surface.py

Null: a random walk with drift 1/n and Gaussian steps (Phillips, Shi & Yu 2015). The simulation takes
about eleven minutes on one core; ``--scale 0.1`` takes a tenth of the replications. ``fit`` also reports its
errors on stderr.
"""

import argparse
import sys
import time

import numpy as np
import pandas as pd

from earlywarning.explosive.backward_sup import sup_of_paths
from earlywarning.explosive.critical import LEVELS, surface_terms
from earlywarning.explosive.statistics import default_min_window

# Observations and replications without lags; windows are these multiples of the default one.
PLAIN = {
    40: 20_000, 60: 20_000, 100: 20_000, 150: 20_000, 250: 20_000, 400: 20_000, 700: 12_000,
    1000: 12_000, 1600: 8_000, 2500: 5_000, 4000: 2_500, 6500: 1_200, 10_000: 800,
}  # fmt: skip
LAGGED = {60: 10_000, 100: 10_000, 250: 10_000, 400: 6_000, 1000: 3_000, 2500: 1_000}
MULTIPLES = (0.45, 1.0, 2.2)
LAGS = (1, 2, 4)
BATCH = 100
ENDS = 10  # sample sizes at which the backward sequence is read


def quantile_rows(lags, window, draws):
    """Return one record a statistic: its quantiles, and their Monte Carlo errors from the local density."""
    records = []
    for (statistic, size), values in draws.items():
        values = np.sort(np.concatenate(values))
        count = len(values)
        for level in LEVELS:
            half = np.sqrt(level * (1 - level) / count)
            low, mid, high = np.quantile(values, [level - half, level, min(level + half, 1.0)])
            records.append((statistic, size, lags, window, level, mid, (high - low) / 2, count))
    return records


def simulate_one(n, lags, multiples, replications, rng):
    """Simulate every statistic for one sample size and lag order, all windows from the same paths."""
    windows = sorted({max(int(m * default_min_window(n)), 2 * lags + 8) for m in multiples})
    draws = {window: {} for window in windows}
    rows = n - 1 - lags
    for start in range(0, replications, BATCH):
        count = min(BATCH, replications - start)
        paths = np.cumsum(rng.standard_normal((count, n)) + 1.0 / n, axis=1)
        path = np.empty((count, rows))
        for window in windows:
            into = draws[window]
            into.setdefault(("sadf", n), []).append(sup_of_paths(paths, lags, window, 1, path))
            if window == windows[0]:
                into.setdefault(("adf", n), []).append(path[:, -1].copy())
            into.setdefault(("gsadf", n), []).append(sup_of_paths(paths, lags, window, n, path))
            ends = np.unique(np.geomspace(window, rows, ENDS).astype(int))
            for end in ends:
                into.setdefault(("bsadf", end + 1 + lags), []).append(path[:, end - 1].copy())
    return [row for window in windows for row in quantile_rows(lags, window, draws[window])]


def simulate(out, scale, seed):
    """Simulate the whole design and write its quantiles."""
    rng = np.random.default_rng(seed)
    design = [(n, 0, MULTIPLES, count) for n, count in PLAIN.items()]
    design += [(n, k, MULTIPLES[1:2], count) for n, count in LAGGED.items() for k in LAGS]
    records = []
    for n, lags, multiples, count in design:
        begin = time.perf_counter()
        records += simulate_one(n, lags, multiples, max(int(count * scale), 200), rng)
        print(f"n={n} lags={lags}: {time.perf_counter() - begin:.1f} s", file=sys.stderr)
    columns = ["statistic", "n", "lags", "window", "level", "quantile", "error", "replications"]
    pd.DataFrame(records, columns=columns).to_csv(out, index=False, float_format="%.5f")


def fit(table):
    """Fit one weighted regression a statistic and level; return coefficients and a report of the errors."""
    coefficients, report = {}, []
    for (statistic, level), group in table.groupby(["statistic", "level"]):
        terms = surface_terms(statistic, group["n"], group["lags"], group["window"])
        weight = 1.0 / np.hypot(group["error"], 0.005)
        beta, *_ = np.linalg.lstsq(terms * weight.to_numpy()[:, None], group["quantile"] * weight, rcond=None)
        coefficients.setdefault(statistic, {})[level] = beta
        miss = group["quantile"] - terms @ beta
        report.append((statistic, level, len(group), group["error"].mean(), miss.std(), miss.abs().max()))
    columns = ["statistic", "level", "points", "mc error", "rms", "largest"]
    return coefficients, pd.DataFrame(report, columns=columns)


def write_module(coefficients, replications, out):
    """Write the coefficients as a module."""
    out.write('"""Response surfaces of the explosive-root tests.\n\n')
    out.write("Made by ``scripts/gsadf_critical_values.py`` ")
    out.write(f"from {replications:,} simulated series;\na row a level of `critical.LEVELS`.\n")
    out.write('"""\n\n# fmt: off\nCOEFFICIENTS = {\n')
    for statistic, by_level in coefficients.items():
        out.write(f'    "{statistic}": (\n')
        for beta in by_level.values():
            out.write("        (\n")
            for i in range(0, len(beta), 9):
                out.write("            " + "".join(f"{b:.6g}, " for b in beta[i : i + 9]).rstrip() + "\n")
            out.write("        ),\n")
        out.write("    ),\n")
    out.write("}\n# fmt: on\n")


def main():
    """Simulate or fit, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["simulate", "fit"])
    parser.add_argument("file")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=20150101)
    options = parser.parse_args()
    if options.step == "simulate":
        simulate(options.file, options.scale, options.seed)
        return
    table = pd.read_csv(options.file)
    coefficients, report = fit(table)
    print(report.to_string(float_format="%.4f"), file=sys.stderr)
    once = table[(table["statistic"] == "gsadf") & (table["level"] == LEVELS[0])]
    per_design = once.groupby(["n", "lags"])["replications"].first()
    write_module(coefficients, int(per_design.sum()), sys.stdout)


if __name__ == "__main__":
    main()
