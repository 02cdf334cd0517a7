"""How often the scan's p-value of C3 is small on paths without a bubble, printed as a table.

Random walks and GARCH(1,1)-t paths of 1,500 prices with the drift and volatility of the four series of the
package, in equal parts. Each goes through the scan's own comparison (99 paths of its returns in blocks, early
stop), upward. Screened C3 is zero on most paths, where p is 1. Some minutes on one core.
"""

import argparse

import numpy as np
import pandas as pd

import lppl
from scanners.evidence.chance import chance
from scanners.evidence.series_fits import fit_series

LENGTH = 1500


def p_values(kind: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the p-value of every path, and how many paths it took to find it."""
    found = []
    names = lppl.datasets.names()
    for number, name in enumerate(names):
        share = count // len(names)
        paths = lppl.null_paths(lppl.datasets.load(name), kind, share, seed + number, length=LENGTH)
        for path in paths:
            prices = pd.Series(path)
            value = float(fit_series(prices, "daily").consensus[:, 0].mean())
            result = chance(prices, "positive", value, paths=99, whole=False, critical=0.4)
            found.append((result.p_value, result.paths))
    values, drawn = np.array(found).T
    return values, drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", default=["random_walk", "garch"])
    given = parser.parse_args()
    print("| paths | p <= .01 | p <= .02 | p <= .05 | p <= .10 | screened C3 above 0 | paths drawn, mean |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for kind in given.kinds:
        values, drawn = p_values(kind, given.count, given.seed)
        shares = [f"{(values <= level).mean():.1%}" for level in (0.01, 0.02, 0.05, 0.1)]
        above = drawn > 0
        row = [kind.replace("_", " "), *shares, f"{above.mean():.1%}", f"{drawn[above].mean():.0f}"]
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
