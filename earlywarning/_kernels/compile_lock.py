"""One process compiles at a time: the same text in both libraries, which are strangers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from earlywarning._kernels import disk_cache

_NAME = f"{__name__.split('.')[0]}-kernels.lock"  # a library's own: the two compile side by side


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time compile, so that processes that start together cache one consistent set."""
    lock = _lock()
    if lock is None:  # no place of the user's own: compile unguarded
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _lock() -> FileLock | None:
    """Return a lock that is held, in a folder where no other user can hold it."""
    for folder in _places():
        try:
            folder.mkdir(0o700, parents=True, exist_ok=True)
            if not _is_ours(folder):
                continue
            lock = FileLock(folder / _NAME, timeout=120)
            lock.acquire()
        except (OSError, Timeout):
            continue
        return lock
    return None


def _places() -> Iterator[Path]:
    """Yield the folders to try: where kernels are told to be kept, and the user's cache."""
    if chosen := disk_cache.folder():
        yield Path(chosen)
    with suppress(RuntimeError):  # a user without a home
        cache = Path(platformdirs.user_cache_dir("lppl-scanner"))
        if cache.is_absolute():
            yield cache


def _is_ours(folder: Path) -> bool:
    """Return whether a folder is this user's, and nobody else may write in it."""
    if not hasattr(os, "getuid"):  # Windows: a profile is its user's
        return True
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & 0o022
