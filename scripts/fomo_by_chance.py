"""How often shuffled returns show a FOMO regime: the share of days, by series, printed as a table.

Stationary bootstrap (mean block 20) of all returns of the four series of the package, 100 paths of 1,250
prices each, every day that has 250 returns before it judged by the default policy; seed 0. The interval is
that of the mean over paths, since the days of one path are not independent. About ten seconds.
"""

import numpy as np

import lppl
from scanners.config.policy import Policy
from scanners.evidence.momentum import YEAR, momentum

PATHS, LENGTH = 100, 1250


def in_regime(closes: np.ndarray, policy: Policy) -> bool:
    found = momentum(closes)
    return found.new_high and found.acceleration > policy.acceleration and found.z250 > policy.z250


def shares(name: str, policy: Policy) -> np.ndarray:
    """Return the share of days in the regime of each path."""
    paths = lppl.null_paths(lppl.datasets.load(name), "block", PATHS, seed=0, length=LENGTH)
    days = range(YEAR + 1, LENGTH + 1)
    return np.array([np.mean([in_regime(path[:day], policy) for day in days]) for path in paths])


def main() -> None:
    policy = Policy()
    found = {name: shares(name, policy) for name in ("nasdaq", "sp500", "wti", "gold")}
    print("| series | days in a FOMO regime, % | 95% interval |\n|---|---|---|")
    for name, each in (found | {"all": np.concatenate(list(found.values()))}).items():
        half = 1.96 * each.std(ddof=1) / np.sqrt(each.size)
        print(f"| {name} | {each.mean():.2%} | {each.mean() - half:.2%} to {each.mean() + half:.2%} |")


if __name__ == "__main__":
    main()
