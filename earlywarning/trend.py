"""Whether an indicator rises, and whether it would rise as much by chance."""

from typing import Any

from earlywarning import _kernels
from earlywarning._series import values_of


def kendall_tau(y: Any) -> float:
    """Kendall's tau-b of ``y`` against time, in O(n log n).

    Parameters
    ----------
    y : array_like, shape (n,)
        Values in time order; NaN is left out.

    Returns
    -------
    float
        Between -1 (always falling) and 1 (always rising); NaN if fewer than two values or all equal.
        Overlapping windows make the textbook p-value of this number meaningless: see ``trend_test``.

    References
    ----------
    .. [1] Knight (1966), JASA 61, 436-439.
    """
    return float(_kernels.kendall_tau(values_of(y, "y", least=0)))
