"""What fetching costs this machine, whatever the network takes: ``python benchmarks/fetch.py [--full]``.

The full size is 5,000 series of ten years, stored; the first source of 2,000 has no such symbol, the second
one does. The sources answer from memory: 30 days again, a new session, and nothing is parsed. ``cpu`` is the
process' own time, without waiting for the disk or for other work.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch

import numpy as np

from scanners.config.watchlist import Entry
from scanners.prices import refresh as refreshing
from scanners.prices.agreement.look import look
from scanners.prices.interface import FetchError, Provider
from scanners.prices.providers import registry
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.refresh import refresh
from scanners.store.store import Store

DAYS = 6  # refreshes, one new session each
SESSIONS = 2520
LAST = np.datetime64("2026-11-20")  # a Friday; stands for the first day's last session
PLACES = np.arange(-SESSIONS + 1, DAYS + 1)
CALENDAR = np.busday_offset(LAST, PLACES)
CLOSES = 100 * np.exp(np.cumsum(np.random.default_rng(0).normal(0, 0.01, len(PLACES))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="5,000 series, the first source fails for 2,000")
    parser.add_argument("--series", type=int, default=500)
    parser.add_argument("--profile", action="store_true", help="show where the time of the last refresh goes")
    arguments = parser.parse_args()
    count = 5000 if arguments.full else arguments.series
    print(f"{count} series, {count * 2 // 5} of them from their second source\n")
    print("| what | wall | cpu |\n|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(registry.BUILTIN, {"near": __name__, "far": __name__}),
    ):
        measure(Path(folder) / "benchmark.db", entries(count), arguments.profile)


def entries(count):
    """Return a list two fifths of which their first source does not know."""
    return [
        Entry(
            f"S{number:04}",
            "equity",
            {"near": "NONE" if number % 5 < 2 else f"N{number}", "far": f"F{number}"},
        )
        for number in range(count)
    ]


def provider(name, shown):
    """Return a source that shows its sessions up to one of the calendar, and does not know ``NONE``."""

    def fetch_one(request, deadline):
        if request.symbol == "NONE":
            raise FetchError("not_found", "no such symbol")
        start = (
            0 if request.start is None else np.searchsorted(CALENDAR[:shown], np.datetime64(request.start))
        )
        close = CLOSES[start:shown] + int(request.symbol[1:]) % 97
        columns = {"close": close, "open": close - 0.1, "high": close + 0.2}
        columns |= {"low": close - 0.2, "volume": np.full(shown - start, 1e6)}
        return assemble(
            request, name, CALENDAR[start:shown], columns, package="synthetic", payload_hash=f"{shown}"
        )

    return Provider(name=name, fetch=one_by_one(name, fetch_one))


def measure(path, series, profile):
    known = len(CALENDAR) - DAYS
    row("first fetch, ten years each", timed(lambda: fetch(path, series, known, "new")))
    days = [timed(lambda day=day: fetch(path, series, known + day, "appended")) for day in range(1, DAYS - 1)]
    with patch.object(refreshing, "_state", lambda *_: {}):
        alone = timed(lambda: fetch(path, series, known + DAYS - 1, "appended"))
    row(f"refresh, one new session each: median of {len(days)} days", np.median(days, axis=0))
    row("the same without judging again what is stored: fetch and append", alone)
    if profile:
        profiler = cProfile.Profile(time.process_time)
        profiler.runcall(fetch, path, series, known + DAYS, "appended")
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
        return
    row("refresh without news", timed(lambda: fetch(path, series, known + DAYS - 1, "unchanged")))
    row("weekly look at the other source", timed(lambda: compare(path, series, known + DAYS - 1)))


def fetch(path, series, shown, verdict):
    with Store.open(path, write=True) as store:
        found = [report.verdict for report in refresh(store, series, **asked(shown))]
    if set(found) != {verdict} or len(found) != len(series):
        raise RuntimeError(f"expected {verdict} series alone, got {set(found)}")


def compare(path, series, shown):
    with Store.open(path, write=True) as store:
        list(look(store, series, **asked(shown)))


def asked(shown):
    day = CALENDAR[shown - 1].item() + timedelta(days=1)
    options = {name: {"name": name, "shown": shown} for name in ("near", "far")}
    now = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
    return {"deadline": time.monotonic() + 3600, "options": options, "now": now}


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def row(what, times):
    print(f"| {what} | {times[0]:.2f} s | {times[1]:.2f} s |", flush=True)


if __name__ == "__main__":
    main()
