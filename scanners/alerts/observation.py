"""Readings: what one run saw of one series, or of a system, as episodes take it.

A reading of LPPLS is made from a verdict (`scanners.alerts.decisions.readings`). Anything else that has a
state can have episodes too: give its readings a ``model`` of their own and hand them to
`scanners.service.commit.finish`. They go the same way as those of a series, into the same digest.
"""

import hashlib
from dataclasses import dataclass

from scanners.core.vocabulary import LEVELS, Level, Phase, Side

DIRECTIONS: dict[Phase, Side] = {"fomo": "positive", "capitulation": "negative"}
MODEL = "lppls"


@dataclass(frozen=True)
class Reading:
    """What one run saw of one series in one direction.

    For a model other than LPPLS, say the state of an economy, ``level`` is how much the state matters to who
    reads mails (``calm``: not at all, no episode) and ``state`` what it is called. An episode opens, rises
    and ends by the level; while the level stays, a state with another name is told as a change. A state that
    flickers is to be smoothed by who makes the reading: each change is a mail.

    Parameters
    ----------
    series, title : str
        As in the watchlist, or the name of the system.
    direction : str
        ``positive`` (a bubble) or ``negative`` (a capitulation); for another model what tells two readings
        of one series apart.
    session : str
        ISO date of the last bar.
    level : str
        ``calm``, ``watch``, ``warning`` or ``critical``, by the thresholds of the policy.
    held : str
        By thresholds lowered by the hysteresis: an episode falls only when this falls. Without a hysteresis
        the level.
    tc : str
        ISO date of the median critical time, "" without one.
    reasons, context : tuple of str
        In words.
    model : str
        Part of what makes the episode the same one.
    state : str
        Name of the state, in any words, "" for a model that has none but its level.

    Raises
    ------
    ValueError
        If a level is none of the four.
    """

    series: str
    title: str
    direction: str
    session: str
    level: Level
    held: Level
    tc: str = ""
    reasons: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    model: str = MODEL
    state: str = ""

    def __post_init__(self) -> None:
        for name in ("level", "held"):
            if getattr(self, name) not in LEVELS:
                raise ValueError(f"{name} must be one of {', '.join(LEVELS)}, got {getattr(self, name)!r}")

    def fingerprint(self, configuration: str) -> str:
        """Return the fingerprint of the reading's episodes."""
        return fingerprint(self.series, self.direction, configuration, self.model)


def fingerprint(series: str, direction: str, configuration: str, model: str = MODEL) -> str:
    """Return what makes an alert the same alert: a hash of series, model, direction and configuration."""
    text = "\0".join((series, model, direction, configuration))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
