"""Size and speed of the store on synthetic data: ``python benchmarks/store.py [--full]``.

The full size is 5,000 series of 20 years: 5,040 sessions, open to volume, four dividends a year. The page
cache is warm. ``cpu`` is the process' own time, without waiting for the disk or for other work.
"""

import argparse
import os
import tempfile
import time
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import numpy as np

from scanners.store import Actions, Provenance, Store
from scanners.store.check import find_damage

SESSIONS_A_YEAR = 252
OVERLAP = 10
DAYS = 8
READS = 300
PROVENANCE = Provenance("synthetic", currency="USD", time_zone="UTC")
TODAY = datetime(2026, 1, 1, tzinfo=timezone.utc)


def main():
    arguments = _arguments()
    shape = (5000, 20) if arguments.full else (arguments.series, arguments.years)
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
        rows = measure(Path(folder) / "benchmark.db", *shape)
    print(f"{shape[0]} series, {shape[1]} years, {os.cpu_count()} cores\n")
    print("| what | wall | cpu |\n|---|---|---|")
    for what, wall, cpu in rows:
        print(f"| {what} | {wall} | {cpu} |")


def measure(path, series, years):
    sessions = np.arange(np.datetime64("2005-01-03"), np.datetime64("2045-01-03"))
    sessions = sessions[np.is_busday(sessions)][: years * SESSIONS_A_YEAR + DAYS]
    names = [f"SERIES {number}" for number in range(series)]
    rows = [_row("first load", *_timed(lambda: _build(path, names, sessions[:-DAYS])))]
    size = path.stat().st_size
    rows.append(("size", f"{size / 1e9:.2f} GB", f"{size / series / (len(sessions) - DAYS):.1f} bytes a bar"))
    rows += _refreshes(path, names, sessions)
    with Store.open(path) as store:
        rows.append(_row("all closes, one process", *_timed(lambda: _read_all(store, names))))
        rows.append(_reads(store, names, sessions))
        rows.append(_row("lppl db check", *_timed(lambda: find_damage(store.database))))
    rows.append((f"size after {DAYS} refreshes", f"{path.stat().st_size / 1e9:.2f} GB", ""))
    return rows


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="5,000 series of 20 years (about 1.4 GB)")
    parser.add_argument("--series", type=int, default=300)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--directory", help="where to put the database")
    return parser.parse_args()


def _build(path, names, sessions):
    with Store.open(path, write=True, clock=lambda: TODAY) as store:
        for start in range(0, len(names), 100):
            with store.transaction():
                for name in names[start : start + 100]:
                    _write(store, name, sessions, len(sessions))


def _write(store, name, sessions, count):
    """Write the last ``count`` sessions of a series whose prices depend on name and session alone."""
    place = np.arange(len(sessions) - count, len(sessions))
    close = 100.0 + 20.0 * np.sin(place / 200.0) + np.modf(np.sin(place + len(name)) * 43758.5453)[0]
    others = {"open": close + 0.1, "high": close + 0.3, "low": close - 0.3, "volume": np.modf(close)[0] * 1e6}
    ex_dates = sessions[place[place % 63 == 20]]
    actions = Actions(ex_dates, np.ones(len(ex_dates)), np.full(len(ex_dates), 0.01))
    return store.bars.write(name, sessions[place], close, provenance=PROVENANCE, actions=actions, **others)


def _refreshes(path, names, sessions):
    """Refresh every series for some days: one new bar and an overlap each, one transaction a day."""
    walls, cpus = [], []
    for day in range(DAYS):
        known, now = sessions[: len(sessions) - DAYS + day + 1], TODAY + timedelta(days=day + 1)
        wall, cpu = _timed(partial(_refresh, path, names, known, now))
        walls.append(wall)
        cpus.append(cpu)
    text = f"daily refresh, one new bar and {OVERLAP} to compare for each series"
    return [
        _row(f"{text}: median of {DAYS} days", float(np.median(walls)), float(np.median(cpus))),
        _row(f"{text}: slowest day", max(walls), max(cpus)),
    ]


def _refresh(path, names, sessions, now):
    with Store.open(path, write=True, clock=lambda: now) as store, store.transaction():
        outcomes = {_write(store, name, sessions, OVERLAP + 1).verdict for name in names}
    if outcomes != {"appended"}:
        raise RuntimeError(f"expected appended bars only, got {outcomes}")


def _read_all(store, names):
    total = sum(len(store.bars.read(name, None).close) for name in names)
    if total < len(names):
        raise RuntimeError("no bars were read")


def _reads(store, names, sessions):
    rng = np.random.default_rng(1)
    walls, cpus = [], []
    for name in rng.choice(names, READS):
        as_of = sessions[rng.integers(len(sessions) // 2, len(sessions))]
        wall, cpu = _timed(lambda name=name, as_of=as_of: store.bars.read(name, as_of))
        walls.append(1e3 * wall)
        cpus.append(1e3 * cpu)
    wall, cpu = (f"{np.median(v):.2f} ms, 99%: {np.quantile(v, 0.99):.2f} ms" for v in (walls, cpus))
    return "one series as of a date, median", wall, cpu


def _timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _row(what, wall, cpu):
    return what, f"{wall:.2f} s", f"{cpu:.2f} s"


if __name__ == "__main__":
    main()
