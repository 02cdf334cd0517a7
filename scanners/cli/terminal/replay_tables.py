"""What ``lppl replay`` prints."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted
from scanners.cli.terminal.tables import _STYLES
from scanners.past.catalogue.turning_points import TurningPoint
from scanners.past.replay import Firing, Replay, Said, Turn

_WHOLE = 60  # rows that are shown all


def catalogue(events: Sequence[TurningPoint], width: int) -> Group:
    """Return the catalogue of turning points."""
    rows: list[list[Text | str]] = [
        [event.id, event.date, event.series, event.direction, Text(event.narrative)] for event in events
    ]
    return _table(("event", "date", "series", "turn", "what"), rows, width)


def parts(found: Replay, width: int) -> Iterator[Any]:
    """Yield the rows, the turning points and how the rows were made."""
    turns = {turn.date for turn in found.turns}
    rows = _chosen(found.said, turns)
    heads = (
        "date",
        "close",
        "level",
        "phase",
        "C3 up",
        "C3 down",
        "tc, middle 80%",
        "risk",
        "chance",
        "path",
    )
    cells = []
    for one in rows:
        label = one.level or one.status.replace("_", " ")
        line: list[Text | str] = [
            f"{one.date} <" if one.date in turns else one.date,
            f"{one.close:,.6g}",
            Text(label, style=_STYLES.get(label, "dim")),
            one.phase or "",
            *("" if value is None else f"{value:.2f}" for value in (one.up, one.down)),
            f"{one.tc[0]} to {one.tc[2]}" if one.tc else "",
            one.risk or "",
            "" if one.chance is None or one.usual is None else f"{one.chance:.0%} ({one.usual:.0%})",
            one.bifurcation or "",
        ]
        cells.append(line)
    yield _table(heads, cells, width, spare=("close", "path", "phase", "C3 down", "chance"))
    if len(rows) < len(found.said):
        yield Text(
            f"{len(found.said)} dates; shown are those on which the level changed (--json: all).", style="dim"
        )
    for turn in found.turns:
        yield ""
        yield from turn_lines(turn)
    tests = f"every {found.tested_every} sessions" if found.tested_every else "not run"
    yield Text(
        f"\nEach row uses only what was known at its date. Windows behind tc: {found.preset}; early-warning "
        f"tests: {tests}. Turning points and sizes are found with hindsight.",
        style="dim",
    )


def turn_lines(turn: Turn) -> Iterator[Text]:
    """Yield a turning point and what was said before and after it."""
    yield Text.assemble(
        (f"{turn.date} {turn.direction}", "bold"), f" ({turn.size:+.0%} after it): {turn.verdict}"
    )
    for firing in turn.firings:
        yield Text(f"  {firing_line(firing)}")
    state = turn.bifurcation_before or "not tested"
    after = "; ".join(
        f"{days} sessions {value['return']:+.0%}"
        + (f", {value['level']}" if value["level"] else "")
        + (f", path {value['bifurcation']}" if value["bifurcation"] else "")
        for days, value in turn.after.items()
    )
    yield Text(f"  path at the turn: {state}; after {after or 'the turn the data end'}")


def firing_line(firing: Firing) -> str:
    """Return one firing in words."""
    if firing.tc is None or firing.tc_error is None:
        said = "no tc"
    else:
        side = "after" if firing.tc_error >= 0 else "before"
        held = "holds" if firing.tc_covers else "misses"
        off = f"median {abs(firing.tc_error)} sessions {side} it"
        said = f"tc {firing.tc[0]} to {firing.tc[2]} {held} the turn, {off}"
    return f"{firing.level} first on {firing.date}, {firing.lead} sessions before; {said}"


def summary(found: Sequence[tuple[TurningPoint, Replay | None, Any, str]], width: int) -> Group:
    """Return one line an event."""
    rows: list[list[Text | str]] = []
    for event, shown, _, why in found:
        turn = shown.turns[0] if shown and shown.turns else None
        if turn is None:
            said = Text(f"no data: {why}", style="dim")
            rows.append([event.id, event.date, event.direction, "", said, ""])
        else:
            size, state = f"{turn.size:+.0%}", turn.bifurcation_before or ""
            rows.append([event.id, turn.date, turn.direction, size, Text(turn.verdict), state])
    return _table(("event", "date", "turn", "after it", "said", "path"), rows, width)


def _chosen(said: Sequence[Said], turns: set[str]) -> list[Said]:
    if len(said) <= _WHOLE:
        return list(said)
    chosen, last = [], None
    for k, one in enumerate(said):
        state = (one.status, one.level, one.phase)
        if state != last or one.date in turns or k == len(said) - 1:
            chosen.append(one)
        last = state
    return chosen


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[Text | str]], width: int, spare: Sequence[str] = ()
) -> Group:
    right, wraps = ("close", "C3 up", "C3 down", "after it", "chance"), ("what", "said")
    heads = [Column(name, right=name in right, wraps=name in wraps) for name in columns]
    return fitted(heads, rows, width, spare=spare)
