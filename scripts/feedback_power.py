"""How often `time_varying` finds a change of sign, and how often its intervals hold: a table.

    python scripts/feedback_power.py [--histories 200]

Ten years of weeks, windows of two years, nominal 5% and 95%. Two minutes on one core.
"""

import argparse

import numpy as np

from earlywarning import time_varying

WEEKS, WINDOW = 520, 104
HALF = WEEKS // 2


def gaussian(rng, n):
    return rng.normal(size=n)


def garch(rng, n):
    """Student-t GARCH(1,1) with the persistence of weekly markets."""
    shocks = rng.standard_t(5, n + 200) / np.sqrt(5 / 3)
    out, variance = np.empty(n + 200), 1.0
    for t, shock in enumerate(shocks):
        out[t] = np.sqrt(variance) * shock
        variance = 0.05 + 0.12 * out[t] ** 2 + 0.83 * variance
    return out[200:]


SWITCH = np.where(np.arange(WEEKS) < HALF, 1.0, -1.0)
# Path of the slope, size of the other noise.
TRUTHS = {
    "independent walks": (np.zeros(WEEKS), 1.0),
    "constant slope, correlation .3": (np.full(WEEKS, 0.3), 0.95),
    "constant slope, correlation .1": (np.full(WEEKS, 0.1), 1.0),
    "slope turns, correlation +.3 to -.3": (0.3 * SWITCH, 0.95),
    "slope turns, correlation +.5 to -.5": (0.5 * SWITCH, 0.87),
    "slope walks, step .05": (None, 1.0),
}
NOISES = {"Gaussian": gaussian, "GARCH-t": garch}


def shares(truth, noise, histories, seed=1):
    """Return how often a change is found, both intervals hold and the date of the turn does (NaN without)."""
    given, size = TRUTHS[truth]
    hits, dated = [], []
    for trial in range(histories):
        rng = np.random.default_rng([trial, seed])
        slope = np.cumsum(rng.normal(0, 0.05, WEEKS)) if given is None else given
        x = NOISES[noise](rng, WEEKS)
        found = time_varying(
            slope * x + size * NOISES[noise](rng, WEEKS), x, window=WINDOW, replications=199, seed=trial
        )
        rolling = found.interval[0] <= slope[-WINDOW:].mean() <= found.interval[1]
        filtered = found.filtered_interval[0] <= slope[-1] <= found.filtered_interval[1]
        hits.append((bool(found.changes), rolling, filtered))
        if given is not None and found.changes and slope[0] * slope[-1] < 0:
            dated.append(int(found.changes[0].earliest) <= HALF <= int(found.changes[0].seen))
    return [*np.mean(hits, axis=0), np.mean(dated) if dated else np.nan]


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, default=200)
    options = parser.parse_args()
    print("| truth | noise | sign change found | rolling interval covers | filtered covers | date covered |")
    print("|---|---|---|---|---|---|")
    for truth in TRUTHS:
        for noise in NOISES:
            told = [f"{share:.3f}" for share in shares(truth, noise, options.histories)]
            print(f"| {truth} | {noise} | {' | '.join(told).replace('nan', '')} |", flush=True)


if __name__ == "__main__":
    main()
