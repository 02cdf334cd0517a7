"""Critical values of GSADF from the stored surfaces beside published and freshly simulated ones: a table.

    python scripts/critical_value_table.py [--paths 2000]

Published values are those that the exuber package reports (2,000 replications, default windows). The share of
fresh Gaussian walks above the stored 95% value should be 5%. About a minute on one core.
"""

import argparse

import numpy as np

import earlywarning as ew
from earlywarning.explosive.backward_sup import sup_of_paths
from earlywarning.explosive.statistics import default_min_window

LEVELS = (0.9, 0.95, 0.99)
PUBLISHED = {100: (1.71, 1.974, 2.571), 400: (1.918, 2.151, 2.602)}
LENGTHS = (100, 400, 1000, 2500, 10_000)
SIMULATED = 1000  # longest walks drawn here


def above(n, paths, seed=108, lags=0):
    """Return the share of walks whose GSADF lies above the stored 95% value."""
    walks = np.cumsum(np.random.default_rng(seed).standard_normal((paths, n)) + 1 / n, axis=1)
    largest = sup_of_paths(walks, lags, default_min_window(n), n, np.empty((paths, n - 1 - lags)))
    return float(np.mean(largest > ew.critical_values(n, lags=lags).at(0.95)))


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=2000)
    options = parser.parse_args()
    print(
        "| n | 90 / 95 / 99% GSADF, ours | published | fresh walks above our 95% value |\n|---|---|---|---|"
    )
    for n in LENGTHS:
        ours, published = [ew.critical_values(n).at(level) for level in LEVELS], PUBLISHED.get(n, ())
        cells = [" / ".join(f"{value:.2f}" for value in values) for values in (ours, published)]
        share = f"{100 * above(n, options.paths):.1f}%" if n <= SIMULATED else ""
        print(f"| {n:,} | {cells[0]} | {cells[1]} | {share} |", flush=True)


if __name__ == "__main__":
    main()
