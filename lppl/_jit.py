"""One place that decides how kernels are compiled."""

from collections.abc import Callable
from typing import Any

from numba import njit

# Sums may be reordered and fused so that loops vectorise; NaN and infinity keep their meaning.
REDUCTION = {"reassoc", "contract", "nsz", "arcp"}
# Products and sums may be fused, never reordered: for code that relies on the order of rounding.
ELEMENTWISE = {"contract"}


def kernel(function: Callable | None = None, *, flags: set[str] | None = None, inner: bool = False) -> Any:
    """Compile a kernel, cached on disk where a directory can be written, in memory elsewhere.

    ``inner`` kernels are called by other kernels only: without an entry from Python they compile faster.
    """
    if function is None:
        return lambda f: kernel(f, flags=flags, inner=inner)
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": flags or False}
    options |= {"no_cpython_wrapper": inner, "no_cfunc_wrapper": True}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # numba found no directory to cache in
        return njit(**options)(function)
