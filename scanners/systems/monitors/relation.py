"""Monitors of one change on another: the sign of a relation, a drift, a loop of two series."""

from typing import Any

import numpy as np

from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import changes, day, levels, together, too_short
from scanners.systems.shelf import Shelf
from scanners.systems.signs import signed

_UNITS = {"price": "%", "level": "points"}
_PERIODS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "annual": "year"}


def relation(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the sign of the coefficient of the changes of ``y`` on those of ``x``, and since when."""
    from earlywarning.macro.feedback import time_varying

    names = [inputs["y"], inputs["x"]]
    steps = changes(shelf, names, options.every, options.start)
    need = 2 * options.window
    if len(steps) < need:
        return _short(len(steps), need, f"changes of both from {options.every} to {options.every}")
    found = time_varying(steps[0], steps[1], window=options.window, replications=options.draws)
    unit = f"{_UNITS[shelf.kind(names[0])]} a {_one(shelf.kind(names[1]))}"
    return signed(
        found, steps[0], steps[1], options, unit, ("positive", "negative"), _step(shelf, names[0], options)
    )


def drift(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether a series rises or falls on average over a rolling window, and since when.

    With the option ``level`` the figures are changes themselves, as revisions are: whether their mean is
    above or below nought.
    """
    from earlywarning.macro.feedback import time_varying

    name = inputs["y"]
    relative = options.log or shelf.kind(name) == "price"
    values = shelf.get(name)
    if relative:
        if not (values > 0).all():
            raise ValueError(f"{name} must be positive to take logs, got {values.min():g}")
        values = 100.0 * np.log(values)
    steps = together([values], options.every, options.start, shelf.through(name))[0]
    steps = steps if options.level else steps.diff().iloc[1:]
    need = 2 * max(options.window, 20)
    if len(steps) < need:
        return _short(len(steps), need, "changes")
    # The interval and the filter need twenty observations; a shorter window decides the sign alone.
    window = max(options.window, 20)
    found = time_varying(steps, window=window, replications=options.draws)
    per = _step(shelf, name, options)
    unit = f"{'%' if relative else 'points'} a {per}"
    states = ("upward", "downward") if options.level else ("rising", "falling")
    return signed(found, steps, None, options, unit, states, per)


def loop(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the joint feedback of two series in levels: the leading eigenvalue and the sign of J12 J21."""
    from earlywarning.macro.pair_feedback import coupling

    names = [inputs["x"], inputs["y"]]
    table = together(
        [levels(shelf, name) for name in names], options.every, options.start, shelf.through(*names)
    )
    need = options.window + 20
    if len(table) < need:
        return _short(len(table), need, f"{options.every}s of both")
    found = coupling(table[0], table[1], window=options.window, replications=options.draws)
    low, high = found.interval
    state = {"reinforcing": "reinforcing", "balancing": "balancing"}.get(found.loop, UNKNOWN)
    if low > 0:
        state = "divergent"
    last = found.frame.iloc[-1]
    pull = "returns to" if high < 0 else "leaves" if low > 0 else "may or may not return to"
    evidence = (
        f"The effect of {names[1]} on {names[0]} and back, J12 J21 = {last['J12'] * last['J21']:+.2g}, is "
        f"{found.loop} (p = {found.loop_p_value:.3f}); the pair {pull} its equilibrium."
    )
    reading = Reading(
        state=state,
        evidence=evidence,
        estimate=f"leading eigenvalue {found.eigenvalue:+.3f} [{low:+.3f}, {high:+.3f}] a {options.every}",
        distance=f"{-found.eigenvalue:.3f} a {options.every} from zero, where the pair lets go",
        mind="A loop p-value above 0.05, or an eigenvalue whose interval lies on the other side of zero.",
        p_value=found.loop_p_value,
        last=day(table.index[-1]),
        numbers=found.to_dict(),
    )
    return Outcome(reading, found.plot)


def _step(shelf: Shelf, name: str, options: Any) -> str:
    return _PERIODS[shelf.frequency(name)] if options.every == "figure" else str(options.every)


def _short(have: int, need: int, what: str) -> Outcome:
    return Outcome(Reading(status="too short", evidence=too_short(have, need, what)))


def _one(kind: str) -> str:
    return "per cent" if kind == "price" else "point"
