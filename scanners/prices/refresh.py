"""From providers through the quality gate into the store: one report a series, whatever happens."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any

import msgspec

from scanners.config.watchlist import Entry
from scanners.core.errors import NOTHING_FRESH, PARTIAL
from scanners.prices.agreement.record import findings_of
from scanners.prices.agreement.record import read as read_agreement
from scanners.prices.batches import batches
from scanners.prices.fetch import Options, Outcome, fetch_all
from scanners.prices.intake import NotTaken, take_in
from scanners.prices.interface import Traits
from scanners.prices.market import market
from scanners.prices.providers.registry import traits_of
from scanners.prices.quality import findings
from scanners.prices.quality.rules import Finding
from scanners.store.series_index import UnknownSeries
from scanners.store.store import Store

OVERLAP = timedelta(days=30)  # asked for again at every refresh, so that revisions and re-adjustments show


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one series.

    Attributes
    ----------
    series : str
    verdict : str
        Of the store (`scanners.store.bar_history.Refresh`), or ``failed``: then the store is as it was.
    source, symbol : str
        Provider that the bars came from, and what it calls the series; empty after a failure.
    added, revised, withdrawn : int
        Sessions.
    sessions : int
        Bars in the store after that, from ``first`` to ``last``.
    first, last : datetime.date or None
    fresh : bool
        Whether the last bar is as recent as the market's sessions let expect.
    findings : tuple of Finding
        What is wrong with the stored series now.
    tried : tuple of str
        Failures of the providers before the one that answered, or of all.
    reason : str
        The verdict in words where it is one to look at.
    kinds : tuple of (str, str)
        Provider and kind of each failure of a source.
    """

    series: str
    verdict: str
    source: str = ""
    symbol: str = ""
    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    sessions: int = 0
    first: date | None = None
    last: date | None = None
    fresh: bool = False
    findings: tuple[Finding, ...] = ()
    tried: tuple[str, ...] = ()
    reason: str = ""
    kinds: tuple[tuple[str, str], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether nothing came."""
        return self.verdict == "failed"


def refresh(
    store: Store,
    entries: Sequence[Entry],
    *,
    deadline: float,
    now: datetime | None = None,
    options: Options | None = None,
    only: Sequence[str] | None = None,
    full: bool = False,
    since: date | None = None,
) -> Iterator[Report]:
    """Bring series up to date, each as a whole or not at all; yield a report each, as they come in.

    What has arrived at once is committed at once; a report is yielded when its series is safe.

    A stored series is fetched from some days before its last bar; a macro series, which is revised years
    back, as a whole. Where the overlap shows that the source has re-adjusted its history, all of it is
    fetched again.

    Parameters
    ----------
    store : Store
        Open for writing.
    entries : sequence of Entry
        Of a watchlist; names are unique.
    deadline : float
        On the clock of `time.monotonic`.
    now : datetime.datetime, optional
        Aware; the present if left out.
    options, only
        As in `scanners.prices.fetch.fetch_all`.
    full : bool
        Fetch the whole history of every series, and let it replace what is stored from elsewhere.
    since : datetime.date, optional
        First session wanted, of new series too; a stored one is fetched from its overlap if that is earlier,
        so that no session is left out.

    Raises
    ------
    CommandError
        If the store cannot be written; the series before are safe in it.
    """
    now = now or datetime.now(timezone.utc)
    by_name = {entry.name: entry for entry in entries}
    traits = traits_of((name for entry in entries for name in entry.symbols), options)
    starts = {} if full else _starts(store, entries, only, traits, since)
    again: list[Entry] = []
    before: dict[str, tuple[str, ...]] = {}
    # Those that wait longest are asked first: where a service had enough half-way, the next run goes on
    # there.
    order = sorted(entries, key=partial(_checked_at, store, set(store.bars.names())))
    for together in batches(fetch_all(order, deadline=deadline, options=options, starts=starts, only=only)):
        with store.transaction():
            taken = [
                _take(
                    store, by_name[each.series], each, now, traits, whole=each.series not in starts, full=full
                )
                for each in together
            ]
        for outcome, report in zip(together, taken, strict=True):
            if outcome.bars is not None and report.verdict == "reload_required":
                one = {outcome.bars.provider: outcome.bars.symbol}
                again.append(msgspec.structs.replace(by_name[outcome.series], symbols=one))
                before[outcome.series] = report.tried
            else:
                yield report
    for outcome in fetch_all(again, deadline=deadline, options=options):
        report = _take(store, by_name[outcome.series], outcome, now, traits, whole=True, full=full)
        yield msgspec.structs.replace(report, tried=(*before[report.series], *report.tried))


def exit_code(reports: Sequence[Report]) -> int:
    """Return 0, 3 when a series failed, or 4 when none is fresh."""
    if not any(report.fresh for report in reports):
        return NOTHING_FRESH
    return PARTIAL if any(report.failed for report in reports) else 0


def _checked_at(store: Store, known: set[str], entry: Entry) -> float:
    return store.bars.span(entry.name)[2].timestamp() if entry.name in known else 0.0


def _starts(
    store: Store,
    entries: Sequence[Entry],
    only: Sequence[str] | None,
    traits: Mapping[str, Traits],
    since: date | None,
) -> Mapping[str, date]:
    known = set(store.bars.names())
    starts = {}
    for entry in entries:
        providers = [name for name in entry.symbols if only is None or name in only]
        if since is not None:
            starts[entry.name] = since
        if entry.asset_class == "macro":
            continue
        if entry.name in known and providers and not traits[providers[0]].local:
            first, last, _ = store.bars.span(entry.name)
            if first <= last:
                overlap = max(first, last - OVERLAP)
                starts[entry.name] = overlap if since is None else min(since, overlap)
    return starts


def _take(
    store: Store,
    entry: Entry,
    outcome: Outcome,
    now: datetime,
    traits: Mapping[str, Traits],
    *,
    whole: bool,
    full: bool,
) -> Report:
    """Store what came of one series; what is wrong with it alone becomes its report."""
    report = _stored(store, entry, outcome, now, traits, whole=whole, full=full)
    kinds = tuple((failure.provider, failure.kind) for failure in outcome.failures)
    return msgspec.structs.replace(report, kinds=kinds)


def _stored(
    store: Store,
    entry: Entry,
    outcome: Outcome,
    now: datetime,
    traits: Mapping[str, Traits],
    *,
    whole: bool,
    full: bool,
) -> Report:
    tried = tuple(f"{failure.provider}: {failure.kind}, {failure.message}" for failure in outcome.failures)
    if outcome.bars is None:
        return _failed(store, entry, now, tried or ("none of its providers is to be used",))
    bars = outcome.bars
    try:
        stored, withdrawn, kept = take_in(
            store, entry, bars, now, traits=traits.get(bars.provider, Traits()), whole=whole, full=full
        )
    except (NotTaken, ValueError) as error:
        return _failed(store, entry, now, (*tried, f"{bars.provider}: {error}"))
    if stored is None:
        return _failed(store, entry, now, (*tried, f"{bars.provider}: every bar was set aside"))
    if stored.verdict == "reload_required":
        return Report(series=entry.name, verdict=stored.verdict, tried=tried)
    return Report(
        series=entry.name,
        verdict=stored.verdict,
        source=bars.provider,
        symbol=bars.symbol,
        added=stored.added,
        revised=stored.revised,
        withdrawn=withdrawn,
        tried=tried,
        reason=stored.reason,
        **_state(store, entry, now, kept),
    )


def _failed(store: Store, entry: Entry, now: datetime, tried: tuple[str, ...]) -> Report:
    try:
        kept = findings.from_documents(store.bars.findings(entry.name))
        state = _state(store, entry, now, kept)
    except UnknownSeries:
        state = {}
    return Report(series=entry.name, verdict="failed", tried=tried, **state)


def _state(store: Store, entry: Entry, now: datetime, kept: tuple[Finding, ...]) -> dict[str, Any]:
    """Return what the store has of a series, and all that is wrong with it."""
    history = store.bars.read(entry.name, None)
    if not len(history.sessions):
        return {"findings": kept}
    said = findings_of(read_agreement(store, entry.name), history.provenance["source"])
    seen = (*kept, *findings.on_series(history, market(entry), now), *said)
    return {
        "sessions": len(history.sessions),
        "first": history.sessions[0].item(),
        "last": history.sessions[-1].item(),
        "fresh": not any(finding.rule == "too_old" for finding in seen),
        "findings": seen,
    }
