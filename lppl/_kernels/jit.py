"""One place that decides how kernels are compiled: the same text in both libraries, which are strangers."""

import getpass
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from numba import njit

# Sums may be reordered and fused so that loops vectorise; NaN and infinity keep their meaning.
REDUCTION = {"reassoc", "contract", "nsz", "arcp"}
# Products and sums may be fused, never reordered: for code that relies on the order of rounding.
ELEMENTWISE = {"contract"}


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


def kernel(
    signature: Callable | str | list[str] | None = None, *, flags: set[str] | None = None, inner: bool = False
) -> Any:
    """Compile a kernel, cached on disk where a directory can be written, in memory elsewhere.

    ``inner`` kernels are called by other kernels only: without an entry from Python they compile faster.
    Kernels with ``flags`` need a ``signature``: they are then the first of their name in every process,
    whether compiled or read from the cache. Callers hold copies that were optimised once more and may
    round differently; the linker takes the first, so that all processes compute the same bits.
    """
    if callable(signature):
        return kernel()(signature)
    if flags and signature is None:
        raise ValueError("signature must be given with flags, got none")
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": flags or False}
    options |= {"no_cpython_wrapper": inner, "no_cfunc_wrapper": True}

    def compiled(function: Callable) -> Any:
        try:
            with _alone() if signature else nullcontext():
                return njit(signature, cache=True, **options)(function)
        except RuntimeError:  # numba found no directory to cache in
            return njit(signature, **options)(function)

    return compiled
