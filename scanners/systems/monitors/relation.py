"""Monitors of one change on another: the sign of a relation, a drift, a loop of two series."""

from typing import Any

import numpy as np

from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import changes, day, levels, together, too_short
from scanners.systems.shelf import Shelf

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
    return Outcome(_signed(found, unit, options, ("positive", "negative")), found.plot)


def drift(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether a series rises or falls on average over a rolling window, and since when."""
    from earlywarning.macro.feedback import time_varying

    name = inputs["y"]
    relative = options.log or shelf.kind(name) == "price"
    values = shelf.get(name)
    if relative:
        if not (values > 0).all():
            raise ValueError(f"{name} must be positive to take logs, got {values.min():g}")
        values = 100.0 * np.log(values)
    steps = together([values], options.every, options.start)[0].diff().iloc[1:]
    need = 2 * options.window
    if len(steps) < need:
        return _short(len(steps), need, "changes")
    found = time_varying(steps, window=options.window, replications=options.draws)
    per = _PERIODS[shelf.frequency(name)] if options.every == "figure" else options.every
    return Outcome(
        _signed(found, f"{'%' if relative else 'points'} a {per}", options, ("rising", "falling")), found.plot
    )


def loop(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the joint feedback of two series in levels: the leading eigenvalue and the sign of J12 J21."""
    from earlywarning.macro.pair_feedback import coupling

    names = [inputs["x"], inputs["y"]]
    table = together([levels(shelf, name) for name in names], options.every, options.start)
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


def _signed(
    found: Any, unit: str, options: Any, states: tuple[str, str], signs: tuple[str, str] | None = None
) -> Reading:
    """Turn a time-varying coefficient into a reading: its established sign, if the last window has it too.

    ``states`` name a positive and a negative regime, ``signs`` the coefficient's sign in the sentences.
    """
    state_of = {1: states[0], -1: states[1]}
    sign_of = dict(zip((1, -1), signs or states, strict=True))
    settled = found.regime != 0 and found.sign == found.regime
    low, high = found.interval
    span = f"{found.window} {options.every}s" if options.every != "figure" else f"{found.window} figures"
    evidence = f"Over the last {span} {sign_of.get(found.sign, 'not distinguishable from zero')}"
    if settled:
        evidence += f", and no window since {found.since} had the other sign"
    elif found.regime:
        evidence += (
            f"; last established {sign_of[found.regime]}, in windows to {found.episodes[-1].end_label}"
        )
    if found.changes:
        dates = ", ".join(
            f"to {sign_of[one.after]} about {one.date} (seen {one.seen}, p = {one.p_value:.3f})"
            for one in found.changes
        )
        evidence += f"; it turned {dates}"
    else:
        evidence += f"; no change of sign is established (p = {found.p_value:.2f})"
    t = found.frame["t"].iloc[-1]
    mind = f"A rolling t beyond {found.critical_t:.1f} that lasts would give it a sign."
    if settled:
        mind = (
            f"A rolling t within {found.critical_t:.1f} of zero would end this reading, one beyond it on the "
            f"other side would make it {state_of[-found.regime]}."
        )
    filtered = "{:+.3g} [{:+.3g}, {:+.3g}]".format(found.filtered, *found.filtered_interval)
    return Reading(
        state=state_of[found.regime] if settled else UNKNOWN,
        since=found.since if settled else "",
        evidence=evidence + ".",
        estimate=f"{found.coefficient:+.3g} [{low:+.3g}, {high:+.3g}] {unit}; filtered {filtered}",
        distance=f"t = {t:+.1f}, so zero is {abs(t):.1f} standard errors away",
        mind=mind,
        p_value=found.p_value,
        last=day(found.frame.index[-1]),
        numbers=found.to_dict(),
    )


def _short(have: int, need: int, what: str) -> Outcome:
    return Outcome(Reading(status="too short", evidence=too_short(have, need, what)))


def _one(kind: str) -> str:
    return "per cent" if kind == "price" else "point"
