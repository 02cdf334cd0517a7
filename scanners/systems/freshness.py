"""How old each input of a monitor is against its rhythm, on what clock it runs, and whether sources agree."""

from typing import Any

import numpy as np

from scanners.core.errors import CommandError
from scanners.systems.recipes import session_shift
from scanners.systems.shelf import Missing, Shelf

_HOURS = 4.0  # clocks further apart than this are said


def ages(shelf: Shelf, inputs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return for every catalogue series behind a monitor's inputs its last figure and when the next was due.

    Returns
    -------
    dict of str to dict
        ``last`` and ``due`` (ISO dates; due includes the grace), ``stale``, ``clock``, ``hour``, ``input``.
    """
    found: dict[str, dict[str, Any]] = {}
    today = np.datetime64(shelf.as_of, "D")
    for key, name in _named(inputs):
        parts = {}
        for part in shelf.parts(name):
            try:
                values = shelf.get(part)
            except Missing:
                continue
            source = shelf.sources[part]
            last = values.index[-1].to_datetime64().astype("datetime64[D]")
            due = source.due(last)
            parts[part] = {
                "last": str(last),
                "due": str(due),
                "stale": bool(today > due),
                "clock": source.clock,
                "hour": source.hour,
                "input": key,
            }
        recipe = shelf.recipe(name)
        if recipe is not None and recipe.how == "extended":  # the newest of them carries the series
            for one in parts.values():
                one["stale"] = all(other["stale"] for other in parts.values())
        if recipe is not None and recipe.how == "bond":  # the yield stands for the time before the price
            for part in recipe.of[1:]:
                parts[part]["stale"] = False
        found |= parts
    return found


def clock_line(found: dict[str, dict[str, Any]]) -> str:
    """Return in words on what clocks the inputs run, when they differ by more than four hours."""
    known = {name: one for name, one in found.items() if one["hour"] is not None}
    hours = [one["hour"] for one in known.values()]
    if len(hours) < 2 or max(hours) - min(hours) <= _HOURS:
        return ""
    first, last = (pick(known, key=lambda name: known[name]["hour"]) for pick in (min, max))
    ends = f"{first} ({known[first]['clock']}) to {last} ({known[last]['clock']})"
    return f"Clocks: from {ends}, {max(hours) - min(hours):.0f} hours apart."


def source_lines(shelf: Shelf, inputs: dict[str, Any]) -> list[str]:
    """Return what two sources of one price say of each other, where both are there."""
    lines = []
    for _, name in _named(inputs):
        if name not in shelf.derived:
            continue
        singles = [one.of[0] for one in shelf.derived[name].recipe if len(one.of) == 1 and one.how != "bond"]
        if len(singles) < 2 or shelf.kind(name) != "price":
            continue
        try:
            lag, best, same = session_shift(shelf.get(singles[1]), shelf.get(singles[0]))
        except (Missing, CommandError, ValueError):
            continue
        told = f"agrees with {singles[0]} in the same session (correlation {same:.2f})"
        if lag:
            late = "late" if lag > 0 else "early"
            told = (
                f"is {abs(lag)} session {late} against {singles[0]} (correlation {best:.2f}, same {same:.2f})"
            )
        lines.append(f"{singles[1]} {told}; read here: {', '.join(shelf.parts(name))}.")
    return lines


def _named(inputs: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (key, name)
        for key, value in inputs.items()
        for name in ((value,) if isinstance(value, str) else value)
    ]
