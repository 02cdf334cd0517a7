"""Judgement: evidence and a policy in, a verdict in words out. A pure function, nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scanners.config.policy import Policy
from scanners.core.vocabulary import BifurcationState, Level, Phase, Side
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.evidence.momentum import Momentum
from scanners.verdict.alarm_words import critical_time_line, days_in_state, own_paths, recently
from scanners.verdict.appraisal import Appraisal, Refusal, appraise
from scanners.verdict.bifurcation_words import bifurcation_line, bifurcation_state, explosive_side

Rates = Callable[[Level, Phase], tuple[str, ...]]


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
    found = appraise(evidence, policy)
    if isinstance(found, Refusal):
        return found
    bubble, momentum, level, phase = found.bubble, found.momentum, found.level, found.phase
    raised = (
        *([_positive(evidence, found, policy)] if found.positive else []),
        *([_fomo_regime(evidence, found, policy)] if found.regime else []),
        *([_negative(evidence, found, policy)] if found.negative else []),
    )
    state = bifurcation_state(evidence.bifurcation, policy)
    described = f"Bifurcation {state}: {bifurcation_line(evidence.bifurcation, policy)}"
    return Verdict(
        level=level,
        phase=phase,
        bifurcation=state,
        reasons=(
            *(raised or (_calm(bubble, policy),)),
            *([described] if state in ("near", "approaching") else []),
        ),
        context=(
            *(rates(level, phase) if rates else ()),
            *_moderate(bubble, policy),
            *recently(evidence.persistence, policy.warning),
            *critical_time_line(bubble),
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


def _positive(evidence: Evidence, found: Appraisal, policy: Policy) -> str:
    if found.positive == "critical":
        low, high = policy.critical_per_year
        return (
            f"Critical point: {_shape(policy.critical, evidence, found.bubble, 'positive')}. "
            f"{_record('critical', policy)}. Chance alone: simulated paths without bubbles raise this alarm "
            f"{policy.critical_by_chance:g} times a year, real series {low:g} to {high:g} times."
            f"{own_paths(evidence, 'positive', policy)}"
        )
    return (
        f"Late-stage bubble shape: {_shape(policy.warning, evidence, found.bubble, 'positive')}. "
        f"No proven lift by itself. {_record('warning', policy)}. "
        f"Chance alone: shuffled returns reproduce {policy.shuffled[0]:.0%} to "
        f"{policy.shuffled[1]:.0%} of such alarms."
        f"{own_paths(evidence, 'positive', policy)}{explosive_side(evidence.bifurcation)}"
    )


def _negative(evidence: Evidence, found: Appraisal, policy: Policy) -> str:
    threshold = policy.critical if found.negative == "critical" else policy.warning
    return (
        f"Capitulation shape (negative bubble): {_shape(threshold, evidence, found.bubble, 'negative')}. "
        f"Less reliable than a top: no skill at bottoms has been measured. Chance alone: "
        f"{policy.capitulation_by_chance:.1%} of paths of shuffled returns show it on any day."
        f"{own_paths(evidence, 'negative', policy)}"
    )


def _fomo_regime(evidence: Evidence, found: Appraisal, policy: Policy) -> str:
    momentum = found.momentum
    # An alarm above it tells of the paths already.
    own = "" if found.positive else own_paths(evidence, "positive", policy)
    return (
        f"FOMO regime: new 250-day high, acceleration {momentum.acceleration:.1f} > {policy.acceleration:g}, "
        f"z250 {momentum.z250:.1f} > {policy.z250:g}. "
        f"A phase, not a forecast of a fall. {_record('watch', policy)}. Chance alone: "
        f"{policy.watch_by_chance:.1%} of paths of shuffled returns show it on any day.{own}"
    )


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


def _momentum(momentum: Momentum) -> str:
    return (
        f"Momentum: {momentum.return_250:+.0%} over 250 sessions, z250 {momentum.z250:.1f}, acceleration "
        f"{momentum.acceleration:.1f}, volatility {momentum.volatility:.0%} a year."
    )
