"""Steps: from one observation a day to when an alert opens, rises, is repeated and ends. Pure functions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from scanners.alerts.observation import Observation
from scanners.config.settings import Alerts
from scanners.core.vocabulary import Level, highest, rank_of
from scanners.store.episodes import EpisodeState, Standing, Step, Subject


def advance(
    last: Step | None, observation: Observation, configuration: str, at: datetime, rules: Alerts
) -> Step | None:
    """Return the step that a observation adds to an episode, None when there is nothing to add.

    A observation of a session that was seen already (the same day again, no new bar, a clock set back) adds
    nothing. The step's ``body.notify`` says whether it is worth a mail.

    Parameters
    ----------
    last : Step or None
        Newest step of the fingerprint.
    observation : Observation
        What the run saw.
    configuration : str
        Hash of the configuration.
    at : datetime
        When, with a time zone.
    rules : Alerts
        Number of runs, hysteresis, repeat interval.
    """
    if last is not None and observation.session <= last.body.session:
        return None
    alarm = observation.level != "calm"
    if last is not None:
        last = _with(last, configuration=configuration)
    if last is None or last.state in ("inactive", "resolved"):
        return _open(last, observation, configuration, at, rules) if alarm else None
    if last.state == "pending":
        return _pending(last, observation, at, rules) if alarm else _lapse(last, observation, at)
    return _firing(last, observation, at, rules)


def acknowledge(last: Step, at: datetime, until: date | None = None) -> Step:
    """Return the step by which a person takes note: no repeats and updates until the level rises.

    Parameters
    ----------
    last : Step
        Newest step; pending or firing.
    at : datetime
        When.
    until : date, optional
        Last day on which it holds; to the end of the episode without it.

    Raises
    ------
    ValueError
        If the episode is over, or ``until`` lies before ``at``.
    """
    return _by_hand(last, "acknowledged", at, until)


def silence(last: Step, at: datetime, until: date) -> Step:
    """Return the step by which a person asks for silence; what was missed is told when it ends.

    Raises
    ------
    ValueError
        As for :func:`acknowledge`.
    """
    return _by_hand(last, "silenced", at, until)


def going_on(opened: Iterable[Step], alike: Collection[str]) -> dict[Subject, Step]:
    """Return by subject the open episode that a run continues: the newest whose configuration judges alike.

    Parameters
    ----------
    opened : iterable of Step
        Newest steps of open episodes.
    alike : collection of str
        Configurations that decide verdicts as the present one does, itself among them.
    """
    ordered = sorted(opened, key=lambda step: step.at)
    return {step.body.subject: step for step in ordered if step.body.configuration in alike}


def supersede(outdated: Iterable[Step], seen: Iterable[tuple[str, str]], at: datetime) -> list[Step]:
    """Return steps that close, without a mail, the episodes of an earlier configuration.

    Parameters
    ----------
    outdated : iterable of Step
        Newest steps of open episodes that no run under the present configuration continues.
    seen : iterable of (str, str)
        Model and series of what the run looked at; all else is left open.
    at : datetime
        When.
    """
    looked_at = set(seen)
    return [
        _step(step, "resolved", "superseded", at, {"notify": False})
        for step in outdated
        if (step.body.model, step.body.series) in looked_at
    ]


def is_noted(step: Step, session: str) -> bool:
    """Return whether a person has taken note of an alert, so that it is not repeated."""
    return step.body.acknowledged is not None and _holds(step.body.acknowledged_until, session)


def is_silent(step: Step, session: str) -> bool:
    """Return whether a person asked for silence about an alert."""
    return step.body.silenced_until is not None and _holds(step.body.silenced_until, session)


def _open(
    last: Step | None, observation: Observation, configuration: str, at: datetime, rules: Alerts
) -> Step:
    key = observation.fingerprint(configuration)
    body = Standing(
        series=observation.series,
        model=observation.model,
        direction=observation.direction,
        configuration=configuration,
        opened=observation.session,
        reached=observation.session,
        peak=observation.level,
        by_route=True,
        **_seen(observation),
    )
    first = Step(key, last.occurrence + 1 if last else 1, 1, "pending", "pending", at, body)
    return _fire(first, observation, at) if rules.pending_runs == 1 else first


def _pending(last: Step, observation: Observation, at: datetime, rules: Alerts) -> Step:
    runs = last.body.runs + 1
    peak = highest(last.body.peak, observation.level)
    step = _step(last, "pending", "pending", at, _seen(observation) | {"runs": runs, "peak": peak})
    return _fire(step, observation, at) if runs >= rules.pending_runs else step


def _lapse(last: Step, observation: Observation, at: datetime) -> Step:
    return _step(last, "inactive", "lapsed", at, _seen(observation) | {"notify": False})


def _fire(step: Step, observation: Observation, at: datetime) -> Step:
    return _told(replace(step, state="firing", event="opened"), observation)


def _firing(last: Step, observation: Observation, at: datetime, rules: Alerts) -> Step | None:
    level = last.body.level
    if rank_of(observation.level) > rank_of(level):
        peak = highest(last.body.peak, observation.level)
        changes = _seen(observation) | {"peak": peak, "below": 0, "acknowledged": None}
        changes |= {"reached": observation.session, "aged": ""}
        return _told(_step(last, "firing", "raised", at, changes), observation)
    aging = observation.lasting and not last.body.aged
    if aging and observation.sessions_since(last.body.since) > observation.lasting:
        return _aged(last, observation, at)
    if rank_of(observation.held) < rank_of(level):
        return _below(last, observation, at, rules)
    kept = _seen(observation) | {"level": level, "below": 0}
    if observation.keeps and rank_of(observation.level) < rank_of(level):
        kept["reasons"] = (
            f"{level.capitalize()} since {last.body.opened}, {observation.keeps}",
            *kept["reasons"],
        )
    due = _due(last, observation, rules)
    if due:
        return _told(_step(last, "firing", due, at, kept), observation)
    if _drifted(last.body.told_tc, observation.tc, rules.tc_drift_days) and not last.body.aged:
        step = _step(last, "firing", "updated", at, kept | {"notify": False, "told_tc": observation.tc})
        return _told(step, observation) if rules.mail_updates and not _quiet(last, observation) else step
    return _step(last, "firing", "held", at, kept | {"notify": False}) if last.body.below else None


def _aged(last: Step, observation: Observation, at: datetime) -> Step:
    """Return the step by which an alert is news no more: it stays open, in silence, until it has ended."""
    changes = _seen(observation) | {"level": last.body.level, "aged": observation.session, "below": 0}
    changes["reasons"] = (
        f"{last.body.level.capitalize()} since {last.body.since}: news for "
        f"{observation.lasting} sessions. Told again when the level rises, or has ended and comes back.",
        *changes["reasons"],
    )
    return _with(_step(last, "firing", "aged", at, changes), notify=not is_silent(last, observation.session))


def _below(last: Step, observation: Observation, at: datetime, rules: Alerts) -> Step:
    """Count a session below the level; the episode falls when they are enough, and no further than it was."""
    runs = last.body.below + 1
    held = highest(last.body.held, observation.held) if last.body.below else observation.held
    changes = _seen(observation) | {"below": runs, "held": held}
    if runs < rules.clear_runs:
        return _step(last, "firing", "below", at, changes | {"level": last.body.level, "notify": False})
    return _fallen(last, observation, at, held, changes)


def _fallen(
    last: Step, observation: Observation, at: datetime, level: Level, changes: Mapping[str, Any]
) -> Step:
    """Return the step by which an episode falls to a level, and ends at calm."""
    changes = {**changes, "level": level, "notify": False}
    if level != "calm":
        return _step(last, "firing", "lowered", at, changes | {"below": 0, "notified": level})
    ended = _step(last, "resolved", "resolved", at, changes)
    return _with(ended, notify=not (last.body.aged or is_silent(last, observation.session)))


def _due(last: Step, observation: Observation, rules: Alerts) -> str:
    """Return the event that is due on a firing episode whose level did not change, "" for none."""
    if _quiet(last, observation):
        return ""
    told = last.body.notified
    if told is None or rank_of(told) < rank_of(last.body.level):
        return "raised" if told else "opened"
    if observation.state != last.body.told_state:
        return "changed"
    since = observation.sessions_since(last.body.notified_session)
    return "repeated" if rules.repeat_sessions and since >= rules.repeat_sessions else ""


def _told(step: Step, observation: Observation) -> Step:
    """Mark a step as worth a mail, unless a person asked for silence."""
    if is_silent(step, observation.session):
        return _with(step, notify=False)
    return _with(
        step,
        notify=True,
        notified=step.body.level,
        notified_session=observation.session,
        told_tc=observation.tc,
        told_state=observation.state,
    )


def _quiet(last: Step, observation: Observation) -> bool:
    session = observation.session
    return bool(last.body.aged) or is_noted(last, session) or is_silent(last, session)


def _holds(until: str | None, session: str) -> bool:
    return until is None or session <= until


def _by_hand(last: Step, event: str, at: datetime, until: date | None) -> Step:
    if last.state not in ("pending", "firing"):
        raise ValueError(f"episode must be pending or firing to be {event}, got {last.state}")
    if until is not None and until < at.date():
        raise ValueError(f"until must not lie before {at.date()}, got {until}")
    day = until.isoformat() if until else None
    if event == "silenced":
        changes: dict[str, Any] = {"silenced_until": day}
    else:
        changes = {"acknowledged": last.body.level, "acknowledged_until": day}
    return _step(last, last.state, event, at, changes | {"notify": False})


def _step(last: Step, state: EpisodeState, event: str, at: datetime, changes: Mapping[str, Any]) -> Step:
    step = replace(last, sequence=last.sequence + 1, state=state, event=event, at=at)
    return _with(step, **{"by_route": True, **changes})


def _with(step: Step, **changes: Any) -> Step:
    return replace(step, body=msgspec.structs.replace(step.body, **changes))


def _seen(observation: Observation) -> dict[str, Any]:
    return {
        "title": observation.title,
        "session": observation.session,
        "level": observation.level,
        "state": observation.state,
        "tc": observation.tc,
        "reasons": observation.reasons,
        "context": observation.context,
        "risk": observation.risk,
        "chances": observation.chances,
        "headline": observation.headline,
        "moves": observation.moves,
    }


def _drifted(told: str, now: str, days: int) -> bool:
    if not told or not now:
        return bool(told) != bool(now)
    return abs(date.fromisoformat(now) - date.fromisoformat(told)) >= timedelta(days=days)
