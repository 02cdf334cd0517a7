"""All that the store knows of one series: where it comes from, how far it reaches, what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError
from scanners.prices.agreement.record import Agreement, findings_of
from scanners.prices.agreement.record import read as read_agreement
from scanners.prices.market import market
from scanners.prices.quality import findings
from scanners.prices.quality.rules import Finding
from scanners.prices.stored_closes import entry_of
from scanners.store.bar_history import History
from scanners.store.store import Store


@dataclass(frozen=True, eq=False)
class SeriesSummary:
    """One stored series.

    Parameters
    ----------
    history : History
        Adjusted closes and provenance, as known now.
    checked_at : datetime.datetime
        When it was last refreshed.
    events : int
        Ex-dates of splits, dividends and rolls.
    findings : tuple of Finding
        What is wrong with it now.
    agreement : Agreement or None
        How its sources agreed when they were last compared.
    """

    history: History
    checked_at: datetime
    events: int
    findings: tuple[Finding, ...]
    agreement: Agreement | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the bars as nested plain values."""
        history = self.history
        return {
            "series": history.series,
            "sessions": len(history.sessions),
            "first": str(history.sessions[0]),
            "last": str(history.sessions[-1]),
            "close": float(history.close[-1]),
            "backloaded": int(history.backloaded.sum()),
            "events": self.events,
            "checked_at": self.checked_at.isoformat(timespec="seconds"),
            **history.provenance,
            "findings": [msgspec.to_builtins(finding) for finding in self.findings],
            "agreement": msgspec.to_builtins(self.agreement),
        }


def summarize(database: Path, series: str, entries: Iterable[Entry], now: datetime) -> SeriesSummary:
    """Read what is known of a series.

    Parameters
    ----------
    database : Path
    series : str
    entries : iterable of Entry
        Of watchlists; the one it was fetched by says when its sessions are over.
    now : datetime.datetime
        Aware.

    Raises
    ------
    CommandError
        If the store has no bar of it.
    """
    entry = entry_of(database, series, entries)
    with Store.open(database) as store:
        kept = findings.from_documents(store.bars.findings(series))
        history = store.bars.read(series, None)
        if entry is None or not len(history.sessions):
            reasons = "; ".join(finding.message for finding in kept)
            raise CommandError(f"{series}: no bar is stored: {reasons or 'nothing was fetched'}")
        actions = store.bars.versions(series)[1].latest()
        checked_at = store.bars.span(series)[2]
        agreement = read_agreement(store, series)
    events = int((actions.values != [[1.0], [0.0], [1.0]]).any(axis=0).sum())
    said = findings_of(agreement, history.provenance["source"])
    seen = (*kept, *findings.on_series(history, market(entry), now), *said)
    return SeriesSummary(history, checked_at, events, seen, agreement)
