"""Measure how often the nominal 80% and 95% intervals of tc hold the true tc of simulated bubbles.

Prints the table of ``docs/critical_time.md``. Each bubble has its own parameters (see ``draw``); the fit
sees the prices only and searches the default box. The last four columns are about the 95% interval.
Five to ten minutes on one core.
"""

import argparse
import math
import zlib
from dataclasses import dataclass

import numpy as np

import lppl
from lppl.critical_times.profile_likelihood import profile_windows

LENGTH = 400
LEVELS = (0.8, 0.95)
METHODS = {"published": True, "weighted": False}
CELLS = (
    ("white", 0.01, {}),
    ("white", 0.03, {}),
    ("garch", 0.01, {}),
    ("garch", 0.03, {}),
    ("ar1", 0.01, {"phi": 0.5}),
    ("ar1", 0.01, {"phi": 0.9}),
    ("ar1", 0.03, {"phi": 0.9}),
    ("ar1", 0.03, {"phi": 0.97}),
)


@dataclass(frozen=True)
class Share:
    """A share of ``trials`` and its Monte Carlo standard error."""

    value: float
    trials: int

    @property
    def error(self):
        return math.sqrt(self.value * (1 - self.value) / self.trials)


@dataclass(frozen=True)
class Coverage:
    """What one method gave in one cell, at both nominal levels."""

    holds: tuple[Share, Share]
    identified: Share  # 95% intervals inside the box
    holds_if_identified: Share
    width: float


def draw(rng, n=LENGTH):
    """Draw a positive bubble that ends 2 to 15% of its length before tc, damped within 0.8 .. 2."""
    horizon = rng.uniform(0.02, 0.15) * n
    tc, m, omega = n - 1 + horizon, rng.uniform(0.2, 0.8), rng.uniform(5, 12)
    B = -rng.uniform(0.3, 1.0) / (tc**m - horizon**m)  # the log-price rises by 0.3 to 1
    C = m * abs(B) / (omega * rng.uniform(0.8, 2.0))
    phase = rng.uniform(0, 2 * np.pi)
    return {
        "tc": tc,
        "m": m,
        "omega": omega,
        "A": 7.0,
        "B": B,
        "C1": C * np.cos(phase),
        "C2": C * np.sin(phase),
    }


def coverage(noise, sigma, extra, bubbles, seed=0):
    """Return the coverage of every method in one cell."""
    rng = np.random.default_rng([seed, zlib.crc32(repr((noise, sigma, extra)).encode())])
    holds = {method: np.zeros((bubbles, 2), dtype=bool) for method in METHODS}
    inside = {method: np.zeros(bubbles, dtype=bool) for method in METHODS}
    widths = {method: np.zeros(bubbles) for method in METHODS}
    for k in range(bubbles):
        bubble = draw(rng)
        noise_seed = int(rng.integers(2**32))
        prices = lppl.simulate(LENGTH, **bubble, sigma=sigma, noise=noise, seed=noise_seed, **extra)
        windows = lppl.fit_windows(prices, lengths=[LENGTH])
        for method, independent in METHODS.items():
            profile = profile_windows(windows, independent=independent)[0]
            intervals = [profile.confidence_interval(level) for level in LEVELS]
            holds[method][k] = [each.low <= bubble["tc"] <= each.high for each in intervals]
            inside[method][k] = intervals[1].identified
            widths[method][k] = intervals[1].high - intervals[1].low
    return {
        method: Coverage(
            tuple(Share(float(share), bubbles) for share in holds[method].mean(axis=0)),
            Share(float(inside[method].mean()), bubbles),
            Share(float(holds[method][inside[method], 1].mean()), int(inside[method].sum())),
            float(np.median(widths[method])),
        )
        for method in METHODS
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bubbles", type=int, default=400, help="simulated bubbles a cell")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| noise | its sd | likelihood | 80% holds tc | 95% holds tc | bounded | then holds tc | width |")
    print("|---|---|---|---|---|---|---|---|")
    for noise, sigma, extra in CELLS:
        name = f"AR(1), phi {extra['phi']:g}" if noise == "ar1" else noise.replace("garch", "GARCH")
        for method, found in coverage(noise, sigma, extra, options.bubbles, options.seed).items():
            shares = (*found.holds, found.identified, found.holds_if_identified)
            cells = [f"{100 * share.value:.0f} ± {100 * share.error:.1f}" for share in shares]
            print(f"| {name} | {sigma:g} | {method} | {' | '.join(cells)} | {found.width:.0f} |", flush=True)


if __name__ == "__main__":
    main()
