"""From what the user names, a watchlist, a folder, a series or a file, to series that can be read."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scanners.config import watchlist as watchlists
from scanners.config.read_options import ReadOptions
from scanners.config.watchlist import Entry, Watchlist
from scanners.config.workspace import DATA, WATCHLIST
from scanners.core.errors import CommandError
from scanners.prices.files.folder import list_series
from scanners.prices.local import local_closes
from scanners.prices.providers import csv_folder
from scanners.prices.series import Series
from scanners.prices.stored_closes import available, closes
from scanners.store.store import Store

if TYPE_CHECKING:
    from lppl import Preset
    from scanners.config.presets import PresetSettings


def choose(watchlist: str | None, folder: Path | None, reading: ReadOptions | None = None) -> Watchlist:
    """Return the watchlist that the user means.

    Parameters
    ----------
    watchlist : str, optional
        Built-in name or TOML file. Without it: every CSV file of ``folder``; without that too, the
        workspace's ``watchlist.toml``, or the demo when there is none.
    folder : Path, optional
        Of price files.
    reading : ReadOptions, optional
        How the files are to be read; what it leaves empty is as the list says.

    Raises
    ------
    CommandError
        If there is no such list or folder, or the folder holds no price file.
    """
    if folder is not None and folder.is_file():
        raise CommandError(f"--data {folder} is a file: lppl fit takes one, --data a folder of them")
    if folder is not None and not folder.is_dir():
        raise CommandError(f"--data {folder}: no such folder")
    if watchlist is None and folder is not None:
        names = _names(folder).items()
        files = tuple(Entry(shown, "unclassified", {csv_folder.NAME: name}) for name, shown in names)
        return Watchlist(read_as(files, reading), folder.resolve().name)
    found = watchlists.load(watchlist or (WATCHLIST if WATCHLIST.is_file() else "demo"))
    return msgspec.structs.replace(found, series=read_as(found.series, reading))


def to_fetch(watchlist: str | None, folder: Path | None, reading: ReadOptions | None = None) -> Watchlist:
    """Return the watchlist to fetch: as `choose`, but the demo only when it is named.

    Raises
    ------
    CommandError
        As in `choose`, and when nothing is named and the workspace has no watchlist.
    """
    if watchlist is None and folder is None and not WATCHLIST.is_file():
        raise CommandError(f"there is no {WATCHLIST} here: lppl init makes one, --watchlist names another")
    return choose(watchlist, folder, reading)


def select(
    found: Watchlist, folder: Path | None, *, as_of: str | None = None, store: Store | None = None
) -> list[Series]:
    """Return the series of a list, each from the store where that has it, else from the disk.

    Parameters
    ----------
    found : Watchlist
    folder : Path, optional
        Where the files behind the list's ``csv`` symbols lie; the workspace's own if left out.
    as_of : str, optional
        ISO date; stored bars and splits after it are not read.
    store : Store, optional
        Open as long as the series are read, and in the thread that reads them.
    """
    folder = folder or (DATA if DATA.is_dir() else None)
    read = {entry.name: partial(local_closes, entry, folder, as_of) for entry in found.series}
    if store is not None:
        stored = available(store, found.series)
        kept = [entry for entry in found.series if entry.name in stored]
        read |= {entry.name: partial(closes, store, entry, as_of) for entry in kept}
    return [
        Series(entry.name, entry.title, entry.asset_class, read[entry.name], entry.calendar, entry.proxy)
        for entry in found.series
    ]


def listed(name: str, watchlist: str | None = None) -> Entry:
    """Return the entry of a series in one of the `known_entries`.

    Raises
    ------
    CommandError
        If there is none.
    """
    entry = next((entry for entry in known_entries(watchlist) if entry.name == name), None)
    if entry is None:
        raise CommandError(f"{name} is in no watchlist here: add it to {WATCHLIST}, or name a list")
    return entry


def class_of(name: str, watchlist: str | None = None) -> str | None:
    """Return the asset class of a series in the `known_entries` or of one that comes with the package."""
    entries = (*known_entries(watchlist), *watchlists.load("demo").series)
    return next((entry.asset_class for entry in entries if entry.name == name), None)


def known_entries(watchlist: str | None = None) -> tuple[Entry, ...]:
    """Return the entries of a list; if left out, of the workspace's, if it has one, and of the core list."""
    if watchlist is not None:
        return watchlists.load(watchlist).series
    own = watchlists.load(WATCHLIST).series if WATCHLIST.is_file() else ()
    return (*own, *watchlists.load("core").series)


def named_preset(name: str, own: "Mapping[str, PresetSettings] | None" = None) -> "str | Preset":
    """Return ``name`` when ``lppl.PRESETS`` has it, or the preset of that name in the configuration.

    Raises
    ------
    CommandError
        If neither has it.
    """
    from lppl import PRESETS
    from scanners.config.presets import build

    if own and name in own:
        return build(name, own[name])
    if name not in PRESETS:
        raise CommandError(f"unknown preset {name!r}: name one of {', '.join([*PRESETS, *(own or ())])}")
    return name


def read_as(entries: tuple[Entry, ...], reading: ReadOptions | None) -> tuple[Entry, ...]:
    """Return entries that are read as the user says here; what that leaves empty stays."""
    said = {name: value for name, value in msgspec.structs.asdict(reading or ReadOptions()).items() if value}
    return tuple(msgspec.structs.replace(entry, **said) for entry in entries) if said else entries


def _names(folder: Path) -> dict[str, str]:
    """Return the series of a folder, and how they are called: a file name need not be text."""
    names = list_series(folder)
    if not names:
        raise CommandError(f"--data {folder}: no price file (CSV, Parquet or workbook) in it")
    shown: dict[str, str] = {}
    taken = set(names)
    for name in names:
        text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        shown[name] = text if text == name or text not in taken else f"{text} ({len(shown)})"
        taken.add(shown[name])
    return shown
