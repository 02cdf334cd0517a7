"""The variance of each step by kernel smoothing: weights of the test by generalised least squares."""

from typing import Literal

import numpy as np

from earlywarning._kernels.explosive_gls import smoothed

Gls = Literal["causal", "two-sided"]
GLS = ("causal", "two-sided")
# A kernel is cut where it has fallen below 1e-13 of its height.
REACH = 7.75
BANDWIDTHS = 10  # tried by cross-validation


def step_weights(levels: np.ndarray, sides: str, min_window: int) -> np.ndarray:
    """Return one over the variance of each step; zero where all steps in reach are zero.

    Parameters
    ----------
    levels : numpy.ndarray, shape (n,)
        Finite.
    sides : {"causal", "two-sided"}
        ``causal`` smooths squared steps up to and including its own, with a bandwidth of a quarter of
        ``min_window``: later data change nothing. ``two-sided`` smooths over the whole series, with the
        bandwidth that leave-one-out cross-validation takes of ten from half an observation to a sixth of
        the series [1]_.
    min_window : int
        Fewest rows in a window of the test.

    Returns
    -------
    numpy.ndarray, shape (n - 1,)

    References
    ----------
    .. [1] Harvey, Leybourne & Zu (2019), Econometric Reviews 38, 1131-1151.
    """
    squares = np.diff(levels) ** 2
    causal = sides == "causal"
    bandwidth = min_window / 4 if causal else cross_validated(squares)
    variance = kernel_mean(squares, bandwidth, causal=causal)
    return np.divide(1.0, variance, out=np.zeros_like(variance), where=variance > 0)


def kernel_mean(squares: np.ndarray, bandwidth: float, *, causal: bool, itself: bool = True) -> np.ndarray:
    """Return Gaussian kernel means, bandwidth in observations; without ``itself`` each place is left out."""
    kernel = np.exp(-0.5 * (np.arange(int(REACH * bandwidth) + 2) / bandwidth) ** 2)
    if not itself:
        kernel[0] = 0.0
    out = np.empty_like(squares)
    smoothed(squares, kernel, causal, out)
    return out


def cross_validated(squares: np.ndarray) -> float:
    """Return the bandwidth, in observations, whose two-sided means predict the squares left out best."""
    tried = np.geomspace(0.5, len(squares) / 6, BANDWIDTHS)
    misses = [
        np.mean((squares - kernel_mean(squares, one, causal=False, itself=False)) ** 2) for one in tried
    ]
    return float(tried[int(np.argmin(misses))])
