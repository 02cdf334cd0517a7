"""The debt monitor: whether the primary balance reacts to debt, and how far the limit is."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.systems.held import NAMES, TODAY, held_state, history, levels, plain, taken_up
from scanners.systems.power import debt_power
from scanners.systems.reading import UNKNOWN, Outcome, Reading, held_surety
from scanners.systems.sampling import day, too_short
from scanners.systems.shelf import Shelf
from scanners.systems.sources import period_end

_DT = {"annual": 1.0, "quarterly": 0.25}
_FADES = 2  # years for which a state that ended is fading
_AHEAD = 10  # years for which balances are tried


def debt(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the feedback region of debt dynamics and the distance to the debt limit."""
    from earlywarning.macro.debt_dynamics import debt_limit
    from earlywarning.macro.debt_memory import debt_memory
    from earlywarning.macro.debt_table import FEWEST

    names = {key: inputs[key] for key in ("debt", "balance", "controls") if key in inputs}
    frequency = _coarsest([shelf.frequency(name) for name in names.values()])
    parts = {
        key: _by_period(shelf.get(name), frequency, options.start, key == "debt")
        for key, name in names.items()
    }
    common = parts["debt"].index.intersection(parts["balance"].index)
    if len(common) <= FEWEST + 1:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(common), FEWEST + 2, "periods of both"))
        )

    dt = _DT[frequency]
    controls = parts["controls"].to_frame() if "controls" in parts else None
    given: dict[str, Any] = {
        "controls": controls,
        "dt": dt,
        "errors": options.errors,
        "recent": options.recent,
    }
    found = debt_limit(parts["debt"], parts["balance"], **given, replications=options.draws)
    memory = debt_memory(parts["debt"], parts["balance"], **given)
    state, was, since = held_state(memory, NAMES, round(_FADES / dt))
    p_value = found.p_values["slope"]
    low, high = found.intervals["linear_slope"]
    years = f"{found.index[0]:%Y} to {found.index[-1]:%Y}"
    reaction = _reaction(found)
    evidence = (
        f"Balance and debt {years}: {_signed(found, reaction)}. A cubic reaction p = "
        f"{found.p_values['reaction']:.2f}, its shape p = {found.p_values['shape']:.2f}. "
        f"r - g over the last {options.recent:g} years {found.growth:+.1%} "
        "[{:+.1%}, {:+.1%}]. ".format(*found.intervals["growth"])
        + history(memory)
    )
    slope = f"{found.linear_slope:+.3f} [{low:+.3f}, {high:+.3f}]"
    reading = Reading(
        state=state,
        was=was,
        since=since,
        evidence=evidence,
        estimate=f"slope of debt dynamics {slope} a year",
        distance=f"slope {slope} a year from nought, where debt is no longer driven on; {_limit(found)}",
        mind=_mind(found, memory, options),
        sure=f"{held_surety(p_value, taken_up(memory), TODAY)}; {_sure(found, reaction)}",
        p_value=p_value,
        power=debt_power(
            found.record,
            found.linear.rho,
            float(found.linear.innovations.std()),
            options.errors,
            options.recent,
            memory.divergent,
        ),
        value=found.linear_slope,
        last=day(found.index[-1]),
        numbers=_numbers(found)
        | {"reaction": reaction, "fan": _fan(found, options.horizon), "memory": plain(memory)},
    )
    return Outcome(reading, found.plot)


def _coarsest(frequencies: list[str]) -> str:
    return "annual" if "annual" in frequencies else "quarterly"


def _by_period(values: pd.Series, frequency: str, start: str, stock: bool) -> pd.Series:
    """Return one value a year or quarter, labelled with its end: the last of a stock, the mean of a flow."""
    values = values[pd.Timestamp(start) :] if start else values
    ends = pd.DatetimeIndex(period_end(values.index.to_numpy(), frequency).astype("datetime64[ns]"))
    grouped = values.groupby(ends)
    counts = grouped.size()
    found = grouped.last() if stock else grouped.mean()
    return found[counts == counts.max()]  # a year without all its quarters is not over


def _reaction(found: Any) -> dict[str, float]:
    """Return the linear reaction of the balance, points of GDP a point of debt, its error, t and p."""
    scale = found.record.scale
    value = float(found.linear.powers[1]) / scale
    error = float(found.linear.powers_covariance[1, 1]) ** 0.5 / scale
    return {"value": value, "error": error, "t": value / error, "p_value": found.p_values["linear"]}


def _signed(found: Any, reaction: dict[str, float]) -> str:
    """Return the sign of the reaction first, then whether histories without one show it too."""
    falls = reaction["value"] < 0
    told = (
        "the balance falls when debt rises, a perverse reaction" if falls else "the balance rises with debt"
    )
    shown = "do not show it" if reaction["p_value"] <= 1 - found.confidence else "show it too"
    return (
        f"{told} of {reaction['value']:+.3f} +- {1.96 * reaction['error']:.3f} points a point "
        f"(t = {reaction['t']:+.1f}); histories without a reaction {shown} (p = {reaction['p_value']:.2f})"
    )


def _sure(found: Any, reaction: dict[str, float]) -> str:
    sign = "perverse" if reaction["value"] < 0 else "stabilising"
    word = "sure" if reaction["p_value"] <= 1 - found.confidence else "not sure"
    return f"{word} that the reaction is {sign}: {reaction['value']:+.3f} (p = {reaction['p_value']:.3f})"


def _mind(found: Any, memory: Any, options: Any) -> str:
    """Return what would change the region: the slope, and the balances that would bring it, by when."""
    changes = [_balances(found, memory, options, share) for share in (0.1, 0.9)]
    told = "; ".join(change for change in changes if change) or (
        f"primary balances in the lowest or the highest tenth of the table would not do it in {_AHEAD} years"
    )
    last = f"the last with its debt was {found.record.balance[-1]:+.1f}%, of {day(found.index[-1])}"
    told = f"{told[0].upper()}{told[1:]}; {last}"
    return f"{told}. {levels(memory)}."


def _balances(found: Any, memory: Any, options: Any, share: float) -> str:
    """Return by when balances at a quantile of the record would change the state; empty if never."""
    from earlywarning.macro.debt_memory import state_ahead

    record, level = found.record, float(np.quantile(found.record.balance, share))
    steps = round(_AHEAD / record.dt)
    states = state_ahead(memory, record, level, found.growth, steps, options.errors, options.recent)
    other = np.flatnonzero(states != memory.state)
    if not len(other):
        return ""
    months = round(12 * record.dt * (other[0] + 1))
    when = found.index[-1] + pd.DateOffset(months=months)
    state = int(states[other[0]])
    does = f"make it {NAMES[state]}" if state else "end it"
    return f"primary balances of {level:+.1f}% from now on would {does} with the figures of {when:%Y-%m}"


def _numbers(found: Any) -> dict[str, Any]:
    """Return everything for JSON; a limit that is not identified is not there."""
    values = dict(found.to_dict())
    if not found.identified:
        hidden = ("limit", "distance", "stable")
        values |= dict.fromkeys(hidden)
        values["intervals"] = {k: v for k, v in values["intervals"].items() if k not in hidden}
        values["bootstrap"] = {k: v for k, v in values["bootstrap"].items() if k not in hidden}
        del values["with_limit"]
    return values


def _limit(found: Any) -> str:
    if not found.identified:
        return f"debt limit {UNKNOWN}: cannot be told, because {found.message}"
    ends = "[{:.0f}, {:.0f}]".format(*found.bootstrap["limit"])
    return f"{found.distance:+.0f} points of GDP to a limit of {found.limit:.0f} {ends}"


def _fan(found: Any, horizon: float) -> dict[str, float]:
    last = found.fan(horizon, paths=400).iloc[-1]
    return {str(name): float(value) for name, value in last.items() if value == value}
