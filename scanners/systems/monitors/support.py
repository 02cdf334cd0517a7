"""A line through earlier lows, drawn at a date and held: where it is now, and whether it broke."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems.power_events import support_power
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, sampled, too_short
from scanners.systems.shelf import Shelf


def support(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return ``holding``, ``broken`` or not identified, by lines that were held out of sample."""
    from earlywarning.macro.support_line import FEWEST, MARGIN, SupportLine, rising_lines, walk_breaks

    name = inputs["x"]
    values = sampled(shelf.get(name), options.every, options.start, shelf.through(name))
    if len(values) < FEWEST:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(values), FEWEST, f"{options.every}s"))
        )
    log = shelf.kind(name) == "price"
    now = len(values) - 1
    lines = [one for one in rising_lines(values, log=log) if one.held(now) >= options.held]

    def level(line: SupportLine, place: float) -> float:
        return float(np.exp(line.at(place))) if log else line.at(place)

    holding = [one for one in lines if one.broken < 0]
    broken = [one for one in lines if one.broken >= 0]
    recent = [one for one in broken if one.broken > now - options.recent]
    nearest = max(holding, key=lambda one: one.at(now), default=None)
    listed = [_line(one, level, now) for one in (*broken[-4:], *([nearest] if nearest else []))]
    p_value, rate = None, walk_breaks(len(values), held=options.held, within=options.recent)[1]
    told = f"Random walks break such a line {120 * rate:.1f} times in 120 {options.every}s."
    if recent:
        longest = max(recent, key=lambda one: one.held(now))
        p_value = walk_breaks(len(values), held=longest.held(now), within=options.recent)[0]
        state, since = "broken", longest.broken_label
    else:
        state, since = ("holding", _held_since(values.index, lines, options)) if nearest else (UNKNOWN, "")
    price = float(values.iloc[-1])
    step = MARGIN * float(np.diff(np.log(values) if log else values).std())

    def below(line: float) -> float:
        return line * float(np.exp(-step)) if log else line - step

    reading = Reading(
        state=state,
        since=since,
        evidence=("Lines: " + "; ".join(listed) + ". " if listed else "No line has been held so long. ")
        + told,
        estimate=_estimate(price, nearest, level, now),
        distance=_distance(price, nearest, level, now),
        mind=_mind(nearest, level, now, options.every, state, below),
        p_value=p_value,
        power=support_power(len(values), options.held, options.recent, options.every),
        value=100 * (price / level(nearest, now) - 1) if nearest else None,
        sure="" if p_value is not None else f"a state by rule; {told[0].lower()}{told[1:-1]}",
        last=day(values.index[-1]),
        numbers={
            "price": price,
            "line": level(nearest, now) if nearest else None,
            "lines": [one.to_dict() for one in lines],
            "walk_breaks_in_120": 120 * rate,
        },
    )
    return Outcome(reading, lambda ax: _draw(values, lines, level, ax))


def _held_since(index: pd.Index, lines: list[Any], options: Any) -> str:
    """Return the date from which on a line held and no break was recent; later lines do not move it."""
    ends = [one.broken + options.recent for one in lines if one.broken >= 0]
    begins = [one.drawn + options.held for one in lines if one.broken < 0]
    return day(index[max(min(begins), max(ends, default=0))])


def _line(one: Any, level: Any, now: int) -> str:
    end = f"broken {one.broken_label}" if one.broken >= 0 else "holds"
    place = one.broken if one.broken >= 0 else now
    return (
        f"through {one.first_label[:7]} and {one.second_label[:7]}, drawn {one.drawn_label[:7]}, held "
        f"{one.held(now)}, {end} at {level(one, place):.4g}"
    )


def _estimate(price: float, nearest: Any, level: Any, now: int) -> str:
    if nearest is None:
        return f"{price:.4g}, no line below"
    return (
        f"{price:.4g} against {level(nearest, now):.4g} of the line through {nearest.first_label[:7]} and "
        + (f"{nearest.second_label[:7]}")
    )


def _distance(price: float, nearest: Any, level: Any, now: int) -> str:
    if nearest is None:
        return "cannot be told, because no unbroken line has been held out of sample"
    return f"{100 * (price / level(nearest, now) - 1):+.1f}% above the line"


def _mind(nearest: Any, level: Any, now: int, every: str, state: str, below: Any) -> str:
    """Return the closes that would break the nearest line: below it by a standard deviation of a step."""
    if nearest is None:
        return "A new low that is confirmed, and a rising line through it."
    which = "another line" if state == "broken" else "it"
    soon, later = (level(nearest, now + ahead) for ahead in (1, 12))
    closes = f"below {below(soon):.4g} next {every}, {below(later):.4g} in twelve,"
    line = f"a standard deviation of a step below the line, {soon:.4g} and {later:.4g}"
    return f"A {every}'s close {closes} breaks {which}: {line}."


def _draw(values: pd.Series, lines: list[Any], level: Any, ax: Any) -> Any:
    ax.plot(values.index, values, color=style.INK, linewidth=0.9)
    for one in lines:
        end = one.broken if one.broken >= 0 else len(values) - 1
        places = np.arange(one.first, end + 1)
        heights = [level(one, place) for place in places]
        colour = style.UP if one.broken >= 0 else style.DOWN
        ax.plot(values.index[places], heights, color=colour, linewidth=1.0)
        if one.broken >= 0:
            ax.plot(values.index[one.broken], values.iloc[one.broken], "o", color=style.UP, markersize=4)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:,.6g}")
    ax.yaxis.set_minor_formatter("{x:,.6g}")
    return ax
