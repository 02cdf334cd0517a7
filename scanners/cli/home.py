"""An account without a home: where caches go, so that no folder called ``~`` is made where a command runs."""

import os
import sys
import tempfile
from pathlib import Path

_CACHES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


def prepare() -> None:
    """Give packages that keep something a folder of their own when nobody knows the account's home.

    ``~`` in a path of the user's stays what it is: unknown.
    """
    if os.path.isabs(os.path.expanduser("~")):
        return
    place = str(_private_folder())
    for name in _CACHES:
        os.environ.setdefault(name, place)
    sys.stderr.write(f"lppl: this account has no home folder, set HOME to one; caches go to {place}\n")


def _private_folder() -> Path:
    """Return the same folder at every start, or a new one where somebody else has made that."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"lppl-{user}"
    try:
        folder.mkdir(0o700)
    except FileExistsError:
        found = folder.lstat()
        if found.st_mode & 0o170777 != 0o040700 or found.st_uid != user:
            return Path(tempfile.mkdtemp(prefix="lppl-"))
    return folder
