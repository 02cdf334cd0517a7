"""Measure how often each preset's confidence exceeds a threshold on price paths without a bubble.

Prints the tables of ``docs/false_alarms.md``; ``make docs-tables`` puts them there. Paths have the drift and
volatility of the embedded series, in equal parts; each is judged once, at its last price, with all windows of
every preset. Presets that search the same box share their fits. A search under a bound on the damping takes a
hundred times as long and gets fewer paths, or none. Three and a half minutes on one core without, twelve with
forty paths for them.
"""

import argparse
import sys
import time

import numpy as np
import pandas as pd

import lppl
from lppl import datasets
from lppl.indicators.null_models import KINDS
from scanners.past.skill.intervals import wilson

THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
LENGTH = 750
SIDES = ("positive", "negative")
TITLES = {
    "random_walk": "Gaussian random walk",
    "garch": "GARCH(1,1) with Student-t errors",
    "block": "stationary bootstrap of the series' own returns, mean block 20",
}


def confidences(path, presets):
    """Return {(preset, filter): (positive, negative)} at the end of one path; "mean" is over the filters."""
    groups = {}
    for preset in presets:
        groups.setdefault((preset.space, preset.time), []).append(preset)
    found = {}
    for (space, unit), group in groups.items():
        lengths = sorted({n for preset in group for n in preset.available(path.size)})
        fits = lppl.fit_windows(path, lengths=lengths, space=space, time=unit)
        for preset in group:
            chosen = fits.select(preset.available(path.size))
            shares = {name: lppl.confidence(chosen, f) for name, f in preset.filters.items()}
            pairs = {name: (share.positive, share.negative) for name, share in shares.items()}
            if len(pairs) > 1:
                pairs["mean"] = tuple(np.mean(list(pairs.values()), axis=0))
            found |= {(preset.name, name): pair for name, pair in pairs.items()}
    return found


def study(kind, count, seed, presets):
    """Return one row a path and (preset, filter, side), over all series."""
    rows = []
    names = datasets.names()
    for k, name in enumerate(names):
        prices = datasets.load(name)
        share = count // len(names) + (k < count % len(names))
        paths = lppl.null_paths(prices, kind, max(share, 1), seed + k, length=LENGTH)[:share]
        for path in paths:
            dated = pd.Series(path, index=prices.index[-LENGTH:])
            for (preset, filter), pair in confidences(dated, presets).items():
                rows += [(preset, filter, side, value) for side, value in zip(SIDES, pair, strict=True)]
    return pd.DataFrame(rows, columns=["preset", "filter", "side", "confidence"])


def cell(values, threshold):
    """Return "share [low, high]" in percent."""
    hits = int((values >= threshold - 1e-12).sum())
    low, high = wilson(hits, values.size)
    return f"{100 * hits / values.size:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def table(rows):
    """Return the markdown table of one kind of path."""
    head = " | ".join(f"{threshold:g}" for threshold in THRESHOLDS)
    lines = [
        f"| preset | filter | side | paths | {head} | 95% quantile | 99% quantile |",
        "|---" * (6 + len(THRESHOLDS)) + "|",
    ]
    for (preset, filter, side), part in rows.groupby(["preset", "filter", "side"], sort=False):
        values = part["confidence"].to_numpy()
        cells = " | ".join(cell(values, threshold) for threshold in THRESHOLDS)
        cells = f"{values.size} | {cells}"
        quantiles = " | ".join(f"{q:.3f}" for q in np.quantile(values, (0.95, 0.99), method="higher"))
        lines.append(f"| {preset} | {filter} | {side} | {cells} | {quantiles} |")
    return "\n".join(lines)


def summary(studies):
    """Return the scan's own line: the daily consensus confidence, positive side, for each kind of path."""
    head = " | ".join(f"{threshold:g}" for threshold in THRESHOLDS)
    lines = [f"| paths | {head} |", "|---" * (1 + len(THRESHOLDS)) + "|"]
    for kind, rows in studies.items():
        chosen = rows[(rows["preset"] == "daily") & (rows["filter"] == "mean") & (rows["side"] == "positive")]
        cells = " | ".join(cell(chosen["confidence"].to_numpy(), threshold) for threshold in THRESHOLDS)
        lines.append(f"| {TITLES[kind]} | {cells} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--paths", type=int, default=240, help="paths of each kind (default 240)")
    parser.add_argument(
        "--bounded-paths",
        type=int,
        default=0,
        help="the same for presets that bound the damping (default 0: they are left out)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--preset", action="append", choices=list(lppl.PRESETS), help="default: all")
    options = parser.parse_args()
    presets = [lppl.PRESETS[name] for name in options.preset or lppl.PRESETS]
    studies = {}
    for kind in KINDS:
        started = time.perf_counter()
        studies[kind] = pd.concat(
            study(kind, count, options.seed, group)
            for count, group in (
                (options.paths, [preset for preset in presets if preset.space.damping == 0.0]),
                (options.bounded_paths, [preset for preset in presets if preset.space.damping > 0.0]),
            )
            if group and count
        )
        print(f"{kind}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    print(page(studies, presets, options.paths, options.bounded_paths, options.seed))


def page(studies, presets, paths, bounded, seed):
    """Return the tables of all kinds of paths, the scan's own line first."""
    extra = f" ({bounded} for presets that bound the damping)" if bounded else ""
    text = PREFACE.format(paths=paths, bounded=extra, seed=seed, length=LENGTH)
    if "daily" in {preset.name for preset in presets}:
        text += f"## The scan's consensus confidence (`daily`, mean, positive)\n\n{summary(studies)}\n\n"
    return text + "\n\n".join(f"## {TITLES[kind]}\n\n{table(studies[kind])}" for kind in KINDS)


PREFACE = """Percent of paths whose confidence reaches a threshold at their last price, with 95% Wilson
intervals, and the 95% and 99% quantiles of confidence over the paths. {paths} paths of {length}
prices{bounded} for each of three null models, seed {seed}, in equal parts with the drift and volatility of
the Nasdaq, the S&P 500, WTI oil and gold.

"""


if __name__ == "__main__":
    main()
