"""What is bought after a shock: the joint response of a yield, the dollar and gold, now against before."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.macro.sign_memory import sign_memory
from scanners.report import style
from scanners.systems.dated_events import events
from scanners.systems.permutations import permutation_p_value
from scanners.systems.power import FLIGHT, shocks_power
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, levels, together, too_short
from scanners.systems.shelf import Missing, Shelf
from scanners.systems.signs import sign_p_value

PATH_DRAWS = 199
ENTER, LEAVE = FLIGHT, 0.30  # p from which a difference is told, and to which it is held
_UNITS = {"bond": "basis points", "dollar": "%", "gold": "%"}


def shocks(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return ``haven``, ``fled``, ``changed`` or ``as before``, from the last shocks against those before.

    Shocks are the largest jumps of the shock series, each above the quantile of the changes before it; days
    on which an index of geopolitical risk is above the quantile of those before; and the dated ones. Of those
    closer than ``apart`` sessions the first counts. ``fled``: over the last shocks the yield rose and the
    dollar fell, and the joint response differs from before at 5% of permutations. ``haven``: the yield fell,
    its mean away from zero, and the joint response does not differ. Both have a memory: a difference is taken
    up at p = .02 and held to p = .30, at which events alike in all show one after 5% of them; the mean as in
    `earlywarning.macro.sign_memory`.
    """
    legs: list[str] = [key for key in ("bond", "dollar", "gold") if key in inputs]
    series = [levels(shelf, inputs[key]) for key in legs]
    risk, missing = _risk(shelf, inputs)
    table = together([*series, shelf.get(inputs["shock"])], "day", options.start)
    table.columns = pd.Index([*legs, "shock"])
    if len(table) < options.history + 250:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(table), options.history + 250, "sessions"))
        )
    found = responses(table, legs, options, shelf.as_of, risk)
    if len(found) < 2 * options.events:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(found), 2 * options.events, "shocks"))
        )
    reading = _reading(found, legs, inputs, options)
    told = tuple(f"Without {name}: its series is not here." for name in missing)
    reading = replace(reading, last=day(table.index[-1]), missing=missing, checks=told)
    return Outcome(reading, lambda ax: _draw(found, legs, options.events, ax))


def _reading(found: pd.DataFrame, legs: list[str], inputs: dict[str, Any], options: Any) -> Reading:
    from scipy.stats import t as student

    values = found[legs].to_numpy()
    now, before = values[-options.events :], values[: -options.events]
    p_value = permutation_p_value(values, options.events, options.draws)
    mean, error = now.mean(axis=0), now.std(axis=0, ddof=1) / np.sqrt(len(now))
    reach = float(student.ppf(0.975, options.events - 1))
    bond, dollar = legs.index("bond"), legs.index("dollar")
    memory = sign_memory(found["bond"], window=options.events)
    states = shock_states(values, bond, dollar, memory.signs, options.events)
    state = states[-1]
    fall = sign_p_value(memory)
    place = len(states) - 1
    while place and states[place - 1] == state:
        place -= 1
    since = day(found.index[place]) if state != UNKNOWN else ""
    told = ", ".join(
        f"{inputs[leg]} {mean[place]:+.2g} {_UNITS[leg]} (before {before[:, place].mean():+.2g})"
        for place, leg in enumerate(legs)
    )
    first = day(found.index[-options.events])
    last_ones = zip(found.index[-4:], found["name"].iloc[-4:], strict=True)
    latest = ", ".join(f"{name or 'VIX'} {day(when)}" for when, name in last_ones)
    return Reading(
        state=state,
        since=since,
        evidence=(
            f"Mean move over {options.days} sessions after the last {options.events} of {len(found)} shocks, "
            f"since {first}: {told}. Joint difference p = {p_value:.3f} of "
            f"permutations. Last: {latest}."
        ),
        estimate=", ".join(
            f"{leg} {mean[place]:+.2g} [{mean[place] - reach * error[place]:+.2g}, "
            f"{mean[place] + reach * error[place]:+.2g}] {_UNITS[leg]}"
            for place, leg in enumerate(legs)
        ),
        distance=f"yield {mean[bond]:+.1f} basis points and dollar {mean[dollar]:+.2f}% from no response",
        mind=_mind(state, p_value, memory, first),
        p_value=fall if state == "haven" else p_value,
        sure=f"p = {fall:.3f} that the yield does not move, p = {p_value:.3f} that nothing changed",
        value=float(mean[bond]),
        power=shocks_power(before, bond, dollar, options.events, options.effect),
        numbers={
            "mean": dict(zip(legs, mean.tolist(), strict=True)),
            "before": dict(zip(legs, before.mean(axis=0).tolist(), strict=True)),
            "t": dict(zip(legs, (mean / error).tolist(), strict=True)),
            "shocks": len(found),
        },
    )


def _risk(shelf: Shelf, inputs: dict[str, Any]) -> tuple[pd.Series | None, dict[str, str]]:
    """Return the index of geopolitical risk where it is there, and what is missing."""
    if "risk" not in inputs:
        return None, {}
    try:
        return shelf.get(inputs["risk"]), {}
    except Missing as error:
        return None, error.needed


def responses(
    table: pd.DataFrame, legs: list[str], options: Any, as_of: str, risk: pd.Series | None = None
) -> pd.DataFrame:
    """Return a row a shock: the moves of the legs over ``days`` sessions from the day before, its name."""
    jump = table["shock"].diff()
    threshold = jump.rolling(options.history).quantile(1.0 - options.share).shift(1)
    names = pd.Series("", table.index[(jump > threshold).to_numpy()])
    if risk is not None:
        high = risk > risk.rolling(options.history).quantile(1.0 - options.risk_share).shift(1)
        for when in risk.index[high.to_numpy()]:
            place = int(table.index.searchsorted(when))
            if options.history <= place < len(table) and table.index[place] not in names.index:
                names[table.index[place]] = "geopolitical risk"
    for one in events("shock", as_of=as_of):
        place = int(table.index.searchsorted(one.span[0]))
        if options.history <= place < len(table):
            names[table.index[place]] = one.name
    names = names.sort_index()
    places = table.index.get_indexer(names.index)
    kept: list[int] = []
    last = -options.apart
    for row, position in enumerate(places.tolist()):
        if position - last >= options.apart and position - 1 + options.days < len(table):
            kept.append(row)
            last = position
    places, names = places[kept], names.iloc[kept]
    values = table[legs].to_numpy()
    moves = 100.0 * (values[places - 1 + options.days] - values[places - 1])
    return pd.DataFrame(moves, names.index, columns=legs).assign(name=names)


def shock_states(values: np.ndarray, bond: int, dollar: int, signs: np.ndarray, last: int) -> list[str]:
    """Return the state after each event, from the events up to it."""
    p_values = np.full(len(values), np.nan)
    for count in range(2 * last, len(values) + 1):
        p_values[count - 1] = permutation_p_value(values[:count], last, PATH_DRAWS)
    states, changed = [], False
    for place, p_value in enumerate(p_values):
        changed = p_value <= ENTER or (changed and p_value <= LEAVE)
        mean = values[max(place + 1 - last, 0) : place + 1].mean(axis=0)
        calm = "haven" if signs[place] < 0 else UNKNOWN
        states.append(("fled" if mean[bond] > 0 > mean[dollar] else "changed") if changed else calm)
    return states


def _mind(state: str, p_value: float, memory: Any, first: str) -> str:
    """Return which p, or which t, would change the state with the next shocks."""
    told = f"The next shock takes the place of {first}. "
    if state in ("fled", "changed"):
        return f"{told}Joint difference, now p = {p_value:.3f}: above {LEAVE:.2f} ends it."
    told += f"Joint difference, now p = {p_value:.3f}: {ENTER:.2f} or below says that the response changed; "
    if state == "haven":
        return f"{told}t of the yield, now {memory.t[-1]:+.1f}: above {-memory.leave:+.1f} ends the haven."
    return f"{told}t of the yield, now {memory.t[-1]:+.1f}: below {-memory.enter:+.1f} makes it a haven."


def _draw(found: pd.DataFrame, legs: list[str], last: int, ax: Any) -> Any:
    for leg, colour in zip(legs, (style.DOWN, style.UP, style.INK), strict=False):
        rolling = found[leg].rolling(last).mean() / found[leg].std()
        ax.plot(found.index, rolling, color=colour, linewidth=1.2, label=leg)
    ax.axhline(0.0, color=style.INK, linewidth=0.6)
    ax.set_ylabel(f"mean of {last} shocks, standard deviations")
    ax.legend(loc="upper left", ncols=3)
    return ax
