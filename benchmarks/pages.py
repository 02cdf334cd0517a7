"""Pages of many series on two worker processes, and what each part of a page costs.

    python benchmarks/pages.py [SERIES] [WORKERS]

The series are the embedded ones at different dates; what the scan itself computes is not timed. ``drawing``
is figures; ``past`` the confidence of a year, which a workspace remembers: a second morning adds one session;
``log-periodicity`` its null paths.
"""

import statistics
import sys
import time

import joblib
import pandas as pd

import lppl
from scanners.config.policy import Policy
from scanners.evidence.gathering import gather
from scanners.evidence.series_fits import CONSENSUS
from scanners.evidence.trust import trust as trust_of
from scanners.report import series
from scanners.verdict.appraisal import appraise
from scanners.verdict.draft import Draft

STARTS = {"nasdaq": "1997-06-30", "wti": "1989-06-30", "gold": "1983-06-30"}


def tasks(count):
    """Return (name, date) of a third each of the embedded series, forty sessions apart."""
    names = list(STARTS)
    return [
        (name, lppl.datasets.load(name)[STARTS[name] :].index[40 * (k // len(names))])
        for k, name in ((k, names[k % len(names)]) for k in range(count))
    ]


def timed(parts, name, work):
    """Return ``work`` with its CPU seconds added to ``parts``."""

    def counted(*args, **kwargs):
        start = time.process_time()
        try:
            return work(*args, **kwargs)
        finally:
            parts[name] = parts.get(name, 0.0) + time.process_time() - start

    return counted


def page(name, date):
    """Return level and seconds of one series; the clock starts after its evidence."""
    prices = lppl.datasets.load(name)[:date]
    evidence, workings = gather(prices, f"{date:%Y-%m-%d}", CONSENSUS)
    found, parts = appraise(evidence, Policy()), {}
    trust = timed(parts, "trust", trust_of)(workings.fits, found.level)
    draft = Draft(name, name, "unclassified", evidence, trust)
    past, periodicity = series.confidence_past, lppl.log_periodicity
    series.confidence_past = timed(parts, "past", past)
    lppl.log_periodicity = timed(parts, "log-periodicity", periodicity)
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        files = series.series_files(draft, found, workings, Policy())
    finally:
        series.confidence_past, lppl.log_periodicity = past, periodicity
    parts["page"] = time.process_time() - cpu
    parts["drawing"] = parts["page"] - parts.get("past", 0.0) - parts.get("log-periodicity", 0.0)
    size = {place.rpartition(".")[2]: len(content) for place, content in files.items()}
    return found.level, parts, size, time.perf_counter() - wall


def main(count=100, workers=2):
    todo = tasks(count)
    pool = joblib.Parallel(n_jobs=workers)
    pool(joblib.delayed(page)(*todo[k]) for k in range(min(workers, count)))  # imports and caches
    found = pool(joblib.delayed(page)(*task) for task in todo)
    busy = sum(wall for *_, wall in found) / workers
    past = sum(parts.get("past", 0.0) for _, parts, _, _ in found) / workers
    print(
        f"{count} pages, {workers} workers: {busy:.1f} s of each worker on a first morning, "
        f"{busy - past:.1f} s where C is remembered; scanning not counted"
    )
    for kind, chosen in (("raised", True), ("calm", False)):
        rows = [row for row in found if (row[0] != "calm") is chosen]
        if not rows:
            continue
        names = sorted({name for _, parts, _, _ in rows for name in parts})
        means = {name: statistics.mean(parts.get(name, 0.0) for _, parts, _, _ in rows) for name in names}
        print(
            f"{kind} ({len(rows)}), mean CPU seconds: " + ", ".join(f"{n} {s:.2f}" for n, s in means.items())
        )
    sizes = pd.DataFrame([size for _, _, size, _ in found]).mean() / 1000
    print("mean kB: " + ", ".join(f"{suffix} {size:.0f}" for suffix, size in sizes.items()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
