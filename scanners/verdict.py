"""Judgement: evidence and a policy in, a verdict in words out. A pure function, nothing else."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from scanners.bifurcation_words import bifurcation_line, bifurcation_state, explosive_side
from scanners.evidence import Bubble, Evidence
from scanners.momentum import Momentum
from scanners.policy import Policy

LEVELS = ("calm", "watch", "warning", "critical")
Rates = Callable[[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Verdict:
    """What the scan says about one series.

    Parameters
    ----------
    status : str
        ``ok``, or why there is no verdict: ``insufficient_data``, ``stale``, ``unfit_for_log``,
        ``quarantined`` (the quality gate found the bars wrong), ``failed``.
    level : str or None
        ``calm``, ``watch``, ``warning`` or ``critical``; None without a verdict.
    phase : str or None
        ``fomo``, ``capitulation`` or ``none``.
    bifurcation : str or None
        ``near``, ``approaching``, ``none`` or ``not identified``.
    reasons : tuple of str
        Why, in words with the numbers in them.
    context : tuple of str
        What raises no level: momentum, the critical time, a bifurcation that is not near.
    """

    status: str
    level: str | None = None
    phase: str | None = None
    bifurcation: str | None = None
    reasons: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain values."""
        return asdict(self)


def judge(evidence: Evidence, policy: Policy, rates: Rates | None = None) -> Verdict:
    """Turn evidence into a verdict; the status of the data decides first.

    Parameters
    ----------
    evidence : Evidence
        Numbers of one series at one date.
    policy : Policy
        Thresholds, already those of the series' asset class.
    rates : callable, optional
        Level and phase -> what followed such alerts, to be quoted; see `scanners.calibration.rates_of`.
    """
    refusal = _refusal(evidence, policy)
    if refusal:
        status, reason = refusal
        return Verdict(status, reasons=(reason,))
    bubble, momentum = evidence.bubble, evidence.momentum
    findings = (_positive(evidence, policy), _fomo_regime(momentum, policy), _negative(bubble, policy))
    raised = [finding for finding in findings if finding]
    state = bifurcation_state(evidence.bifurcation, policy)
    described = f"Bifurcation {state}: {bifurcation_line(evidence.bifurcation, policy)}"
    level = max((level for level, _ in raised), key=LEVELS.index, default="calm")
    phase = _phase(*findings)
    return Verdict(
        status="ok",
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
            *_critical_time(bubble),
            _momentum(momentum),
            *([] if state in ("near", "approaching") else [described]),
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


def _refusal(evidence: Evidence, policy: Policy) -> tuple[str, str] | None:
    data, bubble = evidence.data, evidence.bubble
    if data.non_positive:
        return (
            "unfit_for_log",
            f"{data.non_positive} closes are not positive: a log-price model does not apply",
        )
    if data.age > policy.stale_after:
        return "stale", (
            f"last bar {data.last}, {data.age} weekdays before {evidence.as_of} (limit {policy.stale_after})"
        )
    if bubble is None or bubble.windows_available < policy.minimum_windows or evidence.momentum is None:
        available, total = (bubble.windows_available, bubble.windows_total) if bubble else (0, 26)
        return "insufficient_data", (
            f"{data.sessions} sessions up to {data.last} allow {available} of {total} windows on each of the "
            f"last three sessions, {policy.minimum_windows} are needed: with less, confidence reads too high"
        )
    return None


def _shape(level_at: float, bubble: Bubble, value: float) -> str:
    windows = f"{bubble.windows_available} of {bubble.windows_total} windows"
    return f"C3 = {value:.2f} >= {level_at:.2f} with {windows}"


def _positive(evidence: Evidence, policy: Policy) -> tuple[str, str] | None:
    bubble = evidence.bubble
    value = bubble.consensus_3day
    if value >= policy.critical:
        low, high = policy.critical_per_year
        return "critical", (
            f"Critical point: {_shape(policy.critical, bubble, value)}. On unseen series "
            f"{policy.critical_record}. Chance alone: simulated paths without bubbles raise this alarm "
            f"{policy.critical_by_chance:g} times a year, real series {low:g} to {high:g} times."
        )
    if value >= policy.warning:
        return "warning", (
            f"Late-stage bubble shape: {_shape(policy.warning, bubble, value)}. No proven lift by itself: "
            f"{policy.warning_record}. Chance alone: shuffled returns reproduce {policy.shuffled[0]:.0%} to "
            f"{policy.shuffled[1]:.0%} of such alarms.{explosive_side(evidence.bifurcation)}"
        )
    return None


def _negative(bubble: Bubble, policy: Policy) -> tuple[str, str] | None:
    value = bubble.consensus_3day_negative
    if value < policy.warning:
        return None
    level = "critical" if value >= policy.critical else "warning"
    threshold = policy.critical if level == "critical" else policy.warning
    capped = min(level, policy.capitulation_cap, key=LEVELS.index)
    return capped, (
        f"Capitulation shape (negative bubble): {_shape(threshold, bubble, value)}. "
        f"Less reliable than a top: no skill at bottoms has been measured."
    )


def _fomo_regime(momentum: Momentum, policy: Policy) -> tuple[str, str] | None:
    stretched = momentum.acceleration > policy.acceleration and momentum.z250 > policy.z250
    if not (momentum.new_high and stretched):
        return None
    return "watch", (
        f"FOMO regime: new 250-day high, acceleration {momentum.acceleration:.1f} > {policy.acceleration:g}, "
        f"z250 {momentum.z250:.1f} > {policy.z250:g}. "
        f"A phase, not a forecast of a fall: {policy.watch_record}."
    )


def _phase(positive: object, regime: object, negative: object) -> str:
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
