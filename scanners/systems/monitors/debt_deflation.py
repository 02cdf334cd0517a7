"""Whether prices fall, and whether debt outgrows what is sold at them: Fisher's debt deflation."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarning.macro.level_memory import DROP, ENTER, FEWEST, TAKE, LevelMemory, level_memory
from earlywarning.macro.sign_memory import runs_of
from scanners.report import style
from scanners.systems.power_events import side_power
from scanners.systems.reading import FADING, UNKNOWN, Outcome, Reading, surety
from scanners.systems.recipes import by_month
from scanners.systems.sampling import day, too_short
from scanners.systems.shelf import Missing, Shelf

INFLATION, DEFLATION, SPIRAL = "inflation", "deflation", "debt deflation"
_NAMES = {1: INFLATION, -1: DEFLATION, -2: SPIRAL}
_FADES = 12  # figures for which a state that ended is fading
_OLD = 210  # days after which growth of a quarter says nothing of a month any more
_YEARS = 10
_LEAST = 1e-6  # points of scatter: below, a table holds one figure again and again, and no p says how sure


def debt_deflation(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether prices fall, and whether interest exceeds the growth of output at these prices.

    ``deflation`` is a fall of prices that is told from the scatter of the figures. It is ``debt deflation``
    when a debt that is only rolled over also outgrows output, r - g > 0 with g = real growth + prices:
    falling prices then raise the burden of debt by themselves [1]_.

    Raises
    ------
    ValueError
        If prices do not scatter, as those of a table filled up from a rarer one.

    References
    ----------
    .. [1] Fisher (1933), The Debt-Deflation Theory of Great Depressions, Econometrica 1, 337-357.
    """
    name = inputs["prices"]
    prices = shelf.get(name)
    prices = prices[pd.Timestamp(options.start) :] if options.start else prices
    if len(prices) < FEWEST:
        return Outcome(Reading(status="too short", evidence=too_short(len(prices), FEWEST, "figures")))
    memory = level_memory(prices)
    if not memory.scatter[-1] > _LEAST:
        raise ValueError(f"{name} must vary from figure to figure, got most on a line with those beside them")
    past, missing = _outgrowing(shelf, inputs, prices)
    states = _states(memory, past)
    # Without interest or growth of the last month nothing is said of debt now.
    debt = past if past is not None and past.index[-1] == prices.index[-1] else None
    state, was, since = _state(states, prices.index)
    held = None if debt is None else level_memory(debt["gap"])
    falls = runs_of(np.minimum(memory.signs, 0))
    reading = Reading(
        state=state,
        was=was,
        since=since,
        evidence=_evidence(shelf, inputs, memory, debt, falls),
        estimate=f"prices {_mean(memory, '% a year')}; interest less growth "
        + (_lacks(inputs, missing) if held is None else _mean(held)),
        distance=_distance(memory, held),
        mind=_mind(shelf, name, memory, debt),
        p_value=max(memory.p_value, held.p_value) if state == SPIRAL and held else memory.p_value,
        sure=_sure(memory, held, state, falls),
        value=memory.value,
        power=_power(memory, debt),
        last=day(prices.index[-1]),
        missing=missing,
        checks=tuple(f"Without {one}: its series is not here." for one in sorted(missing)),
        numbers={
            "prices": memory.value,
            "prices_interval": list(memory.interval),
            "prices_scatter": float(memory.scatter[-1]),
            "falls": [
                {"start": day(prices.index[one.start]), "end": day(prices.index[one.end])} for one in falls
            ],
            **_numbers(debt),
        },
    )
    return Outcome(reading, lambda ax: _draw(memory, states, past, ax))


def _outgrowing(
    shelf: Shelf, inputs: dict[str, Any], prices: pd.Series
) -> tuple[pd.DataFrame | None, dict[str, str]]:
    """Return rate, growth and their gap to prices at each figure of prices, as they were known with it.

    None where they are too short, or not here (with how to get them); figures without either are left out.
    """
    if "rate" not in inputs or "growth" not in inputs:
        return None, {}
    missing: dict[str, str] = {}
    for key in ("rate", "growth"):
        try:
            shelf.get(inputs[key])
        except Missing as error:
            missing.update(error.needed)
    if missing:
        return None, missing
    rate, growth = by_month(shelf.get(inputs["rate"])), shelf.get(inputs["growth"])
    if growth.empty:  # a year's growth before the second year
        return None, {}
    known = [_known(shelf, inputs[key], one) for key, one in (("prices", prices), ("growth", growth))]
    place = np.searchsorted(known[1], known[0], side="right") - 1
    months = pd.DatetimeIndex(prices.index).to_period("M").to_timestamp()
    table = pd.DataFrame(
        {
            "rate": rate.reindex(months).to_numpy(),
            "growth": np.where(place >= 0, growth.to_numpy()[place], np.nan),
            "prices": prices.to_numpy(),
        },
        prices.index,
    )
    table.loc[known[0] - known[1][place] > np.timedelta64(_OLD, "D"), "growth"] = np.nan
    table = table.dropna()
    table["gap"] = table["rate"] - table["growth"] - table["prices"]
    return (table if len(table) >= FEWEST else None), {}


def _lacks(inputs: dict[str, Any], missing: dict[str, str]) -> str:
    """Return why nothing is said of debt."""
    if missing:
        return f"cannot be told: no {', no '.join(sorted(missing))}"
    if "rate" not in inputs or "growth" not in inputs:
        return "not asked"
    return f"cannot be told: interest and growth are not known for the last month, or for {FEWEST} of them"


def _known(shelf: Shelf, name: str, values: pd.Series) -> np.ndarray:
    part = shelf.parts(name)[0]
    return shelf.sources[part].published(values.index.to_numpy(), shelf.provider(part))


def _states(memory: LevelMemory, debt: pd.DataFrame | None) -> np.ndarray:
    """Return the state at each figure: 1 prices rise, -1 fall, -2 fall and debt outgrows output, else 0."""
    states = memory.signs.copy()
    if debt is not None:
        signs = pd.Series(level_memory(debt["gap"]).signs, debt.index).reindex(memory.index, fill_value=0)
        states[(states < 0) & (signs.to_numpy() > 0)] = -2
    return states


def _state(states: np.ndarray, index: pd.Index) -> tuple[str, str, str]:
    """Return state, what it was, and since when."""
    now = int(states[-1])
    other = np.flatnonzero(states != now)
    first = int(other[-1]) + 1 if len(other) else 0
    if now:
        return _NAMES[now], "", day(index[first])
    if not first or len(states) - first > _FADES:
        return UNKNOWN, "", ""
    return FADING, f"{_NAMES[int(states[first - 1])]} to {day(index[first - 1])}", day(index[first])


def _mean(memory: LevelMemory, unit: str = " points") -> str:
    low, high = memory.interval
    return f"{memory.value:+.1f}{unit} [{low:+.1f}, {high:+.1f}]"


def _sure(memory: LevelMemory, held: LevelMemory | None, state: str, falls: tuple[Any, ...]) -> str:
    """Return how sure each half of the state is by the last figures."""
    moves = "rise" if memory.value > 0 else "fall"
    told = f"{surety(memory.p_value)} that prices {moves}, by the mean of the last {TAKE} figures"
    if not memory.sign:
        return f"{told}; no side is held until {TAKE} in a row lie there"
    told += f", held falling since {day(memory.index[falls[-1].start])}" if memory.sign < 0 else ""
    if state != SPIRAL or held is None:
        return told
    by = "" if held.p_value <= 0.05 else " by these alone"
    return f"{told}; {surety(held.p_value)} that debt outgrows output{by}"


def _evidence(
    shelf: Shelf,
    inputs: dict[str, Any],
    memory: LevelMemory,
    debt: pd.DataFrame | None,
    falls: tuple[Any, ...],
) -> str:
    told = [
        f"Figures scatter by {memory.scatter[-1]:.2f} points around their path: {TAKE} in a row beyond "
        f"{ENTER * memory.scatter[-1]:.2f} take a side up, {DROP} in a row across nought end it"
    ]
    if debt is not None:
        last = debt.iloc[-1]
        told.append(
            f"at {day(debt.index[-1])} a debt costs {last['rate']:.1f}% a year and output at these prices "
            f"grows by {last['growth'] + last['prices']:.1f}% ({last['growth']:+.1f}% in volume, "
            f"{last['prices']:+.1f}% in price)"
        )
    for other in _listed(inputs.get("beside", ())):
        try:
            values = shelf.get(other)
        except Missing:
            continue
        if values.empty:  # a year's growth before the second year
            continue
        told.append(f"{shelf.title(other)}: {values.iloc[-1]:+.1f} of {day(values.index[-1])}")
    spans = [f"{day(memory.index[one.start])} to {day(memory.index[one.end])}" for one in falls]
    told.append("prices were held falling " + (", ".join(spans) if spans else "never"))
    return "; ".join(told) + "."


def _listed(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _distance(memory: LevelMemory, held: LevelMemory | None) -> str:
    share = (
        f"over twelve months they went that far back in {_came_back(memory):.0%} of the last {_YEARS} years"
    )
    told = f"prices {_mean(memory)} from nought, where the {_moves(memory)} ends ({share})"
    return told if held is None else f"{told}; debt {_mean(held)} from where it grows as output does"


def _moves(memory: LevelMemory) -> str:
    return "fall" if memory.value < 0 else "rise"


def _came_back(memory: LevelMemory) -> float:
    """Return the share of the last years' moves over a year that would cross nought from here."""
    recent = memory.figures[-12 * _YEARS - 12 :]
    moves = recent[12:] - recent[:-12] if len(recent) > 12 else np.array([])
    if not len(moves):
        return float("nan")
    towards = -np.sign(memory.value) * moves
    return float((towards >= abs(memory.value)).mean())


def _mind(shelf: Shelf, name: str, memory: LevelMemory, debt: pd.DataFrame | None) -> str:
    """Return which figures of prices would change the state, and when they could be known at the earliest."""
    reach = ENTER * float(memory.scatter[-1])
    title = shelf.title(name).split(",")[0]
    told = []
    if memory.sign:
        level = f"at or {'above' if memory.sign < 0 else 'below'} 0%"
        told.append(f"{_when(shelf, name, memory, 0, level)} ends the {_NAMES[memory.sign]}")
    for side, level in ((-1, f"at or below {-reach:.1f}%"), (1, f"at or above +{reach:.1f}%")):
        if side != memory.sign:
            told.append(f"{_when(shelf, name, memory, side, level)} makes it {_NAMES[side]}")
    if debt is not None and memory.sign < 0:
        told.append(_turn(debt))
    return f"{title}, last {memory.figures[-1]:+.1f}%: {'; '.join(told)}."


def _when(shelf: Shelf, name: str, memory: LevelMemory, side: int, level: str) -> str:
    count = memory.figures_to(side)
    part = shelf.parts(name)[0]
    source, last = shelf.sources[part], memory.index[-1].to_datetime64()
    for _ in range(count):
        last = source.following(last)[0]
    known = source.published(np.array([last]), shelf.provider(part))[0]
    figures = "the next figure" if count == 1 else f"the next {count} figures"
    return f"{level} on {figures} ({known} at the earliest)"


def _turn(debt: pd.DataFrame) -> str:
    """Return the level of prices at which debt would begin, or cease, to outgrow output."""
    held, last = level_memory(debt["gap"]), debt.iloc[-1]
    even = last["rate"] - last["growth"]
    given = f"interest of {last['rate']:.1f}% and growth of {last['growth']:.1f}%"
    if held.sign > 0:
        return f"at or above {even:+.1f}% on {DROP} figures debt no longer outgrows output, at {given}"
    level = even - ENTER * held.scatter[-1]
    return f"at or below {level:+.1f}% on {TAKE} figures debt outgrows output ({SPIRAL}), at {given}"


def _power(memory: LevelMemory, debt: pd.DataFrame | None) -> str:
    told = f"Had prices begun to fall by 1% a year, it would be found in {side_power(_ratio(memory))}"
    if debt is not None:
        told += f"; debt that outgrows output by 1 point in {side_power(_ratio(level_memory(debt['gap'])))}"
    return f"{told} figures. It says where prices are; whether they stay there the portraits ask."


def _ratio(memory: LevelMemory) -> float:
    return round(min(1.0 / max(float(memory.scatter[-1]), 0.1), 10.0), 1)


def _numbers(debt: pd.DataFrame | None) -> dict[str, Any]:
    if debt is None:
        return {}
    held = level_memory(debt["gap"])
    return {
        "interest_less_growth": held.value,
        "interest_less_growth_interval": list(held.interval),
        "interest_less_growth_p_value": held.p_value,
        "interest": float(debt["rate"].iloc[-1]),
        "growth": float(debt["growth"].iloc[-1]),
    }


def _draw(memory: LevelMemory, states: np.ndarray, debt: pd.DataFrame | None, ax: Any) -> Any:
    ax.plot(memory.index, memory.figures, color=style.DOWN, linewidth=1.2, label="prices, % a year")
    if debt is not None:
        ax.plot(debt.index, debt["gap"], color=style.INK, linewidth=0.8, label="interest less growth, points")
    ax.axhline(0.0, color=style.INK, linewidth=0.7)
    named = set()
    for sign, colour in ((-1, style.MUTED), (-2, style.UP)):
        for run in runs_of(np.where(states == sign, 1, 0)):
            label = None if sign in named else _NAMES[sign]
            ax.axvspan(
                memory.index[run.start], memory.index[run.end], color=colour, alpha=0.2, lw=0, label=label
            )
            named.add(sign)
    ax.legend(loc="upper left", ncols=4)
    return ax
