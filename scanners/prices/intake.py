"""One download of one series, judged by the quality gate, into the store inside one transaction."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np

from scanners.config.watchlist import Entry
from scanners.prices.interface import Bars, Traits, digest
from scanners.prices.quality import findings
from scanners.prices.quality.adjust import as_actions
from scanners.prices.quality.gate import Checked
from scanners.prices.quality.rules import Finding
from scanners.store.bar_history import Actions, Provenance, Refresh
from scanners.store.series_index import UnknownSeries
from scanners.store.store import Store

_ANOTHER_SCALE = ("reload_required", "readjusted", "replaced")


class NotTaken(Exception):
    """A download that the stored series must not be changed by, and why."""


class Taken(NamedTuple):
    """What the store made of a download (None when every bar was set aside), and what was found on rows."""

    stored: Refresh | None
    withdrawn: int
    findings: tuple[Finding, ...]


def take_in(
    store: Store, entry: Entry, bars: Bars, checked: Checked, *, traits: Traits, whole: bool, full: bool
) -> Taken:
    """Store what passed the gate of a download, with its provenance and findings; all of it or nothing.

    Parameters
    ----------
    store : Store
        Open for writing.
    entry : Entry
        Of a watchlist.
    bars : Bars
        As a provider gave them.
    checked : Checked
        What the gate made of them.
    traits : Traits
        Of that provider.
    whole : bool
        Whether they are all that the provider has.
    full : bool
        Whether they may replace what is stored from another provider or symbol.

    Raises
    ------
    NotTaken
        If the stored bars are of another symbol, or a less preferred provider contradicts them.
    ValueError
        If the bars break a rule of the store.
    CommandError
        If the store cannot be written.
    """
    with store.transaction():
        said, old = _known(store, entry.name)
        if said and not full and said["source"] == bars.provider and said["symbol"] != bars.symbol:
            raise NotTaken(f"is stored from {said['symbol']}, not {bars.symbol}; --full replaces it")
        stored = _write(store, bars, checked.bars, traits, whole) if len(checked.bars) else None
        withdrawn = 0
        if stored is not None:
            contradicts = stored.verdict in _ANOTHER_SCALE and _is_fallback(entry, said, bars)
            if contradicts and not full:
                raise NotTaken(
                    f"contradicts {said['source']}: {stored.reason}; --full replaces what is stored"
                )
            if stored.verdict == "reload_required":
                return Taken(stored, 0, ())
            withdrawn = _withdraw(store, bars, checked, stored, traits)
        return Taken(stored, withdrawn, _record(store, bars, checked, old))


def _write(store: Store, bars: Bars, good: Bars, traits: Traits, whole: bool) -> Refresh:
    provenance = Provenance(
        source=bars.provider,
        package=bars.package,
        currency=bars.currency,
        time_zone=bars.timezone,
        symbol=bars.symbol,
        # What the gate lets through depends on the hour: an unfinished session is a good one the day after.
        payload=digest(bars.payload_hash.encode(), good.sessions, good.close),
    )
    return store.bars.write(
        bars.series,
        good.sessions,
        good.close,
        actions=_actions(good, traits),
        provenance=provenance,
        whole=whole,
        open=_or_missing(good.open),
        high=_or_missing(good.high),
        low=_or_missing(good.low),
        volume=_or_missing(good.volume),
    )


def _withdraw(store: Store, bars: Bars, checked: Checked, stored: Refresh, traits: Traits) -> int:
    """Take back stored bars that would not pass the gate any more; return how many."""
    gone = [row.session for row in checked.quarantined if row.rule != "not_finite"]
    if traits.withdraws:
        gone += stored.missing.tolist()
    if not gone:
        return 0
    here = store.bars.read(bars.series, None, adjust="none").sessions
    days = np.intersect1d(np.array(gone, dtype="datetime64[D]"), here)
    if len(days):
        store.bars.withdraw(bars.series, days)
    return len(days)


def _known(store: Store, series: str) -> tuple[Mapping[str, str], tuple[Finding, ...]]:
    """Return the provenance and the findings of a series, both empty when it is new."""
    try:
        return store.bars.provenance(series), findings.from_documents(store.bars.findings(series))
    except UnknownSeries:
        return {}, ()


def _record(store: Store, bars: Bars, checked: Checked, old: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep the findings on rows: those of this download, and older ones that it says nothing about."""
    first = bars.sessions.min().item() if len(bars) else date.max
    kept = (*findings.before(old, first), *findings.on_rows(checked.findings))
    if kept != tuple(old):
        store.bars.record_findings(bars.series, findings.to_documents(kept))
    return kept


def _is_fallback(entry: Entry, said: Mapping[str, str], bars: Bars) -> bool:
    """Tell whether the stored bars are of a provider that the entry prefers to that of these."""
    order = list(entry.symbols)
    return bool(said) and said["source"] in order[: order.index(bars.provider)]


def _actions(bars: Bars, traits: Traits) -> Actions | None:
    if not bars.events and not traits.tells_events:
        return None
    return Actions(*as_actions(bars.events))


def _or_missing(column: np.ndarray) -> np.ndarray:
    """Return a column with NaN for what is no number: closes were judged, the others are extras."""
    return np.where(np.isfinite(column), column, np.nan)
