"""What the numbers of a series reach under a policy, or why nothing is said: no words yet, and no list."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from scanners.config.policy import Policy
from scanners.config.thresholds import GRACE
from scanners.core.vocabulary import Level, Phase, Refused, Risk, highest, is_raised, rank_of
from scanners.evidence.bubble import Bubble
from scanners.evidence.confidence_memory import fewest
from scanners.evidence.gathering import Data, Evidence
from scanners.evidence.momentum import Momentum
from scanners.evidence.series_fits import DAYS
from scanners.risk.state import Rules, Trigger, is_fomo, triggers
from scanners.verdict.alarm_words import critical_time_line
from scanners.verdict.fall_words import risk_of
from scanners.verdict.other_bars import other_bars_context, other_bars_reason


@dataclass(frozen=True)
class Refusal:
    """Why there is no verdict on a series.

    Parameters
    ----------
    status : str
        ``insufficient_data``, ``stale``, ``unfit_for_log``, ``quarantined`` (the quality gate found the bars
        wrong), ``not_measured`` (bars that are no days), ``failed``.
    reason : str
        In words.
    """

    status: Refused
    reason: str
    level: ClassVar[None] = None
    phase: ClassVar[None] = None
    bifurcation: ClassVar[None] = None
    risk: ClassVar[None] = None
    context: ClassVar[tuple[str, ...]] = ()
    raised: ClassVar[bool] = False
    stretched: ClassVar[bool] = False

    @property
    def state(self) -> str:
        """The status in words, where a level stands."""
        return self.status.replace("_", " ")

    @property
    def headline(self) -> str:
        """The reason, where the sentence of a verdict stands."""
        return self.reason

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason, where those of a verdict are shown too."""
        return (self.reason,)

    def to_dict(self) -> dict[str, Any]:
        """Return the refusal as plain values, with the keys of a verdict."""
        return {
            "status": self.status,
            "level": None,
            "phase": None,
            "bifurcation": None,
            "risk": None,
            "reasons": self.reasons,
            "context": self.context,
            "headline": self.headline,
            "stretched": self.stretched,
        }


@dataclass(frozen=True)
class Appraisal:
    """What a series reaches.

    Parameters
    ----------
    bubble, momentum
        The numbers that every level rests on.
    rising : tuple of Trigger
        What raises the level, the highest first.
    falling : str or None
        Level of the capitulation shape, which the policy caps; None without one.
    risk : {"usual", "raised", "high"} or None
        The second axis.
    """

    bubble: Bubble
    momentum: Momentum
    rising: tuple[Trigger, ...]
    falling: Level | None
    risk: Risk | None

    @property
    def level(self) -> Level:
        """The first axis: the highest level of all."""
        return highest("calm", *(trigger.level for trigger in self.rising), self.falling or "calm")

    @property
    def phase(self) -> Phase:
        """Which way it points: a FOMO phase goes before a capitulation."""
        if self.rising:
            return "fomo"
        return "capitulation" if self.falling else "none"

    @property
    def raised(self) -> bool:
        """Whether the series is raised on either axis."""
        return is_raised(self.level, self.risk)


def appraise(evidence: Evidence, policy: Policy) -> Appraisal | Refusal:
    """Return what a series reaches; the status of the data decides first.

    Parameters
    ----------
    evidence : Evidence
        Numbers of one series at one date.
    policy : Policy
        Thresholds, already those of the series' asset class.
    """
    needed = _needed(evidence, policy)
    if isinstance(needed, Refusal):
        return needed
    bubble, momentum = needed
    if not evidence.data.is_daily:
        said = (
            other_bars_reason(evidence.data, bubble),
            *critical_time_line(bubble),
            *other_bars_context(evidence),
        )
        return Refusal("not_measured", " ".join(said))
    return Appraisal(
        bubble=bubble,
        momentum=momentum,
        rising=tuple(triggers(_facts(bubble, momentum, policy), Rules.of(policy))),
        falling=falling_level(bubble.consensus_3day_negative, policy),
        risk=risk_of(evidence.falls, policy),
    )


def falling_level(value: float, policy: Policy) -> Level | None:
    """Return the level of a capitulation shape with this C3 downward, which the policy caps."""
    if value < policy.capitulation:
        return None
    level: Level = "critical" if value >= policy.critical else "warning"
    return min(level, policy.capitulation_cap, key=rank_of)


def _facts(bubble: Bubble, momentum: Momentum, policy: Policy) -> dict[str, Any]:
    run_up = math.nan if momentum.return_500 is None else momentum.return_500
    return {
        "C3": bubble.consensus_3day,
        "run_up": run_up,
        "z250": momentum.z250,
        "fomo": is_fomo(momentum.new_high, momentum.z250, momentum.acceleration, Rules.of(policy)),
    }


def _when(data: Data, policy: Policy) -> str:
    """Return when a verdict will be possible, where more sessions are all that is wanting."""
    day = possible_from(data, policy.minimum_windows)
    return "" if day is None else f"; a verdict is possible from about {day:%Y-%m}"


def possible_from(data: Data, minimum_windows: int) -> date | None:
    """Return about when a series will have the history that a verdict needs, in its own rhythm.

    Parameters
    ----------
    data : Data
        Sessions and dates so far.
    minimum_windows : int
        Windows of the ``daily`` preset that must be there on each of three sessions.

    Returns
    -------
    datetime.date or None
        None where the history is long enough, or two sessions are not there to tell the rhythm.
    """
    wanting = fewest(minimum_windows) + DAYS - 1 - data.sessions
    if wanting <= 0 or data.sessions < 2:
        return None
    first, last = (date.fromisoformat(day[:10]) for day in (data.first, data.last))
    return last + timedelta(days=math.ceil(wanting * (last - first).days / (data.sessions - 1)))


def _needed(evidence: Evidence, policy: Policy) -> tuple[Bubble, Momentum] | Refusal:
    """Return what every verdict rests on, or why there is none."""
    data, bubble, momentum = evidence.data, evidence.bubble, evidence.momentum
    if data.non_positive:
        return Refusal(
            "unfit_for_log",
            f"{data.non_positive} closes are not positive: a log-price model does not apply",
        )
    limit = policy.stale_after + GRACE.get(data.bar, 0)
    if data.age > limit:
        return Refusal(
            "stale",
            f"last bar {data.last}, {data.age} {data.counted} before {evidence.as_of} (limit {limit})",
        )
    if bubble is None or bubble.windows_available < policy.minimum_windows or momentum is None:
        available, total = (bubble.windows_available, bubble.windows_total) if bubble else (0, 26)
        return Refusal(
            "insufficient_data",
            f"{data.sessions} {data.bar}s up to {data.last} allow {available} of {total} windows on each of "
            f"the last three {data.bar}s, {policy.minimum_windows} are needed: with less, confidence reads "
            f"too high{_when(data, policy)}",
        )
    return bubble, momentum
