"""What a monitor says: a state with its evidence, or why there is none."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

UNKNOWN = "not identified"
AGREES, CONTRADICTS, NEITHER = "agrees", "contradicts", "neither"
# States of a kind that found nothing out of the ordinary: no evidence for a claim, and none against it.
ORDINARY = {
    "gap": ("on the line",),
    "depth": ("ordinary",),
    "bubble": ("neither",),
    "absorption": ("as usual",),
}
STALE, FADING, TURNING = "stale", "fading", "turning"
CHANGING = "changing"  # region of what fades or turns
NEGATIVE, POSITIVE = "negative feedback", "positive feedback"
REGIONS = {
    "convergent": NEGATIVE,
    "divergent": POSITIVE,
    "divergent down": POSITIVE,
    "divergent up": POSITIVE,
}


@dataclass(frozen=True)
class Reading:
    """One monitor at one date.

    Parameters
    ----------
    state : str
        In the words of its kind, or ``not identified``.
    since : str
        ISO date from which on the state is seen; empty when it is not dated.
    evidence : str
        Why, in words with the numbers in them.
    estimate : str
        The number and its interval.
    distance : str
        How far the next fold or the next state is.
    mind : str
        What would end this reading.
    p_value : float or None
        Of the null that the kind tests.
    last : str
        ISO date of the last figure used.
    numbers : mapping
        Everything, for JSON.
    status : str
        ``ok``, ``stale``, ``missing``, ``too short`` or ``failed``. A stale reading rests on a series whose
        next figure is overdue; its state is ``stale`` too, and what it last said is in ``was``.
    missing : mapping of str to str
        Series -> how to get it.
    region : str
        ``negative feedback``, ``positive feedback``, ``changing``, ``not identified``; empty where feedback
        is not the question.
    thesis : str
        ``agrees``, ``contradicts``, ``neither`` or ``not identified``, against the monitor's claim; empty
        without one.
    system, name, title, kind, claim, read : str
        Of the monitor.
    was : str
        What a state that is fading, turning or stale was, and until when.
    sure : str
        How sure the state is, in words with p.
    power : str
        How often the effect of the claim would have been found by now.
    inputs : mapping of str to mapping
        Catalogue series -> its last figure, when the next comes and was due, whether it is stale, its clock.
    checks : tuple of str
        What was found about the inputs: clocks apart, sources that disagree, legs that are missing or stale.
    role, fold : str, bool
        Of the monitor.
    value : float or None
        The number that the estimate begins with, for a picture through time.
    """

    state: str = UNKNOWN
    since: str = ""
    evidence: str = ""
    estimate: str = ""
    distance: str = ""
    mind: str = ""
    p_value: float | None = None
    last: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    status: str = "ok"
    missing: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    thesis: str = ""
    system: str = ""
    name: str = ""
    title: str = ""
    kind: str = ""
    claim: str = ""
    read: str = ""
    was: str = ""
    sure: str = ""
    power: str = ""
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    role: str = "monitor"
    fold: bool = False
    value: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as nested plain values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A reading and how to draw it: a function of the axes, None when there is nothing to draw."""

    reading: Reading
    draw: Callable[[Any], Any] | None = None


def judged(reading: Reading, monitor: Any, system: str, feedback: bool) -> Reading:
    """Return a reading with its region, what it says of the claim, and the names of its monitor.

    Parameters
    ----------
    reading : Reading
        As the kind made it.
    monitor : Monitor
    system : str
    feedback : bool
        Whether the kind is about feedback.
    """
    moving = reading.state in (FADING, TURNING)
    known = reading.state != UNKNOWN and reading.status == "ok"
    regions = {**(REGIONS if feedback else {}), **monitor.regions}
    if moving and regions:
        regions |= {FADING: CHANGING, TURNING: CHANGING}
    region = (regions.get(reading.state, UNKNOWN) if known else UNKNOWN) if regions else ""
    thesis = ""
    if monitor.claimed:
        thesis = _thesis(reading.state, monitor) if known and not moving else UNKNOWN
    return replace(
        reading,
        region=region,
        thesis=thesis,
        system=system,
        name=monitor.name,
        title=monitor.title,
        kind=monitor.kind,
        claim=monitor.claim,
        read=monitor.read,
        role=monitor.role,
        fold=monitor.fold,
        sure=reading.sure or surety(reading.p_value, known),
    )


def _thesis(state: str, monitor: Any) -> str:
    if state in monitor.claimed:
        return AGREES
    ordinary = (*monitor.neither, *ORDINARY.get(monitor.kind, ()))
    return NEITHER if state in ordinary else CONTRADICTS


def surety(p_value: float | None, known: bool = True) -> str:
    """Return in words how sure a state with this p-value is; empty without one, never sure of none."""
    if p_value is None or p_value != p_value:
        return ""
    word = "very sure" if p_value <= 0.01 else "sure" if p_value <= 0.05 else "not sure"
    word = word if known else "not sure"
    return f"{word} (p = {p_value:.3f})" if p_value >= 0.001 else f"{word} (p < 0.001)"


def held_surety(p_value: float, taken: str, what: str) -> str:
    """Return how sure a state is that is held: by what is seen now alone, and as when it was taken up.

    Parameters
    ----------
    p_value : float
        Of what is seen now.
    taken : str
        ISO date on which the state was taken up; empty when none is held.
    what : str
        What is seen now, "the last 52 weeks".
    """
    told = surety(p_value, bool(taken))
    if not taken or not p_value > 0.05:
        return told
    return f"{told} by {what} alone; sure when it was taken up on {taken}, and held since"


def aged(reading: Reading, ages: Mapping[str, Mapping[str, Any]], needed: tuple[str, ...]) -> Reading:
    """Return a reading with the age of its inputs; stale when one that it needs is, or when all are.

    Parameters
    ----------
    reading : Reading
    ages : mapping
        As `scanners.systems.freshness.ages` makes it.
    needed : tuple of str
        Inputs that the kind cannot do without.
    """
    late = {name: one for name, one in ages.items() if one["stale"]}
    told = tuple(
        f"{name} is stale: it has stood at {one['value']:.4g} since {one['still']}."
        if one["still"]
        else f"{name} is stale: last figure {one['last']}, the next was due by {one['due']}."
        for name, one in late.items()
    )
    reading = replace(reading, inputs=ages, checks=(*reading.checks, *told))
    hurt = any(one["input"] in needed for one in late.values()) or (late and len(late) == len(ages))
    if reading.status != "ok" or not hurt:
        return reading
    was = f"{reading.state} on {reading.last}" if reading.last else reading.state
    return replace(reading, status="stale", state=STALE, was=was, since="")
