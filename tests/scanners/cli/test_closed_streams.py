"""A command whose streams are closed or full does its work, and what it writes goes into no other file."""

import errno
import io
import os
import subprocess
import sys

import pytest

from scanners.core.log import Log
from scanners.store.check import find_damage
from scanners.store.database import Database

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
CLOSED = "the output is closed: nothing is printed"
FULL = "lppl: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("streams", "code", "out", "err"),
    [
        (">&-", 0, "", f"lppl: {CLOSED}\n"),
        pytest.param("<&- >&- 2>&-", 0, "", "", marks=pytest.mark.ci),
        pytest.param("2>/dev/full", 0, "folder:mails: sent\n", "", marks=pytest.mark.slow),
        pytest.param(">/dev/full", 1, "", FULL, marks=pytest.mark.slow),
    ],
)
def test_the_work_is_done_and_kept(tmp_path, streams, code, out, err):
    (tmp_path / "scanner.toml").write_text("[[route]]\nname = 'desk'\nnotify = ['folder:mails']\n")
    command = f"{sys.executable} -m scanners.cli alerts test {streams}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (code, out, err)
    assert len(list((tmp_path / "mails").iterdir())) == 1
    with Database.open(tmp_path / "data" / "lppl.db") as database:
        assert find_damage(database) == []


@pytest.mark.slow
def test_an_error_is_told_by_its_exit_code_where_nobody_listens(tmp_path):
    command = f"{sys.executable} -m scanners.cli config validate --config nosuch 2>&-"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")


class Full(io.StringIO):
    """A file on a disk that is full."""

    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_stops_no_scan():
    Log("text", Full())("start", series=3)
