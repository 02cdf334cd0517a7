"""How often paths without a bubble raise an alarm, a year: printed as a table.

    python scripts/alarms_by_chance.py --data ../shared/prices [--paths 3] [--years 10] [--jobs 2]

Paths of each series of the development panel (GARCH(1,1)-t fitted to it, and its returns in blocks of 20
sessions), judged every session once all windows are full, as a daily scan judges. Alarms at most 40 sessions
apart count once. The interval is a bootstrap over paths. Some half an hour on two cores.
"""

import sys
import zlib

import development
import numpy as np
from joblib import Parallel, delayed

import lppl
from lppl.core.series import check
from scanners.evidence.series_fits import CONSENSUS, DAYS, consensus
from scanners.past.skill.alarms import onsets

KINDS = {"garch": "GARCH(1,1)-t", "block": "blocks of 20 sessions"}
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
YEAR, TOGETHER, DRAWS = 252, 120, 2000
BEFORE = max(lppl.PRESETS[CONSENSUS].lengths) + DAYS - 1


def c3(path):
    """Return C3 at every session of a path that fills all windows."""
    checked = check(path, lppl.PRESETS[CONSENSUS].time)
    ends = range(BEFORE - DAYS, len(path))
    parts = [ends[k : k + TOGETHER] for k in range(0, len(ends), TOGETHER)]
    shares = np.concatenate([consensus([checked.until(end) for end in part])[:, 0] for part in parts])
    return np.convolve(shares, np.full(DAYS, 1 / DAYS), mode="valid")


def alarms(path):
    """Return the alarms of a path at each threshold."""
    values = c3(path)
    return [len(onsets(np.flatnonzero(values >= threshold - 1e-12))) for threshold in THRESHOLDS]


def main():
    parser = development.parser(__doc__)
    parser.add_argument("--paths", type=int, default=3)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    length = BEFORE + options.years * YEAR
    head = "".join(f" C3 >= {threshold:g} |" for threshold in THRESHOLDS)
    print(f"| paths | series-years |{head}\n|---|---|" + "---|" * len(THRESHOLDS), flush=True)
    chosen = development.series(options, YEAR)
    for kind, label in KINDS.items():
        paths = []
        for one in chosen:
            seed = zlib.crc32(one.name.encode())
            paths.extend(lppl.null_paths(one.prices, kind, options.paths, seed, length=length))
        run = Parallel(n_jobs=options.jobs, return_as="generator")
        found = []
        for counts in run(delayed(alarms)(path) for path in paths):
            found.append(counts)
            if sys.stderr.isatty():
                print(f"\r{label}: {len(found)} of {len(paths)} paths", end="", file=sys.stderr)
        rates = np.array(found) / options.years
        rng = np.random.default_rng(0)
        again = rates[rng.integers(len(rates), size=(DRAWS, len(rates)))].mean(axis=1)
        low, high = np.quantile(again, (0.025, 0.975), axis=0)
        cells = "".join(
            f" {mean:.3f} ({a:.3f}-{b:.3f}) |" for mean, a, b in zip(rates.mean(0), low, high, strict=True)
        )
        print(f"| {label} | {len(paths) * options.years} |{cells}", flush=True)


if __name__ == "__main__":
    main()
