"""Monitors of one level: its phase portrait, and whether it slows down."""

from typing import Any

import numpy as np

from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, held_since, sampled, too_short
from scanners.systems.shelf import Shelf

_YEARS = 10  # looked back for the date from which on a state held


def portrait(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether a level converges or diverges, from the cubic drift of its changes on its level."""
    from earlywarning.core.garch import FEWEST_SHOCKS
    from earlywarning.phase.phase_portrait import portrait as fit

    name = inputs["x"]
    values = sampled(shelf.get(name), options.every, options.start).iloc[-options.length :]
    need = FEWEST_SHOCKS + 2
    if len(values) < need:
        return Outcome(Reading(status="too short", evidence=too_short(len(values), need, "figures")))
    overlapping = shelf.frequency(name) == "monthly"  # annual rates of months share eleven of twelve
    lags = 12 if overlapping else None
    found = fit(values, n_null=options.draws, lags=lags)
    state, since = _state(found), ""
    if state != UNKNOWN:
        year = max(round(shelf.sources[name].periods_a_year), 1) if name in shelf.sources else 12
        dates = list(values.index[::-year][:_YEARS])
        since = held_since(
            state, dates, lambda end: _state(fit(values[:end], n_null=options.draws, lags=lags))
        )
    low, high = found.intervals["slope"]
    stable = next((point for point in found.fixed_points if point.stable), None)
    evidence = (
        f"At {found.present:.3g} the slope of the drift is {found.slope:+.3f} [{low:+.3f}, {high:+.3f}]; "
        f"against random walks p = {_p(found, 'convergent'):.3f} for convergent, "
        f"{_p(found, 'divergent'):.3f} for divergent. "
    )
    evidence += (
        f"Shape {found.shape}, identified." if found.identified else f"Shape not identified: {found.message}."
    )
    if found.reverting and stable is not None:
        evidence += " It reverts to {:.2f} [{:.2f}, {:.2f}].".format(stable.value, *stable.interval)
    margin = found.intervals["margin"]
    reading = Reading(
        state=state,
        since=since,
        evidence=evidence,
        estimate=f"slope {found.slope:+.3f} [{low:+.3f}, {high:+.3f}] a period",
        distance=f"fold margin {found.margin:.3g} [{margin[0]:.3g}, {margin[1]:.3g}]"
        if found.identified and np.isfinite(found.margin)
        else f"fold {UNKNOWN}: cannot be told, because {found.message or 'no fold lies on its way'}",
        mind=(
            f"The slope at the present level, now {found.slope:+.3f} [{low:+.3f}, {high:+.3f}], when its "
            f"interval {'holds' if state != UNKNOWN else 'leaves'} zero or its p among walks crosses 0.05."
        ),
        p_value=min(_p(found, "convergent"), _p(found, "divergent")),
        value=found.slope,
        last=day(values.index[-1]),
        numbers=found.to_dict(),
    )
    return Outcome(reading, found.plot)


def slowing(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether AR(1) and restoring rate of a level (a yield) rise together, against GARCH walks."""
    from earlywarning.slowing.trend import trend_test

    values = sampled(shelf.get(inputs["x"]), options.every, options.start).iloc[-options.length :]
    need = 2 * options.window
    if len(values) < need:
        return Outcome(Reading(status="too short", evidence=too_short(len(values), need, "observations")))
    if options.every == "day" and np.ptp(values.to_numpy()) == 0:
        return Outcome(Reading(status="too short", evidence="the series does not vary"))
    found = trend_test(values, window=options.window, bandwidth=options.window / 5, n=min(options.draws, 199))
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


def _state(found: Any) -> str:
    """Return the state of a portrait; a divergent one with the direction of its drift."""
    if found.state == "divergent":
        return "divergent down" if float(found.drift(found.present)) < 0 else "divergent up"
    return "convergent" if found.state == "convergent" else UNKNOWN


def _p(found: Any, question: str) -> float:
    return max(found.p_values[question].values(), default=float("nan"))
