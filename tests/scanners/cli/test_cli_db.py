"""``lppl db``: check, backup, export."""

import csv
import json
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from scanners.core.file_names import file_name
from scanners.store import Actions, Provenance, Store

START = datetime(2024, 1, 1, tzinfo=timezone.utc)
CLOSE = np.array([10.0, 10.1, 5.2, 5.3])
SESSIONS = np.datetime64("2023-12-26") + np.arange(4)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data" / "lppl.db"
    split = Actions(SESSIONS[[2]], np.array([2.0]), np.array([0.0]))
    with Store.open(path, write=True) as store:
        store.bars.write("^KQ11", SESSIONS[:3], CLOSE[:3], provenance=Provenance("csv"), known_at=START)
        store.bars.write(
            "^KQ11",
            SESSIONS,
            CLOSE,
            provenance=Provenance("csv"),
            actions=split,
            known_at=START + timedelta(days=1),
        )
        store.bars.write("../../etc", SESSIONS, 3 * CLOSE, provenance=Provenance("csv"), known_at=START)
    return path


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def damage(path):
    content = bytearray(path.read_bytes())
    content[content.index(CLOSE[:3].tobytes())] ^= 1
    path.write_bytes(bytes(content))


def test_a_sound_database(path, lppl):
    assert lppl("db", "check") == (0, "data/lppl.db is sound\n", "")
    code, out, _ = lppl("db", "check", "--json", "--database", path)
    assert (code, json.loads(out)) == (0, {"database": str(path), "sound": True, "damage": []})


def test_a_damaged_database(path, lppl):
    damage(path)
    before = path.read_bytes()
    assert lppl("db", "check") == (1, "bars of '^KQ11' do not match their seal\n", "")
    assert json.loads(lppl("db", "check", "--json")[1])["sound"] is False
    path.write_bytes(b"x" * 5000)
    assert lppl("db", "check") == (1, "data/lppl.db: file is not a database\n", "")
    path.write_bytes(before)
    code, out, err = lppl("db", "export", "out")
    assert (code, out) == (1, "")
    assert err.startswith(
        "lppl: data/lppl.db is damaged (bars of '^KQ11' do not match their seal); nothing was changed"
    )
    assert path.read_bytes() == before


def test_a_missing_database(tmp_path, monkeypatch, lppl):
    monkeypatch.chdir(tmp_path)
    for arguments in (["check"], ["backup", "x.db"], ["export", "out"]):
        code, out, err = lppl("db", *arguments)
        assert (code, out) == (1, "")
        assert "there is no database at data/lppl.db" in err
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_a_sound_copy(path, lppl, tmp_path):
    code, out, _ = lppl("db", "backup", "copy.db")
    assert (code, out) == (0, "copy.db is a sound copy of data/lppl.db\n")
    with Store.open(tmp_path / "copy.db") as copy:
        assert_array_equal(copy.bars.read("^KQ11", None).raw_close, CLOSE)
    code, _, err = lppl("db", "backup", "copy.db")
    assert code == 1
    assert "copy.db exists" in err
    assert lppl("db", "backup", "copy.db", "--replace")[0] == 0
    code, _, err = lppl("db", "backup", "data/lppl.db", "--replace")
    assert code == 1
    assert "is the database itself" in err
    code, _, err = lppl("db", "backup", "nowhere/copy.db")
    assert code == 1
    assert "nowhere/" in err


def test_a_damaged_database_replaces_no_backup(path, lppl, tmp_path):
    lppl("db", "backup", "copy.db")
    before = (tmp_path / "copy.db").read_bytes()
    damage(path)
    code, _, err = lppl("db", "backup", "copy.db", "--replace")
    assert code == 1
    assert "no backup was made" in err
    assert (tmp_path / "copy.db").read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "data"]


def test_an_export_reads_back_to_the_bit(path, lppl, tmp_path):
    assert lppl("db", "export", "out") == (0, "2 files in out\n", "")
    index = {row["series"]: row["file"] for row in rows(tmp_path / "out" / "series.csv")}
    assert index == {name: file_name(name, ".csv") for name in ("^KQ11", "../../etc")}
    table = rows(tmp_path / "out" / index["^KQ11"])
    assert [row["session"] for row in table] == SESSIONS.astype(str).tolist()
    assert_array_equal([float(row["raw_close"]) for row in table], CLOSE)
    assert_array_equal([float(row["close"]) for row in table], CLOSE * [0.5, 0.5, 1, 1])
    assert table[0]["open"] == ""
    assert table[3]["known_at"] == "2024-01-02T00:00:00.000000"
    assert table[0]["backloaded"] == "0"


def test_an_export_as_of_and_as_known(path, lppl, tmp_path):
    code, *_ = lppl(
        "db",
        "export",
        "out",
        "--series",
        "^KQ11",
        "--known-at",
        "2024-01-01T12:00+00:00",
        "--as-of",
        "2023-12-27",
    )
    assert code == 0
    table = rows(tmp_path / "out" / file_name("^KQ11", ".csv"))
    assert_array_equal([float(row["close"]) for row in table], CLOSE[:2])
    assert len(list((tmp_path / "out").iterdir())) == 2
    code, *_ = lppl("db", "export", "raw", "--adjust", "none")
    assert code == 0
    table = rows(tmp_path / "raw" / file_name("^KQ11", ".csv"))
    assert_array_equal([float(row["close"]) for row in table], CLOSE)


def test_an_export_of_every_version(path, lppl, tmp_path):
    with Store.open(path, write=True) as store:
        store.bars.withdraw("^KQ11", SESSIONS[:1], known_at=START + timedelta(days=2))
    assert lppl("db", "export", "out", "--versions", "--series", "^KQ11")[0] == 0
    bars = rows(tmp_path / "out" / file_name("^KQ11", ".bars.csv"))
    assert [(row["session"], row["known_at"][:10], row["close"]) for row in bars] == [
        ("2023-12-26", "2024-01-01", "10.0"),
        ("2023-12-26", "2024-01-03", ""),
        ("2023-12-27", "2024-01-01", "10.1"),
        ("2023-12-28", "2024-01-01", "5.2"),
        ("2023-12-29", "2024-01-02", "5.3"),
    ]
    (split,) = rows(tmp_path / "out" / file_name("^KQ11", ".actions.csv"))
    assert (split["session"], split["split"], split["dividend"]) == ("2023-12-28", "2.0", "0.0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--known-at", "yesterday"], "--known-at must be a date and time"),
        (["--known-at", "2024-01-01T12:00"], "--known-at must say its distance to UTC"),
        (["--versions", "--adjust", "none"], "--versions writes everything"),
        (["--as-of", "01/05/2024"], "does not match the format"),
    ],
)
def test_usage_errors_exit_2(path, lppl, tmp_path, arguments, message):
    code, out, err = lppl("db", "export", "out", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert not (tmp_path / "out").exists()


def test_an_unknown_series_exits_1(path, lppl):
    code, _, err = lppl("db", "export", "out", "--series", "B")
    assert code == 1
    assert "has no series 'B'" in err


def test_a_folder_that_is_a_file_exits_1(path, lppl, tmp_path):
    (tmp_path / "full").write_text("")
    code, _, err = lppl("db", "export", "full/out")
    assert code == 1
    assert "cannot write" in err


@pytest.mark.parametrize("name", ["check", "backup", "export"])
def test_every_command_has_help(lppl, name):
    code, out, _ = lppl("db", name, "--help")
    assert code == 0
    assert "--database" in out
