"""Why a level is reached, in words with the numbers in them and what followed it."""

import math
from typing import Any

from scanners.config.policy import Policy
from scanners.core.vocabulary import Level, Side, rank_of
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.risk.state import Rules, Trigger, is_fomo, triggers
from scanners.verdict.alarm_words import days_in_state
from scanners.verdict.followed import level_followed

Finding = tuple[Level, str]


def upward(evidence: Evidence, policy: Policy) -> tuple[Finding, ...]:
    """Return what raises the level, the highest first, each with its reason; the first says what followed."""
    found = triggers(_facts(evidence, policy), Rules.of(policy))
    followed = [f" {level_followed(found[0].level, policy)}"] if found else []
    said = [*followed, *[""] * len(found[1:])]
    return tuple(
        (trigger.level, _reason(trigger, evidence, policy) + more)
        for trigger, more in zip(found, said, strict=True)
    )


def downward(evidence: Evidence, policy: Policy) -> Finding | None:
    """Return the capitulation shape with its level, which a policy caps at calm."""
    value = evidence.bubble.consensus_3day_negative
    if value < policy.capitulation:
        return None
    level: Level = "critical" if value >= policy.critical else "warning"
    capped = min(level, policy.capitulation_cap, key=rank_of)
    return capped, (
        f"Capitulation shape (negative bubble): {_shape(policy.capitulation, evidence, 'negative')}. "
        "A description: measured for rises, it adds nothing. Chance alone: "
        f"{policy.capitulation_by_chance:.1%} of paths of shuffled returns show it on any day."
    )


def calm(bubble: Bubble, policy: Policy) -> str:
    """Return the reason of a calm series."""
    return (
        f"Below every threshold: C3 = {bubble.consensus_3day:.2f} upward, "
        f"{bubble.consensus_3day_negative:.2f} downward (warning from {policy.warning:.2f})."
    )


def _facts(evidence: Evidence, policy: Policy) -> dict[str, Any]:
    momentum = evidence.momentum
    run_up = math.nan if momentum.return_500 is None else momentum.return_500
    return {
        "C3": evidence.bubble.consensus_3day,
        "run_up": run_up,
        "z250": momentum.z250,
        "fomo": is_fomo(momentum.new_high, momentum.z250, momentum.acceleration, Rules.of(policy)),
    }


def _reason(trigger: Trigger, evidence: Evidence, policy: Policy) -> str:
    momentum = evidence.momentum
    if trigger.by == "shape":
        name = "Critical point" if trigger.level == "critical" else "Bubble shape"
        return f"{name}: {_shape(getattr(policy, trigger.level), evidence, 'positive')}."
    if trigger.by == "run_up":
        return (
            f"Critical point: {momentum.return_500:+.0%} in two years (500 sessions, from "
            f"{policy.run_up:+.0%}) with {_shape(policy.shaped, evidence, 'positive')}."
        )
    if trigger.by == "fomo":
        return (
            f"FOMO regime: new 250-day high, acceleration {momentum.acceleration:.1f} > "
            f"{policy.acceleration:g}, z250 {momentum.z250:.1f} > {policy.z250:g}. A phase, not a forecast."
        )
    return f"Stretched: z250 {momentum.z250:.1f} >= {policy.stretched:g}. A phase, not a forecast."


def _shape(level_at: float, evidence: Evidence, side: Side) -> str:
    bubble = evidence.bubble
    value = bubble.consensus_3day if side == "positive" else bubble.consensus_3day_negative
    windows = f"{bubble.windows_available} of {bubble.windows_total} windows"
    lasting = days_in_state(evidence.persistence, side, level_at)
    return f"C3 = {value:.2f} >= {level_at:.2f} with {windows}{lasting}"
