"""One place that decides how kernels are compiled."""

import getpass
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from numba import njit

# Sums may be reordered and fused so that loops vectorise; NaN and infinity keep their meaning.
VECTOR = {"reassoc", "contract", "nsz", "arcp"}


@contextmanager
def _alone() -> Iterator[None]:
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


def kernel(function: Callable | None = None, *, vector: bool = False, signature: str | None = None) -> Any:
    """Compile a kernel, cached on disk where a directory can be written, in memory elsewhere.

    ``vector`` kernels need a ``signature``: they are then the first of their name in every process, whether
    compiled or read from the cache. Callers hold copies that were optimised once more and may round
    differently; the linker takes the first, so that all processes compute the same bits.
    """
    if function is None:
        return lambda f: _compiled(f, vector, signature)
    return _compiled(function, vector, signature)


def _compiled(function: Callable, vector: bool, signature: str | None) -> Any:
    if vector and signature is None:
        raise ValueError(f"signature must be given for a vector kernel, got none for {function.__name__}")
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    if vector:
        options["fastmath"] = VECTOR
    try:
        with _alone() if signature else nullcontext():
            return njit(signature, cache=True, **options)(function)
    except RuntimeError:  # numba found no directory to cache in
        return njit(signature, **options)(function)
