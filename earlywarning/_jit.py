"""One place that decides how kernels are compiled."""

from collections.abc import Callable
from typing import Any

from numba import njit

# Sums may be reordered and fused so that loops vectorise; NaN and infinity keep their meaning.
VECTOR = {"reassoc", "contract", "nsz", "arcp"}


def kernel(function: Callable | None = None, *, vector: bool = False) -> Any:
    """Compile a kernel, cached on disk where a directory can be written, in memory elsewhere."""
    if function is None:
        return lambda f: kernel(f, vector=vector)
    options: dict[str, Any] = {"fastmath": VECTOR} if vector else {}
    try:
        return njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    except RuntimeError:  # numba found no directory to cache in
        return njit(nogil=True, error_model="numpy", **options)(function)
