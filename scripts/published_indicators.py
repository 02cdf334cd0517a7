"""Print what the published indicators say on prices that come with the package, for others to compare.

The second table of ``docs/reproduces.md``: no published figure with its data is known of these. Two minutes
on one core.
"""

import argparse

import lppl

SERIES, DATE = "nasdaq", "2000-03-10"
RESAMPLES, SCALES = 100, range(750, 124, -125)
LEVELS = (0.1, 0.5, 0.9)


def shares(prices, end, preset):
    """Return rows of a preset's confidences at a date: filter, positive and negative share."""
    found = lppl.PRESETS[preset]
    position = prices.index.searchsorted(end, side="right")
    windows = lppl.fit_windows(
        prices, end=end, lengths=found.available(position), space=found.space, time=found.time
    )
    rows = []
    for name, rule in found.filters.items():
        one = lppl.confidence(windows, rule)
        rows.append((f"{preset}, {name}", f"{one.attempted} windows", (one.positive, one.negative)))
    return rows


def trusted(prices, end, jobs=1):
    """Return the row of the trust indicator at 126 windows."""
    found = lppl.trust(prices, end=end, resamples=RESAMPLES, n_jobs=jobs)
    said = f"{len(found.lengths)} windows x {RESAMPLES}"
    return ("shanghai_2015, trust", said, (found.positive, found.negative))


def quantiles(prices, end, jobs=1):
    """Return the row of the multi-scale quantile indicator, on few windows and levels."""
    found = lppl.quantile_confidence(
        prices, end=end, lengths=list(SCALES), quantiles=LEVELS, filter="end_flag", n_jobs=jobs
    )
    said = f"{len(SCALES)} windows x {len(LEVELS)} levels"
    return ("quantile confidence, end_flag", said, (found.positive, found.negative))


def rows(prices, end, jobs=1):
    """Return all rows at a date."""
    presets = ("shanghai_2015", "gabauer_2022_short", "gabauer_2022_medium", "gabauer_2022_long")
    found = [row for preset in presets for row in shares(prices, end, preset)]
    found[2:2] = [trusted(prices, end, jobs)]
    return [*found, *shares(prices, end, "shu_zhu_2019"), quantiles(prices, end, jobs)]


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1, help="processes; the numbers do not depend on it")
    options = parser.parse_args()
    prices = lppl.datasets.load(SERIES)
    print("| indicator | of | positive | negative |\n|---|---|---|---|")
    for name, of, (positive, negative) in rows(prices, DATE, options.jobs):
        print(f"| {name} | {of} | {positive:.3f} | {negative:.3f} |")


if __name__ == "__main__":
    main()
