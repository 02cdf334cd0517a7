"""Where the stored series come from, and what their other sources say, a row each."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import msgspec

from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError
from scanners.prices.agreement.comparison import FAULTS
from scanners.prices.agreement.record import Agreement, read
from scanners.prices.agreement.words import sentence
from scanners.prices.providers.registry import clock_of
from scanners.store.series_index import UnknownSeries
from scanners.store.store import Store

_NEWS = timedelta(days=1)  # a look at which no other source answered is dated by itself


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bars of a series come from, and how that agrees with its other sources.

    Attributes
    ----------
    series, title : str
    source, symbol : str
        Provider of the stored bars and its symbol; empty where none are stored.
    clock : str
        What its daily bar is.
    looked : str
        ISO date of the last look; empty without one.
    said : tuple of str
        One sentence for each other source.
    fault : bool
        Whether one of them contradicts it.
    """

    series: str
    title: str
    source: str = ""
    symbol: str = ""
    clock: str = ""
    looked: str = ""
    said: tuple[str, ...] = ()
    fault: bool = False


def sources_of(
    database: Path | None, entries: Iterable[Entry], as_of: date | None = None
) -> tuple[SourceRow, ...]:
    """Return a row for each entry that the database has or should have.

    Parameters
    ----------
    database : Path or None
        Nothing is returned without one.
    entries : iterable of Entry
        Of a watchlist.
    as_of : datetime.date, optional
        Looks at later bars are not seen.
    """
    if database is None or not database.is_file():
        return ()
    try:
        with Store.open(database) as store:
            return tuple(_row(store, entry, as_of) for entry in entries)
    except CommandError:
        return ()  # who reads prices says why


def _row(store: Store, entry: Entry, as_of: date | None) -> SourceRow:
    row = SourceRow(series=entry.name, title=entry.title)
    try:
        provenance = store.bars.provenance(entry.name)
    except UnknownSeries:
        return row
    if not provenance:
        return row
    source, symbol = provenance["source"], provenance["symbol"]
    clock = clock_of(source, symbol)
    row = msgspec.structs.replace(row, source=source, symbol=symbol, clock=clock)
    found = read(store, entry.name)
    if found is None or found.source != row.source or not _seen(found, as_of):
        return row
    return msgspec.structs.replace(
        row,
        looked=str(found.at.date()),
        said=tuple(_told(found)),
        fault=any(one.verdict in FAULTS for one in found.comparisons),
    )


def _seen(found: Agreement, as_of: date | None) -> bool:
    last = max(one.until for one in found.comparisons)
    return as_of is None or (last if last > date.min else found.at.date() - _NEWS) <= as_of


def _told(found: Agreement) -> Iterable[str]:
    for one in found.comparisons:
        alone = one.verdict in FAULTS and found.alone in (one.one, one.other)
        yield f"{sentence(one)}; {found.alone} stands alone" if alone else sentence(one)
