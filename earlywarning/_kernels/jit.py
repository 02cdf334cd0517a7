"""One place that decides how kernels are compiled; the libraries are strangers, each has its own."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from earlywarning._kernels.compile_lock import alone
from earlywarning._kernels.disk_cache import njit

# Sums may be reordered and fused so that loops vectorise; NaN and infinity keep their meaning.
REDUCTION = {"reassoc", "contract", "nsz", "arcp"}
# Products and sums may be fused, never reordered: for code that relies on the order of rounding.
ELEMENTWISE = {"contract"}


def kernel(
    signature: Callable | str | list[str] | None = None, *, flags: set[str] | None = None, inner: bool = False
) -> Any:
    """Compile a kernel, cached on disk where it can be kept there, in memory elsewhere.

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
            with alone() if signature else nullcontext():
                return njit(signature, cache=True, **options)(function)
        except RuntimeError:  # numba found no directory to cache in
            return njit(signature, **options)(function)

    return compiled
