"""Lines for a terminal: who was told what."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from scanners.alerts.history import Entry
from scanners.core.text import one_line

_WORDS = {
    "nobody": "no route was told",
    "not kept": "told before it was kept to whom",
    "waits": "waits",
    "given up": "given up",
    "sent": "sent",
}


def lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a line an entry, in UTC."""
    for each in entries:
        what = one_line(each.series, 60)
        if each.event != "message":
            what = f"{each.key}  {what}  {one_line(each.direction, 40)} {each.event}, {each.level}"
        yield f"{_minute(each.at)}  {what}: {_to_whom(each)}{_WORDS[each.outcome]}{_how(each)}"


def _to_whom(entry: Entry) -> str:
    return f"{one_line(entry.route, 40)}, {entry.transport} to {one_line(entry.recipient, 80)}: " * bool(
        entry.recipient
    )


def _how(entry: Entry) -> str:
    if not entry.recipient:
        return ""
    when = f" {_minute(entry.tried_at)}" if entry.tried_at else ""
    many = f" after {entry.attempts} attempts" if entry.attempts > 1 else ""
    why = f" ({one_line(entry.error, 120)})" if entry.error else ""
    return f"{when}{many}{why}, {entry.message_id}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
