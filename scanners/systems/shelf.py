"""Series as of a date: what was published by then, in the version that was known then."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timezone
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.files.csv_file import read_table
from scanners.prices.files.folder import find_file
from scanners.prices.providers import csv_folder
from scanners.store.store import Store
from scanners.store.times import to_moment
from scanners.systems.recipes import combine
from scanners.systems.schema import Derived, Recipe
from scanners.systems.sources import Source
from scanners.systems.taken_at import session_late, taken_at


class Missing(Exception):
    """Series that are not here, each with how to get it."""

    def __init__(self, needed: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {how}" for name, how in needed.items()))
        self.needed = dict(needed)


class Shelf:
    """Where series are read from, as of a date.

    Parameters
    ----------
    as_of : str
        ISO date; figures published after it are not read.
    sources : mapping of str to Source
        The catalogue.
    derived : mapping of str to Derived
        What is made of them.
    folders : sequence of Path
        Of CSV files; they come before the store.
    fallback : sequence of Path
        Of CSV files; they come after it.
    database : Path, optional
        Of the store; it need not exist.
    reading : ReadOptions, optional
        How the files are to be read.
    """

    def __init__(
        self,
        as_of: str,
        sources: Mapping[str, Source],
        derived: Mapping[str, Derived] | None = None,
        *,
        folders: Sequence[Path] = (),
        fallback: Sequence[Path] = (),
        database: Path | None = None,
        reading: ReadOptions | None = None,
    ) -> None:
        self.as_of = as_of
        self.sources = sources
        self.derived = derived or {}
        self.folders = folders
        self.fallback = fallback
        self.database = database
        self.reading = reading
        self._read: dict[str, pd.Series] = {}
        self._from: dict[str, tuple[str, str]] = {}
        self._stored: frozenset[str] | None = None  # what the database holds, once somebody has looked

    def get(self, name: str) -> pd.Series:
        """Return a series of the catalogue or a derived one, finite values by date.

        Raises
        ------
        Missing
            If it, or what it is made of, is not here or has no figure by the date.
        CommandError
            If a file breaks a rule.
        """
        if name not in self._read:
            made = self._made(self.derived[name]) if name in self.derived else self._source(name)
            self._read[name] = made.rename(name)
        return self._read[name]

    def through(self, *names: str) -> str:
        """Return the last day of which the figures of all these series would be known, ISO."""
        return str(min(self._through(name) for name in names))

    def _through(self, name: str) -> np.datetime64:
        today = np.datetime64(self.as_of, "D")
        days = today - np.arange(30)
        ends = []
        for part in self.parts(name):
            source = self.sources[part]
            if source.frequency in ("daily", "weekly"):
                ends.append(days[source.published(days) <= today].max())
        recipe = self.recipe(name)
        newest = recipe is not None and recipe.how in ("extended", "bond")
        return (max if newest else min)(ends, default=today)

    def taken_at(self, name: str) -> tuple[str, float | None]:
        """Return clock and hour UTC of a catalogue series as it was read, None where nobody says."""
        return taken_at(self.sources[name], *self._from.get(name, ("", "")))

    def provider(self, name: str) -> str:
        """Return who the figures of a catalogue series are from; of files when nobody says."""
        return self._from.get(name, (csv_folder.NAME, ""))[0]

    def shifted(self, name: str, part: str) -> bool:
        """Return whether a recipe in use reads a part a session earlier."""
        recipe = self.recipe(name)
        if recipe is None or recipe.how not in ("session_earlier", "extended") or recipe.of[-1] != part:
            return False
        return session_late(self.taken_at(part)[1])

    def title(self, name: str) -> str:
        """Return a series' title."""
        return (self.derived.get(name) or self.sources[name]).title

    def kind(self, name: str) -> str:
        """Return ``price`` or ``level``; what is made of several is a level, but for a cross of prices."""
        if name not in self.derived:
            return self.sources[name].kind
        used = self._first_there(self.derived[name]) or self.derived[name].recipe[0]
        if used.how == "bond":
            return "price"
        same = used.how in ("as_is", "cross", "session_earlier", "extended", "basket")
        return self.sources[used.of[0]].kind if same else "level"

    def parts(self, name: str) -> tuple[str, ...]:
        """Return the catalogue series that a name is read from, by the recipe whose series are there."""
        used = self.recipe(name)
        return (name,) if name not in self.derived else used.of if used else ()

    def recipe(self, name: str) -> Recipe | None:
        """Return the recipe in use for a derived series; None for others, and where nothing is there."""
        return self._first_there(self.derived[name]) if name in self.derived else None

    def frequency(self, name: str) -> str:
        """Return the frequency; that of its first part for a derived series that is not here."""
        if name not in self.derived:
            return self.sources[name].frequency
        used = self._first_there(self.derived[name]) or self.derived[name].recipe[0]
        return self.sources[used.of[0]].frequency

    def _first_there(self, derived: Derived) -> Recipe | None:
        return next((one for one in derived.recipe if all(self._there(part) for part in one.of)), None)

    def _made(self, derived: Derived) -> pd.Series:
        recipe = self._first_there(derived)
        if recipe is None:
            parts = dict.fromkeys(part for recipe in derived.recipe for part in recipe.of)
            raise Missing({part: self.sources[part].how_to_get() for part in parts if not self._there(part)})
        if recipe.how == "revision":
            return self._revision(recipe)
        made_of = [self.get(part) for part in recipe.of]
        late = session_late(self.taken_at(recipe.of[-1])[1])
        return combine(recipe, made_of, self.sources[recipe.of[0]], late)

    def _revision(self, recipe: Recipe) -> pd.Series:
        from scanners.systems.vintages import revisions, stored_vintages

        name = recipe.of[0]
        kept = stored_vintages(self.database, name, self.as_of) if self.database is not None else {}
        found = revisions(kept, recipe.days)
        if found.empty:
            raise Missing({name: f"{self.sources[name].how_to_get()}; its revisions are kept from then on"})
        return found

    def _there(self, name: str) -> bool:
        try:
            self.get(name)
        except Missing:
            return False
        return True

    def _source(self, name: str) -> pd.Series:
        source = self.sources[name]
        found, provider = self._from_folders(source, self.folders), csv_folder.NAME
        if found is None and self.database is not None and self.database.is_file():
            found, provider = self._from_store(self.database, source)
            self._from[name] = (provider, source.symbols.get(provider, ""))
        if found is None:
            found, provider = self._from_folders(source, self.fallback), csv_folder.NAME
            self._from.pop(name, None)
        if found is None:
            raise Missing({name: source.how_to_get()})
        known = source.published(found.index.to_numpy(), provider) <= np.datetime64(self.as_of, "D")
        found = found[known]
        if found.empty:
            raise Missing({name: f"no figure was published by {self.as_of}"})
        try:
            source.check(found)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if source.kind == "price" and not (found > 0).all():
            raise CommandError(f"{name} must be positive, got {found.min():g} on {found.idxmin():%Y-%m-%d}")
        return found

    def _from_folders(self, source: Source, folders: Sequence[Path]) -> pd.Series | None:
        for folder in folders:
            for given in dict.fromkeys((source.name, source.symbols.get(csv_folder.NAME, source.name))):
                stem, _, column = given.partition(":")
                try:
                    path = find_file(folder, stem)
                except CommandError:
                    continue
                return read_levels(path, self.reading, self.as_of, column or None)
        return None

    def _in_store(self, database: Path) -> frozenset[str]:
        if self._stored is None:
            with Store.open(database) as store:
                self._stored = frozenset(store.bars.names())
        return self._stored

    def _from_store(self, database: Path, source: Source) -> tuple[pd.Series | None, str]:
        """Return a series as the store knew it on the as-of date, and who its bars are from.

        Where the store did not have the series yet, every figure is read in the first version it ever had. So
        a revision changes no reading of a date before it.
        """
        if source.name not in self._in_store(database):
            return None, ""
        day = date.fromisoformat(self.as_of)
        with Store.open(database) as store:
            if source.kind == "price":
                history = store.bars.read(source.name, day)
                provider = store.bars.provenance(source.name).get("source", "")
                return (history.to_series() if len(history.sessions) else None), provider
            bars, _ = store.bars.versions(source.name)
            provider = store.bars.provenance(source.name).get("source", "")
        moment = to_moment(datetime.combine(day, time.max, tzinfo=timezone.utc))
        rows = bars.known_by(moment).latest()
        if not len(rows) and len(bars):
            rows = bars.take(np.append(True, bars.session[1:] != bars.session[:-1]))
        rows = rows.living()
        if not len(rows):
            return None, provider
        index = pd.DatetimeIndex(rows.session.astype("datetime64[D]").astype("datetime64[ns]"), name="date")
        return pd.Series(rows.values[0], index=index), provider


def read_levels(
    path: Path, reading: ReadOptions | None = None, as_of: str | None = None, column: str | None = None
) -> pd.Series:
    """Read a file of dates and values, negative ones too; a day without a value is left out.

    Lines of dates after ``as_of`` that break a rule are left out; ``column`` names a series of a file of
    several.

    Raises
    ------
    CommandError
        If the file cannot be read, a date stands twice, or nothing is in it.
    """
    state = path.stat()
    return _levels(path, reading or ReadOptions(), as_of, column, (state.st_mtime_ns, state.st_size)).copy()


@lru_cache(maxsize=256)
def _levels(
    path: Path, reading: ReadOptions, as_of: str | None, column: str | None, _state: tuple[int, int]
) -> pd.Series:
    """Return what a file in one state holds: several monitors of a process read the same files."""
    table = read_table(path, symbol=column, options=reading, as_of=as_of, extras=False)
    values = table.values["close"]
    order = np.argsort(table.sessions, kind="stable")
    order = order[np.isfinite(values[order])]
    days = table.sessions[order]
    twice = days[1:] == days[:-1]
    if twice.any():
        raise CommandError(f"{path}: date {days[1:][twice][0]} must stand once")
    if not len(days):
        raise CommandError(f"{path}: holds no value")
    return pd.Series(values[order], index=pd.DatetimeIndex(days.astype("datetime64[ns]"), name="date"))
