"""Signals to score beside the policy: rules of one line, and the user's own.

A signal is a function of the closes of one series that returns one value a session, larger when danger is
larger and NaN where it has none. It must look back only: ``lppl lookahead-check`` finds one that does not.
Moves are in units of the series' own volatility, so that one threshold means the same on every series.
"""

from collections.abc import Callable
from importlib import import_module

import numpy as np
import pandas as pd

from scanners.core.errors import CommandError
from scanners.evidence.bifurcation import SESSIONS

Signal = Callable[[pd.Series], np.ndarray]
_YEAR = 250


def momentum_250(prices: pd.Series) -> np.ndarray:
    """Log return over 250 sessions, over the standard deviation of such moves."""
    y = np.log(prices)
    return ((y - y.shift(_YEAR)) / (_daily(y) * np.sqrt(_YEAR))).to_numpy()


def above_mean_200(prices: pd.Series) -> np.ndarray:
    """Log distance from the mean of the last 200 closes, over the standard deviation of 200-session moves."""
    y = np.log(prices)
    return ((y - np.log(prices.rolling(200).mean())) / (_daily(y) * np.sqrt(200))).to_numpy()


def volatility(prices: pd.Series) -> np.ndarray:
    """Return the standard deviation of the last 60 daily returns over that of the last 750."""
    returns = np.log(prices).diff()
    return (returns.rolling(60).std() / returns.rolling(750).std()).to_numpy()


def near_high(prices: pd.Series) -> np.ndarray:
    """Log distance from the highest close of 120 sessions, at most zero."""
    return np.log((prices / prices.rolling(120).max()).to_numpy(dtype=np.float64))


def bsadf(prices: pd.Series, at: np.ndarray | None = None) -> np.ndarray:
    """Backward sup ADF of the last 750 log closes where prices rose over them; NaN where they fell.

    With ``at`` only those positions are computed: each takes some milliseconds.
    """
    import earlywarning

    out = np.full(len(prices), np.nan)
    for i in range(SESSIONS - 1, len(prices)) if at is None else at:
        if i >= SESSIONS - 1:
            recent = prices.iloc[i - SESSIONS + 1 : i + 1]
            if recent.iloc[-1] > recent.iloc[0]:
                out[i] = earlywarning.bsadf(recent).statistic
    return out


BASELINES: dict[str, Signal] = {
    "250-day momentum": momentum_250,
    "distance from 200-day mean": above_mean_200,
    "realised volatility": volatility,
    "BSADF": bsadf,
}
HIGH, HIGH_FROM = "within 1.5% of the 120-day high", -0.015


def plugin(place: str) -> Signal:
    """Return the user's own signal, named as ``module:function``.

    Raises
    ------
    CommandError
        If there is no such function.
    """
    module, _, name = place.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise CommandError(f"signal {place!r} must be module:function, and importable: {error}") from None
    if not callable(found):
        raise CommandError(f"signal {place!r} must be a function, got {type(found).__name__}")
    return found


def values(signal: Signal, prices: pd.Series, at: np.ndarray) -> np.ndarray:
    """Return the values of a signal at some positions.

    Raises
    ------
    CommandError
        If it does not return one number a session.
    """
    if signal is bsadf:
        return bsadf(prices, at)[at]
    found = np.asarray(signal(prices), dtype=np.float64)
    if found.shape != (len(prices),):
        name = getattr(signal, "__name__", "signal")
        raise CommandError(f"{name} must return one value a session, {len(prices)}, got shape {found.shape}")
    return found[at]


def _daily(y: pd.Series) -> pd.Series:
    return y.diff().rolling(_YEAR).std()
