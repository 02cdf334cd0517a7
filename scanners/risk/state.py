"""Two axes, each a pure function of one row and never mixed: the bubble's level, and the risk of a fall."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scanners.config.policy import Policy
from scanners.config.thresholds import AlarmThresholds, RiskThresholds
from scanners.core.vocabulary import Level, RaisedLevel, Risk

YEAR, RECENT = 250, 60


@dataclass(frozen=True)
class Rules:
    """Thresholds of both axes, named as in a policy.

    Parameters
    ----------
    warning, critical : float
        C3 from which the level is a warning, and critical.
    run_up, shaped : float
        Simple return over 500 sessions that is critical with a C3 of at least ``shaped``; 0: no such rule.
    stretched : float
        250-day log return in deviations that is worth a watch; 0: no such rule.
    acceleration, z250 : float
        Above both, a new 250-day high is a FOMO regime, worth a watch too.
    raised, high : float
        Chance of the fall by which the asset class is judged (`sizes.headline`) over the usual one.
    even : float
        Chance of that fall which is high whatever is usual.
    """

    warning: float = AlarmThresholds.warning
    critical: float = AlarmThresholds.critical
    run_up: float = AlarmThresholds.run_up
    shaped: float = AlarmThresholds.shaped
    stretched: float = AlarmThresholds.stretched
    acceleration: float = AlarmThresholds.acceleration
    z250: float = AlarmThresholds.z250
    raised: float = RiskThresholds.raised
    high: float = RiskThresholds.high
    even: float = RiskThresholds.even

    @classmethod
    def of(cls, policy: Policy) -> "Rules":
        """Return the thresholds of a policy, already that of the series' asset class."""
        return cls(**{each.name: getattr(policy, each.name) for each in fields(cls)})


@dataclass(frozen=True)
class Trigger:
    """Why a level is reached: ``shape``, ``run_up``, ``fomo`` or ``stretched``."""

    level: RaisedLevel
    by: str


def triggers(row: Mapping, rules: Rules | None = None) -> tuple[Trigger, ...]:
    """Return what raises the bubble's level of one row, the highest first; nothing at calm.

    Parameters
    ----------
    row : mapping
        ``C3`` (NaN where not known: such a row is never above watch), ``run_up``, ``fomo`` and ``z250``.
    rules : Rules, optional
    """
    rules = rules or Rules()
    shape = row["C3"]
    found: list[tuple[RaisedLevel, str, bool]] = [
        ("critical", "shape", shape >= rules.critical),
        ("critical", "run_up", rules.run_up > 0 and row["run_up"] >= rules.run_up and shape >= rules.shaped),
        ("warning", "shape", rules.critical > shape >= rules.warning),
        ("watch", "fomo", row["fomo"]),
        ("watch", "stretched", rules.stretched > 0 and row["z250"] >= rules.stretched),
    ]
    return tuple(Trigger(at, by) for at, by, holds in found if holds)


def level(row: Mapping, rules: Rules | None = None) -> Level:
    """Return the bubble's level of one row, as `triggers` takes it."""
    found = triggers(row, rules)
    return found[0].level if found else "calm"


def risk(chance: float, usual: float, rules: Rules | None = None) -> Risk | None:
    """Return how the chance of a fall stands to the usual one; None where one is not known.

    Parameters
    ----------
    chance, usual : float
        Of the fall by which the asset class is judged.
    rules : Rules, optional
    """
    rules = rules or Rules()
    if math.isnan(chance) or math.isnan(usual):
        return None
    if chance >= rules.high * usual or chance >= rules.even:
        return "high"
    return "raised" if chance >= rules.raised * usual else "usual"


def is_fomo(
    new_high: bool | pd.Series, z250: float | pd.Series, acceleration: float | pd.Series, rules: Rules
) -> bool | pd.Series:
    """Return whether a close, or each of a series, is in a FOMO regime."""
    return new_high & (z250 > rules.z250) & (acceleration > rules.acceleration)


def stretch(y: NDArray[np.float64], rules: Rules | None = None) -> pd.DataFrame:
    """Return what a level needs beside C3 at every log close.

    Returns
    -------
    pandas.DataFrame
        ``run_up``: simple return over 500 sessions; ``z250``: 250-day log return over ``sigma sqrt(250)``;
        ``fomo``: a new 250-day high with z250 and acceleration above those of the rules; acceleration is the
        mean return of the last 60 sessions less that of the 190 before, times ``sqrt(60) / sigma``. NaN or
        False where the history is too short.
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
            "fomo": is_fomo(new_high, z250, acceleration, rules or Rules()),
        }
    )
