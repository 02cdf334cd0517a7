"""How many minima are certified as global in each preset's box, and what a proof costs.

    python benchmarks/certified_minima.py FOLDER [FOLDER ...] [--windows 28] [--seed 0] [--gap 1e-6]

FOLDERs and windows are those of ``global_minimum.py``. Seconds are processor time of one process.
"""

import argparse
import time
from itertools import chain
from pathlib import Path

import numpy as np
from global_minimum import draw

from lppl import PRESETS
from lppl._kernels import columns as _columns
from lppl.fitting.box import Box, search
from lppl.fitting.certificate import CELLS, prove


def certified(preset, t, y, gap, cells):
    """Return whether the minimum is certified, the cells, the seconds, and how far below a point lies."""
    box = Box.over(preset.space, np.array([t[-1] - t[0]]))
    wanted = np.ones((1, 1), dtype=bool)
    sse = search(t, y[None], np.array([t.size]), wanted, box, True, False)[0, 0, _columns.SSE]
    start = time.process_time()
    proven, _, used, row = prove(t, y, True, box, 0, sse, gap, cells)
    lower = np.nan if row is None else row[_columns.SSE] / sse - 1.0
    return proven, used, time.process_time() - start, lower


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--windows", type=int, default=28)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gap", type=float, default=1e-6)
    parser.add_argument("--cells", type=int, default=CELLS)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    files = [path for folder in options.folders for path in sorted(folder.glob("*.csv*"))]
    t, y = draw(files, PRESETS["filimonov_sornette_2013"], rng)
    certified(PRESETS["shu_zhu_2019"], t, y, 0.5, 10)  # compiles
    found = {name: [] for name in PRESETS}
    for k in range(options.windows):
        name = list(PRESETS)[k % len(PRESETS)]
        found[name].append(
            certified(PRESETS[name], *draw(files, PRESETS[name], rng), options.gap, options.cells)
        )
        print(k, name, *found[name][-1], flush=True)
    print(f"{options.windows} windows of {len(files)} files, seed {options.seed}, gap {options.gap:g}")
    print("| preset | windows | certified | lower minimum met | cells, median | seconds, median | largest |")
    print("|---|---|---|---|---|---|---|")
    for name, rows in {**found, "all": list(chain(*found.values()))}.items():
        proven, used, seconds, lower = np.array(rows).T
        print(
            f"| {name} | {proven.size} | {int(proven.sum())} | {np.isfinite(lower).sum()} "
            f"| {np.median(used):,.0f} | {np.median(seconds):.1f} | {seconds.max():.1f} |"
        )


if __name__ == "__main__":
    main()
