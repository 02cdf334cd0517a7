"""Compare C of the ``daily`` preset under other search boxes, printed as a table.

    python scripts/search_box.py --data ../shared/prices [--dates 1000] [--jobs 2]

On random dates of the development panel, with the same windows and filters: how many fits sit on a bound,
and how often C is high. The filters name no box of their own; a narrower one stops fits at its bounds that
the wide one lets go on. About three minutes.
"""

import development
import numpy as np
from joblib import Parallel, delayed

import lppl
from scanners.evidence.series_fits import consensus_of

DAILY = lppl.PRESETS["daily"]
BOXES = (
    DAILY.space,
    lppl.SearchSpace(m=(0, 1), omega=(2, 25)),
    lppl.SearchSpace(m=(0, 1), omega=(2, 25), horizon_fraction=(-0.05, 0.2)),
    lppl.SearchSpace(m=(0, 1), omega=(2, 25), horizon_fraction=(-0.05, 0.1)),
    lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 25)),
)
THRESHOLDS = (0.15, 0.2, 0.3, 0.4)


def numbers(seen):
    """Return for each box C upward, and the shares of fits on any bound, of m, and of tc above and below."""
    found = []
    for box in BOXES:
        fits = lppl.fit_windows(seen, lengths=DAILY.available(len(seen)), space=box)
        any_bound = (fits.at_m != 0) | (fits.at_omega != 0) | (fits.at_tc != 0)
        sides = any_bound, fits.at_m != 0, fits.at_tc > 0, fits.at_tc < 0
        found.append([consensus_of(fits)[0], *(side.mean() for side in sides)])
    return found


def main():
    parser = development.parser(__doc__)
    parser.add_argument("--dates", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    run = Parallel(n_jobs=options.jobs)
    dates = development.random_dates(options, options.dates)
    values = np.array(run(delayed(numbers)(seen) for seen in dates))
    head = "".join(f" C >= {threshold:g} |" for threshold in THRESHOLDS)
    print(
        f"| m | omega | tc - t2, window lengths | on a bound | m | tc above | tc below |{head} correlation |"
    )
    print("|" + "---|" * (8 + len(THRESHOLDS)))
    for box, column in zip(BOXES, values.transpose(1, 2, 0), strict=True):
        c, *bounds = column
        cells = [f"{box.m[0]:g} to {box.m[1]:g}", f"{box.omega[0]:g} to {box.omega[1]:g}"]
        cells.append(f"{box.horizon_fraction[0]:g} to {box.horizon_fraction[1]:g}")
        cells += [f"{side.mean():.0%}" for side in bounds]
        cells += [f"{np.mean(c >= threshold - 1e-12):.1%}" for threshold in THRESHOLDS]
        cells.append(f"{np.corrcoef(c, values[:, 0, 0])[0, 1]:.2f}")
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
