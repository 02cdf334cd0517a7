"""One writing process at a time, by a lock that the operating system frees when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanners.core.errors import CommandError

ALREADY_RUNNING = 75
_POLL_SECONDS = 0.05


@contextmanager
def exclusive(path: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the writer lock of ``path`` (the file ``path.lock`` beside it) for the length of a ``with`` block.

    The lock is ``flock`` on an open file: whatever ends the process frees it, so there is nothing to clean
    up after a crash. The lock file itself stays; deleting it would let two processes lock two files.

    Parameters
    ----------
    path : Path
        File to guard; on a local disk, since network file systems may not honour ``flock``.
    wait : float
        Seconds to wait for another holder; ``math.inf`` waits for ever.

    Raises
    ------
    CommandError
        With exit code 75 when another process holds the lock, 1 when the lock file cannot be opened.
    """
    lock_file = path.with_name(path.name + ".lock")
    try:
        handle = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CommandError(f"cannot open {lock_file}: {error.strerror}") from error
    try:
        _acquire(handle, path, wait)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
                raise CommandError(
                    f"{path} is being written by another process (process id {holder})", ALREADY_RUNNING
                ) from None
        time.sleep(_POLL_SECONDS)
