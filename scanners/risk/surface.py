"""The surface of chances: one closed form for every size and horizon, of log volatilities and a trend."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanners.risk.barrier import first_passage
from scanners.risk.bubble_factor import LASTS, odds_ratio, raise_chances
from scanners.risk.volatility import LOGS, SHRINK, Features

NAMES = (
    *(f"{name}{part}" for name in ("level", *LOGS) for part in ("", "_h")),
    "spread_mean",
    "spread",
    "drift",
    "drift_high",
    "drift_mean",
)
REFERENCE = 70.0  # sessions at which the terms in ln H vanish


@dataclass(frozen=True, eq=False)
class Surface:
    """Coefficients for n rows of features, each row with the model of its own date.

    Parameters
    ----------
    coefficients : array, shape (n, 17)
        In the order of `NAMES`; terms that end in ``_h`` multiply ``ln(H / 70)``.
    bubble : array, shape (n,)
        Log odds of a fall within 60 sessions per unit of confidence.
    typical : array, shape (n, 2)
        Trend terms of an ordinary day.
    means : array, shape (n, 5)
        Log volatilities of the asset class.
    """

    coefficients: NDArray[np.float64]
    bubble: NDArray[np.float64]
    typical: NDArray[np.float64]
    means: NDArray[np.float64]

    def logs(self, found: Features) -> NDArray[np.float64]:
        """Return the log volatilities, shape (n, 5), those of short histories drawn to the asset class."""
        weight = (SHRINK / (found.returns + SHRINK))[:, None]
        return (1.0 - weight) * found.logs + weight * self.means

    def log_sigma(self, logs: NDArray[np.float64], horizons: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log of the daily volatility expected over each horizon, shape (n, H)."""
        weights = self.coefficients[:, :12].reshape(-1, 6, 2)
        at = weights[:, 0] + np.einsum("ni,nij->nj", logs, weights[:, 1:])
        return at[:, :1] + at[:, 1:] * np.log(horizons / REFERENCE)

    def trend(self, found: Features, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return distances from the 250-day high and from the 200-day mean in deviations, shape (n, 2)."""
        scale = np.sqrt(np.exp(self.log_sigma(logs, np.array([60.0]))[:, 0]) * found.sd)
        high = np.clip(found.high / (scale * np.sqrt(60.0)), -4.0, 0.0)
        mean = np.clip(found.mean / (scale * np.sqrt(200.0)), -2.0, 2.0)
        return np.column_stack([high, mean])

    def chances(
        self,
        loss: NDArray[np.float64],
        horizons: NDArray[np.float64],
        logs: NDArray[np.float64],
        trend: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the chance of each log loss within each horizon, shape (n, H, S), without the bubble."""
        mean, spread, drift, *slopes = self.coefficients[:, 12:].T
        sharpe = drift + slopes[0] * trend[:, 0] + slopes[1] * trend[:, 1]
        return first_passage(loss, horizons, self.log_sigma(logs, horizons), sharpe, mean, spread)

    def raised(
        self,
        chance: NDArray[np.float64],
        loss: NDArray[np.float64],
        horizons: NDArray[np.float64],
        logs: NDArray[np.float64],
        trend: NDArray[np.float64],
        confidence: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return ``chance`` with the factor for the bubble shape, shape (n, H, S)."""
        ratio = odds_ratio(confidence, self.bubble)
        if (ratio == 1.0).all():
            return chance
        within = self.chances(loss, np.minimum(horizons, LASTS), logs, trend)
        return raise_chances(chance, within, ratio)
