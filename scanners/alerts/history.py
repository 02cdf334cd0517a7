"""Who was told what: each event of an alert with its routes, messages and what became of them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec

from scanners.alerts.audience import place_of
from scanners.alerts.channels.registry import channel_of
from scanners.alerts.risk import label
from scanners.store.episodes import Step
from scanners.store.outbox import Message, MessageState
from scanners.store.store import Store
from scanners.store.tellings import Telling

Outcome = Literal["sent", "waits", "given up", "nobody", "not kept"]
_OUTCOMES: dict[MessageState, Outcome] = {
    "sent": "sent",
    "queued": "waits",
    "leased": "waits",
    "dead": "given up",
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event and one recipient.

    Attributes
    ----------
    at : datetime
        When the event was seen; for a message that is about no alert, when it was due.
    series, direction, event, level, session, key : str
        Of the event, as in a digest; the event is ``message`` for a notice about the data, a test, or a
        digest of before it was kept who was told, and the series is its subject then.
    route, watchlist, as_of, recipient, transport, message_id : str
        Who was told, by the run of which list and date, and how; empty for nobody.
    outcome : str
        ``sent``, ``waits``, ``given up``; ``nobody`` when no route was told of it; ``not kept`` for an event
        of before it was kept.
    tried_at : datetime or None
        When the outcome was stored; None when nothing was tried.
    attempts : int
        Times that it was tried.
    error : str
        What the last try met.
    """

    at: datetime
    series: str
    direction: str = ""
    event: str
    level: str = ""
    session: str = ""
    key: str = ""
    route: str = ""
    watchlist: str = ""
    as_of: str = ""
    recipient: str = ""
    transport: str = ""
    message_id: str = ""
    outcome: Outcome
    tried_at: datetime | None = None
    attempts: int = 0
    error: str = ""


def entries(store: Store, alert: str | None = None) -> list[Entry]:
    """Return every event that was worth a mail, and every message, in the order in which they came.

    Parameters
    ----------
    store : Store
    alert : str, optional
        A series, or the beginning of an episode's key; everything without it.
    """
    mails: dict[str, list[Message]] = defaultdict(list)
    for message in store.outbox.overview():
        mails[message.message_id].append(message)
    told: dict[tuple[str, int, int], list[Telling]] = defaultdict(list)
    for telling in store.tellings.all():
        told[telling.fingerprint, telling.occurrence, telling.sequence].append(telling)
    found = [
        entry
        for step in store.runs.all_steps()
        if step.body.notify and (alert is None or _meant(step, alert))
        for entry in _of(step, told[place_of(step)], mails)
    ]
    if alert is None:
        about = {each.message_id for several in told.values() for each in several}
        others = [each for key, several in mails.items() if key not in about for each in several]
        found += [_without_event(store, each) for each in others]
    return sorted(found, key=lambda entry: entry.at)


def _meant(step: Step, alert: str) -> bool:
    return step.body.series == alert or step.fingerprint.startswith(alert)


def _of(step: Step, tellings: list[Telling], mails: dict[str, list[Message]]) -> Iterator[Entry]:
    body = step.body
    event = Entry(
        at=step.at,
        series=body.series,
        direction=body.direction,
        event=step.event,
        level=label(body, body.peak if step.over else body.level),
        session=body.session,
        key=step.fingerprint[:8],
        outcome="nobody" if body.by_route else "not kept",
    )
    for each in tellings:
        run = {"route": each.route, "watchlist": each.watchlist, "as_of": each.as_of}
        for message in mails[each.message_id]:
            yield msgspec.structs.replace(event, **run, **_delivery(message))
    if not tellings:
        yield event


def _without_event(store: Store, message: Message) -> Entry:
    body = store.outbox.read(message).body
    said = {"series": body.get("subject", ""), "route": body.get("route", "")}
    composed = body.get("composed")
    at = datetime.fromisoformat(composed) if composed else message.due_at
    return Entry(at=at, event="message", **said, **_delivery(message))


def _delivery(message: Message) -> dict:
    return {
        "recipient": message.recipient,
        "transport": channel_of(message.recipient).name,
        "message_id": message.message_id,
        "outcome": _OUTCOMES[message.state],
        "tried_at": message.tried_at or (message.due_at if message.state in ("sent", "dead") else None),
        "attempts": message.attempts,
        "error": message.last_error,
    }
