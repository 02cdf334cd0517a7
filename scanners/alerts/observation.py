"""Observations: what one run saw of one series, or of a system, as episodes take it.

One of LPPLS is made from a verdict (`scanners.alerts.decisions.observations`). Anything else that has a state
can have episodes too: give its observations a ``model`` of their own and hand them to
`scanners.service.commit.finish`. They go the same way as those of a series, into the same digest.
"""

from dataclasses import dataclass
from datetime import date

from scanners.core.vocabulary import LEVELS, Level, Phase, Side
from scanners.prices.quality.session_calendar import trading_days
from scanners.store.episodes import MODEL, Subject, fingerprint

DIRECTIONS: dict[Phase, Side] = {"fomo": "positive", "capitulation": "negative"}


@dataclass(frozen=True)
class Observation:
    """What one run saw of one series in one direction.

    For a model other than LPPLS, say the state of an economy, ``level`` is how much the state matters to who
    reads mails (``calm``: not at all, no episode) and ``state`` what it is called. An episode opens, rises
    and ends by the level; while the level stays, a state with another name is told as a change. A state that
    flickers is to be smoothed by who makes the observation: each change is a mail.

    Parameters
    ----------
    series, title : str
        As in the watchlist, or the name of the system.
    direction : str
        ``positive`` (a bubble) or ``negative`` (a capitulation); for another model what tells two
        observations of one series apart.
    session : str
        ISO date of the last bar.
    level : str
        ``calm``, ``watch``, ``warning`` or ``critical``, by the thresholds of the policy.
    held : str
        By thresholds lowered by the hysteresis, or as long as a bubble is kept: an episode falls only when
        this falls. Without either the level.
    tc : str
        ISO date of the median critical time, "" without one.
    reasons, context : tuple of str
        In words.
    lasting : int
        Sessions for which a level is news, from the one at which it was reached; 0: without an end.
    keeps : str
        Why a level is held that is not reached, in words.
    risk : str
        Of a fall, the second axis, "" where none is stated; it opens and ends no episode of the first.
    chances : tuple of str
        Chances of falls beside the usual ones, in words.
    model : str
        Part of what makes the episode the same one.
    headline, moves : str
        All of it in one sentence, and the last close with its moves; "" where there is none.
    calendar : str
        Code of the exchange's calendar by which sessions are counted; empty for weekdays.
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
    lasting: int = 0
    keeps: str = ""
    risk: str = ""
    chances: tuple[str, ...] = ()
    headline: str = ""
    moves: str = ""
    calendar: str = ""

    def __post_init__(self) -> None:
        for name in ("level", "held"):
            if getattr(self, name) not in LEVELS:
                raise ValueError(f"{name} must be one of {', '.join(LEVELS)}, got {getattr(self, name)!r}")

    def sessions_since(self, day: str) -> int:
        """Return how many trading days after an ISO date there are up to the last bar."""
        return trading_days(self.calendar, date.fromisoformat(day), date.fromisoformat(self.session))

    @property
    def subject(self) -> Subject:
        """What an alert about it is about."""
        return self.model, self.series, self.direction

    def fingerprint(self, configuration: str) -> str:
        """Return the fingerprint of an episode that opens under a configuration."""
        return fingerprint(self.series, self.direction, configuration, self.model)
