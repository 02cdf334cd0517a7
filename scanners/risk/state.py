"""Two axes, each a pure function of one row and never mixed: the bubble's level, and the risk of a fall."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEVELS = ("calm", "watch", "warning", "critical")
RISKS = ("usual", "raised", "high")
YEAR, RECENT = 250, 60


@dataclass(frozen=True)
class Rules:
    """Thresholds of both axes.

    Parameters
    ----------
    warning, critical : float
        C3 from which the level is a warning, and critical.
    run_up, shaped : float
        Simple return over 500 sessions that is critical with a C3 of at least ``shaped``.
    stretched : float
        250-day log return in deviations that is worth a watch.
    raised, high : float
        Chance of a fall of 10% in 60 sessions over the usual one.
    even : float
        Chance of that fall which is high whatever is usual.
    """

    warning: float = 0.20
    critical: float = 0.30
    run_up: float = 1.0
    shaped: float = 0.10
    stretched: float = 2.0
    raised: float = 1.5
    high: float = 2.0
    even: float = 0.5


def level(row: Mapping, rules: Rules | None = None) -> str:
    """Return the bubble's level of one row.

    Parameters
    ----------
    row : mapping
        ``C3`` (NaN where not known: such a row is never above watch), ``run_up``, ``fomo`` and ``z250``.
    rules : Rules, optional
    """
    rules = rules or Rules()
    shape = row["C3"]
    if shape >= rules.critical or (row["run_up"] >= rules.run_up and shape >= rules.shaped):
        return "critical"
    if shape >= rules.warning:
        return "warning"
    return "watch" if row["fomo"] or row["z250"] >= rules.stretched else "calm"


def risk(row: Mapping, rules: Rules | None = None) -> str:
    """Return the risk of one row: how the chance of a fall of 10% in 60 sessions stands to the usual one.

    Parameters
    ----------
    row : mapping
        ``p_10_60`` and ``usual_10_60``.
    rules : Rules, optional
    """
    rules = rules or Rules()
    chance, usual = row["p_10_60"], row["usual_10_60"]
    if math.isnan(chance) or math.isnan(usual):
        return ""
    if chance >= rules.high * usual or chance >= rules.even:
        return "high"
    return "raised" if chance >= rules.raised * usual else "usual"


def stretch(y: NDArray[np.float64]) -> pd.DataFrame:
    """Return what a level needs beside C3 at every log close.

    Returns
    -------
    pandas.DataFrame
        ``run_up``: simple return over 500 sessions; ``z250``: 250-day log return over ``sigma sqrt(250)``;
        ``fomo``: a new 250-day high with z250 above 1 and an acceleration above 1, the mean return of the
        last 60 sessions less that of the 190 before, times ``sqrt(60) / sigma``. NaN or False where the
        history is too short.
    """
    closes = pd.Series(y)
    sigma = closes.diff().rolling(YEAR).std()
    z250 = (closes - closes.shift(YEAR)) / (sigma * math.sqrt(YEAR))
    recent = (closes - closes.shift(RECENT)) / RECENT
    before = (closes.shift(RECENT) - closes.shift(YEAR)) / (YEAR - RECENT)
    acceleration = (recent - before) / sigma * math.sqrt(RECENT)
    new_high = closes >= closes.rolling(YEAR).max()
    return pd.DataFrame(
        {
            "run_up": np.expm1(closes - closes.shift(2 * YEAR)),
            "z250": z250,
            "fomo": new_high & (z250 > 1.0) & (acceleration > 1.0),
        }
    )
