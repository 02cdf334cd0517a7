"""How often `trend_channel` finds a break where there is one and where there is none: a table.

    python scripts/channel_power.py [--histories 200]

Forty years of months, 199 null paths, nominal 5%. A few minutes on one core.
"""

import argparse

import numpy as np
from feedback_power import NOISES
from scipy.signal import lfilter

from earlywarning import trend_channel

MONTHS = 480
MIDDLE = MONTHS // 2
T = np.arange(MONTHS)
BEND = 0.003 * np.minimum(T, MONTHS - T)


def walk(noise, trend=0.0):
    return lambda rng: trend * T + np.cumsum(0.02 * NOISES[noise](rng, MONTHS))


def about(trend, rho):
    """Deviations that follow an AR(1) about a trend."""
    return lambda rng: trend + lfilter([1.0], [1.0, -rho], 0.02 * rng.normal(size=MONTHS))


TRUTHS = {
    "random walk, Gaussian": walk("Gaussian"),
    "random walk, GARCH-t": walk("GARCH-t"),
    "random walk with drift": walk("Gaussian", 0.003),
    "straight trend, deviations AR(1) .95": about(0.003 * T, 0.95),
    "bent trend, deviations AR(1) .9": about(BEND, 0.9),
    "bent trend, deviations AR(1) .95": about(BEND, 0.95),
    "random walk with a bent drift": lambda rng: BEND + walk("Gaussian")(rng),
}


def shares(truth, histories, seed=3):
    """Return how often a break is found, and how often one found lies within two years of the middle."""
    breaks, near = [], []
    for trial in range(histories):
        x = TRUTHS[truth](np.random.default_rng([trial, seed]))
        found = trend_channel(x, log=False, replications=199, seed=trial)
        breaks.append(bool(found.breaks))
        if found.breaks:
            near.append(min(abs(one.position - MIDDLE) for one in found.breaks) <= 24)
    return float(np.mean(breaks)), float(np.mean(near)) if near else np.nan


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, default=200)
    options = parser.parse_args()
    print("| truth | break found | of those, one within two years of the middle |\n|---|---|---|")
    for truth in TRUTHS:
        found, near = shares(truth, options.histories)
        bent = "bent" in truth and np.isfinite(near)
        print(f"| {truth} | {found:.3f} | {f'{near:.2f}' if bent else ''} |", flush=True)


if __name__ == "__main__":
    main()
