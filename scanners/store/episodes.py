"""Episodes: the life of an alert as steps that are only added, each with where the alert stands after it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from scanners.core.vocabulary import Level

EpisodeState = Literal["inactive", "pending", "firing", "resolved"]
OPEN: tuple[EpisodeState, ...] = ("pending", "firing")
Subject = tuple[str, str, str]  # model, series, direction: at most one episode of each is open
MODEL = "lppls"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an alert stands after a step.

    Attributes
    ----------
    series, title, model, direction : str
        What the alert is about.
    configuration : str
        Hash of the configuration that judged it last.
    opened, session : str
        ISO dates of the sessions at which it opened and that was seen last.
    level, state, tc : str
        As last seen; the level is kept while a fall is waited out.
    reasons, context : tuple of str
        In words.
    risk, chances : str, tuple of str
        The second axis, and chances of falls in words; empty where none are stated.
    headline, moves : str
        All of it in one sentence, and the last close with its moves; empty where there is none.
    runs, below : int
        Sessions at an alarm while pending; sessions in a row below the level while firing.
    held, peak : str
        Highest level of the sessions below, by relaxed thresholds; highest level of the episode.
    reached, aged : str
        ISO dates of the session at which it rose to its level, and from which that is news no more; empty
        where the second has not come.
    notify : bool
        Whether the step is worth a mail.
    by_route : bool
        Whether it is kept which route was told of the step. Those of before that was were told when they were
        taken, to the routes that heard of that run.
    notified, notified_session, told_tc, told_state
        What the last mail said: level (None before the first), session, critical time, state.
    acknowledged, acknowledged_until
        Level at which a person took note, and the ISO date up to which that holds; None for none.
    silenced_until : str or None
        ISO date up to which a person asked for silence.
    """

    series: str
    model: str
    direction: str
    configuration: str
    opened: str
    runs: int = 1
    below: int = 0
    held: Level = "calm"
    reached: str = ""
    aged: str = ""
    peak: Level
    notified: Level | None = None
    notified_session: str = ""
    told_tc: str = ""
    told_state: str = ""
    acknowledged: Level | None = None
    acknowledged_until: str | None = None
    silenced_until: str | None = None
    notify: bool = False
    by_route: bool = False
    title: str
    session: str
    level: Level
    state: str = ""
    tc: str = ""
    reasons: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    risk: str = ""
    chances: tuple[str, ...] = ()
    headline: str = ""
    moves: str = ""

    @property
    def subject(self) -> Subject:
        """What the alert is about."""
        return self.model, self.series, self.direction

    @property
    def since(self) -> str:
        """Session at which it rose to its level; older alerts kept only the one at which they opened."""
        return self.reached or self.opened

    def to_dict(self) -> dict[str, Any]:
        """Return the document that the store keeps."""
        return msgspec.to_builtins(self)


@dataclass(frozen=True)
class Step:
    """One step in the life of an alert; steps are only added.

    Attributes
    ----------
    fingerprint : str
        See :func:`fingerprint`.
    occurrence, sequence : int
        Which episode of that fingerprint, and which step of it; both from 1, without a hole.
    state : {"inactive", "pending", "firing", "resolved"}
        State after the step.
    event : str
        What happened, e.g. ``"opened"``, ``"raised"``, ``"acknowledged"``.
    at : datetime
        When.
    body : Standing
        All else.
    """

    fingerprint: str
    occurrence: int
    sequence: int
    state: EpisodeState
    event: str
    at: datetime
    body: Standing

    @property
    def over(self) -> bool:
        """Whether the step tells that an alert has ended, or is news no more."""
        return self.event in ("resolved", "aged")


def fingerprint(series: str, direction: str, configuration: str, model: str = MODEL) -> str:
    """Return what an episode is known by: a hash of series, model, direction and configuration."""
    text = "\0".join((series, model, direction, configuration))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
