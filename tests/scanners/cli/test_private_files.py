"""Database, its helpers, backups, exports and mails are for their owner alone, whatever the umask says."""

import os
import stat

import numpy as np
import pytest

from scanners.core.machine import POSIX
from scanners.store import Provenance, Store

pytestmark = pytest.mark.skipif(not POSIX, reason="modes mean nothing here")


@pytest.fixture(autouse=True)
def _umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder):
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in folder.rglob("*")
        if not path.is_symlink()
    }


def test_nobody_else_reads_database_and_mails(lppl, tmp_path):
    assert lppl("init", ".")[0] == 0
    (tmp_path / "scanner.toml").write_text("[[route]]\nname = 'desk'\nnotify = ['folder:mails']\n")
    assert lppl("alerts", "test")[0] == 0 and lppl("alerts", "test", "--dry-run", "looked")[0] == 0
    days = np.arange("2024-01-01", "2024-01-06", dtype="datetime64[D]")
    with Store.open("data/lppl.db", write=True) as store, store.transaction():
        store.bars.write("gold", days, np.linspace(1, 2, 5), provenance=Provenance("csv"))
        made = modes(tmp_path / "data")  # while its journal is there
    assert made["lppl.db-journal"] == 0o600
    assert lppl("db", "backup", "copies.db")[0] == 0 and lppl("db", "export", "bars")[0] == 0
    found = modes(tmp_path)
    ours = {
        name: mode
        for name, mode in found.items()
        if name.partition("/")[0] in ("data", "mails", "looked", "copies.db", "bars")
    }
    folders = {"data", "mails", "looked", "bars"}
    assert {name: mode for name, mode in ours.items() if name in folders} == dict.fromkeys(folders, 0o700)
    files = {name: mode for name, mode in ours.items() if name not in folders}
    assert len(files) >= 7 and set(files.values()) == {0o600}, files
    assert (found["outputs"], found["watchlist.toml"]) == (0o755, 0o644)  # as the umask says


def test_a_database_that_was_open_to_everybody_is_told_of(lppl, tmp_path):
    with Store.open("data/lppl.db", write=True):
        pass
    (tmp_path / "data" / "lppl.db").chmod(0o644)
    from scanners.service.doctor import check_database

    check = check_database(tmp_path / "data" / "lppl.db")
    assert check.result == "note" and "everybody on this machine can read it: chmod 600" in check.detail
    with Store.open("data/lppl.db", write=True):
        pass
    assert stat.S_IMODE((tmp_path / "data" / "lppl.db").stat().st_mode) == 0o644  # who shares it may
