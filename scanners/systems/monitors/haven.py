"""Is a bond a haven? The move of its yield on the days of the largest jumps in fear."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, together, too_short
from scanners.systems.shelf import Shelf

_FEWEST = 10


def haven(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether yields fall (haven) or rise (no haven) when the shock series jumps.

    A jump is a daily change above the quantile of the changes before it, so that no threshold knows the
    future. The mean response over the last events comes with Student's interval.
    """
    from scipy.stats import t as student

    table = together([shelf.get(inputs["bond"]), shelf.get(inputs["shock"])], "day", options.start)
    if len(table) < options.history + 250:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(table), options.history + 250, "sessions"))
        )
    jump = table[1].diff()
    threshold = jump.rolling(options.history).quantile(1.0 - options.share).shift(1)
    move = 100.0 * (table[0].shift(1 - options.days) - table[0].shift(1))  # basis points, days after included
    events = move[(jump > threshold) & move.notna()]
    if len(events) < _FEWEST:
        return Outcome(Reading(status="too short", evidence=too_short(len(events), _FEWEST, "jumps")))
    rolling = events.rolling(options.events, min_periods=_FEWEST)
    mean, count = rolling.mean(), rolling.count()
    error = rolling.std() / np.sqrt(count)
    reach = error * student.ppf(0.975, count - 1)
    states = pd.Series(UNKNOWN, index=events.index)
    states[mean + reach < 0] = "haven"
    states[mean - reach > 0] = "no haven"
    states = states[mean.notna()]
    other = np.flatnonzero((states != states.iloc[-1]).to_numpy())
    first = states.index[other[-1] + 1 if len(other) else 0]
    now, wide, number = mean.iloc[-1], reach.iloc[-1], int(count.iloc[-1])
    p_value = float(2 * student.sf(abs(now / error.iloc[-1]), number - 1))
    reading = Reading(
        state=states.iloc[-1],
        since=day(first) if states.iloc[-1] != UNKNOWN else "",
        evidence=(
            f"Over the last {number} of {len(events)} jumps, since {day(events.index[-number])}, the yield "
            f"moved {now:+.1f} basis points a jump (p = {p_value:.3f}). A jump is among the largest "
            f"{options.share:.0%} of the daily changes of the {options.history} sessions before it."
        ),
        estimate=f"{now:+.1f} [{now - wide:+.1f}, {now + wide:+.1f}] basis points a jump",
        distance=f"{abs(now):.1f} basis points from no response",
        mind="A mean response over the last jumps whose 95% interval leaves zero on the other side.",
        p_value=p_value,
        last=day(table.index[-1]),
        numbers={"mean": float(now), "reach": float(wide), "events": len(events)},
    )
    return Outcome(reading, lambda ax: _draw(mean, reach, ax))


def _draw(mean: pd.Series, reach: pd.Series, ax: Any) -> Any:
    ax.fill_between(mean.index, mean - reach, mean + reach, color=style.DOWN, alpha=0.2, lw=0, label="95%")
    ax.plot(mean.index, mean, color=style.DOWN, linewidth=1.2, label="mean of the last jumps")
    ax.axhline(0.0, color=style.INK, linewidth=0.7)
    ax.set_ylabel("basis points a jump")
    ax.legend(loc="upper left", ncols=2)
    return ax
