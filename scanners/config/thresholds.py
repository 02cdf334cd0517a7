"""What decides a verdict: thresholds of level, phase and status, of the risk, of the state of the path."""

import math
from dataclasses import dataclass

from scanners.core.vocabulary import LEVELS, Level

WINDOWS = 26  # of the ``daily`` preset
# Weekdays of two bars: figures of weeks and months come after their period.
GRACE = {"week": 10, "month": 44, "quarter": 130, "year": 522}


@dataclass(frozen=True)
class AlarmThresholds:
    """Thresholds of status, level and phase.

    Shares are of the consensus confidence C3: the mean over the filters of the ``daily`` preset of the
    share of windows that qualify, averaged over three sessions.

    Parameters
    ----------
    critical, warning : float
        C3 from which the level is critical or warning.
    moderate : float
        C3 from which confidence is worth a line, described as momentum and never as danger.
    run_up, shaped : float
        Simple return over 500 sessions that is critical with a C3 of at least ``shaped``; 0: no such rule.
    stretched : float
        250-day log return in own deviations that is worth a watch; 0: no such rule.
    minimum_windows : int
        Windows of the ``daily`` preset that the history must allow; with fewer, confidence reads too high.
    acceleration, z250 : float
        Together with a new 250-day high they make the FOMO regime.
    stale_after : int
        Trading days between the last bar and the as-of date beyond which no verdict is given: those of the
        series' own exchange where its calendar is known, else weekdays.
    capitulation : float
        C3 downward from which the phase is called capitulation.
    capitulation_cap : str
        Highest level a negative bubble may raise: measured for rises it adds nothing, so none.
    """

    critical: float = 0.30
    warning: float = 0.20
    moderate: float = 0.10
    run_up: float = 1.0
    shaped: float = 0.10
    stretched: float = 2.0
    minimum_windows: int = 20
    acceleration: float = 1.0
    z250: float = 1.0
    stale_after: int = 5
    capitulation: float = 0.30
    capitulation_cap: Level = "calm"


@dataclass(frozen=True)
class RiskThresholds:
    """Thresholds of the risk of a fall.

    Parameters
    ----------
    raised, high : float
        Chance of the fall by which an asset class is judged (10% in 60 sessions; 5% for currencies and bond
        futures) over the usual one from which the risk is raised, and high.
    even : float
        Chance of that fall from which the risk is high whatever is usual.
    """

    raised: float = 1.5
    high: float = 2.0
    even: float = 0.5


@dataclass(frozen=True)
class Lasting:
    """How long an open episode of a bubble lasts; decides no verdict.

    Parameters
    ----------
    kept, lasting_sessions : float, int
        An episode is kept while C3 is at least ``kept``. It is news for so many sessions after it reached its
        level, as long as the measured excess of falls lasts; then it stays open in silence until it ends. 0
        sessions: not kept at all, and news without an end.
    """

    kept: float = 0.10
    lasting_sessions: int = 60


@dataclass(frozen=True)
class StateThresholds:
    """Thresholds of the state of the path.

    Parameters
    ----------
    trend_p : float
        Joint early-warning p-value below which the path is called slowing. On daily markets such trends have
        preceded falls no more often than chance: a state, not a forecast.
    explosive_p : float
        Wild-bootstrap p-value up to which a BSADF above its 99% critical value counts as an explosive root;
        the tabulated value alone rejects 11 to 25% of GARCH walks at a nominal 5%.
    """

    trend_p: float = 0.05
    explosive_p: float = 0.01


def check(alarms: AlarmThresholds) -> None:
    """Raise a `ValueError` that names the threshold, its rule and its value when one is broken."""
    if not 0.0 < alarms.moderate <= alarms.warning <= alarms.critical <= 1.0:
        raise ValueError(
            "thresholds must keep 0 < moderate <= warning <= critical <= 1, got "
            f"{alarms.moderate:g}, {alarms.warning:g}, {alarms.critical:g}"
        )
    if not 1 <= alarms.minimum_windows <= WINDOWS:
        raise ValueError(f"minimum_windows must lie in [1, {WINDOWS}], got {alarms.minimum_windows}")
    if alarms.stale_after < 0:
        raise ValueError(f"stale_after must not be negative, got {alarms.stale_after}")
    for name in ("acceleration", "z250", "run_up", "stretched"):
        if not math.isfinite(getattr(alarms, name)):
            raise ValueError(f"{name} must be finite, got {getattr(alarms, name):g}")
    for name in ("run_up", "stretched"):
        if getattr(alarms, name) < 0:
            raise ValueError(f"{name} must not be negative, got {getattr(alarms, name):g}")
    if alarms.capitulation_cap not in LEVELS:
        raise ValueError(
            f"capitulation_cap must be one of {', '.join(LEVELS)}, got {alarms.capitulation_cap!r}"
        )


def check_risk(risks: RiskThresholds) -> None:
    """Raise a `ValueError` when a threshold of the risk breaks its rule."""
    if not 1.0 < risks.raised <= risks.high < math.inf:
        raise ValueError(f"thresholds must keep 1 < raised <= high, got {risks.raised:g}, {risks.high:g}")
