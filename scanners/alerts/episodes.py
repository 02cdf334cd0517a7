"""Episodes: from one reading a day to when an alert opens, rises, is repeated and ends. Pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from scanners.alerts.observation import Reading
from scanners.config.settings import Alerts
from scanners.core.vocabulary import highest, rank_of
from scanners.store.runs import Episode, EpisodeState


def advance(
    last: Episode | None, reading: Reading, configuration: str, at: datetime, rules: Alerts
) -> Episode | None:
    """Return the step that a reading adds to an episode, None when there is nothing to add.

    A reading of a session that was seen already (the same day again, no new bar, a clock set back) adds
    nothing. The step's ``body["notify"]`` says whether it is worth a mail.

    Parameters
    ----------
    last : Episode or None
        Newest step of the fingerprint.
    reading : Reading
        What the run saw.
    configuration : str
        Hash of the configuration.
    at : datetime
        When, with a time zone.
    rules : Alerts
        Number of runs, hysteresis, repeat interval.
    """
    if last is not None and reading.session <= last.body["session"]:
        return None
    alarm = reading.level != "calm"
    if last is None or last.state in ("inactive", "resolved"):
        return _open(last, reading, configuration, at, rules) if alarm else None
    if last.state == "pending":
        return _pending(last, reading, at, rules) if alarm else _lapse(last, reading, at)
    return _firing(last, reading, at, rules)


def acknowledge(last: Episode, at: datetime, until: date | None = None) -> Episode:
    """Return the step by which a person takes note: no repeats and updates until the level rises.

    Parameters
    ----------
    last : Episode
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


def silence(last: Episode, at: datetime, until: date) -> Episode:
    """Return the step by which a person asks for silence; what was missed is told when it ends.

    Raises
    ------
    ValueError
        As for :func:`acknowledge`.
    """
    return _by_hand(last, "silenced", at, until)


def supersede(
    opened: Iterable[Episode], configuration: str, seen: Iterable[tuple[str, str]], at: datetime
) -> list[Episode]:
    """Return steps that close, without a mail, the episodes of an earlier configuration.

    Parameters
    ----------
    opened : iterable of Episode
        Newest steps of open episodes.
    configuration : str
        Hash of the present configuration.
    seen : iterable of (str, str)
        Model and series of what the run looked at; all else is left open.
    at : datetime
        When.
    """
    looked_at = set(seen)
    return [
        _step(step, "resolved", "superseded", at, {"notify": False})
        for step in opened
        if (step.body["model"], step.body["series"]) in looked_at
        and step.body["configuration"] != configuration
    ]


def weekdays(start: str, end: str) -> int:
    """Return how many weekdays after ``start`` there are up to ``end`` (ISO): trading days, nearly."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return max(int(np.busday_count(first + timedelta(days=1), last + timedelta(days=1))), 0)


def _open(last: Episode | None, reading: Reading, configuration: str, at: datetime, rules: Alerts) -> Episode:
    key = reading.fingerprint(configuration)
    body = {
        "series": reading.series,
        "model": reading.model,
        "direction": reading.direction,
        "configuration": configuration,
        "opened": reading.session,
        "runs": 1,
        "below": 0,
        "held": "calm",
        "peak": reading.level,
        "notified": None,
        "notified_session": "",
        "told_tc": "",
        "told_state": "",
        "acknowledged": None,
        "acknowledged_until": None,
        "silenced_until": None,
        "notify": False,
    } | _seen(reading)
    first = Episode(key, last.occurrence + 1 if last else 1, 1, "pending", "pending", at, body)
    return _fire(first, reading, at) if rules.pending_runs == 1 else first


def _pending(last: Episode, reading: Reading, at: datetime, rules: Alerts) -> Episode:
    runs = last.body["runs"] + 1
    peak = highest(last.body["peak"], reading.level)
    step = _step(last, "pending", "pending", at, _seen(reading) | {"runs": runs, "peak": peak})
    return _fire(step, reading, at) if runs >= rules.pending_runs else step


def _lapse(last: Episode, reading: Reading, at: datetime) -> Episode:
    return _step(last, "inactive", "lapsed", at, _seen(reading) | {"notify": False})


def _fire(step: Episode, reading: Reading, at: datetime) -> Episode:
    return _told(replace(step, state="firing", event="opened"), reading)


def _firing(last: Episode, reading: Reading, at: datetime, rules: Alerts) -> Episode | None:
    level = last.body["level"]
    if rank_of(reading.level) > rank_of(level):
        peak = highest(last.body["peak"], reading.level)
        changes = _seen(reading) | {"peak": peak, "below": 0, "acknowledged": None}
        return _told(_step(last, "firing", "raised", at, changes), reading)
    if rank_of(reading.held) < rank_of(level):
        return _below(last, reading, at, rules)
    kept = _seen(reading) | {"level": level, "below": 0}
    due = _due(last, reading, rules)
    if due:
        return _told(_step(last, "firing", due, at, kept), reading)
    if _drifted(last.body["told_tc"], reading.tc, rules.tc_drift_days):
        step = _step(last, "firing", "updated", at, kept | {"notify": False, "told_tc": reading.tc})
        return _told(step, reading) if rules.mail_updates and not _quiet(last, reading) else step
    return _step(last, "firing", "held", at, kept | {"notify": False}) if last.body["below"] else None


def _below(last: Episode, reading: Reading, at: datetime, rules: Alerts) -> Episode:
    """Count a session below the level; the episode falls when they are enough, and no further than it was."""
    runs = last.body["below"] + 1
    held = highest(last.body["held"], reading.held) if last.body["below"] else reading.held
    changes = _seen(reading) | {"level": last.body["level"], "below": runs, "held": held, "notify": False}
    if runs < rules.clear_runs:
        return _step(last, "firing", "below", at, changes)
    if held != "calm":
        return _step(last, "firing", "lowered", at, changes | {"level": held, "below": 0, "notified": held})
    ended = _step(last, "resolved", "resolved", at, changes | {"level": "calm"})
    return replace(ended, body={**ended.body, "notify": not _silent(last, reading.session)})


def _due(last: Episode, reading: Reading, rules: Alerts) -> str:
    """Return the event that is due on a firing episode whose level did not change, "" for none."""
    if _quiet(last, reading):
        return ""
    told = last.body["notified"]
    if told is None or rank_of(told) < rank_of(last.body["level"]):
        return "raised" if told else "opened"
    if reading.state != last.body.get("told_state", ""):
        return "changed"
    since = weekdays(last.body["notified_session"], reading.session)
    return "repeated" if rules.repeat_sessions and since >= rules.repeat_sessions else ""


def _told(step: Episode, reading: Reading) -> Episode:
    """Mark a step as worth a mail, unless a person asked for silence."""
    if _silent(step, reading.session):
        return replace(step, body={**step.body, "notify": False})
    told = {
        "notify": True,
        "notified": step.body["level"],
        "notified_session": reading.session,
        "told_tc": reading.tc,
        "told_state": reading.state,
    }
    return replace(step, body={**step.body, **told})


def _quiet(last: Episode, reading: Reading) -> bool:
    body = last.body
    noted = body["acknowledged"] is not None and _holds(body["acknowledged_until"], reading.session)
    return _silent(last, reading.session) or noted


def _silent(step: Episode, session: str) -> bool:
    return step.body["silenced_until"] is not None and _holds(step.body["silenced_until"], session)


def _holds(until: str | None, session: str) -> bool:
    return until is None or session <= until


def _by_hand(last: Episode, event: str, at: datetime, until: date | None) -> Episode:
    if last.state not in ("pending", "firing"):
        raise ValueError(f"episode must be pending or firing to be {event}, got {last.state}")
    if until is not None and until < at.date():
        raise ValueError(f"until must not lie before {at.date()}, got {until}")
    day = until.isoformat() if until else None
    if event == "silenced":
        changes: dict[str, Any] = {"silenced_until": day}
    else:
        changes = {"acknowledged": last.body["level"], "acknowledged_until": day}
    return _step(last, last.state, event, at, changes | {"notify": False})


def _step(
    last: Episode, state: EpisodeState, event: str, at: datetime, changes: Mapping[str, Any]
) -> Episode:
    body = {**last.body, **changes}
    return replace(last, sequence=last.sequence + 1, state=state, event=event, at=at, body=body)


def _seen(reading: Reading) -> dict[str, Any]:
    return {
        "title": reading.title,
        "session": reading.session,
        "level": reading.level,
        "state": reading.state,
        "tc": reading.tc,
        "reasons": list(reading.reasons),
        "context": list(reading.context),
    }


def _drifted(told: str, now: str, days: int) -> bool:
    if not told or not now:
        return bool(told) != bool(now)
    return abs(date.fromisoformat(now) - date.fromisoformat(told)) >= timedelta(days=days)
