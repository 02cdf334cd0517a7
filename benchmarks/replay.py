"""A pass over the past: ten years of one series, daily, with the full policy, against a scan of each date.

    python benchmarks/replay.py [--dates 100] [--jobs 2] [--whole]

Without --whole, dates at the end of the ten years stand for all; the time goes with their number.
"""

import argparse
import os
import platform
import time

import numpy as np

import lppl
from scanners.config.policy import Policy
from scanners.past.evidence_history import as_of, evidence_history
from scanners.past.replay import with_tests

YEARS = 2520  # sessions of ten years


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dates", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--whole", action="store_true", help="all 2,520 dates")
    options = parser.parse_args()
    prices = lppl.datasets.load("nasdaq")
    count = YEARS if options.whole else options.dates
    at = np.arange(len(prices) - count, len(prices))
    list(
        evidence_history(prices, at[-options.jobs * 40 :: 40], tested=at[-1:], jobs=options.jobs)
    )  # compile, start
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"\n{count} dates of the Nasdaq, {options.jobs} processes\n")
    print("| what | seconds | a date | ten years, daily |\n|---|---|---|---|")
    variants = (
        ("levels alone", "daily", 0),
        ("the default: tests every 5 sessions", "daily", 5),
        ("tests on every date", "daily", 1),
        ("--full: tests and 126 windows on every date", "shanghai_2015", 1),
    )
    for label, preset, every in variants:
        chosen = at if options.whole or preset == "daily" else at[-max(40, count // 2) :]
        asked = with_tests(chosen, every)

        def one_pass(preset=preset, chosen=chosen, asked=asked):
            return list(evidence_history(prices, chosen, preset=preset, tested=asked, jobs=options.jobs))

        wall, rows = timed(one_pass)
        each = wall / len(chosen)
        print(f"| {label} | {wall:.1f} | {each * 1e3:.0f} ms | {each * YEARS:.0f} s |")
        assert len(rows) == len(chosen)
    as_of(prices, int(at[-1]), "shanghai_2015", True)  # imports
    few = at[-5:]
    wall, rows = timed(lambda: [as_of(prices, int(i), "shanghai_2015", True) for i in few])
    each = wall / len(few)
    print(f"| a scan of each date, one process | {wall:.1f} | {each * 1e3:.0f} ms | {each * YEARS:.0f} s |")
    levels = [row.verdict(Policy()).level for row in rows]
    print(f"\nlast levels: {', '.join(map(str, levels))}")


if __name__ == "__main__":
    main()
