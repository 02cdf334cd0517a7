"""Is every byte what was written? And a copy of the file that is known to be sound."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.core.plain_files import make_private
from scanners.core.run_files import put_in_place, sync_to_disk
from scanners.store import segments
from scanners.store.database import DamagedStore, Database, explained
from scanners.store.documents import DOCUMENTS, verify_document
from scanners.store.outbox import Outbox
from scanners.store.series_index import Catalogue
from scanners.store.tellings import installation


def find_damage(database: Database) -> list[str]:
    """Verify the file's structure, every segment of every series and every document.

    Parameters
    ----------
    database : Database
        An open file; nothing is changed.

    Returns
    -------
    list of str
        What was found, one line each; empty for a sound file.
    """
    with database.snapshot():
        found = _structure(database)
        found += _series(database)
        for table in DOCUMENTS:
            found += _documents(database, table)
        found += _told(Outbox(database).verify)
        found += _told(partial(installation, database))
    return found


def back_up(database: Database, destination: Path, *, replace: bool = False) -> None:
    """Copy an open database to another file, in one consistent state, and verify the copy.

    The copy takes its name only when it is whole and sound, so a damaged database never replaces a good
    backup.

    Raises
    ------
    CommandError
        If the destination exists and is not to be replaced, or cannot be written.
    DamagedStore
        If the copy is not sound; then there is none.
    """
    if destination.exists() and not replace:
        raise CommandError(f"{destination} exists; name another file, or replace it explicitly")
    if destination.resolve() == database.path.resolve():
        raise CommandError(f"{destination} is the database itself; name another file")
    unfinished = destination.with_name(f".{destination.name}.partial")
    try:
        _copy(database, unfinished)
        put_in_place(unfinished, destination)
        sync_to_disk(destination.parent)
    except OSError as error:
        raise CommandError(f"cannot write {destination}: {error.strerror}") from error
    finally:
        for leftover in (unfinished, unfinished.with_name(unfinished.name + "-journal")):
            leftover.unlink(missing_ok=True)


def _copy(database: Database, copied: Path) -> None:
    copied.unlink(missing_ok=True)
    make_private(copied)
    with explained(copied), closing(sqlite3.connect(copied)) as target:
        database.connection.backup(target)
    try:
        with Database.open(copied) as copy:
            found = find_damage(copy)
    except DamagedStore as error:
        found = [error.what]
    if found:
        raise DamagedStore(database.path, f"{found[0]}; no backup was made")
    sync_to_disk(copied)


def _structure(database: Database) -> list[str]:
    connection = database.connection
    found = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    found += [f"{table} {row} refers to a {parent} that is not there" for table, row, parent, _ in orphans]
    return found


def _series(database: Database) -> list[str]:
    catalogue = Catalogue(database)
    found = _told(catalogue.names)
    if not found:
        for name in catalogue.names():
            found += _told(partial(_load, database, catalogue, name))
    return found


def _load(database: Database, catalogue: Catalogue, name: str) -> None:
    segments.load(database, catalogue.get(name), rest=True)


def _documents(database: Database, table: str) -> list[str]:
    found = []
    for body, seal, *key in database.connection.execute(DOCUMENTS[table]):
        found += _told(partial(verify_document, body, seal, database.path, *key))
    return found


def _told(verify: Callable[[], object]) -> list[str]:
    try:
        verify()
    except DamagedStore as error:
        return [error.what]
    return []
