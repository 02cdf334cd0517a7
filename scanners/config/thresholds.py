"""What decides a verdict: the thresholds of level, phase and status, and those of the bifurcation axis."""

import math
from dataclasses import dataclass

from scanners.core.vocabulary import LEVELS, Level

WINDOWS = 26  # of the ``daily`` preset


@dataclass(frozen=True)
class AlarmThresholds:
    """Thresholds of status, level and phase.

    Shares are of the consensus confidence C3: the mean over the filters of the ``daily`` preset of the
    share of windows that qualify, averaged over three sessions.

    Parameters
    ----------
    critical, warning : float
        C3 from which the level is critical (rare) or warning (weak evidence).
    moderate : float
        C3 from which confidence is worth a line, described as momentum and never as danger.
    minimum_windows : int
        Windows of the ``daily`` preset that the history must allow; with fewer, confidence reads too high.
    acceleration, z250 : float
        Together with a new 250-day high they make the FOMO regime.
    stale_after : int
        Weekdays between the last bar and the as-of date beyond which no verdict is given.
    capitulation_cap : str
        Highest level a negative bubble may raise: no skill at bottoms has been measured.
    """

    critical: float = 0.40
    warning: float = 0.30
    moderate: float = 0.10
    minimum_windows: int = 20
    acceleration: float = 1.0
    z250: float = 1.0
    stale_after: int = 5
    capitulation_cap: Level = "watch"


@dataclass(frozen=True)
class StateThresholds:
    """Thresholds of the bifurcation axis.

    Parameters
    ----------
    trend_p : float
        Joint early-warning p-value below which a bifurcation is called approaching. On daily markets such
        trends have preceded falls no more often than chance: a state, not a forecast.
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
    for name, value in (("acceleration", alarms.acceleration), ("z250", alarms.z250)):
        if not math.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value:g}")
    if alarms.capitulation_cap not in LEVELS:
        raise ValueError(
            f"capitulation_cap must be one of {', '.join(LEVELS)}, got {alarms.capitulation_cap!r}"
        )
