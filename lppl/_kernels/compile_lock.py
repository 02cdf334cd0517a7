"""One process compiles at a time: the same text in both libraries, which are strangers."""

import getpass
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time compile, so that processes that start together cache one consistent set."""
    try:
        lock = FileLock(Path(tempfile.gettempdir()) / f"lppl-kernels-{getpass.getuser()}.lock", timeout=120)
        lock.acquire()
    except (OSError, KeyError, Timeout):  # no place for a lock, no name for the user: compile unguarded
        yield
        return
    try:
        yield
    finally:
        lock.release()
