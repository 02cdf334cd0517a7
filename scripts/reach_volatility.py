"""What chances of a fall would be worth to one who knew part of what volatility will do.

The volatility to come is a forecast and a surprise. One who knows a share q of the surprise's variance states
the closed form with the forecast moved by what is known of it and the spread narrowed to what is not.
"""

import numpy as np
import risk_panel

from scanners.risk.barrier import first_passage
from scanners.risk.surface import NAMES, REFERENCE, TREND, trend_terms

SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
_FLOOR = 1e-5  # daily volatility, as in the model
_NARROWEST = 0.02


def came(shared, frame):
    """Return the log of the daily volatility that came within each horizon, shape (n, H); NaN: not known."""
    found = np.full((len(frame), len(risk_panel.HORIZONS)), np.nan)
    for name, _, closes in risk_panel.every_series(shared):
        rows = np.flatnonzero(frame["series"] == name)
        squares = np.append(0.0, np.cumsum(np.diff(np.log(closes.to_numpy())) ** 2))
        at = frame["position"].to_numpy()[rows]
        for j, horizon in enumerate(risk_panel.HORIZONS):
            fine = at + horizon < len(closes)
            ahead = (squares[at[fine] + horizon] - squares[at[fine]]) / horizon
            found[rows[fine], j] = 0.5 * np.log(np.maximum(ahead, _FLOOR**2))
    return found


def forecast(looks, models, horizons):
    """Return what the models of each date expect: log volatility and its spread (n, H), Sharpe ratio (n,)."""
    frame = looks.frame
    expected, spread = np.empty((len(frame), horizons.size)), np.empty((len(frame), horizons.size))
    sharpe = np.empty(len(frame))
    for kind in frame["kind"].unique():
        rows = np.flatnonzero(frame["kind"] == kind)
        surface = models.on(frame["date"].dt.year.to_numpy()[rows], kind, rows.size)
        found, told = looks.features.select(rows), dict(zip(NAMES, surface.coefficients.T, strict=True))
        expected[rows] = surface.log_sigma(surface.volatility(found), horizons)
        spread[rows] = told["spread"][:, None] + told["spread_h"][:, None] * np.log(horizons / REFERENCE)
        slopes = np.stack([told[name] for name in TREND[1:]], axis=1)
        sharpe[rows] = told["drift"] + (trend_terms(found) * slopes).sum(axis=1)
    return expected, spread, sharpe


def explained(frame, expected, actual, scored):
    """Return the share of the variance of the log volatility to come, within series, that is forecast."""
    out = {}
    for j, horizon in enumerate(risk_panel.HORIZONS):
        known = scored & ~np.isnan(actual[:, j])
        both = frame.loc[known, ["series"]].assign(actual=actual[known, j], expected=expected[known, j])
        inside = both["actual"] - both.groupby("series")["actual"].transform("mean")
        out[str(horizon)] = float(1.0 - np.var(both["actual"] - both["expected"]) / np.mean(inside**2))
    return out


def knowing(share, looks, models, loss, horizons, actual, seed=0):
    """Return the chances, shape (n, H, S), of one who knows a share of the surprise; NaN: none known."""
    expected, spread, sharpe = forecast(looks, models, horizons)
    surprise = actual - expected
    noise = np.random.default_rng(seed).standard_normal(surprise.shape) * np.nanstd(surprise, axis=0)
    known = share * surprise + np.sqrt(share * (1.0 - share)) * noise
    narrow = np.maximum(spread * np.sqrt(1.0 - share), _NARROWEST)
    chance = first_passage(loss, horizons, expected + np.nan_to_num(known), sharpe, narrow)
    chance[np.isnan(actual)] = np.nan
    return chance
