"""Is a bond a haven? The move of its yield on the days of the largest jumps in fear."""

from typing import Any

import pandas as pd

from earlywarning.macro.sign_memory import SignMemory, sign_memory
from scanners.report import style
from scanners.systems.power import event_power
from scanners.systems.reading import FADING, UNKNOWN, Outcome, Reading, held_surety
from scanners.systems.sampling import day, together, too_short
from scanners.systems.shelf import Shelf
from scanners.systems.signs import POINTWISE, interval, reversal, sign_p_value

STATES = {-1: "haven", 1: "no haven"}


def haven(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether yields fall (haven) or rise (no haven) when the shock series jumps.

    A jump is a daily change above the quantile of the changes before it, so that no threshold knows the
    future. The sign of the mean response over the last events has the memory of
    `earlywarning.macro.sign_memory`.
    """
    table = together([shelf.get(inputs["bond"]), shelf.get(inputs["shock"])], "day", options.start)
    if len(table) < options.history + 250:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(table), options.history + 250, "sessions"))
        )
    jump = table[1].diff()
    threshold = jump.rolling(options.history).quantile(1.0 - options.share).shift(1)
    move = 100.0 * (table[0].shift(1 - options.days) - table[0].shift(1))  # basis points, days after included
    events = move[(jump > threshold) & move.notna()]
    if len(events) < options.events:
        return Outcome(Reading(status="too short", evidence=too_short(len(events), options.events, "jumps")))
    memory = sign_memory(events, window=options.events)
    now, low, high = interval(memory)
    fading = memory.fading
    state, since, was = STATES.get(memory.sign, UNKNOWN), "", ""
    if memory.sign:
        since = day(events.index[memory.since])
    elif fading:
        state, since = FADING, day(events.index[fading.end + 1])
        was = f"{STATES[fading.sign]} to {day(events.index[fading.end])}"
    p_value = sign_p_value(memory)
    reading = Reading(
        state=state,
        was=was,
        since=since,
        evidence=(
            f"Over the last {options.events} of {len(events)} jumps, since "
            f"{day(events.index[-options.events])}, the yield moved {now:+.1f} basis points a jump (t = "
            f"{memory.t[-1]:+.1f}; a state is taken up at {memory.enter:.1f}, held to {memory.leave:.1f}). "
            f"A jump is among the largest {options.share:.0%} of the daily changes of the {options.history} "
            "sessions before it."
        ),
        estimate=f"{now:+.1f} [{low:+.1f}, {high:+.1f}] basis points a jump",
        distance=f"{abs(now):.1f} basis points from no response",
        mind=_mind(memory, events),
        p_value=p_value,
        sure=held_surety(p_value, since if memory.sign else "", f"the last {options.events} jumps"),
        value=now,
        power=event_power(options.events, options.effect, "jumps"),
        last=day(table.index[-1]),
        numbers={"mean": now, "reach": high - now, "events": len(events), "t": float(memory.t[-1])},
    )
    mean = pd.Series(memory.coefficient, events.index).dropna()
    reach = POINTWISE * memory.enter * pd.Series(memory.error, events.index).dropna()
    return Outcome(reading, lambda ax: _draw(mean, reach, ax))


def _mind(memory: SignMemory, events: pd.Series) -> str:
    """Return which t would change the state, and what jumps of the present size would bring it."""
    now = f"t of the last {memory.window} jumps, now {memory.t[-1]:+.1f}"
    if not memory.sign:
        return f"{now}: below {-memory.enter:.1f} makes it a haven, above {memory.enter:+.1f} none."
    side = "above" if memory.sign < 0 else "below"
    ends, turns = reversal(memory, events, None)
    told = f"{now}: {side} {memory.sign * memory.leave:+.1f} ends it"
    if ends is None:
        return f"{told}."
    turned = f" and turn after {turns}" if turns is not None else ""
    told += f". Were the last {memory.window} to come again with the other sign, it would end after {ends}"
    return f"{told}{turned}."


def _draw(mean: pd.Series, reach: pd.Series, ax: Any) -> Any:
    ax.fill_between(mean.index, mean - reach, mean + reach, color=style.DOWN, alpha=0.2, lw=0, label="95%")
    ax.plot(mean.index, mean, color=style.DOWN, linewidth=1.2, label="mean of the last jumps")
    ax.axhline(0.0, color=style.INK, linewidth=0.7)
    ax.set_ylabel("basis points a jump")
    ax.legend(loc="upper left", ncols=2)
    return ax
