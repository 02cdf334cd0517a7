"""Two processes and one store: the lock, readers beside a writer, versions of file and of SQLite."""

import math
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from scanners.core.errors import CommandError
from scanners.store import Database, Provenance, Store, exclusive, schema
from scanners.store import database as database_module
from scanners.store.check import find_damage

ROOT = Path(__file__).resolve().parents[3]
SOURCE = Provenance("csv")
HOLDER = """
import sys, time
from scanners.store import Store
with Store.open(sys.argv[1], write=True):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


COPIED = """
import os, sys, time
from scanners.store import Store
with Store.open(sys.argv[1], write=True):
    copy = os.fork()
    if copy:
        print(copy, flush=True)
    time.sleep(60)
"""


def days(count):
    return np.datetime64("2020-01-01") + np.arange(count)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "data" / "lppl.db"
    with Store.open(path, write=True) as store:
        store.bars.write("A", days(10), np.ones(10), provenance=SOURCE)
    return path


@pytest.fixture
def holder(path):
    """A process that has the store open for writing; it is given the seconds to hold it."""
    processes = []

    def start(seconds):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path), str(seconds)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here")
def test_a_copy_of_a_writer_does_not_hold_the_store_when_the_writer_is_killed(path):
    command = [sys.executable, "-c", COPIED, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        copy = int(writer.stdout.readline())
        writer.kill()
        writer.wait()
        try:
            os.kill(copy, 0)  # it lives
            Store.open(path, write=True).close()
        finally:
            os.kill(copy, signal.SIGKILL)


def test_a_second_writer_exits_75_and_names_the_first(path, holder):
    first = holder(60)
    with pytest.raises(CommandError, match=f"being written by another process .*{first.pid}") as refusal:
        Store.open(path, write=True)
    assert refusal.value.exit_code == 75


def test_a_second_writer_waits_when_asked(path, holder):
    holder(0.3)
    with Store.open(path, write=True, wait=math.inf) as store:
        assert store.bars.names() == ["A"]


def test_the_lock_of_a_killed_process_is_free_at_once(path, holder):
    first = holder(60)
    first.kill()
    first.wait()
    with Store.open(path, write=True) as store:
        assert store.bars.names() == ["A"]
    assert path.with_name("lppl.db.lock").exists()


def test_two_writers_in_one_process_exclude_each_other(path):
    with Store.open(path, write=True), pytest.raises(CommandError) as refusal:
        Store.open(path, write=True)
    assert refusal.value.exit_code == 75
    Store.open(path, write=True).close()


def test_a_wait_is_bounded(tmp_path):
    path, start = tmp_path / "x", time.monotonic()
    with exclusive(path), pytest.raises(CommandError), exclusive(path, wait=0.2):
        pass
    assert 0.2 <= time.monotonic() - start < 5


def test_readers_see_the_last_commit_while_a_writer_works(path):
    with Store.open(path, write=True) as writer, Store.open(path) as reader:
        with writer.transaction():
            writer.bars.write("A", days(12), np.ones(12), provenance=SOURCE)
            writer.bars.write("B", days(12), np.ones(12), provenance=SOURCE)
            assert len(reader.bars.read("A", None).close) == 10
            assert reader.bars.names() == ["A"]
        assert len(reader.bars.read("A", None).close) == 12
        assert len(reader.bars.read("B", None).close) == 12


def test_a_busy_database_exits_75(path, monkeypatch):
    monkeypatch.setattr(database_module, "_BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Store.open(path, write=True) as store:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CommandError, match="busy in another process") as refusal:
            store.bars.write("A", days(12), np.ones(12), provenance=SOURCE)
        other.execute("ROLLBACK")
        assert refusal.value.exit_code == 75
        assert store.bars.write("A", days(12), np.ones(12), provenance=SOURCE).added == 2


def test_a_reader_can_change_nothing(path):
    with Store.open(path) as store, pytest.raises(CommandError, match="readonly"):
        store.bars.write("A", days(12), np.ones(12), provenance=SOURCE)


def test_a_block_that_fails_leaves_nothing(path):
    with Store.open(path, write=True) as store:
        with pytest.raises(RuntimeError, match="stop"), store.transaction():
            store.bars.write("A", days(12), np.ones(12), provenance=SOURCE)
            store.bars.write("B", days(12), np.ones(12), provenance=SOURCE)
            raise RuntimeError("stop")
        assert store.bars.names() == ["A"]
        assert len(store.bars.read("A", None).close) == 10
        assert store.bars.write("C", days(5), np.ones(5), provenance=SOURCE).added == 5
    with Store.open(path) as store:
        assert store.bars.names() == ["A", "C"]


def test_a_write_that_fails_inside_a_block_is_undone_alone(path):
    with Store.open(path, write=True) as store:
        with store.transaction():
            store.bars.write("B", days(5), np.ones(5), provenance=SOURCE)
            with pytest.raises(ValueError, match="later"), store.transaction():
                store.bars.write("C", days(5), np.ones(5), provenance=SOURCE)
                raise ValueError("later")
            store.bars.write("D", days(5), np.ones(5), provenance=SOURCE)
        assert store.bars.names() == ["A", "B", "D"]
        assert find_damage(store.database) == []


def test_nothing_is_committed_by_a_block_that_sqlite_undid(path):
    with Store.open(path, write=True) as store:
        with pytest.raises(CommandError, match="an earlier error undid the change"), store.transaction():
            store.bars.write("B", days(5), np.ones(5), provenance=SOURCE)
            store.database.connection.execute("ROLLBACK")
            with suppress(CommandError):
                store.bars.write("C", days(5), np.ones(5), provenance=SOURCE)
        assert store.bars.names() == ["A"]


@pytest.mark.parametrize("name", ["a b.db", "50%?x#y.db", "데이터.db"])
def test_a_path_is_taken_as_it_is(tmp_path, name):
    with Store.open(tmp_path / name, write=True) as store:
        store.bars.write("A", days(5), np.ones(5), provenance=SOURCE)
    assert sorted(file.name for file in tmp_path.iterdir()) == [name, f"{name}-journal", f"{name}.lock"]
    with Store.open(tmp_path / name) as store:
        assert store.bars.names() == ["A"]


def test_a_missing_database_is_named_and_not_made(tmp_path):
    with pytest.raises(CommandError, match="no database at"):
        Store.open(tmp_path / "lppl.db")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(CommandError, match="cannot make the folder"):
        Store.open(tmp_path / "data" / "lppl.db", write=True)


def test_commits_are_synchronous_with_a_rollback_journal(path):
    with Database.open(path, write=True) as database:
        pragma = {
            name: database.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "truncate", "synchronous": 2, "foreign_keys": 1}


def test_the_write_ahead_log_needs_a_safe_sqlite(path, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(CommandError, match=r"write-ahead log needs SQLite 3\.51\.3"):
        Store.open(path, write=True, wal=True)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    with Store.open(path, write=True, wal=True) as store:
        assert store.database.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        store.bars.write("A", days(12), np.ones(12), provenance=SOURCE)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(CommandError, match="any writing command turns it back"):
        Store.open(path)
    with Store.open(path, write=True) as store:
        assert store.database.connection.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
        assert len(store.bars.read("A", None).close) == 12


def test_an_older_schema_is_brought_up_to_date_with_its_bars(tmp_path, monkeypatch):
    path = tmp_path / "lppl.db"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        patch.setattr(schema, "VERSION", 1)
        schema.expected_layout.cache_clear()
        with Store.open(path, write=True) as store:
            store.bars.write("A", days(10), np.ones(10), provenance=SOURCE)
    schema.expected_layout.cache_clear()
    with pytest.raises(CommandError, match="schema 1, older than 4: any writing command updates it"):
        Store.open(path)
    with Store.open(path, write=True) as store:
        assert len(store.bars.read("A", None).close) == 10
        assert store.outbox.messages("queued") == []
    with Store.open(path) as store:
        assert schema.version(store.database.connection) == schema.VERSION


def test_a_newer_schema_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CommandError, match="schema 99, newer than 4: update lppl-scanner"):
        Store.open(path, write=True)


def test_a_migration_that_fails_leaves_the_old_schema(path, monkeypatch):
    monkeypatch.setattr(
        schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE a (b);\nCREATE TABLE a (b);\n")
    )
    monkeypatch.setattr(schema, "VERSION", 5)
    with pytest.raises(CommandError):
        Store.open(path, write=True)
    with closing(sqlite3.connect(path)) as connection:
        assert schema.version(connection) == 4
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'a'").fetchone() == (0,)


def test_the_application_id_is_that_of_the_file(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
