"""Did both legs turn at the same time? Turning points of two prices, matched within ten sessions."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems.power_events import turns_power
from scanners.systems.reading import UNKNOWN, Outcome, Reading, held_surety
from scanners.systems.sampling import day, levels, together, too_short
from scanners.systems.shelf import Shelf

YEAR, MONTH = 250, 20
_FEWEST = 6
ENTER, LEAVE = 0.03, 0.30  # p from which the two are held together, and to which they are


def turns(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return ``together`` when the last turns of ``x`` met turns of ``y`` more often than shifted ones would.

    A turn is a high or low from which a price went back by ``swing`` monthly standard deviations of the year
    before; it counts from the day on which it has. The null shifts the turns of ``y`` around the common
    history by every number of sessions, which keeps how often and how regularly each of them turns. With
    fewer turns than ``events`` nothing can be held together, and no p-value is told.
    """
    names = [inputs["x"], inputs["y"]]
    table = together([levels(shelf, name) for name in names], "day", options.start)
    if len(table) < 2 * YEAR:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(table), 2 * YEAR, "sessions of both"))
        )
    legs = [turning_points(table[place].to_numpy(), options.swing) for place in (0, 1)]
    asked = legs[0][-options.events :]
    for leg, name, need in zip(legs, names, (options.events, _FEWEST), strict=True):
        if len(leg) < need:
            return Outcome(
                Reading(status="too short", evidence=too_short(len(leg), need, f"turns of {name}"))
            )
    every = matched(legs[0], legs[1], options.within)
    met = every[-len(asked) :]
    held = held_together(legs[0], legs[1], every, options)
    chance, p_value = shifted(asked, legs[1], met.mean(), (YEAR, len(table)), options.within)
    listed = ", ".join(
        f"{'high' if kind > 0 else 'low'} {day(table.index[place])} {'both' if hit else 'alone'}"
        for (place, kind), hit in list(zip(asked, met, strict=True))[-5:]
    )
    state = "together" if held[-1] else UNKNOWN
    first = day(table.index[asked[0][0]])
    apart = np.flatnonzero(~held)
    since = day(table.index[legs[0][int(apart[-1]) + 1 if len(apart) else 0][0]]) if held[-1] else ""
    reading = Reading(
        state=state,
        since=since,
        evidence=(
            f"Of the last {len(asked)} turns of {names[0]}, since {first}, {int(met.sum())} were shared by "
            f"{names[1]} within {options.within} sessions; {chance:.0%} by chance (p = {p_value:.3f}). "
            f"Last: {listed}."
        ),
        estimate=f"{met.mean():.0%} of {len(asked)} turns met, {chance:.0%} by chance",
        distance=f"{met.mean() - chance:+.0%} from chance",
        mind=_mind(int(met.sum()), len(asked), chance, bool(held[-1]), names, first),
        p_value=p_value,
        sure=held_surety(p_value, since, f"the last {len(asked)} turns"),
        value=float(met.mean()),
        power=turns_power(len(asked), chance),
        last=day(table.index[-1]),
        numbers={
            "share": float(met.mean()),
            "by_chance": chance,
            "turns": [
                {"date": day(table.index[place]), "kind": int(kind), "met": bool(hit)}
                for (place, kind), hit in zip(asked, met, strict=True)
            ],
        },
    )
    return Outcome(reading, lambda ax: _draw(table, asked, met, names, ax))


def held_together(
    legs: list[tuple[int, int]], other: list[tuple[int, int]], met: np.ndarray, options: Any
) -> np.ndarray:
    """Return at each turn of a leg whether the two are held to turn together.

    Of the last ``events`` turns up to it so many were shared that turns spread by chance over the history up
    to it would share as many in .03 of cases; held until that is above .30. Pairs of unrelated walks are held
    together at 5% of turns.
    """
    from scipy.stats import binom

    places, kinds = np.array(legs).T
    covered = {}
    for kind in (1, -1):
        near = np.zeros(int(places[-1]) + options.within + 1)
        for place, found in other:
            if found == kind:
                near[max(place - options.within, YEAR) : place + options.within + 1] = 1.0
        covered[kind] = np.cumsum(near[YEAR:]) / np.arange(1, len(near) - YEAR + 1)
    held, now = np.zeros(len(legs), bool), False
    for turn in range(options.events - 1, len(legs)):
        last = slice(turn + 1 - options.events, turn + 1)
        chance = np.mean([covered[kind][places[turn] - YEAR] for kind in kinds[last]])
        p_value = binom.sf(met[last].sum() - 1, options.events, chance)
        now = bool(p_value <= ENTER or (now and p_value <= LEAVE))
        held[turn] = now
    return held


def _mind(met: int, asked: int, chance: float, held: bool, names: list[str], first: str) -> str:
    """Return how many shared turns would change the state."""
    from scipy.stats import binom

    told = f"The next turn of {names[0]} takes the place of {first}. Of {asked} turns {met} are shared: "
    if held:
        return f"{told}fewer than {int(binom.isf(LEAVE, asked, chance)) + 1} end it."
    return f"{told}from {int(binom.isf(ENTER, asked, chance)) + 1} on they turn together."


def turning_points(x: np.ndarray, swing: float) -> list[tuple[int, int]]:
    """Return position and kind (1 a high, -1 a low) of the confirmed turns of a log price, in order."""
    steps = pd.Series(np.diff(x, prepend=x[0]))
    size = (swing * np.sqrt(MONTH) * steps.rolling(YEAR).std().shift(1)).to_numpy()
    found: list[tuple[int, int]] = []
    rising, best = True, YEAR
    for t in range(YEAR + 1, len(x)):
        sign = 1 if rising else -1
        if sign * (x[t] - x[best]) >= 0:
            best = t
        elif sign * (x[best] - x[t]) >= size[t]:
            found.append((best, sign))
            rising, best = not rising, t
    return found[1:]  # the first depends on where the history begins


def matched(asked: list[tuple[int, int]], other: list[tuple[int, int]], within: int) -> np.ndarray:
    """Return for each turn whether the other leg has one of its kind within so many sessions."""
    places = {kind: np.array([place for place, k in other if k == kind]) for kind in (1, -1)}
    return np.array(
        [len(places[kind]) > 0 and np.abs(places[kind] - place).min() <= within for place, kind in asked]
    )


def shifted(
    asked: list[tuple[int, int]],
    other: list[tuple[int, int]],
    observed: float,
    span: tuple[int, int],
    within: int,
) -> tuple[float, float]:
    """Return the mean share that is met by chance, and how often chance meets as many: of all shifts."""
    first, last = span
    length = last - first
    offsets = np.arange(within + 1, length - within)
    met = np.zeros(len(offsets))
    for kind in (1, -1):
        near = np.zeros(length, bool)
        for place in (place for place, found in other if found == kind):
            near[(place - first + np.arange(-within, within + 1)) % length] = True
        places = np.array([place - first for place, found in asked if found == kind], int)
        met += near[(places[:, None] - offsets) % length].sum(axis=0)
    share = met / len(asked)
    return float(share.mean()), float((1 + np.sum(share >= observed - 1e-12)) / (1 + len(offsets)))


def _draw(
    table: pd.DataFrame, asked: list[tuple[int, int]], met: np.ndarray, names: list[str], ax: Any
) -> Any:
    shown = table.iloc[max(asked[0][0] - YEAR // 2, 0) :]
    for place, colour in ((0, style.INK), (1, style.DOWN)):
        ax.plot(
            shown.index, shown[place] - shown[place].iloc[0], color=colour, linewidth=0.9, label=names[place]
        )
    for (place, _), hit in zip(asked, met, strict=True):
        ax.axvline(table.index[place], color=style.UP if hit else style.FAINT, linewidth=0.9)
    ax.set_ylabel("log price, from the first day shown")
    ax.legend(loc="upper left", ncols=2)
    return ax
