"""One writing process at a time, by a lock that the operating system frees when its holder dies."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.core.errors import CommandError
from scanners.core.machine import POSIX
from scanners.core.plain_files import make_private

if TYPE_CHECKING:  # who only reads need not load it
    from filelock import FileLock

ALREADY_RUNNING = 75
_POLL_SECONDS = 0.05
# Behind the byte that Windows locks, and with it forbids all others to read.
_HOLDER_AT = 1


@contextmanager
def exclusive(path: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the writer lock of ``path`` (the file ``path.lock`` beside it) for the length of a ``with`` block.

    The lock is the operating system's on an open file: whatever ends the process frees it, so there is
    nothing to clean up after a crash. The lock file itself stays; deleting it would let two processes lock
    two files.

    Parameters
    ----------
    path : Path
        File to guard; on a local disk, since network file systems may not honour locks.
    wait : float
        Seconds to wait for another holder; ``math.inf`` waits for ever.

    Raises
    ------
    CommandError
        With exit code 75 when another process holds the lock, 1 when the lock file cannot be opened.
    """
    from filelock import FileLock

    lock_file = path.with_name(path.name + ".lock")
    lock = FileLock(lock_file, timeout=0, thread_local=False)
    _acquire(lock, path, wait)
    try:
        with suppress(OSError):  # it only names the holder to others
            _tell_holder(lock_file)
        yield
    finally:
        lock.release()


def _acquire(lock: "FileLock", path: Path, wait: float) -> None:
    from filelock import Timeout

    deadline = time.monotonic() + wait
    while True:
        try:
            if POSIX:
                make_private(Path(lock.lock_file))
            lock.acquire(timeout=0)
            return
        except Timeout:
            if time.monotonic() >= deadline:
                raise CommandError(
                    f"{path} is being written by another process (process id {_holder(lock.lock_file)})",
                    ALREADY_RUNNING,
                ) from None
        except OSError as error:
            raise CommandError(f"cannot open {lock.lock_file}: {error.strerror or error}") from error
        time.sleep(_POLL_SECONDS)


def _tell_holder(lock_file: Path) -> None:
    with lock_file.open("r+b", buffering=0) as file:
        file.seek(_HOLDER_AT)
        file.write(f"{os.getpid()}\n".encode())
        file.truncate()


def _holder(lock_file: str) -> str:
    try:
        with open(lock_file, "rb", buffering=0) as file:
            file.seek(_HOLDER_AT)
            return file.read(32).decode("ascii", "replace").strip() or "unknown"
    except OSError:
        return "unknown"
