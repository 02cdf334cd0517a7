"""Compute evidence for every series of the development material, so that it can be scored.

    python scripts/panel.py [--step 5] [--tests 63] [--nulls 20] [--jobs 2] [--only NAME,NAME]

One compressed file a series and kind of evidence in data/panel; a second run computes what is missing, and
looks of a coarser step are among those of a finer one. The bubble evidence comes first, monthly looks at two
panels of paths without bubbles (shuffled blocks, GARCH) last.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from development_series import ROOT, null_panel, series
from joblib import Parallel, delayed

from scanners.past.panel.files import complete
from scanners.past.panel.null_panels import KINDS
from scanners.past.panel.rows import BLOCK, looks

FOLDER = ROOT / "data" / "panel"


def positions(one, step):
    """Return the looks at one series, within the years in which it is judged."""
    found = looks(len(one.closes), step)
    days = one.closes.index.to_numpy()[found]
    return found[(days >= np.datetime64(one.since)) & (days <= np.datetime64(one.to))]


def one_file(folder, one, step, kind):
    """Complete one file; returns its name, rows and processor seconds."""
    rows, seconds = complete(folder, one.name, one.closes, positions(one, step), kind)
    return one.name, len(positions(one, step)), rows, seconds


def run(chosen, folder, step, kind, jobs):
    """Complete the files of one kind of evidence, telling how far they are."""
    total, done, fresh, spent = sum(len(positions(one, step)) for one in chosen), 0, 0, 0.0
    started = time.perf_counter()
    tasks = (delayed(one_file)(folder, one, step, kind) for one in chosen)
    for name, looked, rows, seconds in Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
        done, fresh, spent = done + looked, fresh + rows, spent + seconds
        if sys.stderr.isatty():
            print(f"\r{kind}: {done} of {total} looks, {name:20s}", end="", file=sys.stderr)
    each = 1000 * spent / max(fresh, 1)
    elapsed = (time.perf_counter() - started) / 60
    print(
        f"{kind}, every {step} sessions: {len(chosen)} series, {total} looks, {fresh} computed now in "
        f"{spent / 60:.1f} minutes of processor time ({each:.1f} ms a look), {elapsed:.1f} minutes elapsed"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--step", type=int, default=5, help="sessions between looks at bubbles")
    parser.add_argument("--tests", type=int, default=63, help="between looks at bifurcations, 0: none")
    parser.add_argument("--nulls", type=int, default=20, help="series of each panel without bubbles")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="names of series, with commas between")
    options = parser.parse_args()
    chosen = series()
    if options.only:
        chosen = [one for one in chosen if one.name in options.only.split(",")]
    if options.step:
        run(chosen, options.folder, options.step, "bubble", options.jobs)
    if options.tests:
        run(chosen, options.folder, options.tests, "bifurcation", options.jobs)
    for kind in KINDS if options.nulls else ():
        run(null_panel(kind, options.nulls), options.folder, BLOCK, "bubble", options.jobs)


if __name__ == "__main__":
    main()
