"""The file: opening it safely, transactions, and SQLite's errors told in words a person can act on."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.core.plain_files import PRIVATE_FOLDER, make_private, refuse_special
from scanners.store import schema
from scanners.store.locking import ALREADY_RUNNING, exclusive

# Older versions can lose committed pages when two connections checkpoint at once (sqlite.org/wal.html).
WAL_IS_SAFE_FROM = (3, 51, 3)
_BUSY_SECONDS = 30.0
_OUTER = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_INNER = ("SAVEPOINT inner", "RELEASE inner", "ROLLBACK TO inner")
# Half a second or less; a larger file is checked by ``lppl db check`` alone.
_CHECKED_BEFORE_WRITING_BYTES = 256 * 2**20


class DamagedStore(CommandError):
    """The file does not hold what was written; it is refused and left exactly as it is."""

    def __init__(self, path: Path, what: str) -> None:
        self.what = what
        super().__init__(
            f"{path} is damaged ({what}); nothing was changed. "
            "Keep the file, restore a backup, or name another database"
        )


class Database:
    """An open database file; use it in a ``with`` block.

    One connection, one thread. A writer holds the lock of :func:`scanners.store.locking.exclusive` until
    it is closed; readers take none and see the last committed transaction.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, resources: ExitStack, write: bool) -> None:
        self.path = path
        self.write = write
        self.connection = connection
        self._resources = resources
        self._depth = 0
        self.rollbacks = 0
        # What `scanners.store.notes` has read or written; forgotten when a change is undone.
        self.newest_notes: dict[tuple[int, str], bytes | None] = {}

    @classmethod
    def open(
        cls, path: Path | str, *, write: bool = False, wait: float = 0.0, wal: bool = False
    ) -> "Database":
        """Open a database; a writer creates it, and brings an older one to the newest schema.

        Parameters
        ----------
        path : Path or str
            The file.
        write : bool
            Take the writer lock. Without it nothing can be changed and the file must exist.
        wait : float
            Seconds to wait for another writer.
        wal : bool
            Write-ahead log in place of the rollback journal; needs SQLite 3.51.3.

        Raises
        ------
        CommandError
            Exit code 75 when another process writes, 1 when the file cannot be used.
        DamagedStore
            When the file is not a sound database.
        """
        path = Path(path)
        with ExitStack() as resources:
            if write:
                _make_folder(path.parent)
                _refuse_special(path)
                resources.enter_context(exclusive(path, wait=wait))
                _make_file(path)
            elif not path.is_file():
                raise CommandError(
                    f"there is no database at {path}; lppl fetch makes one, scans record there"
                )
            resources.enter_context(explained(path))
            connection = resources.enter_context(closing(_connect(path, write)))
            _journal(connection, path, write, wal)
            _upgrade(connection, path, write)
            if write and path.stat().st_size <= _CHECKED_BEFORE_WRITING_BYTES:
                _refuse_broken(connection, path)
            return cls(path, connection, resources.pop_all(), write)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and free the lock."""
        self._resources.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything in the block or nothing.

        A block inside another one is undone alone when it fails, and committed with the outer one.
        """
        begin, commit, undo = _INNER if self._depth else _OUTER
        with explained(self.path):
            self._refuse_undone()
            self.connection.execute(begin)
            self._depth += 1
            try:
                yield
                self._refuse_undone()
                self.connection.execute(commit)
            except BaseException:
                self.rollbacks += 1
                self.newest_notes.clear()
                if self.connection.in_transaction:
                    self.connection.execute(undo)
                raise
            finally:
                self._depth -= 1

    def _refuse_undone(self) -> None:
        # SQLite undoes the whole transaction by itself after some errors, a full disk among them.
        if self._depth and not self.connection.in_transaction:
            raise CommandError(f"an earlier error undid the change of {self.path}")

    def snapshot(self) -> AbstractContextManager[None]:
        """Read one state of the database for the length of the block."""
        return explained(self.path) if self.connection.in_transaction else self._snapshot()

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        with explained(self.path):
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("COMMIT")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot make the folder {folder}: {error.strerror}") from error


def _make_file(path: Path) -> None:
    try:
        make_private(path)  # SQLite's journals get its mode
    except OSError as error:
        raise CommandError(f"cannot use {path}: {error.strerror}") from None


def _refuse_special(path: Path) -> None:
    try:
        refuse_special(path, path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise CommandError(f"cannot use {path}: {error.strerror}") from None


def _connect(path: Path, write: bool) -> sqlite3.Connection:
    # A reader opens for writing too: after a crash it must be able to roll a half-written commit back.
    mode = "rwc" if write else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if write:
            connection.execute("PRAGMA cache_size = -65536")
    except BaseException:
        connection.close()
        raise
    return connection


def _journal(connection: sqlite3.Connection, path: Path, write: bool, wal: bool) -> None:
    """Choose the journal: WAL only where it is safe, else a rollback journal, back from WAL if need be."""
    safe = sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM
    needed = ".".join(map(str, WAL_IS_SAFE_FROM))
    if wal and not safe:
        raise CommandError(f"the write-ahead log needs SQLite {needed}, this is {sqlite3.sqlite_version}")
    in_wal = connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    if in_wal and not write and not safe:
        raise CommandError(
            f"{path} has a write-ahead log, which needs SQLite {needed}, this is {sqlite3.sqlite_version}; "
            "any writing command turns it back"
        )
    if write:
        # TRUNCATE syncs the emptied journal, so a commit survives a power cut; DELETE needs one sync more.
        connection.execute("PRAGMA journal_mode = WAL" if wal else "PRAGMA journal_mode = TRUNCATE")


def _upgrade(connection: sqlite3.Connection, path: Path, write: bool) -> None:
    found = schema.version(connection)
    if found > schema.VERSION:
        raise CommandError(f"{path} has schema {found}, newer than {schema.VERSION}: update lppl-scanner")
    foreign = connection.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID
    if foreign and (found or schema.layout(connection)):
        raise CommandError(f"{path} is a database of another program, or its header is damaged")
    if found < schema.VERSION:
        if not write:
            raise CommandError(
                f"{path} has schema {found}, older than {schema.VERSION}: any writing command updates it"
            )
        schema.migrate(connection)
    if schema.layout(connection) != schema.expected_layout():
        raise DamagedStore(path, "its table definitions are not those that were written")
    if not write:
        connection.execute("PRAGMA query_only = ON")


def _refuse_broken(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse to write into a broken file: a damaged list of free pages can name pages that hold bars."""
    (first,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if first != "ok":
        raise DamagedStore(path, first)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors in the block into a :class:`~scanners.core.errors.CommandError` about ``path``."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise _explain(path, error) from error
    except UnicodeDecodeError as error:
        # SQLite quotes damaged table definitions in its messages, which Python then cannot decode.
        raise DamagedStore(path, "its text is not UTF-8") from error


def _explain(path: Path, error: sqlite3.DatabaseError) -> CommandError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return CommandError(f"{path} is busy in another process", ALREADY_RUNNING)
    if "full" in text or "disk I/O error" in text:
        return CommandError(
            f"cannot write {path} ({text}): no space, a size limit or a failing disk; the change was undone"
        )
    if "unable to open" in text or "readonly" in text:
        return CommandError(f"cannot use {path} ({text}): look at the rights of the file and its folder")
    return DamagedStore(path, text)
