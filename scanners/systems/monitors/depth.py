"""How deep a price has fallen from its high, against walks as volatile."""

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.macro.sign_memory import held
from scanners.report import style
from scanners.systems.held import since_when
from scanners.systems.reading import Outcome, Reading
from scanners.systems.sampling import day, levels, too_short
from scanners.systems.shelf import Shelf

FEWEST, YEAR = 500, 250
DECADE = 2500  # sessions of the yardstick, and in the picture
# Depth in standard deviations of a walk over the window from which a fall is told, and the share of it down
# to which it is held: walks are in one on 5% of days (scripts/systems_sizes.py).
ENTER, HOLD = 2.15, 0.75


def depth(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return ``fallen`` while a price is further below its high than walks as volatile are on 5% of days.

    The high is that of the last ``window`` sessions, the volatility that of ten years or of the window where
    that is longer: a fall that brings its own volatility would else be measured by itself. By reflection a
    driftless walk lies below its highest point as a normal variate's absolute value lies above nought.
    """
    name = inputs["x"]
    values = levels(shelf, name)
    values = values[pd.Timestamp(options.start) :] if options.start else values
    if len(values) < FEWEST:
        return Outcome(Reading(status="too short", evidence=too_short(len(values), FEWEST, "sessions")))
    below, ratio = depths(values, options.window)
    signs, runs = held(ratio.to_numpy(), ENTER, HOLD * ENTER)
    fallen = bool(signs[-1])
    span = values.iloc[-options.window :]
    high, size = int(np.argmax(span.to_numpy())), float(below.iloc[-1])
    low = high + int(np.argmin(span.to_numpy()[high:]))
    top = day(span.index[high])
    one = size / ratio.iloc[-1] if ratio.iloc[-1] > 0 else float("nan")
    edge = float(np.exp(span.max() - ENTER * (HOLD if fallen else 1.0) * one)) if one == one else float("nan")
    p_value = float(2 * NormalDist().cdf(-ratio.iloc[-1]))
    reading = Reading(
        state="fallen" if fallen else "ordinary",
        since=since_when(signs, ratio.to_numpy(), values.index),
        evidence=(
            f"{np.exp(values.iloc[-1]):.4g} lies {_percent(size):.1f}% below {np.exp(span.max()):.4g} of "
            f"{top}; lowest since then {np.exp(span.iloc[low]):.4g} on {day(span.index[low])}. That is "
            f"{ratio.iloc[-1]:.1f} standard deviations of {len(span)} sessions with the volatility of "
            f"{min(len(values), max(options.window, DECADE))}; walks are as deep on "
            f"{p_value:.0%} of days. A fall is told from {ENTER:.2f} on and held to {ENTER * HOLD:.2f}."
        ),
        estimate=f"{_percent(size):.1f}% below the high of {len(span)} sessions",
        distance=f"{abs(ratio.iloc[-1] - ENTER):.2f} standard deviations from where a fall is told",
        mind=f"{'Above' if fallen else 'Below'} {edge:.4g} it {'ends' if fallen else 'begins'}.",
        p_value=p_value,
        value=-_percent(size),
        last=day(values.index[-1]),
        numbers={"below": size, "ratio": float(ratio.iloc[-1]), "high": top},
    )
    return Outcome(reading, lambda ax: _draw(below, runs, ax))


def depths(values: pd.Series, window: int) -> tuple[pd.Series, pd.Series]:
    """Return how far log prices lie below their high of the last values, and that in standard deviations.

    The deviation is that of a walk over as many sessions as the high is taken from, its steps as large as in
    the last ten years.
    """
    below = values.rolling(window, min_periods=1).max() - values
    size = values.diff().rolling(max(window, DECADE) - 1, min_periods=min(YEAR, window - 1)).std()
    count = values.rolling(window, min_periods=1).count()
    return below, below / (size * np.sqrt(count))


def _percent(log: float) -> float:
    return 100.0 * (1.0 - float(np.exp(-log)))


def _draw(below: pd.Series, runs: Any, ax: Any) -> Any:
    shown = below.iloc[-DECADE:]
    ax.fill_between(shown.index, 100.0 * (np.exp(-shown) - 1.0), 0.0, color=style.MUTED, lw=0)
    for run in (one for one in runs if one.start >= len(below) - len(shown)):
        ax.axvspan(below.index[run.start], below.index[run.end], color=style.UP, alpha=0.2, lw=0)
    ax.set_ylabel("% below the high")
    return ax
