"""Levels beside changes: how far a price is from what another level would say of it."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems.power_events import gap_power
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, levels, together, too_short
from scanners.systems.shelf import Shelf

STATES = {1: "above", -1: "below", 0: "on the line"}


def gap(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether ``y`` lies above or below the line of ``x`` drawn some time before, or on it."""
    from earlywarning.macro.level_gap import HOLD, level_gap

    names = [inputs["y"], inputs["x"]]
    table = together(
        [levels(shelf, name) for name in names], options.every, options.start, shelf.through(*names)
    )
    need = options.window + options.ahead + 1
    if len(table) < need:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(table), need, f"{options.every}s of both"))
        )
    found = level_gap(table[0], table[1], window=options.window, ahead=options.ahead)
    log = shelf.kind(names[0]) == "price"
    size, unit = (100.0, "%") if log else (1.0, " points")
    shown = np.exp if log else (lambda value: value)
    now, then = table.iloc[-1], table.iloc[-1 - options.ahead]
    sign, value = int(found.signs[-1]), size * float(found.gap[-1])
    reach = size * found.enter * found.spread
    state = STATES[sign] if np.isfinite(found.ratio[-1]) else UNKNOWN
    end = size * found.spread * found.enter * (HOLD if sign else 1.0)
    reading = Reading(
        state=state,
        since=day(table.index[found.runs[-1].start]) if sign else "",
        evidence=(
            f"From {day(table.index[-1 - options.ahead])} to {day(table.index[-1])} {names[1]} went "
            f"{_number(shelf, names[1], then[1])} to {_number(shelf, names[1], now[1])} and {names[0]} "
            f"{_number(shelf, names[0], then[0])} to {_number(shelf, names[0], now[0])}. The line of the "
            f"{options.window} {options.every}s before (slope {size * found.slope:+.3g}{unit} a point) says "
            f"{float(shown(found.predicted[-1])):.4g}."
        ),
        estimate=f"{value:+.1f}{unit} from the line; a gap is told from {reach:.1f}{unit} on",
        distance=f"{abs(value):.1f}{unit} from the line, {reach - abs(value):+.1f} to where one is told",
        mind=(
            f"A gap {'within' if sign else 'beyond'} {end:.1f}{unit}: {names[0]} at "
            f"{float(shown(found.predicted[-1] + (sign or 1) * end / size)):.4g} with {names[1]} where it is."
        ),
        p_value=found.p_value,
        value=value,
        power=gap_power(options.window, options.ahead, options.every),
        last=day(table.index[-1]),
        numbers={
            "gap": value,
            "predicted": float(shown(found.predicted[-1])),
            "ratio": float(found.ratio[-1]),
            "enter": found.enter,
            "slope": found.slope,
        },
    )
    path = pd.Series(size * found.gap, table.index)
    return Outcome(reading, lambda ax: _draw(path, reach, ax))


def _number(shelf: Shelf, name: str, value: float) -> str:
    return f"{np.exp(value):.4g}" if shelf.kind(name) == "price" else f"{value:.2f}"


def _draw(path: pd.Series, reach: float, ax: Any) -> Any:
    ax.axhspan(-reach, reach, color=style.GRID, label="no gap against unrelated walks")
    ax.plot(path.index, path, color=style.DOWN, linewidth=1.2, label="gap to the line")
    ax.axhline(0.0, color=style.INK, linewidth=0.7)
    ax.legend(loc="upper left", ncols=2)
    return ax
