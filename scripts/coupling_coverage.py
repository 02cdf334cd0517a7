"""How often the intervals of the eigenvalue of ``coupling`` hold the truth, and its loop test errs: a table.

    python scripts/coupling_coverage.py [--pairs 200]

Pairs follow a vector autoregression without cross effects and with correlated shocks; the last window of 250
is judged, nominal 95% and 5%. About a minute on one core.
"""

import argparse

import numpy as np

import earlywarning as ew

WINDOW = 250
# The leading eigenvalue of A, and the other.
ROOTS = ((0.936, 0.9), (0.95, 0.9), (0.98, 0.9), (0.99, 0.9), (1.0, 0.9), (1.0, 1.0))
CORRELATION = 0.4


def pair(roots, rng, burn=300):
    """Return two series, a window and twenty values long."""
    shocks = rng.standard_normal((burn + WINDOW + 20, 2))
    shocks[:, 1] = CORRELATION * shocks[:, 0] + np.sqrt(1 - CORRELATION**2) * shocks[:, 1]
    out = np.zeros_like(shocks)
    for t in range(1, len(out)):
        out[t] = np.array(roots) * out[t - 1] + shocks[t]
    return out[burn:].T


def shares(roots, pairs, replications=199, seed=219):
    """Return how often the delta method's band and the interval hold the truth, and a loop is found."""
    rng, hits = np.random.default_rng(seed), np.zeros(3)
    truth = max(roots) - 1.0
    for i in range(pairs):
        found = ew.coupling(*pair(roots, rng), window=WINDOW, replications=replications, seed=i)
        now = found.frame.iloc[-1]
        held = [low <= truth <= high for low, high in ((now["low"], now["high"]), found.interval)]
        hits += [*held, found.loop_p_value <= 0.05]
    return hits / pairs


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=200)
    options = parser.parse_args()
    print("| true eigenvalues of A | delta method holds | interval holds | loop found |\n|---|---|---|---|")
    for roots in ROOTS:
        cells = " | ".join(f"{share:.2f}" for share in shares(roots, options.pairs))
        print(f"| {roots[0]:g} and {roots[1]:g} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
