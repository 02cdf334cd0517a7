"""Judgement: evidence and a policy in, a verdict in words out. A pure function, nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scanners.config.policy import Policy
from scanners.core.as_fields import as_fields
from scanners.core.vocabulary import BifurcationState, Level, Phase, Risk, is_raised, is_risen
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.evidence.momentum import Momentum
from scanners.verdict.alarm_words import critical_time_line, own_paths, recently
from scanners.verdict.appraisal import Refusal, appraise
from scanners.verdict.bifurcation_words import bifurcation_line, bifurcation_state
from scanners.verdict.fall_words import risk_reason, usual_line
from scanners.verdict.followed import as_alarms
from scanners.verdict.headline import STRETCHED, headline, is_stretched
from scanners.verdict.level_words import calm, downward, upward
from scanners.verdict.trail import Trail

Rates = Callable[[Level, Phase], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the scan says about one series.

    Parameters
    ----------
    level : {"calm", "watch", "warning", "critical"}
        Of the bubble: the first axis.
    phase : {"fomo", "capitulation", "none"}
    bifurcation : {"explosive", "divergent", "slowing", "convergent", "not identified"}
        A description of the path, which raises nothing.
    risk : {"usual", "raised", "high"} or None
        Of a fall: the second axis, how its chance stands to the usual one; None where none is stated.
    reasons : tuple of str
        Why, in words with the numbers in them.
    context : tuple of str
        What raises nothing: momentum, the critical time, the state of the path.
    headline : str
        All of it in one sentence, as `scanners.verdict.headline.headline` says it.
    stretched : bool
        Whether the price has run far, whatever its level: such a series is never called calm.
    """

    status: Literal["ok"] = "ok"
    level: Level
    phase: Phase
    bifurcation: BifurcationState
    risk: Risk | None = None
    reasons: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    headline: str = ""
    stretched: bool = False

    @property
    def state(self) -> str:
        """The level in a word, where "calm" is not said of what is stretched."""
        return STRETCHED if self.level == "calm" and self.stretched else self.level

    @property
    def raised(self) -> bool:
        """Whether the series is raised on either axis."""
        return is_raised(self.level, self.risk)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain values."""
        return as_fields(self)


Judgement = Verdict | Refusal


def judge(
    evidence: Evidence,
    policy: Policy,
    context: Sequence[str] = (),
    rates: Rates | None = None,
    trail: Trail | None = None,
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
    trail : Trail, optional
        The verdict's own past, which the headline tells and no level depends on.
    """
    found = appraise(evidence, policy)
    if isinstance(found, Refusal):
        return found
    falls, risk, level, phase = evidence.falls, found.risk, found.level, found.phase
    state = bifurcation_state(evidence.bifurcation, policy)
    shapes = (
        *upward(found, evidence.persistence, policy, by_month=evidence.data.by_month),
        *downward(found, evidence.persistence, policy),
    )
    return Verdict(
        level=level,
        phase=phase,
        bifurcation=state,
        risk=risk,
        reasons=(
            *(shapes or [calm(found.bubble, policy)]),
            *([risk_reason(falls, risk, policy)] if falls and is_risen(risk) else []),
        ),
        context=(
            *([] if is_risen(risk) else filter(None, [usual_line(falls)])),
            *(rates(level, phase) if rates else ()),
            *as_alarms(level, risk, policy),
            *own_paths(evidence, policy),
            *_moderate(found.bubble, policy),
            *recently(evidence.persistence, policy.warning),
            *critical_time_line(found.bubble, policy.tc_held),
            _momentum(found.momentum),
            f"Path {state}: {bifurcation_line(evidence.bifurcation, policy)}",
            *(context if phase == "fomo" else ()),
        ),
        headline=headline(evidence, level, phase, policy, trail),
        stretched=is_stretched(found.momentum, policy),
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
