"""Linear algebra in one thread: processes and threads of ours have the cores already."""

from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Hold linear algebra to one thread: sums are in the same order here, in a worker and on a cluster."""
    return _blas().limit(limits=1, user_api="blas")


@cache
def _blas() -> "ThreadpoolController":
    """Return the libraries of linear algebra; to look for them takes milliseconds, once a process."""
    import scipy.linalg  # noqa: F401 - brings one of its own, which compiled code calls
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
