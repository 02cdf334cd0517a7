"""The bifurcation axis of a verdict: a state by the policy, and the numbers behind it in words."""

from scanners.config.policy import Policy
from scanners.core.vocabulary import BifurcationState
from scanners.evidence.bifurcation import Bifurcation, ExplosiveRoot, PhasePortrait, Trends

_ZONES = {
    "convergent": "in a convergent zone, where prices are drawn back",
    "divergent": "in a divergent zone, where prices are driven on",
    "undetermined": "between the zones",
}
NO_FORECAST = "A description: no forecast value for falls, measured."


def bifurcation_state(found: Bifurcation | None, policy: Policy) -> BifurcationState:
    """Return the state of the path in one word, the first that holds.

    ``explosive``: the BSADF stands above its 99% value and the bootstrap agrees. ``divergent``: the portrait
    is identified and feedback drives prices away from where they stand. ``slowing``: AR(1) and restoring rate
    rise together more than in null paths. ``convergent``: the portrait is identified and prices are drawn
    back. How precisely a margin is known is no state.
    """
    if found is None:
        return "not identified"
    portrait, trend_p = found.portrait, found.trends.p_value
    if _explosive(found.explosive, policy):
        return "explosive"
    if portrait.identified and portrait.state == "divergent":
        return "divergent"
    if trend_p is not None and trend_p < policy.trend_p:
        return "slowing"
    return "convergent" if portrait.identified and portrait.state == "convergent" else "not identified"


def bifurcation_line(found: Bifurcation | None, policy: Policy) -> str:
    """Return the state of the path in plain words, each with its p."""
    if found is None:
        return "not tested: the history is too short, or its closes hardly vary."
    parts = (
        _portrait_words(found.portrait),
        _explosive_words(found.explosive, policy),
        _trend_words(found.trends, policy),
    )
    return f"{'; '.join(parts)} ({found.sessions} sessions). {NO_FORECAST}"


def measured_line(found: Bifurcation, bar: str) -> str:
    """Return the numbers of the tests in a line, without a state: its thresholds are those of daily bars."""
    root = found.explosive
    side = "above" if root.statistic > root.critical_95 else "below"
    parts = (
        _portrait_words(found.portrait).replace("a session", f"a {bar}"),
        f"BSADF {root.statistic:.2f}, {side} its 95% value {root.critical_95:.2f}",
        _trend_numbers(found.trends),
    )
    return f"{'; '.join(parts)} ({found.sessions} {bar}s). A state, not a forecast."


def _explosive(root: ExplosiveRoot, policy: Policy) -> bool:
    above = root.statistic > root.critical_99
    return above and root.p_value is not None and root.p_value <= policy.explosive_p


def _portrait_words(portrait: PhasePortrait) -> str:
    if not portrait.identified:
        return f"zone not identified ({portrait.message})"
    named = f"{_ZONES.get(portrait.state, portrait.state)} (p = {portrait.p_value:.3f})"
    if portrait.margin_interval is None:
        return f"{named}, no fold in reach"
    low, high = portrait.margin_interval
    return f"{named}, the fold {portrait.margin:.2g} [{low:.2g}, {high:.2g}] a session away"


def _explosive_words(root: ExplosiveRoot, policy: Policy) -> str:
    direction = "rise" if root.rising else "fall"
    if root.p_value is None:
        return f"no explosive root (BSADF {root.statistic:.2f} below its 95% value {root.critical_95:.2f})"
    level, value = (99, root.critical_99) if root.statistic > root.critical_99 else (95, root.critical_95)
    named = f"an explosive root in a {direction}" if _explosive(root, policy) else "no explosive root"
    return (
        f"{named} (BSADF {root.statistic:.2f} above its {level}% value {value:.2f} in a {direction}, "
        f"bootstrap p = {root.p_value:.3f})"
    )


def _trend_words(trends: Trends, policy: Policy) -> str:
    if trends.p_value is None:
        return _trend_numbers(trends)
    named = "slowing down" if trends.p_value < policy.trend_p else "not slowing down"
    return f"{named} ({_trend_numbers(trends)})"


def _trend_numbers(trends: Trends) -> str:
    if trends.p_value is None:
        return "AR(1) and variance without a trend to test"
    return (
        f"Kendall tau {trends.ar1_tau:+.2f} of AR(1), {trends.variance_tau:+.2f} of variance, "
        f"AR(1) and restoring rate rising together p = {trends.p_value:.3f}"
    )
