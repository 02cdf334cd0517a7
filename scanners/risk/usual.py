"""What is usual for a series: how often it fell, drawn to what the model said of it on earlier days."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanners.risk._kernels import path as kernels
from scanners.risk.sizes import Size, losses
from scanners.risk.volatility import FEWEST

EVERY = 250  # sessions between the model's earlier chances that enter the average


def followed(
    y: NDArray[np.float64], loss: NDArray[np.float64], horizons: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return whether a fall followed within each horizon, shape (n, H, S): 1, 0, NaN where not known yet.

    Parameters
    ----------
    y : array, shape (n,)
        Log closes.
    loss : array, shape (n, H, S)
        Log losses at each close.
    horizons : array, shape (H,)
    """
    deepest = np.stack([kernels.worst(y, int(horizon)) for horizon in horizons], axis=1)[:, :, None]
    return np.where(np.isnan(deepest), np.nan, deepest >= loss)


def looks(n: int) -> NDArray[np.int64]:
    """Return the rows of features whose chances enter the average of the model: every 250th."""
    return np.arange(0, n, EVERY)


def drawn(
    hits: NDArray[np.float64], known: NDArray[np.float64], average: NDArray[np.float64], own: float
) -> NDArray[np.float64]:
    """Return ``(hits + own average) / (known + own)``.

    Parameters
    ----------
    hits : array, shape (n, H, S)
        Closes whose horizon has passed and that were followed by the fall.
    known : array, shape (n, H)
        Closes whose horizon has passed.
    average : array, shape (n, H, S)
        Mean of the chances that the model stated at every 250th session so far.
    own : float
        Sessions that the average weighs.
    """
    return (hits + own * average) / (known[:, :, None] + own)


def ordered(usual: NDArray[np.float64], sizes: Sequence[Size]) -> NDArray[np.float64]:
    """Return *usual* not falling with the horizon, whose frequencies are counted on different days."""
    percent = [place for place, size in enumerate(sizes) if not isinstance(size, str)]
    usual[:, :, percent] = np.maximum.accumulate(usual[:, :, percent], axis=1)
    return usual


def hits_at_end(
    y: NDArray[np.float64], sizes: Sequence[Size], horizons: NDArray[np.float64], sd: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return `drawn`'s ``hits`` and ``known`` at the last close alone, one row each."""
    hits, known = np.zeros((1, horizons.size, len(sizes))), np.zeros((1, horizons.size))
    own = np.array([isinstance(size, str) for size in sizes])
    loss = losses(sizes, horizons, np.ones(1))[0]
    for j, horizon in enumerate(horizons):
        hits[0, j], known[0, j] = kernels.count(y, int(horizon), FEWEST, loss[j], own, sd)
    return hits, known


def hits_at_all(
    y: NDArray[np.float64], sizes: Sequence[Size], horizons: NDArray[np.float64], sd: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return `drawn`'s ``hits`` and ``known`` at every close from the 61st."""
    n = y.size - FEWEST
    hits, known = np.zeros((n, horizons.size, len(sizes))), np.zeros((n, horizons.size))
    for j, horizon in enumerate(horizons):
        later = int(horizon)
        deepest = kernels.worst(y, later)[FEWEST : max(y.size - later, FEWEST)]
        known[later:, j] = np.arange(1, deepest.size + 1)
        for k, loss in enumerate(_each(sizes, horizon, sd[: deepest.size])):
            hits[later:, j, k] = np.cumsum(deepest >= loss)
    return hits, known


def _each(sizes: Sequence[Size], horizon: float, sd: NDArray[np.float64]) -> list:
    at = losses(sizes, np.array([horizon]), np.ones(1))[0, 0]
    return [loss * sd if isinstance(size, str) else loss for size, loss in zip(sizes, at, strict=True)]
