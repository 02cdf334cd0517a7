"""One sentence a series for who is no quant: where it stands, how likely a fall is, why, and how sure."""

from scanners.config.policy import Policy
from scanners.core.figures import chance_of
from scanners.core.text import day_and_month
from scanners.core.vocabulary import Level, Phase
from scanners.evidence.falls import FallChance, Falls
from scanners.evidence.gathering import Evidence
from scanners.evidence.momentum import Momentum
from scanners.risk.record import came_true
from scanners.risk.sizes import words
from scanners.verdict.fall_words import moved, size_of, span_of
from scanners.verdict.trail import Trail

STRETCHED = "stretched, no signal"


def headline(
    evidence: Evidence, level: Level, phase: Phase, policy: Policy, trail: Trail | None = None
) -> str:
    """Return a verdict in one sentence that stands alone.

    It says the level and since when, the price change over a year, how likely a fall is beside what is usual
    for the series, what moves that, and how often such statements came true. Pages, mails and the terminal
    say this sentence.

    Parameters
    ----------
    evidence : Evidence
        Of the series, with its chances of falls.
    level, phase : str
        Of the verdict.
    policy : Policy
        Thresholds of the series' asset class.
    trail : Trail, optional
        Since when the level stands, and what went before it.
    """
    return "".join(sentence(evidence, level, phase, policy, trail))


def sentence(
    evidence: Evidence, level: Level, phase: Phase, policy: Policy, trail: Trail | None = None
) -> tuple[str, str]:
    """Return the same in two parts: up to the chance beside the usual one; what moves it, and how sure."""
    parts = [standing(evidence, level, phase, policy, trail), *_year(evidence), *_faded(trail)]
    chance, why = _chance(evidence.falls)
    return f"{', '.join(parts)}{chance}", f"{why}."


def standing(
    evidence: Evidence, level: Level, phase: Phase, policy: Policy, trail: Trail | None = None
) -> str:
    """Return the level in words, with how long it has stood where that is known."""
    lasted = trail.lasted if trail else ""
    if level in ("warning", "critical"):
        return _join(level.capitalize(), lasted)
    if level == "watch":
        stretched = is_stretched(evidence.momentum, policy)
        return _join("On watch", lasted, "stretched" if stretched else "racing to new highs")
    if phase == "capitulation":
        return "Calm, falling in the shape of a capitulation"
    return STRETCHED.capitalize() if is_stretched(evidence.momentum, policy) else "Calm"


def is_stretched(momentum: Momentum | None, policy: Policy) -> bool:
    """Return whether a price has run far, whatever its level: by deviations over a year or by two years."""
    if momentum is None:
        return False
    far = policy.stretched > 0 and momentum.z250 >= policy.stretched
    run_up = momentum.return_500
    return far or (policy.run_up > 0 and run_up is not None and run_up >= policy.run_up)


def _join(label: str, *more: str) -> str:
    return ", ".join([" ".join(filter(None, (label, more[0]))), *more[1:]])


def _year(evidence: Evidence) -> list[str]:
    momentum = evidence.momentum
    if momentum is None:
        return []
    moved = momentum.return_250
    span = "a year" if evidence.data.by_month else "250 sessions"
    if abs(moved) < 0.005:
        return [f"unchanged in {span}"]
    return [f"{'up' if moved > 0 else 'down'} {abs(moved):.0%} in {span}"]


def _faded(trail: Trail | None) -> list[str]:
    peak = trail.peak if trail else None
    return [f"{peak.level} until {day_and_month(peak.last)}"] if peak else []


def _chance(falls: Falls | None) -> tuple[str, str]:
    one = falls.cell(*falls.told) if falls else None
    if falls is None:
        return "", ""
    if one is None:
        return "", f"; no chance of a fall is stated: {falls.note}"
    return (
        f": a fall of {words(size_of(one))} {span_of(one.horizon, falls)} has a chance of "
        f"{chance_of(one.chance)} in 100 ({chance_of(one.low)} to {chance_of(one.high)}), usually "
        f"{chance_of(one.usual)}",
        f", {moved(one)}{_sure(one)}",
    )


def _sure(one: FallChance) -> str:
    found = came_true(size_of(one), one.horizon, one.chance)
    if found is None:
        return ""
    stated, came = chance_of(found.stated), chance_of(found.came)
    return f"; where {stated} in 100 was stated on average, {came} came true"
