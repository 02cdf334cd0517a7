"""The LPPLS formula and what follows from its parameters."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TAU_MIN = 0.5  # time units: |tc - t| is not resolved below half a sampling step
M_MIN = 1e-3  # a published lower bound m = 0 is taken as this: at zero the power law is the constant


def time_to_critical(t: ArrayLike, tc: float) -> NDArray[np.float64]:
    """Return ``tau = max(|tc - t|, 0.5)`` in time units, an array like ``t``."""
    return np.maximum(np.abs(tc - np.asarray(t, dtype=float)), TAU_MIN)


def log_price(
    t: ArrayLike, tc: float, m: float, omega: float, A: float, B: float, C1: float, C2: float
) -> NDArray[np.float64]:
    """Return the LPPLS log-price ``A + B tau^m + C1 tau^m cos(omega ln tau) + C2 tau^m sin(omega ln tau)``.

    Parameters
    ----------
    t : array_like
        Times, in the units of ``tc`` (trading or calendar days).
    tc, m, omega : float
        Critical time, exponent and angular log-frequency.
    A, B, C1, C2 : float
        Linear parameters, log-price units.

    Returns
    -------
    ndarray, shape of ``t``
        Log-prices; ``tau`` is floored at half a sampling step.

    References
    ----------
    .. [1] Filimonov & Sornette (2013), Physica A 392, 3698-3707.
    """
    tau = time_to_critical(t, tc)
    phase = omega * np.log(tau)
    return A + tau**m * (B + C1 * np.cos(phase) + C2 * np.sin(phase))


def damping(m: Any, omega: Any, B: Any, C: Any) -> Any:
    """Return the damping ``m |B| / (omega C)``; at least 1 keeps the crash hazard non-negative.

    Parameters
    ----------
    m, omega : float or ndarray
        Exponent and angular log-frequency.
    B, C : float or ndarray
        Power-law amplitude and (positive) oscillation amplitude, log-price units.

    References
    ----------
    .. [1] Filimonov & Sornette (2013), Physica A 392, 3698-3707.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return m * np.abs(B) / (omega * np.asarray(C))


def oscillations(omega: Any, tc: Any, t1: Any, t2: Any, convention: str = "full") -> Any:
    """Return how many log-periodic oscillations the window holds.

    Parameters
    ----------
    omega, tc, t1, t2 : float or ndarray
        Angular log-frequency, critical time, first and last time of the window.
    convention : {"full", "half"}
        Full periods ``omega/(2 pi) ln(tau1/tau2)`` or half periods ``omega/pi ln(tau1/tau2)``.

    Notes
    -----
    For tc inside the window ``tau2`` is ``|tc - t2|``, floored at half a sampling step.
    """
    if convention not in ("full", "half"):
        raise ValueError(f"convention must be 'full' or 'half', got {convention!r}")
    first = np.maximum(np.abs(tc - np.asarray(t1)), TAU_MIN)
    last = np.maximum(np.abs(tc - np.asarray(t2)), TAU_MIN)
    return omega / ((2.0 if convention == "full" else 1.0) * np.pi) * np.log(first / last)


def hazard(
    t: ArrayLike, tc: float, m: float, omega: float, B: float, C1: float, C2: float
) -> NDArray[np.float64]:
    """Return the crash hazard rate a fit implies, times the crash size: the drift ``d ln p / dt``.

    Parameters
    ----------
    t : array_like
        Times before or after ``tc``, time units; at ``tc`` itself the limit from before.
    tc, m, omega, B, C1, C2 : float
        Fitted parameters.

    Returns
    -------
    ndarray, shape of ``t``
        Expected log-price drift per time unit (hazard times crash size); negative values mean that the
        parameters admit no such hazard there: the damping is below 1, or a curve that rose to ``tc`` falls
        from it.
    """
    tau = time_to_critical(t, tc)
    phase = omega * np.log(tau)
    cosine, sine = np.cos(phase), np.sin(phase)
    slope = m * (B + C1 * cosine + C2 * sine) + omega * (C2 * cosine - C1 * sine)
    # tau falls towards tc and rises after it.
    return np.where(np.asarray(t, dtype=float) > tc, slope, -slope) * tau ** (m - 1.0)
