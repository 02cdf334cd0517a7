"""From providers through the quality gate into the store: one report a series, whatever happens."""

from collections.abc import Container, Iterator, Mapping, Sequence
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
from scanners.prices.intake import NotTaken, Taken, take_in
from scanners.prices.interface import Traits
from scanners.prices.market import market
from scanners.prices.providers.registry import traits_of
from scanners.prices.quality import findings
from scanners.prices.quality.gate import Checked, inspect
from scanners.prices.quality.rules import Finding
from scanners.store.series_index import UnknownSeries
from scanners.store.store import Store

_NEVER = datetime.min.replace(tzinfo=timezone.utc)
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
    spans = store.bars.spans()
    starts = {} if full else _starts(spans, entries, only, traits, since)
    again: list[Entry] = []
    before: dict[str, tuple[str, ...]] = {}
    # Those that wait longest are asked first: where a service had enough half-way, the next run goes on
    # there.
    order = sorted(entries, key=lambda entry: spans[entry.name][2] if entry.name in spans else _NEVER)
    take = partial(_take, store, by_name, now=now, traits=traits, full=full)
    for together in batches(fetch_all(order, deadline=deadline, options=options, starts=starts, only=only)):
        for outcome, report in zip(together, take(together, parts=starts), strict=True):
            if outcome.bars is not None and report.verdict == "reload_required":
                one = {outcome.bars.provider: outcome.bars.symbol}
                again.append(msgspec.structs.replace(by_name[outcome.series], symbols=one))
                before[outcome.series] = report.tried
            else:
                yield report
    for outcome in fetch_all(again, deadline=deadline, options=options):
        (report,) = take([outcome], parts=())
        yield msgspec.structs.replace(report, tried=(*before[report.series], *report.tried))


def exit_code(reports: Sequence[Report]) -> int:
    """Return 0, 3 when a series failed, or 4 when none is fresh."""
    if not any(report.fresh for report in reports):
        return NOTHING_FRESH
    return PARTIAL if any(report.failed for report in reports) else 0


def _starts(
    spans: Mapping[str, tuple[date, date, datetime]],
    entries: Sequence[Entry],
    only: Sequence[str] | None,
    traits: Mapping[str, Traits],
    since: date | None,
) -> Mapping[str, date]:
    starts = {}
    for entry in entries:
        providers = [name for name in entry.symbols if only is None or name in only]
        if since is not None:
            starts[entry.name] = since
        if entry.asset_class == "macro":
            continue
        if entry.name in spans and providers and not traits[providers[0]].local:
            first, last, _ = spans[entry.name]
            if first <= last:
                overlap = max(first, last - OVERLAP)
                starts[entry.name] = overlap if since is None else min(since, overlap)
    return starts


def _take(
    store: Store,
    by_name: Mapping[str, Entry],
    together: Sequence[Outcome],
    *,
    now: datetime,
    traits: Mapping[str, Traits],
    parts: Container[str],
    full: bool,
) -> list[Report]:
    """Store what came of some series in one transaction; what is wrong with one alone becomes its report.

    Each step is done for all before the next: a processor that does the same again is twice as fast.
    """
    judged = [_judged(by_name[each.series], each, now) for each in together]
    with store.transaction():
        taken = []
        for outcome, checked in zip(together, judged, strict=True):
            entry, whole = by_name[outcome.series], outcome.series not in parts
            taken.append(_taken(store, entry, outcome, checked, traits, whole=whole, full=full))
        return [
            _report(store, by_name[outcome.series], outcome, found, now)
            for outcome, found in zip(together, taken, strict=True)
        ]


def _judged(entry: Entry, outcome: Outcome, now: datetime) -> Checked | str:
    """Return what the gate lets through, or why there is nothing."""
    if outcome.bars is None:
        return "" if outcome.failures else "none of its providers is to be used"
    try:
        return inspect(outcome.bars, market(entry), now, whole=False)
    except ValueError as error:
        return f"{outcome.bars.provider}: {error}"


def _taken(
    store: Store,
    entry: Entry,
    outcome: Outcome,
    checked: Checked | str,
    traits: Mapping[str, Traits],
    *,
    whole: bool,
    full: bool,
) -> Taken | str:
    """Return what the store made of a download, or why it took nothing."""
    bars = outcome.bars
    if bars is None or isinstance(checked, str):
        return str(checked)
    try:
        taken = take_in(
            store, entry, bars, checked, traits=traits.get(bars.provider, Traits()), whole=whole, full=full
        )
    except (NotTaken, ValueError) as error:
        return f"{bars.provider}: {error}"
    return f"{bars.provider}: every bar was set aside" if taken.stored is None else taken


def _report(store: Store, entry: Entry, outcome: Outcome, taken: Taken | str, now: datetime) -> Report:
    tried = tuple(f"{failure.provider}: {failure.kind}, {failure.message}" for failure in outcome.failures)
    kinds = tuple((failure.provider, failure.kind) for failure in outcome.failures)
    if isinstance(taken, str) or outcome.bars is None or taken.stored is None:
        told = (*tried, taken) if taken and isinstance(taken, str) else tried
        state = _state_of_failed(store, entry, now)
        return Report(series=entry.name, verdict="failed", tried=told, kinds=kinds, **state)
    stored = taken.stored
    if stored.verdict == "reload_required":
        return Report(series=entry.name, verdict=stored.verdict, tried=tried, kinds=kinds)
    return Report(
        series=entry.name,
        verdict=stored.verdict,
        source=outcome.bars.provider,
        symbol=outcome.bars.symbol,
        added=stored.added,
        revised=stored.revised,
        withdrawn=taken.withdrawn,
        tried=tried,
        kinds=kinds,
        reason=stored.reason,
        **_state(store, entry, now, taken.findings),
    )


def _state_of_failed(store: Store, entry: Entry, now: datetime) -> dict[str, Any]:
    try:
        return _state(store, entry, now, findings.from_documents(store.bars.findings(entry.name)))
    except UnknownSeries:
        return {}


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
