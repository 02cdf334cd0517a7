"""How much of several systems' variance is one common move, and whether that changed."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from earlywarning.macro.sign_memory import HeldSpan, runs_of
from scanners.report import style
from scanners.systems.reading import Outcome, Reading
from scanners.systems.sampling import changes, day, too_short
from scanners.systems.shelf import Shelf

STATES = {-1: "decoupled", 0: "as usual", 1: "coupled"}
# Quantiles of reshuffled histories: entry and hold below, hold and entry above. Unrelated series and those of
# one relation have a state on .03 to .07 of dates; scripts/systems_states.py.
BOUNDS = (0.01, 0.05, 0.95, 0.99)
BLOCKS = 4  # of a window, on average, that are reshuffled whole
POWER = 100  # histories


def absorption(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether the absorption ratio is unusual for reshuffled histories, with a memory.

    The bounds of a year come from what was there before it, so that new weeks change nothing before them.
    Where what is shared comes in bursts that outlast a block, ratios spread more than those of reshuffled
    histories; the spread is that of both, weighed by the windows there were (Smyth 2004, Statistical
    Applications in Genetics and Molecular Biology 3, 3, with one prior degree of freedom).
    """
    from earlywarning.macro.feedback_nulls import stationary_order

    names = list(inputs["series"])
    steps = changes(shelf, names, options.every, options.start)
    need = 2 * options.window
    if len(steps) < need:
        return Outcome(
            Reading(
                status="too short",
                evidence=too_short(
                    len(steps), need, f"common changes from {options.every} to {options.every}"
                ),
            )
        )
    values = steps.to_numpy()
    window = options.window
    ratios = np.full(len(values), np.nan)
    ratios[window - 1 :] = _ratios(sliding_window_view(values, window, axis=0).transpose(0, 2, 1))
    bounds = yearly_bounds(values, ratios, pd.DatetimeIndex(steps.index).year, window, options.draws)
    sides, runs = _held(ratios, bounds)
    null = _spread_out(_reshuffled(values, window, options.draws), ratios, window)
    own = stationary_order(np.random.default_rng(0), window, options.draws, max(1.0, window ** (1 / 3)))
    around = _ratios(values[-window:][own])
    now = ratios[-1]
    low, high = 2 * now - np.quantile(around, [0.975, 0.025])
    p_value = min(1.0, 2 * (1 + min((null <= now).sum(), (null >= now).sum())) / (1 + len(null)))
    usual, last = float(np.median(null)), bounds[-1]
    reading = Reading(
        state=STATES[int(sides[-1])],
        since=day(steps.index[runs[-1].start]) if sides[-1] else "",
        evidence=(
            f"The first common move carries {now:.0%} of the variance of {', '.join(names)} over the last "
            f"{window} {options.every}s; reshuffled histories {usual:.0%} (p = {p_value:.3f}). "
            f"Equal and unrelated series would show about {1 / len(names):.0%}."
        ),
        estimate=f"absorption ratio {now:.2f} [{max(low, 0):.2f}, {min(high, 1):.2f}]",
        distance=f"{last[0] - now:+.2f} to decoupled, {last[3] - now:+.2f} to coupled",
        mind=_mind(int(sides[-1]), last),
        p_value=p_value,
        value=float(now),
        power=_power(values, window, options, float(last[0])),
        last=day(steps.index[-1]),
        numbers={"ratio": float(now), "usual": usual, "bounds": last.tolist()},
    )
    path = pd.Series(ratios, index=steps.index).dropna()
    return Outcome(reading, lambda ax: _draw(path, last[[0, 3]], ax))


def yearly_bounds(
    values: np.ndarray, ratios: np.ndarray, years: pd.Index, window: int, draws: int
) -> np.ndarray:
    """Return for each row the ratios of entry and hold, from histories reshuffled before its year.

    Returns
    -------
    numpy.ndarray, shape (n, 4)
        Decoupled from the first, held to the second; coupled from the fourth, held to the third. NaN before
        there are two windows.
    """
    found = np.full((len(values), 4), np.nan)
    starts = np.flatnonzero(np.diff(years, prepend=years[0] - 1))
    for start, after in pairwise([*starts.tolist(), len(values)]):
        before = start if start >= 2 * window else 0
        if not before and after > 2 * window:
            start, before = 2 * window, 2 * window
        if before:
            null = _reshuffled(values[:before], window, draws)
            found[start:after] = np.quantile(_spread_out(null, ratios[:before], window), BOUNDS)
    return found


def _spread_out(null: np.ndarray, ratios: np.ndarray, window: int) -> np.ndarray:
    """Return ratios of reshuffled histories, spread as those of the past where these spread more."""
    past = ratios[np.isfinite(ratios)]
    freedom = max(len(past) / window - 1, 0.0)  # windows that do not overlap, less their mean
    own = past.var() * (freedom + 1) / max(freedom, 0.5)
    wider = np.sqrt((null.var() + freedom * own) / (1 + freedom) / null.var())
    return np.median(null) + max(wider, 1.0) * (null - np.median(null))


def _held(ratios: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, tuple[HeldSpan, ...]]:
    """Return -1 where the ratio is held decoupled, 1 where coupled, and the runs."""
    sides, side = np.zeros(len(ratios), int), 0
    for place, (ratio, (out, low, high, beyond)) in enumerate(zip(ratios, bounds, strict=True)):
        if ratio >= beyond:
            side = 1
        elif ratio <= out:
            side = -1
        elif (side > 0 and ratio < high) or (side < 0 and ratio > low):
            side = 0
        sides[place] = side
    return sides, runs_of(sides)


def _mind(side: int, last: np.ndarray) -> str:
    if side:
        end = f"above {last[1]:.2f}" if side < 0 else f"below {last[2]:.2f}"
        return f"A ratio {end} ends it."
    return f"A ratio of {last[0]:.2f} or less is decoupled, of {last[3]:.2f} or more coupled."


def _power(values: np.ndarray, window: int, options: Any, lowest: float) -> str:
    """Return in words how often series that lost what they share would be found by now."""
    from earlywarning.macro.feedback_nulls import stationary_order

    rng, spread = np.random.default_rng(0), values.std(axis=0)
    counts = [window // 2, window, 2 * window]
    whole = stationary_order(rng, len(values), POWER, len(values) ** (1 / 3))[:, : window + counts[-1]]
    shares = []
    for count in counts:
        drawn = values[whole[:, : window + count]].copy()
        drawn[:, window:] = spread * rng.standard_normal((POWER, count, values.shape[1]))
        shares.append(float((_ratios(drawn[:, -window:]) <= lowest).mean()))
    told = ", ".join(f"{share:.0%} after {count}" for share, count in zip(shares, counts, strict=True))
    return f"Had they lost all that they share, it would be found in {told} {options.every}s."


def _reshuffled(values: np.ndarray, window: int, draws: int) -> np.ndarray:
    """Return the ratios of windows of reshuffled histories."""
    from earlywarning.macro.feedback_nulls import stationary_order

    order = stationary_order(np.random.default_rng(0), len(values), draws, window / BLOCKS)
    return _ratios(values[order[:, :window]])


def _ratios(windows: np.ndarray) -> np.ndarray:
    """Return the share of the first component of standardised changes of each window, shape (k, t, n)."""
    moves = windows - windows.mean(axis=1, keepdims=True)
    products = np.einsum("ktj,ktl->kjl", moves, moves)
    size = np.sqrt(np.einsum("kjj->kj", products))
    return np.linalg.eigvalsh(products / size[:, :, None] / size[:, None, :])[:, -1] / windows.shape[2]


def _draw(path: pd.Series, bounds: np.ndarray, ax: Any) -> Any:
    ax.axhspan(*bounds, color=style.GRID, label="98% of reshuffled histories")
    ax.plot(path.index, path, color=style.DOWN, linewidth=1.2, label="absorption ratio")
    ax.legend(loc="upper left", ncols=2)
    return ax
