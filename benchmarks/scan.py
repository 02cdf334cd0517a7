"""Time and memory of a whole scan: ``python benchmarks/scan.py [50 500 5000]``.

Synthetic series of ten years (GARCH walks with Student-t shocks, seeded) in a database, and the real command
on it: 126 windows, the consensus of three sessions, early warnings, pages, commit. A first scan of a few
series fills the caches of compiled kernels. Memory is sampled every half second over all processes: ``rss``
counts shared pages in each of them, ``pss`` once.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from scanners.store import Provenance, Store

SESSIONS = 2520
END = np.datetime64("2024-06-28")
WARM = 16


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", type=int, nargs="*", default=[50, 500])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--pages", default="auto")
    arguments = parser.parse_args()
    print(f"{SESSIONS} sessions, {arguments.jobs} processes, {os.cpu_count()} cores\n")
    print("| series | wall | cpu | cpu a series | peak rss | peak pss | of it: commit and page |")
    print("|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as place:
        measure(Path(place) / "warm", WARM, arguments)
        for count in arguments.series:
            row = measure(Path(place) / str(count), count, arguments)
            print(
                f"| {count} | {row['wall']:.1f} s | {row['cpu']:.1f} s | {row['cpu'] / count:.3f} s | "
                f"{row['rss'] / 1e9:.2f} GB | {row['pss'] / 1e9:.2f} GB | {row['end']:.1f} s |",
                flush=True,
            )


def measure(folder, count, arguments):
    build(folder, count)
    command = [sys.executable, "-m", "scanners.cli", "scan", "--as-of", str(END), "--log", "json"]
    command += ["--jobs", str(arguments.jobs), "--pages", arguments.pages]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    log = folder / "log"
    with log.open("w") as lines:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=lines)
        rss = pss = 0
        while process.poll() is None:
            one, other = memory(process.pid)
            rss, pss = max(rss, one), max(pss, other)
            time.sleep(0.5)
    wall = time.perf_counter() - started
    if process.returncode != 0:
        raise SystemExit(f"the scan ended with {process.returncode}: {log.read_text()[-2000:]}")
    time.sleep(0.5)  # for workers that have not been waited for
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    end = next(event["seconds"] for event in events if event["event"] == "committed")
    return {"wall": wall, "cpu": cpu, "rss": rss, "pss": pss, "end": end}


def build(folder, count):
    """Make a workspace with a database of synthetic series."""
    (folder / "data").mkdir(parents=True)
    sessions = np.busday_offset(END, np.arange(1 - SESSIONS, 1))
    entries = []
    known = datetime(2024, 6, 29, tzinfo=timezone.utc)
    with Store.open(folder / "data" / "lppl.db", write=True) as store, store.transaction():
        for number in range(count):
            name = f"s{number:04d}"
            source = Provenance("csv", symbol=name, time_zone="UTC")
            store.bars.write(name, sessions, closes(number), provenance=source, known_at=known)
            entries.append(
                f'[[series]]\nname = "{name}"\nasset_class = "commodity"\nsymbols = {{ csv = "{name}" }}\n'
            )
    (folder / "watchlist.toml").write_text("\n".join(entries))


def closes(number):
    rng = np.random.default_rng(number)
    shocks = rng.standard_t(5, SESSIONS) * np.sqrt(3 / 5)
    variance, steps = 1e-4, np.empty(SESSIONS)
    for day in range(SESSIONS):
        steps[day] = np.sqrt(variance) * shocks[day]
        variance = 2e-6 + 0.08 * steps[day] ** 2 + 0.90 * variance
    return np.round(100 * np.exp(np.cumsum(steps + 2e-4)), 4)


def memory(root):
    """Return the sums of resident and proportional memory of a process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    family, grown = {root}, True
    while grown:
        more = {process for process, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    totals = [0, 0]
    for process in family:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for place, key in enumerate(("Rss:", "Pss:")):
            totals[place] += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))
    return totals


if __name__ == "__main__":
    main()
