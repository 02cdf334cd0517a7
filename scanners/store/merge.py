"""One download into one series, inside a transaction that the caller holds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanners.store import segments
from scanners.store.bar_history import Provenance, Refresh
from scanners.store.database import Database
from scanners.store.notes import put_note
from scanners.store.overlap import changed_actions
from scanners.store.packing import ACTIONS, BARS, Track, Versions, seal
from scanners.store.refresh import RefreshPlan, plan_refresh, withdrawn
from scanners.store.series_index import Entry

_EARLIEST_DAY = -(2**31)
_SAID = ("source", "package", "currency", "time_zone", "symbol")


class Download(NamedTuple):
    """What a source said: rows without a time of knowledge, and whether that is all it has."""

    bars: Versions
    actions: Versions | None
    provenance: Provenance
    whole: bool


def merge(database: Database, entry: Entry, download: Download, moment: int) -> tuple[Entry, Refresh]:
    """Add what a download changes; return the entry to save and what became of the download."""
    first, last = int(download.bars.session[0]), int(download.bars.session[-1])
    covers = first <= entry.first_session and last >= entry.last_session
    complete = download.whole or covers or entry.last_session < entry.first_session
    stored = segments.load(database, entry, rest=True, since=None if complete else first)
    known = stored[BARS].latest()
    plan = plan_refresh(
        entry.name,
        known if complete else known.since(first),
        download.bars,
        complete=complete,
        span=(entry.first_session, entry.last_session),
        same_source=entry.source in ("", download.provenance.source),
    )
    if plan.outcome.verdict == "reload_required":
        return entry, plan.outcome
    start = _EARLIEST_DAY if complete else first
    changes = _action_changes(stored[ACTIONS].latest(), download, start)
    entry = _with_provenance(database, entry, download.provenance, moment)
    entry = append(database, entry, {BARS: plan.rows, ACTIONS: changes}, moment)
    entry = _with_span(entry, plan, moment)
    verdict = plan.outcome.verdict if len(stored[BARS]) else "new"
    return entry, replace(plan.outcome, verdict=verdict, actions=len(changes))


def withdraw(database: Database, entry: Entry, sessions: NDArray[np.int32], moment: int) -> Entry:
    """Take bars back from ``moment`` on; return the entry to save."""
    living = segments.load(database, entry)[BARS].latest().living().session
    entry = append(database, entry, {BARS: withdrawn(np.intersect1d(living, sessions))}, moment)
    left = np.setdiff1d(living, sessions)
    first, last = (left[0], left[-1]) if len(left) else (0, -1)
    return entry._replace(first_session=int(first), last_session=int(last))


def append(database: Database, entry: Entry, rows: Mapping[Track, Versions], moment: int) -> Entry:
    """Write rows as known from ``moment`` on, fold when it is time, and return the new entry."""
    before = entry.segments
    for track, versions in rows.items():
        if len(versions):
            stamped = replace(versions, known_at=np.full(len(versions), moment, np.int64))
            entry = segments.add(database, entry, track, stamped)._replace(known_at=moment)
    return segments.fold(database, entry, before)


def _action_changes(stored: Versions, download: Download, start: int) -> Versions:
    if download.actions is None or not (len(stored) or len(download.actions)):
        return Versions.empty(len(ACTIONS.columns))
    actions = download.actions.take(download.actions.session >= start)
    end = int(max(download.bars.session[-1], actions.session.max(initial=_EARLIEST_DAY)))
    return changed_actions(stored, actions, start, end)


def _with_provenance(database: Database, entry: Entry, provenance: Provenance, moment: int) -> Entry:
    entry = entry._replace(payload=provenance.payload)
    said = {name: getattr(provenance, name) for name in _SAID}
    digest = seal(*(text.encode() for text in said.values()))
    if digest == entry.provenance:
        return entry
    put_note(database, entry, "provenance", said, moment)
    return entry._replace(known_at=moment, source=provenance.source, provenance=digest)


def _with_span(entry: Entry, plan: RefreshPlan, moment: int) -> Entry:
    return entry._replace(first_session=plan.span[0], last_session=plan.span[1], checked_at=moment)
