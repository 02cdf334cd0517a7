"""Why a level is reached, in words with the numbers in them and what followed it."""

from scanners.config.policy import Policy
from scanners.core.vocabulary import Side
from scanners.evidence.bubble import Bubble
from scanners.evidence.momentum import Momentum
from scanners.evidence.persistence import Persistence
from scanners.risk.state import Trigger
from scanners.verdict.alarm_words import days_in_state
from scanners.verdict.appraisal import Appraisal
from scanners.verdict.followed import level_followed


def upward(
    found: Appraisal, lasting: Persistence | None, policy: Policy, *, by_month: bool = True
) -> tuple[str, ...]:
    """Return why the level is raised, the highest first; the first says what followed such levels.

    ``by_month`` says whether 500 sessions are two years (`scanners.evidence.gathering.Data`).
    """
    said = [
        _reason(trigger, found.bubble, found.momentum, lasting, policy, by_month) for trigger in found.rising
    ]
    if said:
        said[0] += f" {level_followed(found.rising[0].level, policy)}"
    return tuple(said)


def downward(found: Appraisal, lasting: Persistence | None, policy: Policy) -> tuple[str, ...]:
    """Return the words of the capitulation shape, if there is one."""
    if found.falling is None:
        return ()
    shape = _shape(policy.capitulation, found.bubble, lasting, "negative")
    return (
        f"Capitulation shape (negative bubble): {shape}. "
        "A description: measured for rises, it adds nothing. Chance alone: "
        f"{policy.capitulation_by_chance:.1%} of paths without a bubble show it on any day.",
    )


def calm(bubble: Bubble, policy: Policy) -> str:
    """Return the reason of a calm series."""
    return (
        f"Below the thresholds of a bubble: C3 = {bubble.consensus_3day:.2f} upward, "
        f"{bubble.consensus_3day_negative:.2f} downward (warning from {policy.warning:.2f})."
    )


def _reason(
    trigger: Trigger,
    bubble: Bubble,
    momentum: Momentum,
    lasting: Persistence | None,
    policy: Policy,
    by_month: bool,
) -> str:
    if trigger.by == "shape":
        name = "Critical point" if trigger.level == "critical" else "Bubble shape"
        return f"{name}: {_shape(getattr(policy, trigger.level), bubble, lasting, 'positive')}."
    if trigger.by == "run_up":
        span = "two years (500 sessions, " if by_month else "500 sessions ("
        return (
            f"Critical point: {momentum.return_500:+.0%} in {span}from "
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
