"""The surface of chances: one closed form for every size and horizon, of log volatilities and a trend."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanners.risk.barrier import first_passage
from scanners.risk.bubble_factor import LASTS, odds_ratio, raise_chances
from scanners.risk.volatility import LOGS, SHRINK, Features

VOLATILITY = ("level", *LOGS, "ratio", "recent", "peak", "error")
TREND = ("drift", "drift_high", "drift_mean", "drift_long")
NAMES = (*(f"{name}{part}" for name in VOLATILITY for part in ("", "_h")), "spread", "spread_h", *TREND)
OWN_NAMES = ("level", *LOGS, "spread", *TREND)  # what an asset class has of its own
OWN = [NAMES.index(name) for name in OWN_NAMES]
REFERENCE = 70.0  # sessions at which the terms in ln H vanish
_ABSOLUTE = math.sqrt(math.pi / 2.0)  # standard deviation of a normal over its mean absolute value
_YOUNG = 1000.0  # returns at which half of a variance ratio is believed


@dataclass(frozen=True, eq=False)
class Surface:
    """Coefficients for n rows of features, each row with the model of its own date.

    Parameters
    ----------
    coefficients : array, shape (n, 26)
        In the order of `NAMES`; terms that end in ``_h`` multiply ``ln(H / 70)``.
    bubble : array, shape (n,)
        Log odds of a fall within 60 sessions per unit of confidence.
    typical : array, shape (n, 3)
        Trend terms of an ordinary day.
    means : array, shape (n, 5)
        Log volatilities of the asset class.
    """

    coefficients: NDArray[np.float64]
    bubble: NDArray[np.float64]
    typical: NDArray[np.float64]
    means: NDArray[np.float64]

    def volatility(self, found: Features) -> NDArray[np.float64]:
        """Return the terms of the expected volatility, see `volatility_terms`."""
        return volatility_terms(found, self.means)

    def log_sigma(self, terms: NDArray[np.float64], horizons: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log of the daily volatility expected over each horizon, shape (n, H)."""
        weights = self.coefficients[:, : 2 * len(VOLATILITY)].reshape(-1, len(VOLATILITY), 2)
        at = np.einsum("ni,nij->nj", terms, weights)
        return at[:, :1] + at[:, 1:] * np.log(horizons / REFERENCE)

    def chances(
        self,
        loss: NDArray[np.float64],
        horizons: NDArray[np.float64],
        terms: NDArray[np.float64],
        trend: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the chance of each log loss within each horizon, shape (n, H, S), without the bubble."""
        spread, spread_h, drift, *slopes = self.coefficients[:, 2 * len(VOLATILITY) :].T
        sharpe = drift + (trend * np.stack(slopes, axis=1)).sum(axis=1)
        spreads = spread[:, None] + spread_h[:, None] * np.log(horizons / REFERENCE)
        return first_passage(loss, horizons, self.log_sigma(terms, horizons), sharpe, spreads)

    def raised(
        self,
        chance: NDArray[np.float64],
        loss: NDArray[np.float64],
        horizons: NDArray[np.float64],
        terms: NDArray[np.float64],
        trend: NDArray[np.float64],
        confidence: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return ``chance`` with the factor for the bubble shape, shape (n, H, S)."""
        ratio = odds_ratio(confidence, self.bubble)
        if (ratio == 1.0).all():
            return chance
        within = self.chances(loss, np.minimum(horizons, LASTS), terms, trend)
        return raise_chances(chance, within, ratio)


def volatility_terms(found: Features, means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the terms in the order of `VOLATILITY`, shape (n, 10).

    Parameters
    ----------
    found : Features
    means : array, shape (n, 5)
        Log volatilities of the asset class, to which those of short histories are drawn.
    """
    weight = (SHRINK / (found.returns + SHRINK))[:, None]
    logs = (1.0 - weight) * found.logs + weight * means
    ratio = found.ratio * found.returns / (found.returns + _YOUNG)
    recent = np.clip(found.move_20 / (found.sd * math.sqrt(20.0)), -3.0, 3.0)
    return np.column_stack([np.ones(len(logs)), logs, ratio, recent, found.peak, found.error])


def trend_terms(found: Features) -> NDArray[np.float64]:
    """Return distance from 250-day high and 200-day mean, and 500-day return, in deviations, shape (n, 3)."""
    scale = np.sqrt(_ABSOLUTE * np.exp(found.logs[:, 1]) * found.sd)
    return np.column_stack(
        [
            np.clip(found.high / (scale * math.sqrt(60.0)), -4.0, 0.0),
            np.clip(found.mean / (scale * math.sqrt(200.0)), -2.0, 2.0),
            np.clip(found.move_500 / (scale * math.sqrt(500.0)), -3.0, 3.0),
        ]
    )
