"""Levels beside changes: how far a price is from what another level would say of it."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems.held import since_when
from scanners.systems.power_events import gap_power
from scanners.systems.reading import UNKNOWN, Outcome, Reading, held_surety
from scanners.systems.sampling import day, levels, together, too_short
from scanners.systems.shelf import Shelf

STATES = {1: "above", -1: "below", 0: "on the line"}


def gap(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether ``y`` lies above or below the line of ``x`` drawn some time before, or on it.

    Without ``x`` the line is the mean of ``y``: a residual against its own past, as that of a real exchange
    rate is against purchasing power.
    """
    from earlywarning.macro.level_gap import HOLD, level_gap

    names = [inputs[key] for key in ("y", "x") if key in inputs]
    log = options.log or shelf.kind(names[0]) == "price"
    series = [np.log(shelf.get(names[0])) if log else shelf.get(names[0])]
    series += [levels(shelf, name) for name in names[1:]]
    table = together(series, options.every, options.start, shelf.through(*names))
    need = options.window + options.ahead + 1
    if len(table) < need:
        return Outcome(Reading(status="too short", evidence=too_short(len(table), need, _of(options, names))))
    found = level_gap(
        table[0], table[1] if len(names) == 2 else None, window=options.window, ahead=options.ahead
    )
    size, unit, digits = (100.0, "%", 1) if log else (1.0, " points", 2)
    shown = np.exp if log else (lambda value: value)
    places = list(enumerate(names))
    then = table.iloc[-1 - options.ahead]
    sign, off = int(found.signs[-1]), float(found.gap[-1])
    value = float(_size(off, log))
    # Where a gap is told and where it ends, on the side of the present one: per cent of a price are no logs.
    side = sign or (1 if off >= 0 else -1)
    reach, end = found.enter * found.spread, found.enter * found.spread * (HOLD if sign else 1.0)
    told, held = (float(_size(side * edge, log)) for edge in (reach, end))
    state = STATES[sign] if np.isfinite(found.ratio[-1]) else UNKNOWN
    since = since_when(found.signs, found.ratio, table.index)
    reading = Reading(
        state=state,
        since=since,
        evidence=(
            f"From {day(table.index[-1 - options.ahead])} to {day(table.index[-1])} "
            + " and ".join(
                _moved(shelf, name, then[k], table.iloc[-1][k], k == 0 and log) for k, name in places
            )
            + f". {_line(found, names, options, size, unit)} says {float(shown(found.predicted[-1])):.4g}."
        ),
        estimate=(
            f"{value:+.{digits}f}{unit} from the line; a gap is told from {told:+.{digits}f}{unit} on"
            + (f" and held to {held:+.{digits}f}{unit}" if sign else "")
        ),
        distance=(
            f"{value:+.{digits}f}{unit} from the line, "
            + (
                f"{abs(value - held):.{digits}f} beyond where the gap ends"
                if sign
                else f"{abs(told - value):.{digits}f} short of where one is told"
            )
        ),
        mind=(
            f"A gap {'within' if sign else 'beyond'} {held:+.{digits}f}{unit}: {names[0]} at "
            f"{float(shown(found.predicted[-1] + side * end)):.4g}"
            + (f" with {names[1]} where it is." if len(names) == 2 else ".")
        ),
        p_value=found.p_value,
        sure=_sure(found, since, options.every),
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
    path = pd.Series(_size(found.gap, log), table.index)
    edges = tuple(float(_size(edge, log)) for edge in (-reach, reach))
    return Outcome(reading, lambda ax: _draw(path, edges, ax))


def _size(off: Any, log: bool) -> Any:
    """Return how far a level lies off its line, in per cent of the line where both are logs."""
    return 100.0 * np.expm1(off) if log else off


def _sure(found: Any, since: str, every: str) -> str:
    if found.signs[-1]:
        return held_surety(found.p_value, since, f"this {every}'s gap")
    return f"no gap is told: unrelated walks lie as far off in {found.p_value:.0%} of cases"


def _of(options: Any, names: list[str]) -> str:
    return f"{options.every}s" + (" of both" if len(names) == 2 else "")


def _line(found: Any, names: list[str], options: Any, size: float, unit: str) -> str:
    if len(names) == 1:
        return f"The mean of the {options.window} {options.every}s before"
    slope = f"slope {size * found.slope:+.3g}{unit} a point"
    return f"The line of the {options.window} {options.every}s before ({slope})"


def _moved(shelf: Shelf, name: str, before: float, now: float, log: bool) -> str:
    if log or shelf.kind(name) == "price":
        return f"{name} went {np.exp(before):.4g} to {np.exp(now):.4g}"
    return f"{name} went {before:.2f} to {now:.2f}"


def _draw(path: pd.Series, edges: tuple[float, ...], ax: Any) -> Any:
    ax.axhspan(*edges, color=style.GRID, label="no gap against unrelated walks")
    ax.plot(path.index, path, color=style.DOWN, linewidth=1.2, label="gap to the line")
    ax.axhline(0.0, color=style.INK, linewidth=0.7)
    ax.legend(loc="upper left", ncols=2)
    return ax
