"""Monitors of one level: its phase portrait, and whether it slows down."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarning.macro.state_memory import DROP, TAKE
from scanners.systems.held import NAMES, TODAY, held_state, history, levels, plain, taken_up
from scanners.systems.power import portrait_power
from scanners.systems.reading import UNKNOWN, Outcome, Reading, held_surety
from scanners.systems.sampling import day, sampled, too_short
from scanners.systems.shelf import Shelf

_FADES = 1  # years for which a state that ended is fading


def portrait(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether a level converges or diverges, from the cubic drift of its changes on its level.

    The state has a memory, `earlywarning.macro.state_memory`; the p-values are of the last window alone.
    """
    from earlywarning.core.garch import FEWEST_SHOCKS
    from earlywarning.macro.state_memory import portrait_memory
    from earlywarning.phase.phase_portrait import portrait as fit

    name = inputs["x"]
    values = sampled(shelf.get(name), options.every, options.start)
    need = FEWEST_SHOCKS + 2
    if len(values) < need:
        return Outcome(Reading(status="too short", evidence=too_short(len(values), need, "figures")))
    overlapping = shelf.frequency(name) == "monthly"  # annual rates of months share eleven of twelve
    lags = 12 if overlapping else None
    found = fit(values.iloc[-options.length :], n_null=options.draws, lags=lags)
    memory = portrait_memory(values, length=options.length, lags=lags)
    names = NAMES | {1: "divergent down" if float(found.drift(found.present)) < 0 else "divergent up"}
    a_year = _a_year(shelf, name)
    state, was, since = held_state(memory, names, _FADES * a_year)
    low, high = found.intervals["slope"]
    p_value = _p(found, memory.state or (1 if found.slope > 0 else -1))
    reading = Reading(
        state=state,
        was=was,
        since=since,
        evidence=_evidence(found, memory),
        estimate=f"slope {found.slope:+.3f} [{low:+.3f}, {high:+.3f}] a period",
        distance=_distance(found),
        mind=_mind(memory, values, options.length, lags),
        p_value=p_value,
        sure=held_surety(p_value, taken_up(memory), TODAY),
        power=portrait_power(min(len(values), options.length), a_year, lags),
        value=found.slope,
        last=day(values.index[-1]),
        numbers=found.to_dict() | {"memory": plain(memory)},
    )
    return Outcome(reading, found.plot)


def _a_year(shelf: Shelf, name: str) -> int:
    return {"daily": 250, "weekly": 52, "monthly": 12, "quarterly": 4, "annual": 1}[shelf.frequency(name)]


def _evidence(found: Any, memory: Any) -> str:
    low, high = found.intervals["slope"]
    told = (
        f"At {found.present:.3g} the slope of the drift is {found.slope:+.3f} [{low:+.3f}, {high:+.3f}]; "
        f"against random walks p = {_p(found, -1):.3f} for convergent, {_p(found, 1):.3f} for divergent. "
    )
    told += f"{history(memory)} "
    told += (
        f"Shape {found.shape}, identified." if found.identified else f"Shape not identified: {found.message}."
    )
    stable = next((point for point in found.fixed_points if point.stable), None)
    if found.reverting and stable is not None:
        told += " It reverts to {:.2f} [{:.2f}, {:.2f}].".format(stable.value, *stable.interval)
    return told


def _distance(found: Any) -> str:
    if found.identified and np.isfinite(found.margin):
        return "fold margin {:.3g} [{:.3g}, {:.3g}]".format(found.margin, *found.intervals["margin"])
    return f"fold {UNKNOWN}: cannot be told, because {found.message or 'no fold lies on its way'}"


def _mind(memory: Any, values: pd.Series, length: int, lags: int | None) -> str:
    """Return the t that would change the state, and the next figures that would bring it."""
    steps, last = f"he next {DROP if memory.state else TAKE} figures", f"the last is {values.iloc[-1]:.2f}"
    found = next_levels(memory, values, length, lags)
    if not found:
        told = f"No level within eight standard deviations of a step does it in t{steps}; {last}"
        return f"{told}. {levels(memory)}."
    listed = " or ".join(f"at {level:.2f} ({NAMES.get(state, 'neither')})" for level, state in found)
    return f"T{steps} {listed} would do it; {last}. {levels(memory)}."


def next_levels(memory: Any, values: pd.Series, length: int, lags: int | None) -> list[tuple[float, int]]:
    """Return the nearest levels below and above that, on the next figures in a row, change the state."""
    from earlywarning.macro.state_memory import state_after

    x = values.to_numpy(float)
    size = float(np.diff(x[-length:]).std())
    ahead = DROP if memory.state else TAKE
    found = []
    for side in (-1, 1):
        for step in np.arange(0.25, 8.01, 0.25):
            level = float(x[-1] + side * step * size)
            state = state_after(memory, x, [level] * ahead, length=length, lags=lags)
            if state != memory.state:
                found.append((level, state))
                break
    return found


def slowing(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether AR(1) and restoring rate of a level (a yield) rise together, against GARCH walks."""
    from earlywarning.slowing.trend import trend_test

    values = sampled(shelf.get(inputs["x"]), options.every, options.start).iloc[-options.length :]
    need = 2 * options.window
    if len(values) < need:
        return Outcome(Reading(status="too short", evidence=too_short(len(values), need, "observations")))
    if options.every == "day" and np.ptp(values.to_numpy()) == 0:
        return Outcome(Reading(status="too short", evidence="the series does not vary"))
    found = trend_test(values, window=options.window, bandwidth=options.window / 5, n=options.draws)
    taus = {name: found.tau[name] for name in ("ar1", "variance")}
    rising = found.p_value <= 0.05
    state = "slowing" if rising else ("noise rising" if found.p_values["variance"] <= 0.05 else "not slowing")
    evidence = (
        f"Kendall tau {taus['ar1']:+.2f} of AR(1) (p = {found.p_values['ar1']:.2f}), "
        f"{taus['variance']:+.2f} of variance (p = {found.p_values['variance']:.2f}), AR(1) and "
        f"restoring rate rising together p = {found.p_value:.3f}, over "
        f"{len(values)} observations. On markets such trends preceded no more falls than chance."
    )
    reading = Reading(
        state=state,
        evidence=evidence,
        estimate=f"joint p = {found.p_value:.3f}",
        distance="no date follows from slowing down",
        mind="A joint p-value on the other side of 0.05.",
        p_value=found.p_value,
        last=day(values.index[-1]),
        numbers={"tau": taus, "p_values": dict(found.p_values), "p_value": found.p_value},
    )
    return Outcome(reading, found.plot)


def _p(found: Any, side: int) -> float:
    question = "divergent" if side > 0 else "convergent"
    return max(found.p_values[question].values(), default=float("nan"))
