"""The weekly look: the recent bars of a series from its other sources, beside those that are stored."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from itertools import combinations

import msgspec
import numpy as np

from scanners.config.watchlist import Entry
from scanners.prices.agreement.comparison import FAULTS, Closes, Comparison, compare
from scanners.prices.agreement.record import Agreement, read, write
from scanners.prices.batches import batches
from scanners.prices.fetch import Options, fetch_all
from scanners.prices.interface import Bars, Failure, Traits
from scanners.prices.market import market
from scanners.prices.providers.registry import clock_of, traits_of
from scanners.prices.quality.gate import inspect
from scanners.store.store import Store

EVERY = timedelta(days=7)
SPAN = timedelta(days=400)
MOST = 3  # other sources of a series that are asked
# A source that cannot be asked here is no source here; one that refuses or fails is told.
_NOT_HERE = ("auth", "unsupported")


def look(
    store: Store,
    entries: Sequence[Entry],
    *,
    deadline: float,
    now: datetime | None = None,
    options: Options | None = None,
    only: Sequence[str] | None = None,
    every: timedelta = EVERY,
) -> Iterator[tuple[str, Agreement]]:
    """Compare stored series with their other sources, where the last look is old; yield what was found.

    Parameters
    ----------
    store : Store
        Open for writing; each look is kept in it.
    entries : sequence of Entry
        Of a watchlist.
    deadline : float
        On the clock of `time.monotonic`.
    now : datetime.datetime, optional
        Aware; the present if left out.
    options, only
        As in `scanners.prices.fetch.fetch_all`.
    every : datetime.timedelta
        Age from which on a look is old.
    """
    now = now or datetime.now(timezone.utc)
    traits = traits_of((name for entry in entries for name in entry.symbols), options)
    spans = store.bars.spans()
    stored = [entry for entry in entries if entry.name in spans]
    others = {entry.name: _others(store, entry, now, traits, only, every) for entry in stored}
    due = {entry.name: entry for entry in stored if others[entry.name]}
    starts = {name: spans[name][1] - SPAN for name in due}
    found: dict[str, list[Bars | Failure]] = {name: [] for name in due}
    for place in range(MOST):
        asked = [
            msgspec.structs.replace(due[name], symbols=dict([pairs[place]]))
            for name, pairs in others.items()
            if place < len(pairs)
        ]
        for outcome in fetch_all(asked, deadline=deadline, options=options, starts=starts):
            found[outcome.series].append(outcome.bars or outcome.failures[0])
    for together in batches(due.values()):
        kept = []
        with store.transaction():
            for entry in together:
                agreement = _judge(store, entry, found[entry.name], now, starts[entry.name])
                if agreement.comparisons:
                    write(store, entry.name, agreement)
                    kept.append((entry.name, agreement))
        yield from kept


def _others(
    store: Store,
    entry: Entry,
    now: datetime,
    traits: Mapping[str, Traits],
    only: Sequence[str] | None,
    every: timedelta,
) -> list[tuple[str, str]]:
    """Return provider and symbol of the sources to be asked, none where the last look is recent."""
    if len(entry.symbols) < 2:
        return []
    first, last, _ = store.bars.span(entry.name)
    source = store.bars.provenance(entry.name)["source"]
    before = read(store, entry.name)
    if last < first or (before and before.source == source and now - before.at < every):
        return []
    pairs = [
        (name, symbol)
        for name, symbol in entry.symbols.items()
        if name != source and not traits[name].shipped and (only is None or name in only)
    ]
    return pairs[:MOST] if source in entry.symbols else []


def _judge(store: Store, entry: Entry, found: list[Bars | Failure], now: datetime, start: date) -> Agreement:
    provenance = store.bars.provenance(entry.name)
    source, levels = provenance["source"], market(entry).levels
    history = store.bars.read(entry.name, None, adjust="none")
    recent = history.sessions >= np.datetime64(start)
    clock = clock_of(source, provenance["symbol"])
    mine = Closes(source, clock, history.sessions[recent], history.close[recent])
    others, failed = [], []
    for each in found:
        if isinstance(each, Failure):
            if each.kind not in _NOT_HERE and not (each.kind == "not_found" and each.provider == "csv"):
                note = f"{each.kind}, {each.message}"
                failed.append(Comparison(one=source, other=each.provider, verdict="failed", note=note))
            continue
        good = inspect(each, market(entry), now, whole=False).bars
        others.append(Closes(each.provider, clock_of(each.provider, each.symbol), good.sessions, good.close))
    comparisons = [*(compare(mine, each, levels=levels) for each in others), *failed]
    return Agreement(
        at=now,
        source=source,
        comparisons=tuple(comparisons),
        alone=_alone([mine, *others], comparisons, levels),
    )


def _alone(all_closes: list[Closes], known: list[Comparison], levels: bool) -> str:
    """Return the source that all others contradict while they agree with each other; three at least."""
    if len(all_closes) < 3 or not any(one.verdict in FAULTS for one in known):
        return ""
    verdicts = {
        frozenset((a.source, b.source)): compare(a, b, levels=levels).verdict
        for a, b in combinations(all_closes, 2)
    }
    for suspect in all_closes:
        against = [verdict for pair, verdict in verdicts.items() if suspect.source in pair]
        rest = [verdict for pair, verdict in verdicts.items() if suspect.source not in pair]
        if all(verdict in FAULTS for verdict in against) and all(verdict == "agree" for verdict in rest):
            return suspect.source
    return ""
