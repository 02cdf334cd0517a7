"""Segments of one series: written once, read and verified together, folded when there are many small ones."""

from itertools import pairwise, takewhile

from scanners.store.database import DamagedStore, Database
from scanners.store.packing import TRACKS, Packed, Track, Versions, pack, unpack
from scanners.store.series_index import Entry, mixed

_RECENT_ROWS = 256  # of the segment that refreshes look at
_OLD_ROWS = 2048
_FOLD_EVERY = 16
_EARLIEST = -(2**31)

_INSERT = (
    "INSERT INTO segment (series_id, track, rows, first_session, last_session, seal, rest_seal, head, rest) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEADS = (
    "SELECT series_id, track, rows, first_session, last_session, seal, rest_seal, head, NULL "
    "FROM segment WHERE series_id = ? AND last_session >= ? ORDER BY last_session, id"
)
_WHOLE = (
    "SELECT series_id, track, rows, first_session, last_session, seal, rest_seal, head, rest "
    "FROM segment WHERE series_id = ? AND last_session >= ? ORDER BY last_session, id"
)
_TAIL = (
    "SELECT series_id, track, rows, first_session, last_session, seal, rest_seal, head, rest "
    "FROM segment WHERE series_id = ? AND track = ? AND id >= ? ORDER BY id"
)
_DELETE_TAIL = "DELETE FROM segment WHERE series_id = ? AND track = ? AND id >= ?"
_SIZES = "SELECT id, rows FROM segment WHERE series_id = ? AND track = ? ORDER BY id DESC"


def add(database: Database, entry: Entry, track: Track, versions: Versions) -> Entry:
    """Write rows as new segments of a series, the last of them apart, and return its new entry."""
    recent = max(0, len(versions) - _RECENT_ROWS)
    for start, end in pairwise([*range(0, recent, _OLD_ROWS), recent, len(versions)]):
        packed = pack(entry.id, track, versions.take(slice(start, end)))
        database.connection.execute(_INSERT, packed)
        entry = entry.with_segment(packed.seal)
    return entry


def load(
    database: Database, entry: Entry, *, rest: bool = False, since: int | None = None
) -> dict[Track, Versions]:
    """Return every version of every row of a series, by track, after verifying all of it.

    Parameters
    ----------
    database : Database
        The file, inside a snapshot or a transaction.
    entry : Entry
        The series.
    rest : bool
        Read the seldom-used columns too.
    since : int, optional
        Leave out segments that end before this day; a missing segment then goes unnoticed.

    Raises
    ------
    DamagedStore
        When a byte or a segment differs from what was written.
    """
    lowest = _EARLIEST if since is None else since
    statement = _WHOLE if rest else _HEADS
    packed = [*map(Packed._make, database.connection.execute(statement, (entry.id, lowest)))]
    _refuse_unsound(database, entry, packed)
    found = len(packed), mixed(segment.seal for segment in packed)
    if since is None and found != (entry.segments, entry.digest):
        raise DamagedStore(database.path, f"bars of {entry.name!r} are incomplete")
    return {
        track: unpack([segment for segment in packed if segment.track == track.number], track)
        for track in TRACKS
    }


def fold(database: Database, entry: Entry, before: int) -> Entry:
    """Join small segments at the end of a series, once in a while; what can be read stays the same.

    A segment a day would make reading slow. Every sixteenth segment the trailing tiny ones become one, and
    when sixteen of those have gathered they become one: every bar is rewritten at most a few times. The turn
    comes on another day for each series, so that no daily refresh carries the work of all.

    Parameters
    ----------
    database : Database
        The file, inside a transaction.
    entry : Entry
        The series.
    before : int
        Number of its segments before the present change.

    Returns
    -------
    Entry
        The series after it.
    """
    if (entry.segments + entry.id) // _FOLD_EVERY == (before + entry.id) // _FOLD_EVERY:
        return entry
    for track in TRACKS:
        for below, at_least in ((_FOLD_EVERY, 2), (_FOLD_EVERY**2, _FOLD_EVERY)):
            entry = _fold_tail(database, entry, track, below, at_least)
    return entry


def _fold_tail(database: Database, entry: Entry, track: Track, below: int, at_least: int) -> Entry:
    sizes = database.connection.execute(_SIZES, (entry.id, track.number)).fetchall()
    tail = list(takewhile(lambda size: size[1] < below, sizes))
    if len(tail) < at_least:
        return entry
    key = (entry.id, track.number, tail[-1][0])
    packed = [Packed(*row) for row in database.connection.execute(_TAIL, key)]
    _refuse_unsound(database, entry, packed)
    for segment in packed:
        entry = entry.with_segment(segment.seal, count=-1)
    database.connection.execute(_DELETE_TAIL, key)
    return add(database, entry, track, unpack(packed, track))


def _refuse_unsound(database: Database, entry: Entry, packed: list[Packed]) -> None:
    if not all(segment.sound() for segment in packed):
        raise DamagedStore(database.path, f"bars of {entry.name!r} do not match their seal")
