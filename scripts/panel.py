"""Compute evidence for every series of the development material, so that it can be scored.

    python scripts/panel.py [--step 5] [--tests 63] [--nulls 11] [--jobs 2] [--only NAME,NAME]

One compressed file a series and kind of evidence in data/panel; a second run computes what is missing, and
looks of a coarser step are among those of a finer one. First comes the bubble evidence, then monthly looks at
two panels of paths without bubbles (shuffled blocks, GARCH), trust on a sample, and the bifurcation evidence.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from development_series import NULLS, ROOT, null_panel, series
from joblib import Parallel, delayed

from scanners.past.panel.null_panels import KINDS
from scanners.past.panel.pass_files import complete, path_of, read
from scanners.past.panel.pass_rows import BLOCK, FIRST, looks

FOLDER = ROOT / "data" / "panel"
SHAPED = 0.1


def positions(one, step):
    """Return the looks at one series, within the years in which it is judged."""
    found = looks(len(one.closes), step)
    days = one.closes.index.to_numpy()[found]
    return found[(days >= np.datetime64(one.since)) & (days <= np.datetime64(one.to))]


def grid(chosen, step):
    """Return the looks at each series by name."""
    return {one.name: positions(one, step) for one in chosen}


def shaped(folder, chosen, count):
    """Return about so many looks with C at least .1, evenly over all of them, by series."""
    places = []
    for one in chosen:
        _, rows = read(path_of(folder, one.name, "bubble"))
        if len(rows):
            high = rows.loc[(rows["C"] >= SHAPED) & ((rows["position"] - FIRST) % BLOCK == 0), "position"]
            places += [(one.name, place) for place in high]
    taken = places[:: max(1, len(places) // count)]
    return {
        one.name: np.array([place for name, place in taken if name == one.name], dtype=int) for one in chosen
    }


def one_file(folder, one, at, kind):
    """Complete one file; returns its name, rows and processor seconds."""
    rows, seconds = complete(folder, one.name, one.closes, at, kind)
    return one.name, len(at), rows, seconds


def run(chosen, folder, places, kind, jobs):
    """Complete the files of one kind of evidence, telling how far they are."""
    total, done, fresh, spent = sum(map(len, places.values())), 0, 0, 0.0
    started = time.perf_counter()
    tasks = (
        delayed(one_file)(folder, one, places[one.name], kind) for one in chosen if len(places[one.name])
    )
    for name, looked, rows, seconds in Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
        done, fresh, spent = done + looked, fresh + rows, spent + seconds
        if sys.stderr.isatty():
            print(f"\r{kind}: {done} of {total} looks, {name:20s}", end="", file=sys.stderr)
    each = 1000 * spent / max(fresh, 1)
    elapsed = (time.perf_counter() - started) / 60
    print(
        f"{kind}: {len(chosen)} series, {total} looks, {fresh} computed now in "
        f"{spent / 60:.1f} minutes of processor time ({each:.1f} ms a look), {elapsed:.1f} minutes elapsed"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--step", type=int, default=5, help="sessions between looks at bubbles")
    parser.add_argument("--tests", type=int, default=63, help="between looks at bifurcations, 0: none")
    parser.add_argument("--nulls", type=int, default=NULLS, help="series of each panel without bubbles")
    parser.add_argument("--trust", type=int, default=300, help="looks with C at least .1 that get trust")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="names of series, with commas between")
    options = parser.parse_args()
    chosen = series()
    if options.only:
        chosen = [one for one in chosen if one.name in options.only.split(",")]
    if options.step:
        run(chosen, options.folder, grid(chosen, options.step), "bubble", options.jobs)
    for kind in KINDS if options.nulls else ():
        paths = null_panel(kind, options.nulls)
        run(paths, options.folder, grid(paths, BLOCK), "bubble", options.jobs)
    if options.trust:
        places = shaped(options.folder, chosen, options.trust)
        run(chosen, options.folder, places, "trust", options.jobs)
    if options.tests:
        run(chosen, options.folder, grid(chosen, options.tests), "bifurcation", options.jobs)


if __name__ == "__main__":
    main()
