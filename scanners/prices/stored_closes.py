"""From the store to the closes of one series as of a date, or the reason why they allow no verdict."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError, Unjudged
from scanners.prices.agreement.record import findings_of
from scanners.prices.agreement.record import read as read_agreement
from scanners.prices.market import market
from scanners.prices.providers.registry import traits_of
from scanners.prices.quality import findings
from scanners.store.series_index import UnknownSeries
from scanners.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from scanners.store.bar_history import History

_DAYS_OF_CONSENSUS = 3


def available(store: Store, entries: Iterable[Entry]) -> set[str]:
    """Return the names of the entries that the store has, from the provider and symbol they name.

    A series of the same name from elsewhere is another series. What comes with the package is read from
    there.
    """
    entries, known = tuple(entries), set(store.bars.names())
    traits = traits_of(name for entry in entries for name in entry.symbols)
    return {
        entry.name
        for entry in entries
        if entry.name in known
        and not all(traits[name].shipped for name in entry.symbols)
        and _is_of(entry, store.bars.provenance(entry.name))
    }


def closes(store: Store, entry: Entry, as_of: str | None = None, start: str | None = None) -> "pd.Series":
    """Return the adjusted closes of a stored series, as far as a scan as of a date may see them.

    Parameters
    ----------
    store : Store
        Open, in this thread.
    entry : Entry
        Of a watchlist.
    as_of : str, optional
        ISO date; the last session if left out. Neither later bars nor later splits are looked at.
    start : str, optional
        ISO date from which on the bars must be sound; never later than the longest window needs.

    Raises
    ------
    Unjudged
        If something found in the windows forbids a verdict.
    CommandError
        If there is no bar up to the date.
    """
    day = date.fromisoformat(as_of) if as_of else None
    history = store.bars.read(entry.name, day)
    known = findings.from_documents(store.bars.findings(entry.name))
    if not len(history.sessions):
        raise CommandError(_nothing(store, entry.name, as_of))
    if (history.close > 0).all():  # else the verdict says so itself
        last = day or history.sessions[-1].item()
        now = findings.end_of(last, market(entry))
        said = findings_of(read_agreement(store, entry.name), history.provenance["source"])
        known = (*findings.on_rows(known), *findings.on_series(history, market(entry), now), *said)
        refused = findings.refusal(known, _first_needed(history, start), last)
        if refused:
            raise Unjudged(*refused)
    return history.to_series().rename_axis("date")


def entry_of(database: Path, name: str, entries: Iterable[Entry]) -> Entry | None:
    """Return how to read a stored series: as one of these entries says, else as its provenance says.

    None when the store has no such series, or there is no store.
    """
    if not database.is_file():
        return None
    with Store.open(database) as store:
        try:
            said = store.bars.provenance(name)
        except UnknownSeries:
            return None
    if not said:
        return None
    matching = (entry for entry in entries if entry.name == name and _is_of(entry, said))
    generic = Entry(name, "unclassified", {said["source"]: said["symbol"]}, timezone=said["time_zone"])
    return next(matching, generic)


def _is_of(entry: Entry, provenance: dict[str, str]) -> bool:
    return bool(provenance) and entry.symbols.get(provenance["source"]) == provenance["symbol"]


def _first_needed(history: "History", start: str | None) -> date:
    """Return the first session of the longest window of any preset, or ``start`` if that is earlier."""
    from lppl import PRESETS

    longest = max(max(preset.lengths) for preset in PRESETS.values()) + _DAYS_OF_CONSENSUS - 1
    first = history.sessions[-min(longest, len(history.sessions))].item()
    return min(first, date.fromisoformat(start)) if start else first


def _nothing(store: Store, name: str, as_of: str | None) -> str:
    first, last, _ = store.bars.span(name)
    if last < first:
        return f"the store has no bar of {name}: all of them were set aside"
    return f"no prices up to {as_of}: the series starts {first}"
