"""Debt from the present on: simulated paths of a fitted reaction."""

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from earlywarning._kernels.debt import debt_path
from earlywarning.core.input_checks import whole_number

if TYPE_CHECKING:
    from earlywarning.macro.debt_outlook import DebtLimit

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def fan_of(found: "DebtLimit", horizon: float, paths: int, seed: int) -> pd.DataFrame:
    """Return quantiles of simulated debt and the share beyond the limit; see `DebtLimit.fan`.

    Every path has its own reaction and ``r - g``, drawn from the estimates, and resampled innovations; the
    errors of the balance start where they stand now.
    """
    paths = whole_number(paths, "paths", 1)
    record, fitted = found.record, found.reaction if found.identified else found.linear
    steps = round(horizon / record.dt)
    if steps < 1:
        raise ValueError(f"horizon must be at least one period of {record.dt:g}, got {horizon}")
    rng = np.random.default_rng(seed)
    reactions = rng.multivariate_normal(fitted.powers, fitted.powers_covariance, paths, method="eigh")
    low, high = found.intervals["growth"]
    spread = (high - low) / 2 / NormalDist().inv_cdf(0.5 + found.confidence / 2)
    growths = rng.normal(found.growth, spread, paths)
    shocks = fitted.innovations[~record.fresh]
    innovations = rng.choice(shocks - shocks.mean(), (paths, steps))
    start = record.balance[-1] - record.design(fitted.degree)[-1] @ fitted.coefficients
    out = np.empty((paths, steps + 1))
    for i in range(paths):
        errors = np.empty(steps)
        error = start
        for t in range(steps):
            error = fitted.rho * error + innovations[i, t]
            errors[t] = error
        growth = np.full(steps, growths[i])
        out[i], _ = debt_path(
            found.debt, growth, reactions[i], record.centre, record.scale, np.zeros(steps), errors, record.dt
        )
    frame = pd.DataFrame(
        np.quantile(out, QUANTILES, axis=0).T,
        columns=list(QUANTILES),
        index=pd.Index(np.arange(steps + 1) * record.dt, name="ahead"),
    )
    beyond = (out > found.limit).mean(axis=0) if found.identified else np.full(steps + 1, np.nan)
    return frame.assign(beyond=beyond)
