"""The first baseline that was published with its skill: which base rate do its printed figures belong to?

Logits of the barrier chance of a driftless walk, from recent and from long-run volatility, fitted walking
forward in blocks of five years to single falls; then the distances from the 250-day high and the 200-day mean
and the return of two years above 100% beside them.
"""

import numpy as np
import pandas as pd
import risk_panel
from reach_walk import FEWEST, YEARS, logit
from scipy.stats import norm

from scanners.past.panel.added import logit_fit

PRINTED = {
    "volatility": {"10_60": 0.088, "20_120": 0.104, "30_250": 0.117},
    "volatility and trend": {"10_60": 0.095, "20_120": 0.122, "30_250": 0.148},
}
FALLS = {"10_60": (0.10, 60), "20_120": (0.20, 120), "30_250": (0.30, 250)}
DOUBLED, WIDEST = 1.0, 6.0  # return of two years at the hinge; standard deviations that a term may lie off
_FORGETS, _DAYS, _FLOOR = 0.015, 250, 1e-5


def volatilities(shared, frame):
    """Return logs of recent and of long-run daily volatility at each look, shape (n,) each."""
    recent, long_run = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    for name, _, closes in risk_panel.every_series(shared):
        rows = np.flatnonzero(frame["series"] == name)
        r = pd.Series(np.diff(np.log(closes.to_numpy())))
        faded = 0.5 * np.log((r**2).ewm(alpha=_FORGETS).mean().clip(lower=_FLOOR**2))
        lately = (faded + np.log(r.rolling(_DAYS).std().clip(lower=_FLOOR))) / 2.0
        last = frame["position"].to_numpy()[rows] - 1
        recent[rows] = lately.to_numpy()[last]
        long_run[rows] = 0.5 * np.log((r**2).expanding().mean().to_numpy()[last])
    return recent, long_run


def baselines(panel):
    """Return the chances of both steps of the baseline at the looks of each cell; NaN before any."""
    recent, long_run = volatilities(panel.shared, panel.frame)
    features, found = panel.looks.features, {}
    up = np.maximum(np.expm1(features.move_500) - DOUBLED, 0.0)
    trend = np.column_stack([features.high, features.mean, up])
    for name, (size, sessions) in FALLS.items():
        barriers = np.column_stack([logit(_barrier(size, sessions, one)) for one in (recent, long_run)])
        steps = dict(zip(PRINTED, (barriers, np.hstack([barriers, trend])), strict=True))
        cell = panel.cells[name]
        found[name] = {label: walked_alone(cell, terms[cell.rows]) for label, terms in steps.items()}
    return found


def _barrier(size, sessions, log_volatility):
    return 2.0 * norm.cdf(np.log1p(-size) / (np.exp(log_volatility) * np.sqrt(sessions)))


def walked_alone(cell, terms):
    """Return the chance of a logit of some terms, blocks fitted to what was known; NaN before any."""
    chance = np.full(len(terms), np.nan)
    for start in range(cell.year.min() // YEARS * YEARS, cell.year.max() + 1, YEARS):
        before, rows = cell.known_before(start), (cell.year >= start) & (cell.year < start + YEARS)
        if before.sum() < FEWEST or not rows.any():
            continue
        mean, scale = terms[before].mean(axis=0), terms[before].std(axis=0) + 1e-9
        z = np.clip((terms - mean) / scale, -WIDEST, WIDEST)
        z = np.column_stack([np.ones(len(z)), z])
        chance[rows] = 1.0 / (1.0 + np.exp(-z[rows] @ logit_fit(z[before], cell.followed[before])))
    return chance
