"""Student-t noise as numpy draws it, bit by bit, in half the time."""

from functools import lru_cache
from typing import Any

import numpy as np

from earlywarning._kernels.walks import SPARE, student_t

_FEWEST = 1000  # numbers that are worth a way of their own
_BATCH = 4096  # numbers whose random words stay in the cache
_WORDS = 3.15  # random words a number takes, with what is rejected


@lru_cache(maxsize=1)
def _strips() -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return the tables of numpy's ziggurat, which numba carries for its own generators."""
    try:
        from numba.np.random._constants import fi_double, ki_double, wi_double
    except ImportError:  # of no public module
        return None
    return ki_double, wi_double, fi_double


def standard_t(rng: np.random.Generator, df: float, shape: tuple[int, int]) -> np.ndarray:
    """Return what ``rng.standard_t(df, shape)`` returns, and leave the generator as that does.

    Parameters
    ----------
    rng : numpy.random.Generator
    df : float
        Degrees of freedom.
    shape : tuple of int

    Returns
    -------
    numpy.ndarray
    """
    source: Any = rng.bit_generator
    strips, size = _strips(), shape[0] * shape[1]
    if strips is None or size < _FEWEST or not df > 2.0 or not isinstance(source, np.random.PCG64):
        return rng.standard_t(df, shape)
    out, done, words = np.empty(shape), 0, np.empty(0, np.uint64)
    while done < size:
        fresh = source.random_raw(int(_WORDS * min(_BATCH, size - done)) + SPARE)
        words = np.concatenate((words, fresh))
        done, used = student_t(words, df, *strips, out.reshape(-1), done)
        words = words[used:]
    source.advance(-words.size)
    return out
