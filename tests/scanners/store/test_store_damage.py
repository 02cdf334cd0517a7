"""Flipped, lost and foreign bytes: noticed, refused, and the file left as it is."""

import sqlite3
from contextlib import closing, suppress
from datetime import datetime, timezone

import numpy as np
import pytest
from episode_steps import step

from scanners.core.errors import CommandError
from scanners.store import Actions, DamagedStore, Database, Message, Provenance, RunKey, Store, Telling
from scanners.store.check import find_damage

NOW = datetime(2024, 1, 1, tzinfo=timezone.utc)
SERIES = ("A", "B", "C")
CLOSE = 100 + np.sin(np.arange(320.0))


def days(count):
    return np.datetime64("2020-01-01") + np.arange(count)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "lppl.db"
    events = Actions(days(320)[[50, 90]], np.array([2.0, 1.0]), np.array([0.0, 1.0]))
    with Store.open(path, write=True) as store:
        with store.transaction():
            for name in SERIES:
                _write(store, name, slice(0, 300), events)
                for last in range(301, 321):
                    _write(store, name, slice(last - 5, last))
        store.runs.finish(
            RunKey("demo", days(320)[-1].item(), "c0"),
            finished_at=NOW,
            manifest={"version": "0.1"},
            results={"A": {"level": "calm"}},
            episodes=[step("f0", 1, 1, "pending", "opened", NOW)],
            messages=[Message("<1@x>", "a@example.org", NOW, {"subject": "hello"})],
        )
        store.tellings.add([Telling("f0", 1, 1, "desk", "<1@x>", ("a@example.org",), "demo", "2020-11-15")])
    return path


def _write(store, name, part, actions=None):
    sessions, close = days(320)[part], CLOSE[part]
    source = Provenance("csv")
    store.bars.write(name, sessions, close, volume=close, actions=actions, provenance=source)


def everything(path):
    """Return all that a user can read, as text of the exact values."""
    with Store.open(path) as store:
        read = {}
        for name in store.bars.names():
            history = store.bars.read(name, None, ohlcv=True)
            columns = (history.sessions, history.close, history.volume, history.known_at)
            read[name] = (*(column.tobytes() for column in columns), history.provenance)
        run = store.runs.latest("demo")
        alerts = store.runs.open_episodes(), store.tellings.all(), store.outbox.messages("queued")
        return read, run, store.runs.results(run), alerts, store.installation


def closes(path):
    with Store.open(path) as store:
        return {name: store.bars.read(name, None, adjust="none").close.tobytes() for name in SERIES}


def flip(path, place, mask=0x01):
    content = bytearray(path.read_bytes())
    content[place] ^= mask
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("flips", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_a_flipped_byte_is_never_read_as_data(path, flips):
    sound, content = everything(path), path.read_bytes()
    rng = np.random.default_rng(flips)
    # The first page holds the header and the beginning of the table definitions; bars fill the second half.
    places = np.r_[rng.integers(0, 4096, flips // 2), rng.integers(0, len(content), flips // 2)]
    bars = rng.integers(len(content) // 2, len(content), flips)
    noticed = 0
    for number, place in enumerate(np.r_[bars, places]):
        path.write_bytes(content)
        flip(path, place, 1 << rng.integers(8))
        damaged = path.read_bytes()
        try:
            assert everything(path) == sound, f"byte {place} changed what is read"
        except CommandError:
            noticed += number < flips
        assert path.read_bytes() == damaged
    # The others hit free space inside pages.
    assert noticed > flips / 2


@pytest.mark.parametrize("flips", [60, pytest.param(1_000, marks=pytest.mark.slow)])
def test_writing_into_a_damaged_file_spoils_nothing_more(path, flips):
    sound, content = closes(path), path.read_bytes()
    grown = sound | {"A": np.append(CLOSE, 101.0).tobytes()}
    rng = np.random.default_rng(flips)
    for place in np.r_[rng.integers(0, 100, flips // 4), rng.integers(0, len(content), flips)]:
        bit = 1 << rng.integers(8)
        path.write_bytes(content)
        flip(path, place, bit)
        try:
            with Store.open(path, write=True) as store:
                recent = np.append(CLOSE[-4:], 101.0)
                store.bars.write("A", days(321)[-5:], recent, provenance=Provenance("csv"))
        except CommandError:
            # Refused means that nothing was lost: with the bit put right all is there.
            flip(path, place, bit)
            assert closes(path) == sound
        else:
            with suppress(DamagedStore):
                assert closes(path) == grown


def test_every_flip_in_a_stored_close_is_noticed(path):
    content = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        (head,) = connection.execute("SELECT head FROM segment WHERE rows > 200 LIMIT 1").fetchone()
    place = content.index(head[-400:])
    for offset in range(0, 400, 23):
        path.write_bytes(content)
        flip(path, place + offset)
        with Store.open(path) as store, pytest.raises(DamagedStore, match="'A' do not match their seal"):
            store.bars.read("A", None)
        with Store.open(path, write=True) as store, pytest.raises(DamagedStore):
            store.bars.write("A", days(320), np.ones(320), provenance=Provenance("csv"))
        with Store.open(path) as store:
            assert len(store.bars.read("B", None).close) == 320


def test_a_flip_in_a_column_read_seldom_is_noticed_when_it_is_read(path):
    with closing(sqlite3.connect(path)) as connection:
        (rest,) = connection.execute("SELECT rest FROM segment WHERE rows > 200 LIMIT 1").fetchone()
    flip(path, path.read_bytes().index(rest[-300:]))
    with Store.open(path) as store:
        assert len(store.bars.read("A", None).close) == 320
        with pytest.raises(DamagedStore):
            store.bars.read("A", None, ohlcv=True)
        assert find_damage(store.database) == ["bars of 'A' do not match their seal"]


LOSSES = {
    "a segment": "DELETE FROM segment WHERE id = (SELECT max(id) FROM segment WHERE series_id = 2)",
    "an entry": "DELETE FROM series WHERE id = 3",
    "a seal": "UPDATE series SET digest = zeroblob(16) WHERE id = 2",
    "a name": "UPDATE series SET name = 'Z' WHERE id = 2",
    "a type": "UPDATE series SET known_at = 'soon' WHERE id = 2",
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_lost_or_changed_row_is_noticed(path, loss):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(LOSSES[loss])
        connection.commit()
    with Store.open(path) as store, pytest.raises(DamagedStore):
        for name in SERIES:
            store.bars.read(name, None)


DOCUMENTS = {
    "note": "UPDATE note SET known_at = known_at - 1 WHERE id = 1",
    "run": "UPDATE run SET as_of = as_of + 1",
    "result": "UPDATE result SET body = replace(body, 'calm', 'CALM')",
    "episode": "UPDATE episode SET state = 'firing'",
    "outbox": "UPDATE outbox SET body = replace(body, 'hello', 'HELLO')",
    "outbox state": "UPDATE outbox SET state = 'sent'",
}


@pytest.mark.parametrize("table", DOCUMENTS)
def test_a_changed_document_is_noticed(path, table):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER note_is_never_changed")
        connection.execute(DOCUMENTS[table])
        connection.execute(
            "CREATE TRIGGER note_is_never_changed BEFORE UPDATE ON note\n"
            "    BEGIN SELECT RAISE(ABORT, 'notes are written once'); END"
        )
        connection.commit()
    with Database.open(path) as database:
        (line,) = find_damage(database)
    assert "not match its seal" in line


HIDDEN = {
    "state": "UPDATE episode SET state = 'resolved'",
    "fingerprint": "UPDATE episode SET fingerprint = 'f1'",
    "sequence": "UPDATE episode SET sequence = 9 WHERE sequence = 2",
    "watchlist": "UPDATE run SET watchlist = 'demp'",
    "session": "UPDATE run SET as_of = as_of + 64",
    "end": "UPDATE run SET finished_at = finished_at - 1024",
    "result": "UPDATE result SET run_id = 9 WHERE run_id = 2",
}


@pytest.mark.parametrize("key", HIDDEN)
def test_a_damaged_key_hides_no_row(path, key):
    with Store.open(path, write=True) as store:
        store.runs.finish(
            RunKey("demo", days(320)[-2].item(), "c0"),
            finished_at=NOW,
            manifest={"series": ["A"]},
            results={"A": {"level": "calm"}},
            episodes=[step("f0", 1, 2, "firing", "opened", NOW)],
        )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(HIDDEN[key])
        connection.commit()
    reads = [
        lambda runs: runs.open_episodes(),
        lambda runs: runs.episode("f0"),
        lambda runs: runs.latest("demo"),
        lambda runs: runs.judged_by("c0"),
        lambda runs: runs.last_day("demo", days(320)[-1].item()),
        lambda runs: runs.runs(watchlist="demo"),
    ]
    if key == "result":
        reads = [lambda runs: runs.results(runs.find(RunKey("demo", days(320)[-2].item(), "c0")))]
    for read in reads:
        with Store.open(path) as store, pytest.raises(DamagedStore):
            read(store.runs)


@pytest.mark.parametrize("change", ["UPDATE segment SET rows = 1", "UPDATE note SET known_at = 1"])
def test_segments_and_notes_cannot_be_updated(path, change):
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="once"):
        connection.execute(change)


def test_a_changed_table_definition_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER segment_is_never_changed")
    with pytest.raises(DamagedStore, match="table definitions"):
        Store.open(path)


@pytest.mark.parametrize("kept", [0.2, 0.7])
def test_a_file_cut_short_is_refused(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(CommandError), Store.open(path, write=True) as store:
        for name in SERIES:
            store.bars.write(name, days(320), np.ones(320), provenance=Provenance("csv"), whole=True)


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    path = tmp_path / "lppl.db"
    path.write_text("session,close\n" * 1000)
    for write in (False, True):
        with pytest.raises(DamagedStore, match="file is not a database"):
            Store.open(path, write=write)
    assert path.read_text().startswith("session,close")


def test_a_database_of_another_program_is_refused(tmp_path):
    path = tmp_path / "lppl.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    with pytest.raises(CommandError, match="database of another program"):
        Store.open(path, write=True)
