"""Sentences of a verdict on how long an alarm has lasted and what chance alone shows."""

from scanners.config.policy import Policy
from scanners.config.records import reached_a_year
from scanners.core.vocabulary import Side
from scanners.evidence.bubble import Bubble
from scanners.evidence.chance import Chance
from scanners.evidence.gathering import Evidence
from scanners.evidence.persistence import LONGEST, RECENT, Persistence


def days_in_state(found: Persistence | None, side: Side, threshold: float) -> str:
    """Return since when C3 has stood at a threshold, to be put behind its value; empty when not known."""
    if found is None or found.side != side:
        return ""
    days = found.days(threshold)
    if days == 1:
        return ", for the first session"
    least = "at least " if days == len(found.C3) else ""
    return f", for {least}{days} sessions in a row"


def recently(found: Persistence | None, threshold: float) -> tuple[str, ...]:
    """Return the line of context on the last ten sessions."""
    if found is None or len(found.C3) < RECENT:
        return ()
    direction = "upward" if found.side == "positive" else "downward"
    old = (
        f" For {LONGEST} sessions or more: an excess of falls was measured that long after reaching a level, "
        "none later."
        if found.days(threshold) >= LONGEST and found.side == "positive"
        else ""
    )
    return (
        f"Persistence: C3 {direction} was at least {threshold:.2f} on {found.recent(threshold)} of the last "
        f"{RECENT} sessions. That 8 of {RECENT} mean more is a hypothesis, not measured on unseen series."
        f"{old}",
    )


def own_paths(evidence: Evidence, policy: Policy) -> tuple[str, ...]:
    """Return the line of context on paths of the series' own returns; nothing when none were drawn.

    p holds for one look at one side: how often chance reaches the value a year stands beside it.
    """
    found = evidence.chance
    if found is None:
        return ()
    if not found.paths and found.screened is not None:
        return ("Null paths: none drawn, since the grid of the last session shows nothing of C3 (p = 1).",)
    if not found.paths:
        return ("Null paths: every path of its own returns has a C3 that high (p = 1).",)
    compared = f"p = {found.p_value:.2g} for C3 = {found.value:.2f}{_adjusted(found, policy)}"
    alarms = "" if found.alarms is None else f"; {found.alarms} end at C3 >= {policy.critical:.2f}"
    drawn = f"{found.paths}, its own returns in blocks{_screened(found)}"
    return (f"Null paths ({drawn}): {compared}{alarms}. {looks(found)}",)


def _screened(found: Chance) -> str:
    return "" if found.screened is None else ", screened by the grid"


def looks(found: Chance) -> str:
    """Return what p and q do not adjust for, with the yearly rate of chance where it was measured."""
    said = "Both hold" if found.q_value is not None else "p holds"
    reached = reached_a_year(found.value) if found.side == "positive" else None
    if reached is None:
        return f"{said} for this session and this side alone."
    return (
        f"{said} for this session and this side alone: looked at every session, paths without a bubble reach "
        f"{reached[0]:.2f} {reached[1]:.2g} times a year."
    )


def _adjusted(found: Chance, policy: Policy) -> str:
    if found.q_value is None:
        return ""
    verdict = "more than chance" if found.q_value <= policy.false_discovery else "no more than chance"
    return f", q = {found.q_value:.2g} over {found.series} series ({verdict})"


def critical_time_line(bubble: Bubble, held: float | None = None) -> tuple[str, ...]:
    """Return the line of context on where the windows that qualify put the critical time.

    Parameters
    ----------
    bubble : Bubble
    held : float, optional
        Measured share of dates on which the middle 80% held a major top; None where it was not measured.
    """
    time = bubble.critical_time
    if time is None:
        before = max(bubble.consensus_3day, bubble.consensus_3day_negative) > 0
        said = "no window qualifies at the last close; C3 rests on the two before" if before else ""
        return (f"Critical time tc: {said or 'no window qualifies'}, so none is shown.",)
    record = (
        "No timing skill has been measured."
        if held is None
        else "No timing skill has been measured: where a major top followed within 120 sessions, the middle "
        f"80% held it on {held:.0%} of dates."
    )
    return (
        f"Critical time tc: {time.span} (middle 80%, median {time.median}) from the {time.windows} of "
        f"{time.attempted} windows that qualify; {time.at_bound:.0%} of them sit on a bound of the search "
        f"box, {time.ambiguous:.0%} have a second solution that fits within 5%. {record}",
    )
