"""A small workspace whose scans are quick: what a series says is written in its last close.

``close = 100 + share`` means an upward C3 of that share, so that prices decide which alerts fire. Reading,
judging, committing, mailing and the page are the real ones; fits, trust, early warnings and pictures are left
out.
"""

import contextlib
import json
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pandas as pd

from lppl.indicators.presets import find
from scanners.config.settings import Mail, Route, Schedule, Settings
from scanners.config.settings import Scan as ScanSettings
from scanners.config.watchlist import Entry, Watchlist
from scanners.core.workers import Workers
from scanners.evidence.bubble import Bubble, CriticalTime
from scanners.evidence.gathering import Evidence, Workings, describe
from scanners.evidence.momentum import Momentum
from scanners.scan import scanning as scan
from scanners.service.options import Options, Request
from scanners.store import Provenance, Store

QUIET = Momentum(new_high=False, new_low=False, z250=0.3, acceleration=0.1, return_250=0.05, volatility=0.2)
FIRST = np.datetime64("2024-01-01")


def gather(prices, as_of, preset, *, closed=0, known=None, memory=None, ready=None):
    """Stand in for `scanners.evidence.gathering.gather`."""
    data = describe(prices, as_of)
    share = max(0.0, round(data.close - 100.0, 6))
    bubble = Bubble(
        preset=find(preset).name,
        confidence={name: {"negative": 0.0, "positive": share} for name in find(preset).filters},
        attempted=126,
        failed=0,
        at_bound=60,
        consensus=share,
        consensus_negative=0.0,
        consensus_3day=share,
        consensus_3day_negative=0.0,
        windows_available=26,
        windows_total=26,
        critical_time=CriticalTime("2024-03-08", "2024-03-10", "2024-04-20", 40, 126, 0.75, 0.85),
        fit=None,
    )
    return Evidence(as_of, data, bubble, QUIET), Workings()


def series_files(draft, found, workings, policy):
    """Stand in for `scanners.report.series.series_files`."""
    return {f"{draft.name}.png": b"\x89PNG\r\n\x1a\n" + draft.name.encode() * 100}


@contextlib.contextmanager
def quick():
    """Leave fits and pictures out."""
    import scanners.report.series as drawn

    kept = scan.gather, scan.trust, drawn.series_files
    scan.gather, scan.trust, drawn.series_files = gather, lambda *_: None, series_files
    try:
        yield
    finally:
        scan.gather, scan.trust, drawn.series_files = kept


class World:
    """A workspace in a folder: its prices, its configuration, its clock."""

    def __init__(self, folder: Path, names=("gold", "silver", "wti", "corn"), *, port=0, **settings):
        self.folder = folder
        self.names = names
        self.database = folder / "lppl.db"
        self.output = folder / "outputs"
        self.told = []
        sections = {
            "mail": Mail(host="127.0.0.1", port=port or 1, security="none", sender="scanner@example.org"),
            "route": (
                Route(name="desk", recipients=("anna@example.org", "ben@example.org"), level="warning"),
            ),
            "schedule": Schedule(retry_minutes=0),
        }
        place = ScanSettings(output=str(self.output), database=str(self.database))
        self.settings = Settings(scan=place, **(sections | settings))
        self.watchlist = Watchlist(tuple(Entry(name, "commodity", {"csv": name}) for name in names), "core")

    def put(self, day, **shares):
        """Store bars up to a day; on it and since the last call the series say these shares, else 0."""
        with Store.open(self.database, write=True) as store:
            for number, name in enumerate(self.names):
                known = store.bars.names()
                last = np.datetime64(store.bars.span(name)[1]) if name in known else FIRST - 60
                sessions = np.arange(last + 1, np.datetime64(day) + 1)
                sessions = sessions[np.is_busday(sessions)]
                wave = np.round(1 + 0.3 * np.sin(np.arange(len(sessions)) + number), 4)
                close = np.where(sessions > FIRST, 100.0 + shares.get(name, 0.0) + wave * 1e-4, 90 + wave)
                source = Provenance("csv", symbol=name, time_zone="UTC")
                whole = pd.Series(close, sessions)
                if name in known:
                    before = store.bars.read(name, None).to_series().iloc[-1:]
                    whole = pd.concat([before, whole])
                store.bars.write(name, whole.index.to_numpy(), whole.to_numpy(), provenance=source)

    def daily(self, **changes):
        how = {key: changes.pop(key) for key in ("pages", "again") if key in changes}
        preset = changes.pop("preset", "shanghai_2015")
        options = Options(self.settings, Workers(1), **how)
        return Request(options, self.watchlist, preset, **({"scheduled": True} | changes))


def listed(output):
    """Return what lies in the folder of all runs, without what shows all of them."""
    return sorted(path.name for path in output.iterdir() if path.name not in ("index.html", "latest"))


def at(day, hour=6):
    """Return six in the morning of a day, UTC."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=timezone.utc)


def contents(folder):
    """Return all files of a folder by their place, manifests as what they say."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    return {place: json.loads(said) if place.endswith("run.json") else said for place, said in found.items()}
