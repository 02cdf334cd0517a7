"""Judgement: evidence and a policy in, a verdict in words out. A pure function, nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from scanners.config.policy import Policy
from scanners.core.vocabulary import BifurcationState, Level, Phase, Refused, Side, highest, rank_of
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.evidence.momentum import Momentum
from scanners.verdict.alarm_words import days_in_state, own_paths, recently
from scanners.verdict.bifurcation_words import bifurcation_line, bifurcation_state, explosive_side
from scanners.verdict.other_bars import GRACE, other_bars_context, other_bars_reason

Rates = Callable[[Level, Phase], tuple[str, ...]]
Finding = tuple[Level, str]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the scan says about one series.

    Parameters
    ----------
    level : {"calm", "watch", "warning", "critical"}
    phase : {"fomo", "capitulation", "none"}
    bifurcation : {"near", "approaching", "none", "not identified"}
    reasons : tuple of str
        Why, in words with the numbers in them.
    context : tuple of str
        What raises no level: momentum, the critical time, a bifurcation that is not near.
    """

    status: Literal["ok"] = "ok"
    level: Level
    phase: Phase
    bifurcation: BifurcationState
    reasons: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain values."""
        return asdict(self)


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


Judgement = Verdict | Refusal


def judge(
    evidence: Evidence, policy: Policy, context: Sequence[str] = (), rates: Rates | None = None
) -> Judgement:
    """Turn evidence into a verdict, or refuse one; the status of the data decides first.

    Parameters
    ----------
    evidence : Evidence
        Numbers of one series at one date.
    policy : Policy
        Thresholds, already those of the series' asset class.
    context : sequence of str
        Lines from outside the evidence, such as the state of liquidity. They are put behind the context of
        a FOMO verdict and never change a level.
    rates : callable, optional
        Level and phase -> what followed such alerts, to be quoted; see
        `scanners.verdict.calibration.rates_of`.
    """
    needed = _needed(evidence, policy)
    if isinstance(needed, Refusal):
        return needed
    bubble, momentum = needed
    if not evidence.data.is_daily:
        said = (
            other_bars_reason(evidence.data, bubble),
            *_critical_time(bubble),
            *other_bars_context(evidence),
        )
        return Refusal("not_measured", " ".join(said))
    findings = (
        _positive(evidence, bubble, policy),
        _fomo_regime(evidence, bubble, momentum, policy),
        _negative(evidence, bubble, policy),
    )
    raised = [finding for finding in findings if finding]
    state = bifurcation_state(evidence.bifurcation, policy)
    described = f"Bifurcation {state}: {bifurcation_line(evidence.bifurcation, policy)}"
    level = highest("calm", *(level for level, _ in raised))
    phase = _phase(*findings)
    return Verdict(
        level=level,
        phase=phase,
        bifurcation=state,
        reasons=(
            *(tuple(reason for _, reason in raised) or (_calm(bubble, policy),)),
            *([described] if state in ("near", "approaching") else []),
        ),
        context=(
            *(rates(level, phase) if rates else ()),
            *_moderate(bubble, policy),
            *recently(evidence.persistence, policy.warning),
            *_critical_time(bubble),
            _momentum(momentum),
            *([] if state in ("near", "approaching") else [described]),
            *(context if phase == "fomo" else ()),
        ),
    )


def confidence_line(bubble: Bubble) -> str:
    """Return the confidence of one series in a line: the consensus first, then the published filters."""
    negative = bubble.consensus_3day_negative > bubble.consensus_3day
    side = "negative" if negative else "positive"
    value = bubble.consensus_3day_negative if negative else bubble.consensus_3day
    published = ", ".join(
        f"{name.replace('_', ' ')} {share[side]:.2f}" for name, share in bubble.confidence.items()
    )
    direction = "downward" if negative else "upward"
    return f"C3 = {value:.2f} {direction}; share of the {bubble.attempted} windows: {published}"


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


def _shape(level_at: float, evidence: Evidence, bubble: Bubble, side: Side) -> str:
    value = bubble.consensus_3day if side == "positive" else bubble.consensus_3day_negative
    windows = f"{bubble.windows_available} of {bubble.windows_total} windows"
    lasting = days_in_state(evidence.persistence, side, level_at)
    return f"C3 = {value:.2f} >= {level_at:.2f} with {windows}{lasting}"


def _record(level: Level, policy: Policy) -> str:
    record = policy.record(level)
    if record is None:
        return "What followed was not measured under these thresholds"
    return f"Measured: {record}"


def _positive(evidence: Evidence, bubble: Bubble, policy: Policy) -> Finding | None:
    value = bubble.consensus_3day
    if value >= policy.critical:
        low, high = policy.critical_per_year
        return "critical", (
            f"Critical point: {_shape(policy.critical, evidence, bubble, 'positive')}. "
            f"{_record('critical', policy)}. Chance alone: simulated paths without bubbles raise this alarm "
            f"{policy.critical_by_chance:g} times a year, real series {low:g} to {high:g} times."
            f"{own_paths(evidence, 'positive', policy)}"
        )
    if value >= policy.warning:
        return "warning", (
            f"Late-stage bubble shape: {_shape(policy.warning, evidence, bubble, 'positive')}. "
            f"No proven lift by itself. {_record('warning', policy)}. "
            f"Chance alone: shuffled returns reproduce {policy.shuffled[0]:.0%} to "
            f"{policy.shuffled[1]:.0%} of such alarms."
            f"{own_paths(evidence, 'positive', policy)}{explosive_side(evidence.bifurcation)}"
        )
    return None


def _negative(evidence: Evidence, bubble: Bubble, policy: Policy) -> Finding | None:
    value = bubble.consensus_3day_negative
    if value < policy.warning:
        return None
    level: Level = "critical" if value >= policy.critical else "warning"
    threshold = policy.critical if level == "critical" else policy.warning
    capped = min(level, policy.capitulation_cap, key=rank_of)
    return capped, (
        f"Capitulation shape (negative bubble): {_shape(threshold, evidence, bubble, 'negative')}. "
        f"Less reliable than a top: no skill at bottoms has been measured. Chance alone: "
        f"{policy.capitulation_by_chance:.1%} of paths of shuffled returns show it on any day."
        f"{own_paths(evidence, 'negative', policy)}"
    )


def _fomo_regime(evidence: Evidence, bubble: Bubble, momentum: Momentum, policy: Policy) -> Finding | None:
    stretched = momentum.acceleration > policy.acceleration and momentum.z250 > policy.z250
    if not (momentum.new_high and stretched):
        return None
    # An alarm above it tells of the paths already.
    own = own_paths(evidence, "positive", policy) if bubble.consensus_3day < policy.warning else ""
    return "watch", (
        f"FOMO regime: new 250-day high, acceleration {momentum.acceleration:.1f} > {policy.acceleration:g}, "
        f"z250 {momentum.z250:.1f} > {policy.z250:g}. "
        f"A phase, not a forecast of a fall. {_record('watch', policy)}. Chance alone: "
        f"{policy.watch_by_chance:.1%} of paths of shuffled returns show it on any day.{own}"
    )


def _phase(positive: object, regime: object, negative: object) -> Phase:
    if positive or regime:
        return "fomo"
    return "capitulation" if negative else "none"


def _calm(bubble: Bubble, policy: Policy) -> str:
    return (
        f"Below every threshold: C3 = {bubble.consensus_3day:.2f} upward, "
        f"{bubble.consensus_3day_negative:.2f} downward (warning from {policy.warning:.2f})."
    )


def _moderate(bubble: Bubble, policy: Policy) -> tuple[str, ...]:
    value = bubble.consensus_3day
    if not policy.moderate <= value < policy.warning:
        return ()
    return (
        f"Moderate confidence (C3 = {value:.2f}) is momentum: on past data prices rose on average after it.",
    )


def _critical_time(bubble: Bubble) -> tuple[str, ...]:
    time = bubble.critical_time
    if time is None:
        return ("Critical time tc: no window qualifies, so none is shown.",)
    return (
        f"Critical time tc: {time.span} (middle 80%, median {time.median}) from the {time.windows} of "
        f"{time.attempted} windows that qualify; {time.at_bound:.0%} of them sit on a bound of the search "
        f"box, {time.ambiguous:.0%} have a second solution that fits within 5%. "
        f"No timing skill has been measured.",
    )


def _momentum(momentum: Momentum) -> str:
    return (
        f"Momentum: {momentum.return_250:+.0%} over 250 sessions, z250 {momentum.z250:.1f}, acceleration "
        f"{momentum.acceleration:.1f}, volatility {momentum.volatility:.0%} a year."
    )
