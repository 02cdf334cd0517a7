"""Where a price turns, and how short liquidity was there."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems import stress
from scanners.systems.monitors.liquidity import rank_table, without
from scanners.systems.monitors.turns import YEAR, turning_points
from scanners.systems.reading import UNKNOWN, Outcome, Reading, held_surety
from scanners.systems.sampling import day, levels, too_short
from scanners.systems.shelf import Shelf

SHORT = ("acute", "crisis")
ENTER, LEAVE = 0.02, 0.30  # p from which turns are held to meet shortages, and to which they are


def steps(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return ``at shortages`` when the last turns met acute or worse liquidity more often than shifted ones.

    A turn is as in `scanners.systems.monitors.turns`; it meets a shortage when one of the sessions within
    ``within`` of it is acute or in crisis. How many of these sessions are decides: that takes more values
    than the count of turns, so that 5% of chance can be told. The null shifts the states around the history
    they have in common, which keeps how long shortages last and how regularly the price turns. With fewer
    turns than ``events`` nothing can be held, and no p-value is told.
    """
    table, missing = rank_table(shelf, inputs, options.liquidity)
    if table.shape[1] < 2:
        return without(missing)
    states = stress.liquidity_states(table)
    states = states[states != ""]
    prices = levels(shelf, inputs["x"])
    if options.start:
        prices = prices[pd.Timestamp(options.start) :]
    known = states.reindex(prices.index, method="ffill", limit=5)[lambda one: one.notna()]
    if len(known) < 2 * YEAR:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(known), 2 * YEAR, "sessions of both"))
        )
    places = prices.index.get_indexer(known.index)
    found = [
        (int(np.searchsorted(places, place)), kind)
        for place, kind in turning_points(prices.to_numpy(), options.swing)
        if place >= places[0]
    ]
    if len(found) < options.events:
        return Outcome(Reading(status="too short", evidence=too_short(len(found), options.events, "turns")))
    short = known.isin(SHORT).to_numpy()
    every = np.array([place for place, _ in found])
    asked = every[-options.events :]
    met, chance, p_value = meetings(asked, short, options.within)
    held = held_at_shortages(every, short, options)
    state = "at shortages" if held[-1] else UNKNOWN
    apart = np.flatnonzero(~held)
    since = day(known.index[every[int(apart[-1]) + 1 if len(apart) else 0]]) if held[-1] else ""
    kinds = [kind for _, kind in found[-options.events :]]
    first = day(known.index[asked[0]])
    listed = [
        f"{'high' if kind > 0 else 'low'} {day(known.index[place])} {known.iloc[place]}"
        for place, kind in zip(asked, kinds, strict=True)
    ]
    reading = Reading(
        state=state,
        since=since,
        evidence=(
            f"Of the last {len(asked)} turns of {inputs['x']}, since {first}, {int(met.sum())} came within "
            f"{options.within} sessions of acute or worse liquidity; {chance:.0%} by chance "
            f"(p = {p_value:.3f} of all shifts). Last: {', '.join(listed[-6:])}."
        ),
        estimate=f"{met.mean():.0%} of {len(asked)} turns at a shortage, {chance:.0%} by chance",
        distance=f"{met.mean() - chance:+.0%} from chance",
        mind=(
            f"The next turn takes the place of that of {first}; p, now {p_value:.3f}, "
            + (f"above {LEAVE:.2f} ends it." if held[-1] else f"at {ENTER:.2f} or below holds them together.")
        ),
        p_value=p_value,
        sure=held_surety(p_value, since, f"the last {len(asked)} turns"),
        value=float(met.mean()),
        last=day(min(prices.index[-1], table.index[-1])),
        numbers={"share": float(met.mean()), "by_chance": chance, "turns": listed},
        missing=missing,
    )
    return Outcome(reading, lambda ax: _draw(prices[known.index[0] :], known, asked, met, ax))


def meetings(places: np.ndarray, short: np.ndarray, within: int) -> tuple[np.ndarray, float, float]:
    """Return which places have a shortage near them, the share by chance, and chance's odds of as much of it.

    Parameters
    ----------
    places : numpy.ndarray of int
        Positions in ``short``.
    short : numpy.ndarray of bool
    within : int
        Positions on either side that count. Chance is every shift of the places around the whole.
    """
    near = np.convolve(short, np.ones(2 * within + 1), "same") / (2 * within + 1)
    offsets = np.arange(within + 1, len(short) - within)
    null = near[(places[:, None] + offsets) % len(short)]
    p_value = float((1 + np.sum(null.mean(axis=0) >= near[places].mean() - 1e-12)) / (1 + len(offsets)))
    return near[places] > 0, float((null > 0).mean()), p_value


def held_at_shortages(places: np.ndarray, short: np.ndarray, options: Any) -> np.ndarray:
    """Return at each turn whether the last ones up to it are held to meet shortages, from what was by then.

    Taken up at p = .02, held to .30: after 5% of turns where the two know nothing of each other.
    """
    held, now = np.zeros(len(places), bool), False
    for turn in range(options.events - 1, len(places)):
        last, seen = places[turn + 1 - options.events : turn + 1], short[: places[turn] + options.within + 1]
        p_value = meetings(last, seen, options.within)[2]
        now = bool(p_value <= ENTER or (now and p_value <= LEAVE))
        held[turn] = now
    return held


def _draw(prices: pd.Series, known: pd.Series, asked: np.ndarray, met: np.ndarray, ax: Any) -> Any:
    first = max(int(asked[0]) - YEAR, 0)
    known = known.iloc[first:]
    asked = asked - first
    shown = np.exp(prices[known.index[0] :])
    ax.plot(shown.index, shown, color=style.INK, linewidth=0.8)
    low, high = float(shown.min()), float(shown.max())
    where = known.isin(SHORT).to_numpy()
    ax.fill_between(
        known.index, low, high, where=where, color=style.UP, alpha=0.2, lw=0, label="acute or worse"
    )
    for place, hit in zip(asked, met, strict=True):
        ax.axvline(known.index[place], color=style.UP if hit else style.FAINT, linewidth=0.9)
    ax.legend(loc="upper left")
    return ax
