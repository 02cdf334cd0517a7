"""Judgement: evidence and a policy in, a verdict in words out. A pure function, nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from scanners.config.policy import Policy
from scanners.core.vocabulary import BifurcationState, Level, Phase, Refused, Risk, highest
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.evidence.momentum import Momentum
from scanners.verdict.alarm_words import own_paths, recently
from scanners.verdict.bifurcation_words import bifurcation_line, bifurcation_state
from scanners.verdict.fall_words import leading, risk_of, risk_reason, usual_line
from scanners.verdict.level_words import calm, downward, upward
from scanners.verdict.other_bars import GRACE, other_bars_context, other_bars_reason

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
        Why, in words with the numbers in them; of a series that is raised on either axis the first one says
        how likely a fall within six months is.
    context : tuple of str
        What raises nothing: momentum, the critical time, the state of the path.
    """

    status: Literal["ok"] = "ok"
    level: Level
    phase: Phase
    bifurcation: BifurcationState
    risk: Risk | None = None
    reasons: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    @property
    def raised(self) -> bool:
        """Whether the series is raised on either axis."""
        return self.level != "calm" or self.risk in ("raised", "high")

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
    risk: ClassVar[None] = None
    context: ClassVar[tuple[str, ...]] = ()
    raised: ClassVar[bool] = False

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
    (bubble, momentum), falls = needed, evidence.falls
    if not evidence.data.is_daily:
        said = (
            other_bars_reason(evidence.data, bubble),
            *_critical_time(bubble),
            *other_bars_context(evidence),
        )
        return Refusal("not_measured", " ".join(said))
    rising = upward(bubble, momentum, evidence.persistence, policy)
    falling = downward(bubble, evidence.persistence, policy)
    level = highest("calm", *(level for level, _ in (*rising, *falling)))
    phase: Phase = "fomo" if rising else "capitulation" if falling else "none"
    risk = risk_of(falls, policy)
    raised = risk not in (None, "usual")
    lead = leading(falls) if level != "calm" or raised else ""
    state = bifurcation_state(evidence.bifurcation, policy)
    shapes = [reason for _, reason in (*rising, *falling)]
    return Verdict(
        level=level,
        phase=phase,
        bifurcation=state,
        risk=risk,
        reasons=(
            *([lead] if lead else []),
            *(shapes or [calm(bubble, policy)]),
            *([risk_reason(falls, risk, policy)] if falls and risk and raised else []),
        ),
        context=(
            *([] if raised else filter(None, [usual_line(falls)])),
            *(rates(level, phase) if rates else ()),
            *own_paths(evidence, policy),
            *_moderate(bubble, policy),
            *recently(evidence.persistence, policy.warning),
            *_critical_time(bubble),
            _momentum(momentum),
            f"Path {state}: {bifurcation_line(evidence.bifurcation, policy)}",
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
