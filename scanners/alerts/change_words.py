"""What changed, in words: the subject of a message, and what both of its bodies say of a step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scanners.alerts.risk import CHANCE, RISK, label
from scanners.core.text import one_line
from scanners.core.vocabulary import rank_of
from scanners.store.episodes import MODEL, Standing, Step

_NAMED = 5  # series named in a subject; the others are counted
_EVENTS = {
    "opened": "new",
    "raised": "level rose",
    "changed": "state changed",
    "updated": "critical time moved",
    "repeated": "still so",
    "resolved": "over",
    "aged": "news no more",
}
_HOW = {"opened": "new {}", "raised": "up to {}", "repeated": "still {}"}
_OTHER = {"changed": "{}, state changed", "updated": "{}, critical time moved"}


@dataclass(frozen=True)
class Item:
    """What a message says of a step, every text on one line.

    Parameters
    ----------
    series : str
    first : bool
        Whether nothing was said of the series before.
    title, level, event, side : str
        The head: of what, how high, what happened, which way.
    lead, moves, chance : str or None
        All in one sentence; close and moves; the chance by which a series is judged.
    lines : tuple of str
        What stands below the fold.
    when : str
        Last bar, since when, and how to take note.
    """

    series: str
    first: bool
    title: str
    level: str
    event: str
    side: str
    lead: str | None
    moves: str | None
    chance: str | None
    lines: tuple[str, ...]
    when: str

    @property
    def head(self) -> str:
        """The first line."""
        return f"{self.level.upper()}  {self.title}: {self.event}, {self.side}"

    @property
    def card(self) -> tuple[str, ...]:
        """The lines below it."""
        return tuple(line for line in (self.lead, self.moves, self.chance) if line is not None)


def items_of(steps: Iterable[Step]) -> list[Item]:
    """Return what a message says of its steps: what is said of a series stands at its first one, once."""
    said: dict[str, set[str]] = {}
    found = []
    for step in steps:
        one = _item(step, first=step.body.series not in said)
        known = said.setdefault(one.series, set())
        found.append(replace(one, lines=tuple(line for line in one.lines if line not in known)))
        known |= {*one.lines, *one.card}
    return found


def _item(step: Step, first: bool) -> Item:
    body, over = step.body, step.over
    lead = (body.headline,) if body.headline else body.reasons[:1]
    # The page of a series has its context: momentum, the critical time, the path.
    rest = body.reasons if body.headline else body.reasons[1:]
    more = body.chances[1:] if body.model in (MODEL, RISK) else body.context
    risk = f"; risk of a fall {body.risk}" if body.model == MODEL and body.risk and not over else ""
    return Item(
        series=body.series,
        first=first,
        title=one_line(body.title),
        level=label(body, body.peak if over else body.level),
        event=_EVENTS.get(step.event, step.event),
        side=one_line(_side(body)) + risk,
        lead=_line(lead if first or not body.headline else ()),
        moves=_line([body.moves] if body.moves and first else ()),
        chance=_line(body.chances if first and not over else ()),
        lines=tuple(one_line(line, 1000) for line in (*rest, *more)),
        when=f"last bar {body.session}; alert since {body.opened}; lppl alerts ack {step.fingerprint[:8]}",
    )


def changes_in_words(steps: Iterable[Step]) -> str:
    """Return what changed in a line: kinds of change in the order of the steps, the first series by name."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(_kind(step), []).append(step)
    parts, room = [], _NAMED
    for kind, group in groups.items():
        parts.append(f"{kind}: {_named(group, room)}")
        room = max(0, room - len(group))
    return "; ".join(parts)


def weight(step: Step) -> int:
    """Return how high up a step stands in a message."""
    return -1 if step.over else rank_of(step.body.level)


def _line(lines: Sequence[str]) -> str | None:
    return one_line(lines[0], 1000) if lines else None


def _kind(step: Step) -> str:
    if step.over:
        return _EVENTS[step.event]
    body, said = step.body, label(step.body, step.body.level)
    if body.model in (RISK, CHANCE) and step.event in _HOW:
        still = "still" if step.event == "repeated" else "now"
        return f"chance {still} as asked" if body.model == CHANCE else said.replace(" ", f" {still} ", 1)
    return (_HOW | _OTHER).get(step.event, "{}").format(said)


def _named(group: Sequence[Step], room: int) -> str:
    names = [one_line(step.body.title, 40) for step in group[:room]]
    left = len(group) - len(names)
    if not names:
        return f"{left} series" if left > 1 else "one series"
    parts = [*names, *([f"{left} more"] if left else [])]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _side(body: Standing) -> str:
    """Return the direction of an LPPLS episode, the state of any other."""
    if body.model != MODEL:
        return body.state or body.direction
    return "downward (capitulation)" if body.direction == "negative" else "upward"
