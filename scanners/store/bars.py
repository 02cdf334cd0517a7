"""Bars as they were known: written when they differ, read as of a date and as known at a moment."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from scanners.core.adjustment import Adjustment
from scanners.store import segments
from scanners.store.adjust import adjusted, as_known
from scanners.store.bar_history import Actions, History, Provenance, Refresh
from scanners.store.database import Database
from scanners.store.incoming import action_versions, bar_versions, check_source, to_days
from scanners.store.merge import Download, merge, withdraw
from scanners.store.notes import get_note, put_note
from scanners.store.packing import ACTIONS, BARS, Versions
from scanners.store.series_index import Catalogue, Entry
from scanners.store.times import LATEST_MOMENT, from_day, from_moment, to_day, to_moment


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _span(entry: Entry) -> tuple[date, date, datetime]:
    return from_day(entry.first_session), from_day(entry.last_session), from_moment(entry.checked_at)


class BarStore:
    """Bars, splits, dividends, their provenance and what is wrong with them.

    Parameters
    ----------
    database : Database
        An open file.
    clock : callable
        Returns the present as a datetime with a time zone.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = _now) -> None:
        self._database = database
        self._catalogue = Catalogue(database)
        self._clock = clock

    def names(self) -> list[str]:
        """Return the names of all series, sorted."""
        with self._database.snapshot():
            return self._catalogue.names()

    def span(self, series: str) -> tuple[date, date, datetime]:
        """Return a series' first and last session and when it was last refreshed.

        Raises
        ------
        UnknownSeries
            When there is none.
        """
        with self._database.snapshot():
            return _span(self._catalogue.get(series))

    def spans(self) -> dict[str, tuple[date, date, datetime]]:
        """Return what `span` tells of every series, by name."""
        with self._database.snapshot():
            return {name: _span(self._catalogue.get(name)) for name in self._catalogue.names()}

    def provenance(self, series: str) -> dict[str, str]:
        """Return where a series' newest bars come from; empty while it has none."""
        with self._database.snapshot():
            return get_note(self._database, self._catalogue.get(series), "provenance", LATEST_MOMENT) or {}

    def write(
        self,
        series: str,
        sessions: ArrayLike,
        close: ArrayLike,
        *,
        provenance: Provenance,
        open: ArrayLike | None = None,
        high: ArrayLike | None = None,
        low: ArrayLike | None = None,
        volume: ArrayLike | None = None,
        actions: Actions | None = None,
        known_at: datetime | None = None,
        whole: bool = False,
    ) -> Refresh:
        """Store what a download adds to what is known of a series; all of it or nothing.

        A download that starts after the first stored bar must agree with the stored close at their first
        common session. If it does not, earlier bars are on another scale and nothing is stored
        (``reload_required``).

        Parameters
        ----------
        series : str
            Symbol; any printable text.
        sessions : array_like of datetime64, shape (n,)
            Civil dates, strictly increasing.
        close : array_like of float, shape (n,)
            Raw closes, as traded.
        provenance : Provenance
            Where they come from.
        open, high, low, volume : array_like of float, shape (n,), optional
            The other columns, raw; NaN where missing.
        actions : Actions, optional
            Every split and dividend in the range of the download; stored ones that it does not have are
            withdrawn. None when the source says nothing about them.
        known_at : datetime, optional
            When this became known; later than the last change of the series. By default the clock's time, or
            just after the last change if the clock was set back.
        whole : bool
            Whether this is all that the source has.

        Raises
        ------
        ValueError
            If an argument breaks a rule above.
        CommandError
            If the file cannot be written; then nothing was.
        """
        new = bar_versions(sessions, close, open, high, low, volume)
        new_actions = None if actions is None else action_versions(actions)
        check_source(provenance)
        with self._database.transaction():
            entry = self._catalogue.get_or_add(series)
            moment = self._moment(entry, known_at)
            if provenance.payload and provenance.payload == entry.payload:
                self._catalogue.save(entry._replace(checked_at=moment))
                return Refresh(series, "unchanged")
            download = Download(new, new_actions, provenance, whole)
            entry, outcome = merge(self._database, entry, download, moment)
            self._catalogue.save(entry)
            return outcome

    def withdraw(self, series: str, sessions: ArrayLike, *, known_at: datetime | None = None) -> None:
        """Take bars back that should never have been stored; what was known before stays readable."""
        days = to_days("sessions", sessions)
        with self._database.transaction():
            entry = self._catalogue.get(series)
            moment = self._moment(entry, known_at)
            self._catalogue.save(withdraw(self._database, entry, days, moment))

    def read(
        self,
        series: str,
        as_of: date | np.datetime64 | None,
        known_at: datetime | None = None,
        *,
        adjust: Adjustment = "all",
        ohlcv: bool = False,
    ) -> History:
        """Return a series up to a date, as it was known at a moment.

        Parameters
        ----------
        series : str
            The series.
        as_of : date or None
            Last session to show; splits and dividends after it are not applied either. None shows all.
        known_at : datetime, optional
            Show what was known then: the same question gives the same bits for ever. By default all that is
            known now.
        adjust : {"all", "splits", "none"}
            What to adjust prices for.
        ohlcv : bool
            Read open, high, low and volume too.

        Raises
        ------
        UnknownSeries
            When the series is not stored.
        DamagedStore
            When a stored byte differs from what was written.
        ValueError
            If ``as_of`` is a moment, ``known_at`` has no time zone, or an adjustment is impossible.
        """
        day, moment = to_day(as_of), to_moment(known_at)
        with self._database.snapshot():
            entry = self._catalogue.get(series)
            tracks = segments.load(self._database, entry, rest=ohlcv)
            provenance = get_note(self._database, entry, "provenance", moment) or {}
        bars, actions = (as_known(tracks[track], day, moment) for track in (BARS, ACTIONS))
        numbers = adjusted(bars, actions, adjust)
        return History(series, as_of=as_of, moment=known_at, provenance=provenance, **numbers)

    def versions(self, series: str, known_at: datetime | None = None) -> tuple[Versions, Versions]:
        """Return every stored version of bars and of actions, raw, by session and time of knowledge."""
        moment = to_moment(known_at)
        with self._database.snapshot():
            tracks = segments.load(self._database, self._catalogue.get(series), rest=True)
        rows = (tracks[track].known_by(moment) for track in (BARS, ACTIONS))
        bars, actions = (part.sorted() for part in rows)
        return bars, actions

    def record_findings(
        self, series: str, findings: Sequence[dict[str, Any]], *, known_at: datetime | None = None
    ) -> bool:
        """Keep what is wrong with a series when it differs from the last list; tell whether it did.

        An empty list says that nothing is wrong any more.
        """
        with self._database.transaction():
            entry = self._catalogue.get_or_add(series)
            moment = self._moment(entry, known_at)
            changed = put_note(self._database, entry, "findings", {"findings": list(findings)}, moment)
            if changed:
                self._catalogue.save(entry._replace(known_at=moment))
            return changed

    def findings(self, series: str, known_at: datetime | None = None) -> list[dict[str, Any]]:
        """Return what was wrong with a series as known at a moment."""
        with self._database.snapshot():
            entry = self._catalogue.get(series)
            note = get_note(self._database, entry, "findings", to_moment(known_at))
        return [] if note is None else note["findings"]

    def record_agreement(self, series: str, document: dict[str, Any]) -> None:
        """Keep how the sources of a stored series agree."""
        with self._database.transaction():
            entry = self._catalogue.get(series)
            moment = self._moment(entry, None)
            if put_note(self._database, entry, "agreement", document, moment):
                self._catalogue.save(entry._replace(known_at=moment))

    def agreement(self, series: str) -> dict[str, Any] | None:
        """Return how the sources of a series agreed when they were last compared, None if they never were."""
        with self._database.snapshot():
            return get_note(self._database, self._catalogue.get(series), "agreement", LATEST_MOMENT)

    def _moment(self, entry: Entry, known_at: datetime | None) -> int:
        if known_at is None:
            return max(to_moment(self._clock()), entry.known_at + 1)
        moment = to_moment(known_at)
        if moment <= entry.known_at:
            raise ValueError(
                f"known_at must be after the last change of {entry.name!r}, "
                f"{from_moment(entry.known_at).isoformat()}, got {known_at.isoformat()}"
            )
        return moment
