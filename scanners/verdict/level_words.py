"""Why a level is reached, in words with the numbers in them and what followed it."""

import math
from typing import Any

from scanners.config.policy import Policy
from scanners.core.vocabulary import Level, Side, rank_of
from scanners.evidence.bubble import Bubble
from scanners.evidence.momentum import Momentum
from scanners.evidence.persistence import Persistence
from scanners.risk.state import Rules, Trigger, is_fomo, triggers
from scanners.verdict.alarm_words import days_in_state
from scanners.verdict.followed import level_followed

Finding = tuple[Level, str]


def upward(
    bubble: Bubble, momentum: Momentum, lasting: Persistence | None, policy: Policy
) -> tuple[Finding, ...]:
    """Return what raises the level, the highest first, each with its reason; the first says what followed."""
    found = triggers(_facts(bubble, momentum, policy), Rules.of(policy))
    followed = [f" {level_followed(found[0].level, policy)}"] if found else []
    said = [*followed, *[""] * len(found[1:])]
    return tuple(
        (trigger.level, _reason(trigger, bubble, momentum, lasting, policy) + more)
        for trigger, more in zip(found, said, strict=True)
    )


def downward(bubble: Bubble, lasting: Persistence | None, policy: Policy) -> tuple[Finding, ...]:
    """Return the capitulation shape, if there is one, with its level, which the policy caps."""
    value = bubble.consensus_3day_negative
    if value < policy.capitulation:
        return ()
    level: Level = "critical" if value >= policy.critical else "warning"
    capped = min(level, policy.capitulation_cap, key=rank_of)
    reason = (
        f"Capitulation shape (negative bubble): {_shape(policy.capitulation, bubble, lasting, 'negative')}. "
        "A description: measured for rises, it adds nothing. Chance alone: "
        f"{policy.capitulation_by_chance:.1%} of paths of shuffled returns show it on any day."
    )
    return ((capped, reason),)


def calm(bubble: Bubble, policy: Policy) -> str:
    """Return the reason of a calm series."""
    return (
        f"Below every threshold: C3 = {bubble.consensus_3day:.2f} upward, "
        f"{bubble.consensus_3day_negative:.2f} downward (warning from {policy.warning:.2f})."
    )


def _facts(bubble: Bubble, momentum: Momentum, policy: Policy) -> dict[str, Any]:
    run_up = math.nan if momentum.return_500 is None else momentum.return_500
    return {
        "C3": bubble.consensus_3day,
        "run_up": run_up,
        "z250": momentum.z250,
        "fomo": is_fomo(momentum.new_high, momentum.z250, momentum.acceleration, Rules.of(policy)),
    }


def _reason(
    trigger: Trigger, bubble: Bubble, momentum: Momentum, lasting: Persistence | None, policy: Policy
) -> str:
    if trigger.by == "shape":
        name = "Critical point" if trigger.level == "critical" else "Bubble shape"
        return f"{name}: {_shape(getattr(policy, trigger.level), bubble, lasting, 'positive')}."
    if trigger.by == "run_up":
        return (
            f"Critical point: {momentum.return_500:+.0%} in two years (500 sessions, from "
            f"{policy.run_up:+.0%}) with {_shape(policy.shaped, bubble, lasting, 'positive')}."
        )
    if trigger.by == "fomo":
        return (
            f"FOMO regime: new 250-day high, acceleration {momentum.acceleration:.1f} > "
            f"{policy.acceleration:g}, z250 {momentum.z250:.1f} > {policy.z250:g}. A phase, not a forecast."
        )
    return f"Stretched: z250 {momentum.z250:.1f} >= {policy.stretched:g}. A phase, not a forecast."


def _shape(level_at: float, bubble: Bubble, lasting: Persistence | None, side: Side) -> str:
    value = bubble.consensus_3day if side == "positive" else bubble.consensus_3day_negative
    windows = f"{bubble.windows_available} of {bubble.windows_total} windows"
    since = days_in_state(lasting, side, level_at)
    return f"C3 = {value:.2f} >= {level_at:.2f} with {windows}{since}"
