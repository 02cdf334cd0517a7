"""The liquidity monitor: calm, chronic tightening, acute or crisis, each rank in its last ten years."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems import stress
from scanners.systems.freshness import still_since
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, levels
from scanners.systems.shelf import Missing, Shelf


def liquidity(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the liquidity state from the measures whose series are here; at least two are needed."""
    found, missing = _measured(shelf, inputs, options)
    table = stress.ranked(found, options.least, options.past)
    if table.shape[1] < 2:
        return without(missing)
    states = stress.liquidity_states(table)
    states = states[states != ""]
    if states.empty:
        return Outcome(
            Reading(status="too short", evidence=f"{options.least} sessions of two measures are needed")
        )
    now, state = table.loc[states.index[-1]], states.iloc[-1]
    shares = states.value_counts(normalize=True)
    usual = ", ".join(f"{name} {shares.get(name, 0.0):.1%}" for name in stress.STATES)
    listed = ", ".join(
        f"{stress.WORDS[name]} {now[name]:.0%}" if name in now and np.isfinite(now[name]) else f"no {name}"
        for name in stress.MEASURES
    )
    worse = ("calm",) if state == "calm" else stress.STATES[stress.STATES.index(state) :]
    told = state if state in ("calm", "crisis") else f"{state} or worse"
    rarer = shares[[name in worse for name in shares.index]].sum()
    reading = Reading(
        state=state,
        since=day(stress.since(states)),
        evidence=(
            f"Rank in the last {options.past} sessions: {listed}. "
            f"Since {day(states.index[0])}: {usual} of days."
        ),
        estimate=f"mean rank {now.mean():.2f} of {now.notna().sum()} measures",
        distance=_distance(now.dropna(), state),
        mind=_mind(now.dropna(), state, {name: each.iloc[-options.past :] for name, each in found.items()}),
        sure=f"a state by rule, without p; {told} on {_percent(rarer)} of days since {states.index[0]:%Y}",
        value=float(now.mean()),
        last=day(states.index[-1]),
        numbers={
            "ranks": {str(name): float(value) for name, value in now.dropna().items()},
            "shares": dict(shares),
        },
        missing=missing,
        checks=_legs(table, states.index[-1], missing),
    )
    return Outcome(reading, lambda ax: draw_ranks(table, states, ax))


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}"


def rank_table(shelf: Shelf, inputs: dict[str, Any], options: Any) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the ranks of the measures that can be made, and what is missing for the others."""
    found, missing = _measured(shelf, inputs, options)
    return stress.ranked(found, options.least, options.past), missing


def _measured(
    shelf: Shelf, inputs: dict[str, Any], options: Any
) -> tuple[dict[str, pd.Series], dict[str, str]]:
    missing: dict[str, str] = {}

    def read(name: str | None, compared: bool = False) -> pd.Series | None:
        if name is None:
            return None
        try:
            values = levels(shelf, name) if compared else shelf.get(name)
        except Missing as error:
            missing.update(error.needed)
            return None
        still = still_since(values) if shelf.frequency(name) == "daily" else ""
        return values[:still] if still else values  # what nobody measures any more has no rank

    assets = [read(name, compared=True) for name in inputs.get("assets", ())]
    found = stress.measures(
        vix=read(inputs.get("vix")),
        carry=read(inputs.get("carry")),
        bond=read(inputs.get("bond")),
        assets=[values for values in assets if values is not None],
        window=options.window,
        stocks=read(inputs.get("stocks")),
    )
    return found, missing


def without(missing: dict[str, str]) -> Outcome:
    """Return the outcome of a monitor that has too few of its series."""
    return Outcome(Reading(status="missing", missing=missing, evidence="two measures of stress are needed"))


def _legs(table: pd.DataFrame, last: pd.Timestamp, missing: dict[str, str]) -> tuple[str, ...]:
    """Return what is said of every leg that does not speak on the last day."""
    told = [f"Without {name}: its series is not here." for name in sorted(missing)]
    if "vix" in missing and "vix" in table:
        told.append("The volatility of stocks stands for the VIX.")
    for name in stress.MEASURES:
        if name not in table:
            told.append(f"Without the {stress.WORDS[name]}.")
        elif not table[name].notna()[last]:
            known = table[name].dropna()
            until = (
                f"its last rank is of {day(known.index[-1])}" if len(known) else "it is too short for a rank"
            )
            told.append(f"Without the {stress.WORDS[name]}: {until}.")
    return tuple(told)


def _deciding(now: pd.Series, state: str) -> tuple[str, float, float] | None:
    """Return the measure that holds an alarm or lacks to one, its rank, and where the state turns."""
    alarm = state in ("acute", "crisis")
    size, begin = (3, stress.EXTREME) if state == "crisis" else (2, stress.HIGH)
    ordered = now.sort_values(ascending=False)
    if len(ordered) < size:
        return None
    return str(ordered.index[size - 1]), ordered.iloc[size - 1], begin - stress.MEMORY * alarm


def _mind(now: pd.Series, state: str, past: Mapping[str, pd.Series]) -> str:
    """Return which rank, of which measure, would change the state tomorrow, and the level at that rank."""
    found = _deciding(now, state)
    if found is None:
        return "More measures with ranks"
    name, value, level = found
    turn = _sized(name, past, level)
    here = f"(now {value:.0%}{_sized(name, past)})"
    if state in ("acute", "crisis"):
        return f"{stress.WORDS[name]} below its {level:.0%} rank{turn} {here} ends it"
    first = str(now.idxmax())
    return (
        f"{stress.WORDS[name]} from its {level:.0%} rank on{turn} {here} makes it acute, when "
        f"{stress.WORDS[first]} is there too{_sized(first, past, level)} "
        f"(now {now[first]:.0%}{_sized(first, past)})"
    )


def _sized(name: str, past: Mapping[str, pd.Series], rank: float | None = None) -> str:
    """Return a measure in its own unit, at a rank or now; empty where another stands for it."""
    if name not in past:
        return ""
    value = float(past[name].iloc[-1] if rank is None else past[name].quantile(rank))
    shown = {
        "vix": f"{value:.1f}",
        "carry": f"{100 * (1 - np.exp(-value)):.1f}%",
        "bond": f"{value:.3f} points a session",
        "correlation": f"{value:.2f}",
    }
    return f", {shown[name]}"


def _distance(now: pd.Series, state: str) -> str:
    found = _deciding(now, state)
    if found is None:
        return UNKNOWN
    name, value, level = found
    if state in ("acute", "crisis"):
        return f"to its end: {stress.WORDS[name]} {value - level:.2f} above the {level:.0%} rank"
    nearest = now[now < stress.HIGH].nlargest(max(2 - int((now >= stress.HIGH).sum()), 1))
    names = ", ".join(f"{stress.WORDS[str(one)]} {stress.HIGH - rank:.2f}" for one, rank in nearest.items())
    return f"to acute: {names} below the 90% rank"


def draw_ranks(table: pd.DataFrame, states: pd.Series, ax: Any) -> Any:
    """Draw the mean rank with its states as shades; return the axes."""
    mean = table.mean(axis=1)[states.index]
    ax.plot(mean.index, mean, color=style.INK, linewidth=0.7, label="mean rank of the measures")
    for name, colour in (
        ("chronic tightening", style.PALETTE["present"][0]),
        ("acute", style.UP),
        ("crisis", style.LEVEL_COLOURS["critical"][0]),
    ):
        where = (states == name).to_numpy()
        if where.any():
            ax.fill_between(
                states.index, 0, 1, where=where, step="post", color=colour, alpha=0.35, label=name, lw=0
            )
    ax.set_ylim(0, 1.25)
    ax.legend(loc="upper left", ncols=4)
    return ax
