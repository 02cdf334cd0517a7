"""What ``lppl replay`` prints."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from scanners.catalogue.events import Event
from scanners.cli.tables import _STYLES
from scanners.replay import Firing, Replay, Said, Turn

_WHOLE = 60  # rows that are shown all


def catalogue(events: Sequence[Event]) -> Table:
    """Return the catalogue of turning points."""
    table = _table("event", "date", "series", "", "what")
    for event in events:
        table.add_row(event.id, event.date, event.series, event.direction, Text(event.narrative))
    return table


def parts(found: Replay) -> Iterator[Any]:
    """Yield the rows, the turning points and how the rows were made."""
    turns = {turn.date for turn in found.turns}
    rows = _chosen(found.said, turns)
    table = _table("date", "close", "level", "phase", "C3 up", "C3 down", "tc, middle 80%", "bifurcation")
    for one in rows:
        label = one.level or one.status.replace("_", " ")
        table.add_row(
            f"{one.date} <" if one.date in turns else one.date,
            f"{one.close:,.6g}",
            Text(label, style=_STYLES.get(label, "dim")),
            one.phase or "",
            *("" if value is None else f"{value:.2f}" for value in (one.up, one.down)),
            f"{one.tc[0]} to {one.tc[2]}" if one.tc else "",
            one.bifurcation or "",
        )
    yield table
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
        + (f", bifurcation {value['bifurcation']}" if value["bifurcation"] else "")
        for days, value in turn.after.items()
    )
    yield Text(f"  bifurcation at the turn: {state}; after {after or 'the turn the data end'}")


def firing_line(firing: Firing) -> str:
    """Return one firing in words."""
    if firing.tc is None:
        said = "no tc"
    else:
        side = "after" if firing.tc_error >= 0 else "before"
        held = "holds" if firing.tc_covers else "misses"
        off = f"median {abs(firing.tc_error)} sessions {side} it"
        said = f"tc {firing.tc[0]} to {firing.tc[2]} {held} the turn, {off}"
    return f"{firing.level} first on {firing.date}, {firing.lead} sessions before; {said}"


def summary(found: Sequence[tuple[Event, Replay | None, Any, str]]) -> Table:
    """Return one line an event."""
    table = _table("event", "date", "", "after it", "said", "bifurcation")
    for event, shown, _, why in found:
        turn = shown.turns[0] if shown and shown.turns else None
        if turn is None:
            table.add_row(event.id, event.date, event.direction, "", Text(f"no data: {why}", style="dim"), "")
        else:
            size, state = f"{turn.size:+.0%}", turn.bifurcation_before or ""
            table.add_row(event.id, turn.date, turn.direction, size, Text(turn.verdict), state)
    return table


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


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        right = name in ("close", "C3 up", "C3 down", "after it")
        table.add_column(name, justify="right" if right else "left", no_wrap=name not in ("what", "said"))
    return table
