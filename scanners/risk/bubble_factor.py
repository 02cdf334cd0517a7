"""What the bubble shape does to a chance: a factor on the odds of a fall in the next 60 sessions only."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

LASTS = 60  # sessions after which no excess of falls has been measured
MOST = 0.35  # confidence beyond which too few dates are known to tell more


def odds_ratio(confidence: ArrayLike, k: ArrayLike) -> NDArray[np.float64]:
    """Return the factor on the odds of a fall within 60 sessions; 1 where the confidence is not known.

    Parameters
    ----------
    confidence : array_like
        Share of windows with the shape of a bubble, mean of the four filters of ``daily``, today or over the
        last three sessions; NaN where not known.
    k : array_like
        Log odds per unit of confidence.
    """
    known = np.nan_to_num(np.asarray(confidence, dtype=np.float64), nan=0.0)
    return np.exp(np.asarray(k, dtype=np.float64) * np.clip(known, 0.0, MOST))


def raise_chances(chance: NDArray, within: NDArray, ratio: NDArray) -> NDArray[np.float64]:
    """Return chances with the odds of the first 60 sessions multiplied and what comes later left as it was.

    Parameters
    ----------
    chance : array, shape (n, H, S)
        Chances without the bubble.
    within : array, shape (n, H, S)
        Chances of the same losses within the first 60 sessions of each horizon.
    ratio : array, shape (n,)
        From `odds_ratio`.

    Notes
    -----
    Up to 60 sessions the odds are multiplied. Beyond, the chance to stay above the barrier after session 60,
    given that it held until then, is left alone: ``1 - p' = (1 - p) / (1 + (ratio - 1) p60)``. Both rise with
    the horizon and fall with the size whenever p does, and agree at 60.
    """
    return 1.0 - (1.0 - chance) / (1.0 + (ratio[:, None, None] - 1.0) * within)
