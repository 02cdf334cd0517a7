"""The bifurcation axis of a verdict: a state by the policy, and the numbers behind it in words."""

from scanners.config.policy import Policy
from scanners.core.vocabulary import BifurcationState
from scanners.evidence.bifurcation import Bifurcation, ExplosiveRoot, PhasePortrait, Trends


def bifurcation_state(found: Bifurcation | None, policy: Policy) -> BifurcationState:
    """Return ``near``, ``approaching``, ``none`` or ``not identified``.

    ``near``: the portrait is identified and the interval of its fold margin reaches zero, or the root is
    explosive above its 99% value and the bootstrap agrees. ``approaching``: AR(1) and variance rise together
    more than in null paths. ``none`` needs an identified portrait whose margin excludes zero.
    """
    if found is None:
        return "not identified"
    trend_p = found.trends.p_value
    margin = found.portrait.margin_interval if found.portrait.identified else None
    if _explosive(found.explosive, policy) or (margin is not None and margin[0] <= 0):
        return "near"
    if trend_p is not None and trend_p < policy.trend_p:
        return "approaching"
    return "not identified" if margin is None else "none"


def bifurcation_line(found: Bifurcation | None, policy: Policy) -> str:
    """Return the numbers behind the state in a line."""
    if found is None:
        return "the history is too short for the tests."
    parts = (
        _portrait_words(found.portrait),
        _explosive_words(found.explosive, policy),
        _trend_words(found.trends),
    )
    numbers = f"{'; '.join(parts)} ({found.sessions} sessions)."
    return f"{numbers} A state, not a forecast; it raises no level.{_chance(found, policy)}"


def measured_line(found: Bifurcation, bar: str) -> str:
    """Return the numbers of the tests in a line, without a state: its thresholds are those of daily bars."""
    root = found.explosive
    side = "above" if root.statistic > root.critical_95 else "below"
    explosive = f"BSADF {root.statistic:.2f}, {side} its 95% value {root.critical_95:.2f}"
    parts = (
        _portrait_words(found.portrait).replace("a session", f"a {bar}"),
        explosive,
        _trend_words(found.trends),
    )
    return f"{'; '.join(parts)} ({found.sessions} {bar}s). A state, not a forecast."


def _chance(found: Bifurcation, policy: Policy) -> str:
    shares = {"near": policy.near_by_chance, "approaching": policy.approaching_by_chance}
    share = shares.get(bifurcation_state(found, policy))
    return "" if share is None else f" Chance alone: {share:.1%} of simulated random walks show it."


def explosive_side(found: Bifurcation | None) -> str:
    """Return a sentence on which side of its 95% value the BSADF stands; empty without evidence."""
    if found is None:
        return ""
    root = found.explosive
    side = "above" if root.statistic > root.critical_95 else "below"
    return f" BSADF {root.statistic:.2f} is {side} its 95% value {root.critical_95:.2f}."


def _explosive(root: ExplosiveRoot, policy: Policy) -> bool:
    above = root.statistic > root.critical_99
    return above and root.p_value is not None and root.p_value <= policy.explosive_p


def _portrait_words(portrait: PhasePortrait) -> str:
    if not portrait.identified:
        return f"phase portrait not identified ({portrait.message})"
    if portrait.margin_interval is None:
        return f"phase portrait identified (p = {portrait.p_value:.3f}), {portrait.state}, no fold in reach"
    low, high = portrait.margin_interval
    return (
        f"phase portrait identified (p = {portrait.p_value:.3f}), {portrait.state}, fold margin "
        f"{portrait.margin:.2g} [{low:.2g}, {high:.2g}] a session"
    )


def _explosive_words(root: ExplosiveRoot, policy: Policy) -> str:
    direction = "rise" if root.rising else "fall"
    if root.p_value is None:
        return f"BSADF {root.statistic:.2f} below its 95% value {root.critical_95:.2f}"
    level, value = (99, root.critical_99) if root.statistic > root.critical_99 else (95, root.critical_95)
    confirmed = "" if _explosive(root, policy) or level == 95 else ", not confirmed"
    return (
        f"BSADF {root.statistic:.2f} above its {level}% value {value:.2f} in a {direction} "
        f"(bootstrap p = {root.p_value:.3f}{confirmed})"
    )


def _trend_words(trends: Trends) -> str:
    if trends.p_value is None:
        return "AR(1) and variance without a trend to test"
    return (
        f"Kendall tau {trends.ar1_tau:+.2f} of AR(1), {trends.variance_tau:+.2f} of variance, "
        f"rising together p = {trends.p_value:.3f}"
    )
