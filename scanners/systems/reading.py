"""What a monitor says: a state with its evidence, or why there is none."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

UNKNOWN = "not identified"
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
        ``ok``, ``missing``, ``too short`` or ``failed``.
    missing : mapping of str to str
        Series -> how to get it.
    region : str
        ``negative feedback``, ``positive feedback``, ``not identified``, or empty where feedback is not the
        question.
    thesis : str
        ``agrees``, ``contradicts`` or ``not identified``, against the monitor's claim; empty without one.
    system, name, title, kind, claim, read : str
        Of the monitor.
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
    known = reading.state != UNKNOWN and reading.status == "ok"
    regions = {**(REGIONS if feedback else {}), **monitor.regions}
    region = (regions.get(reading.state, UNKNOWN) if known else UNKNOWN) if regions else ""
    thesis = ""
    if monitor.claimed:
        thesis = ("agrees" if reading.state in monitor.claimed else "contradicts") if known else UNKNOWN
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
    )
