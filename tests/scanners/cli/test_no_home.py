"""An account whose home nobody knows, as in a container with a user id of its own: no folder called ``~``."""

import os
import stat
import subprocess
import sys

import pytest

from scanners.cli import home
from scanners.core.machine import POSIX

pytestmark = pytest.mark.skipif(not POSIX, reason="homes are found otherwise here")
COMMAND = """
import pwd, sys
def unknown(*_):
    raise KeyError("no such user")
pwd.getpwuid = unknown
from scanners.cli import main
import atexit
from numba.misc.appdirs import AppDirs
atexit.register(lambda: print("numba", AppDirs("numba").user_cache_dir))
sys.argv = ["lppl", "alerts", "test"]
main()
"""


@pytest.mark.ci
def test_caches_go_elsewhere_and_messages_wait(tmp_path):
    """Numba asks the same way where the package's own folder cannot be written."""
    (tmp_path / "scanner.toml").write_text("[[route]]\nname = 'desk'\nnotify = ['folder:~/mails']\n")
    kept = ("HOME", *home._CACHES)
    environment = {key: value for key, value in os.environ.items() if key not in kept}
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        cwd=tmp_path,
        env=environment | {"TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
    )
    place = temporary / f"lppl-{os.getuid()}"
    assert done.returncode == 5 and f"caches go to {place}" in done.stderr
    assert "folder:~/mails: not sent, will be tried again" in done.stdout
    assert "this account has no home folder; set HOME" in done.stdout
    assert f"numba {place}/numba" in done.stdout
    assert not (tmp_path / "~").exists()


def test_a_folder_that_somebody_else_made_is_not_taken(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    ours = home._private_folder()
    assert ours == home._private_folder() and stat.S_IMODE(ours.stat().st_mode) == 0o700
    ours.chmod(0o777)
    assert home._private_folder() != ours
