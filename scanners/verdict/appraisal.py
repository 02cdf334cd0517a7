"""What the numbers of a series reach under a policy, or why nothing is said: no words yet, and no list."""

from dataclasses import dataclass
from typing import Any, ClassVar

from scanners.config.policy import Policy
from scanners.core.vocabulary import Level, Phase, RaisedLevel, Refused, highest, rank_of
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.evidence.momentum import Momentum
from scanners.verdict.alarm_words import critical_time_line
from scanners.verdict.other_bars import GRACE, other_bars_context, other_bars_reason


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
    context: ClassVar[tuple[str, ...]] = ()

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
            "reasons": self.reasons,
            "context": self.context,
        }


@dataclass(frozen=True)
class Appraisal:
    """The levels that a series reaches.

    Parameters
    ----------
    bubble, momentum
        The numbers that every level rests on.
    positive, negative : str or None
        Level of the upward shape, and of the downward one before its cap; None below a warning.
    regime : bool
        Whether the series is in a FOMO regime, which is worth a ``watch``.
    cap : str
        Highest level that a downward shape may raise.
    """

    bubble: Bubble
    momentum: Momentum
    positive: RaisedLevel | None
    negative: RaisedLevel | None
    regime: bool
    cap: Level

    @property
    def level(self) -> Level:
        """The highest of them."""
        capped: Level = "calm" if self.negative is None else min(self.negative, self.cap, key=rank_of)
        return highest(self.positive or "calm", "watch" if self.regime else "calm", capped)

    @property
    def phase(self) -> Phase:
        """Which way it points: a FOMO phase goes before a capitulation."""
        if self.positive or self.regime:
            return "fomo"
        return "capitulation" if self.negative else "none"


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
    stretched = momentum.acceleration > policy.acceleration and momentum.z250 > policy.z250
    return Appraisal(
        bubble=bubble,
        momentum=momentum,
        positive=_alarm(bubble.consensus_3day, policy),
        negative=_alarm(bubble.consensus_3day_negative, policy),
        regime=momentum.new_high and stretched,
        cap=policy.capitulation_cap,
    )


def _alarm(value: float, policy: Policy) -> RaisedLevel | None:
    if value >= policy.critical:
        return "critical"
    return "warning" if value >= policy.warning else None


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
            "stale", f"last bar {data.last}, {data.age} weekdays before {evidence.as_of} (limit {limit})"
        )
    if bubble is None or bubble.windows_available < policy.minimum_windows or momentum is None:
        available, total = (bubble.windows_available, bubble.windows_total) if bubble else (0, 26)
        return Refusal(
            "insufficient_data",
            f"{data.sessions} {data.bar}s up to {data.last} allow {available} of {total} windows on each of "
            f"the last three {data.bar}s, {policy.minimum_windows} are needed: with less, confidence reads "
            "too high",
        )
    return bubble, momentum
