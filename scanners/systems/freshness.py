"""How old each input of a monitor is against its rhythm, on what clock it runs, and whether sources agree."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.core.errors import CommandError
from scanners.systems.recipes import session_shift
from scanners.systems.shelf import Missing, Shelf

_STILL = 20  # daily figures in a row that are alike: nobody measures any more
_HOURS = 4.0  # clocks further apart than this are said


def ages(shelf: Shelf, inputs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return for every catalogue series behind a monitor's inputs its last figure and when the next was due.

    Returns
    -------
    dict of str to dict
        ``title``, ``value``, ``last``, ``next`` and ``due`` (ISO dates: of the last figure, of the day on
        which the next comes, and of the day with its grace), ``still`` (since when a daily figure has not
        moved, if it is long), ``stale``, ``clock``, ``hour``, ``input``.
    """
    found: dict[str, dict[str, Any]] = {}
    today = np.datetime64(shelf.as_of, "D")
    for key, name in _named(inputs):
        parts: dict[str, dict[str, Any]] = {}
        for part in shelf.parts(name):
            try:
                values = shelf.get(part)
            except Missing:
                continue
            source = shelf.sources[part]
            last = values.index[-1].to_datetime64().astype("datetime64[D]")
            due = source.due(last)
            clock, hour = shelf.taken_at(part)
            if hour is not None and hour < 0 and shelf.shifted(name, part):
                clock, hour = f"{clock}, shifted a session back", hour + 24.0
            parts[part] = {
                "title": source.title,
                "value": float(values.iloc[-1]),
                "last": str(last),
                "next": str(source.published(source.following(last), shelf.provider(part))[0]),
                "due": str(due),
                "still": still_since(values) if source.frequency == "daily" else "",
                "stale": bool(today > due),
                "clock": clock,
                "hour": hour,
                "input": key,
            }
        recipe = shelf.recipe(name)
        if recipe is not None and recipe.how == "extended":  # the newest of them carries the series
            for one in parts.values():
                one["stale"] = all(other["stale"] for other in parts.values())
        if recipe is not None and recipe.how == "bond":  # the yield stands for the time before the price
            for part in recipe.of[1:]:
                parts[part]["stale"] = False
        for one in parts.values():
            one["stale"] |= bool(one["still"])
        found = parts | found  # of a part of two inputs the first speaks
    return found


def still_since(values: pd.Series) -> str:
    """Return from which date on the last figures are all alike, if they are twenty or more; else empty."""
    other = np.flatnonzero(values.to_numpy() != values.iloc[-1])
    first = int(other[-1]) + 1 if len(other) else 0
    return f"{values.index[first]:%Y-%m-%d}" if len(values) - first >= _STILL else ""


def gap_lines(shelf: Shelf, inputs: dict[str, Any]) -> list[str]:
    """Return in words which figures are missing between others: a step across them is read as one."""
    lines = []
    for name in dict.fromkeys(part for _, one in _named(inputs) for part in shelf.parts(one)):
        try:
            values = shelf.get(name)
        except Missing:
            continue
        source = shelf.sources[name]
        for before, after in source.holes(values.index.to_numpy())[-3:]:
            lines.append(f"{name} has no figure between {before} and {after}: a step across is read as one.")
    return lines


def clock_line(found: dict[str, dict[str, Any]]) -> str:
    """Return in words on what clocks the inputs run, when they differ by more than four hours."""
    known = {name: one for name, one in found.items() if one["hour"] is not None}
    hours = [one["hour"] for one in known.values()]
    if len(hours) < 2 or max(hours) - min(hours) <= _HOURS:
        return ""
    first, last = (pick(known, key=lambda name: known[name]["hour"]) for pick in (min, max))
    ends = f"{first} ({known[first]['clock']}) to {last} ({known[last]['clock']})"
    apart = f"{max(hours) - min(hours):.0f} hours"
    return (
        f"Clocks: from {ends}, {apart} apart: a step of {first} has not seen the last {apart} of the other's."
    )


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
