"""How well the time to a fold is recovered, and how often one is seen where none is: a table.

    python scripts/tipping_power.py [--replications 60]

Takes about five minutes on one core. 600 stationary and 900 ramped points at a twelfth of a time unit,
parameters near those of the Atlantic overturning record.
"""

import argparse

import numpy as np

from earlywarning._kernels.tipping import simulate_ramp, simulate_trend
from earlywarning.phase.tipping import tipping_time

BEFORE, AFTER, STEP = 600, 900, 1 / 12
STILL = (3.0, 0.25, 0.3)
CURVATURE = 0.8
REPLICATIONS = 39
# How far along its ramp, and the slope of a drifting mean.
CASES = {"no change": (None, 0.0), "drifting mean": (None, -0.01)} | {
    f"ramp, {covered:.0%} of the way": (covered, 0.0) for covered in (0.5, 0.8, 0.95)
}


def path(covered, slope, rng):
    """Return a ramp that has gone ``covered`` of its way, or a drifting mean; None if it tipped."""
    noise = rng.standard_normal(BEFORE + AFTER)
    still = simulate_trend(0.25, noise[:BEFORE], STEP, *STILL, 0.0)
    if covered is None:
        after = simulate_trend(still[-1], noise[BEFORE:], STEP, *STILL, slope)
    else:
        rate = covered / (AFTER * STEP)
        after = simulate_ramp(still[-1], noise[BEFORE:], STEP, *STILL, CURVATURE, rate)
    return None if np.isnan(after[-1]) else np.concatenate([still, after[1:]])


def recovered(covered, slope, paths, rng):
    """Return for each path: identified, interval holds the fold, error of the fold, no upper end."""
    found = []
    while len(found) < paths:
        x = path(covered, slope, rng)
        if x is None:
            continue
        result = tipping_time(x, STEP, ramp_start=BEFORE, replications=REPLICATIONS, seed=len(found))
        truth = AFTER * STEP / covered if covered else np.inf
        low, high = result.intervals["duration"]
        found.append((result.identified, low <= truth <= high, result.duration - truth, high > 10 * truth))
    return np.array(found, float).T


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2023)
    options = parser.parse_args()
    print("| process | identified | interval holds the fold | median error of the fold | without an end |")
    print("|---|---|---|---|---|")
    for name, (covered, slope) in CASES.items():
        rng = np.random.default_rng(options.seed)
        identified, holds, error, endless = recovered(covered, slope, options.replications, rng)
        rest = (
            " | | |"
            if covered is None
            else f" {holds.mean():.2f} | {np.median(error):+.0f} | {endless.mean():.2f} |"
        )
        print(f"| {name} | {identified.mean():.2f} |{rest}", flush=True)


if __name__ == "__main__":
    main()
