"""One place that decides how kernels are compiled."""

from collections.abc import Callable
from typing import Any

from numba import njit

# Sums may be reordered and fused so that loops vectorise; NaN and infinity keep their meaning.
VECTOR = {"reassoc", "contract", "nsz", "arcp"}


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
        return njit(signature, cache=True, **options)(function)
    except RuntimeError:  # numba found no directory to cache in
        return njit(signature, **options)(function)
