"""Sizes and powers of explosive-root tests by generalised least squares, of panels, of monitoring: tables.

    python scripts/explosive_variants.py [--series 400]

Nominal size 5%, 199 bootstrap paths. Some four minutes on one core with 400 series.
"""

import argparse

import numpy as np
from explosive_power import bubble, garch, gaussian, volatility_break
from scipy.signal import lfilter

import earlywarning as ew

LENGTH = 150
PATHS = 199
SERIES = 5  # of a panel
TRAINING, BLOCK = 200, 63


def drifting(n, rng):
    """Walk that drifts by .05 of a step's deviation, as a stock index does in a day."""
    return (0.05 + rng.standard_normal(n)).cumsum()


def calmer(n, rng):
    return (rng.standard_normal(n) * np.where(np.arange(n) > n // 3, 1.0, 3.0)).cumsum()


def mean_reversion(n, rng):
    return lfilter([1.0], [1.0, -0.9], rng.standard_normal(n + 200))[200:]


def running(n, rng, noise=6.79):
    """A bubble from 0.85 n on that has not burst."""
    y = np.full(n, 100.0)
    for t in range(1, n):
        root = 1 + n**-0.6 if t >= int(0.85 * n) else 1.0
        y[t] = root * y[t - 1] + noise * rng.standard_normal()
    return y


def louder_after(n, rng):
    """A bubble that bursts, and three times the noise in the last third."""
    return bubble(n, rng) + 2 * 6.79 * (rng.standard_normal(n) * (np.arange(n) > 2 * n // 3)).cumsum()


PROCESSES = {
    "walk": gaussian,
    "walk with drift": drifting,
    "GARCH walk": garch,
    "volatility triples": volatility_break,
    "volatility falls to a third": calmer,
    "mean reversion": mean_reversion,
    "bubble that bursts": bubble,
    "bubble that bursts, volatility triples": louder_after,
    "bubble that runs on": running,
}
TESTS = {
    "OLS": {},
    "GLS, causal": {"gls": "causal"},
    "GLS, two-sided": {"gls": "two-sided"},
    "signs": {"signs": True},
}


def of_tests(make, series, paths=PATHS):
    """Return the share of series that each variant of GSADF rejects."""
    rng, hits = np.random.default_rng(1131), np.zeros(len(TESTS))
    for i in range(series):
        y = make(LENGTH, rng)
        for j, variant in enumerate(TESTS.values()):
            test = ew.gsadf(y, log=False, **variant)
            hits[j] += p_of(ew.bootstrap_critical_values(test, replications=paths, seed=i), test)
    return hits / series


def p_of(critical, test):
    return critical.p_value(test.statistic) <= 0.05


def panel(make, explosive, rng, correlation=0.5):
    """Return series whose steps share half their variance, the first ``explosive`` of them with a bubble."""
    common = np.diff(make(LENGTH + 1, rng))
    own = [np.diff(make(LENGTH + 1, rng)) for _ in range(SERIES)]
    steps = [np.sqrt(correlation) * common + np.sqrt(1 - correlation) * one for one in own]
    walks = np.cumsum(steps, axis=1).T
    if explosive:
        walks[:, :explosive] += (bubble(LENGTH, rng, noise=0.0)[:, None] - 100.0) / 6.79
    return walks


PANELS = {
    "walks": (gaussian, 0),
    "GARCH walks": (garch, 0),
    "mean reversion": (mean_reversion, 0),
    "2 of 5 walks with a bubble": (gaussian, 2),
    "5 of 5 walks with a bubble": (gaussian, SERIES),
}
PANEL_KINDS = ("wild", "sieve")


def of_panels(make, explosive, series, paths=PATHS):
    """Return the share of panels that each bootstrap rejects."""
    rng, hits = np.random.default_rng(419), np.zeros(len(PANEL_KINDS))
    for i in range(series):
        test = ew.panel_gsadf(panel(make, explosive, rng), log=False)
        for j, kind in enumerate(PANEL_KINDS):
            hits[j] += p_of(ew.panel_critical_values(test, kind, replications=paths, seed=i), test)
    return hits / series


def bubble_ahead(n, rng):
    """A walk that turns explosive at the third session of the block."""
    y = np.full(n, 100.0)
    for t in range(1, n):
        root = 1 + n**-0.6 if t >= TRAINING + 2 else 1.0
        y[t] = root * y[t - 1] + 6.79 * rng.standard_normal()
    return y


WATCHED = {
    "walk": gaussian,
    "GARCH walk": garch,
    "mean reversion": mean_reversion,
    "bubble from the third session on": bubble_ahead,
}
MONITORS = {"wild": {}, "phillips_shi": {"method": "phillips_shi"}, "signs": {"signs": True}}


def of_monitors(make, series, paths=PATHS):
    """Return the share of blocks with an alarm, and the median session of the first one."""
    rng = np.random.default_rng(61)
    hits, delays = np.zeros(len(MONITORS)), [[] for _ in MONITORS]
    for i in range(series):
        y = make(TRAINING + BLOCK, rng)
        for j, variant in enumerate(MONITORS.values()):
            found = ew.monitor(y, TRAINING, BLOCK, log=False, replications=paths, seed=i, **variant)
            hits[j] += bool(found.alarms)
            delays[j] += [found.alarms[0] - TRAINING + 1] if found.alarms else []
    return hits / series, [np.median(one) if one else np.nan for one in delays]


def head(*columns):
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|", flush=True)


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=400)
    options = parser.parse_args()
    head(f"GSADF, n = {LENGTH}", *TESTS)
    for name, make in PROCESSES.items():
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in of_tests(make, options.series)) + " |")
    print()
    head(f"panel of {SERIES}, n = {LENGTH}", *PANEL_KINDS)
    for name, (make, explosive) in PANELS.items():
        shares = of_panels(make, explosive, options.series)
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |", flush=True)
    print()
    head(f"a block of {BLOCK} after {TRAINING}", *MONITORS)
    for name, make in WATCHED.items():
        shares, delays = of_monitors(make, options.series)
        cells = [f"{share:.3f}, session {delay:.0f}" for share, delay in zip(shares, delays, strict=True)]
        print(
            f"| {name} | " + " | ".join(cell.replace(", session nan", "") for cell in cells) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
