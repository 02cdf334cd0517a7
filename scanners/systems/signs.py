"""From changes to the reading of a sign: with memory, on several scales, beside the filtered estimate."""

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.macro.sign_memory import HeldSpan, SignMemory, sign_memory
from scanners.report import style
from scanners.systems.power import power_line
from scanners.systems.reading import FADING, TURNING, UNKNOWN, Outcome, Reading, held_surety
from scanners.systems.sampling import day

# A single window of unrelated series lies beyond this share of the level of entry in 5% of cases: .77 to .83
# over all windows of scripts/systems_memory.py.
POINTWISE = 0.82
_STEPS = {"day": 7 / 5, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}


def signed(
    found: Any,
    y: pd.Series,
    x: pd.Series | None,
    options: Any,
    unit: str,
    states: tuple[str, str],
    period: str,
) -> Outcome:
    """Return the reading of a coefficient's sign and its picture.

    Parameters
    ----------
    found : earlywarning.macro.feedback.Feedback
        Its filtered estimate, its interval in the last window, and the p-value of a change of sign.
    y, x : pandas.Series
        Changes; without x the coefficient is the mean of y.
    options : struct
        ``window`` decides; ``scales`` stand beside it.
    unit, period : str
        Of the coefficient; of a step.
    states : tuple of str
        Of a positive and of a negative sign.
    """
    names = dict(zip((1, -1), states, strict=True))
    spread = getattr(options, "spread", 0)
    main = sign_memory(y, x, window=options.window, spread=spread)
    scales = {
        window: sign_memory(y, x, window=window, spread=spread)
        for window in sorted({*options.scales} - {options.window})
        if window < len(y)
    }
    state, was, since = _state(main, scales, found, names)
    value, low, high = interval(main)
    p_value, taken = sign_p_value(main), day(y.index[main.since]) if main.sign else ""
    filtered = "{:+.3g} [{:+.3g}, {:+.3g}]".format(found.filtered, *found.filtered_interval)
    reading = Reading(
        state=state,
        was=was,
        since=since,
        evidence=_evidence(main, scales, found, names, period),
        estimate=f"{value:+.3g} [{low:+.3g}, {high:+.3g}] {unit}; filtered {filtered}",
        distance=f"{value:+.3g} [{low:+.3g}, {high:+.3g}] {unit} from zero, where the sign turns",
        mind=_mind(main, y, x, names, period, spread, unit),
        p_value=p_value,
        sure=held_surety(p_value, taken, f"the last {main.window} {period}s"),
        value=value,
        power=power_line(options.window, spread, options.effect, x is not None, period),
        last=day(y.index[-1]),
        numbers=found.to_dict()
        | {"memory": _plain(main)}
        | {"scales": {w: _plain(m) for w, m in scales.items()}},
    )
    return Outcome(reading, lambda ax: _draw(main, found.frame["filtered"], states, ax))


def _draw(main: SignMemory, filtered: pd.Series, states: tuple[str, str], ax: Any) -> Any:
    index, reach = main.index, POINTWISE * main.enter * main.error
    ax.fill_between(
        index,
        main.coefficient - reach,
        main.coefficient + reach,
        color=style.DOWN,
        alpha=0.2,
        lw=0,
        label="95%",
    )
    ax.plot(index, main.coefficient, color=style.DOWN, linewidth=1.2, label=f"window of {main.window}")
    ax.plot(filtered.index, filtered, color=style.INK, linewidth=0.8, label="filtered")
    ax.axhline(0.0, color=style.INK, linewidth=0.7)
    named = set()
    for run in main.runs:
        colour, name = (style.UP, states[0]) if run.sign > 0 else (style.MUTED, states[1])
        span = {"color": colour, "alpha": 0.13, "lw": 0, "label": None if name in named else f"held {name}"}
        ax.axvspan(index[run.start], index[run.end], **span)
        named.add(name)
    ax.legend(loc="upper left", ncols=5)
    return ax


def interval(main: SignMemory) -> tuple[float, float, float]:
    """Return the coefficient of the last window and its 95% interval, by the t-ratios of unrelated series."""
    value, reach = float(main.coefficient[-1]), POINTWISE * main.enter * float(main.error[-1])
    return value, value - reach, value + reach


def sign_p_value(memory: SignMemory) -> float:
    """Return how often unrelated series have a sign as strong: 5% at the level where one is taken up."""
    t = memory.t[-1]
    quantile = NormalDist().inv_cdf(0.975)
    return float(2 * NormalDist().cdf(-abs(t) * quantile / memory.enter)) if np.isfinite(t) else float("nan")


def _state(
    main: SignMemory, scales: dict[int, SignMemory], found: Any, names: dict[int, str]
) -> tuple[str, str, str]:
    """Return state, what it was, and since when.

    A shorter scale that holds the other sign, or a filtered interval on the other side, makes it turning.
    """
    label, fading = main.index, main.fading
    sign = main.sign or (fading.sign if fading else 0)
    if not sign:
        return UNKNOWN, "", ""
    low, high = found.filtered_interval
    across = high < 0 if sign > 0 else low > 0
    other = any(one.sign == -sign for window, one in scales.items() if window < main.window)
    turning = TURNING if other or across else ""
    if fading:
        ended = day(label[fading.end + 1])
        return turning or FADING, f"{names[sign]} to {day(label[fading.end])}", ended
    since = day(label[main.since])
    return turning or names[sign], f"{names[sign]} since {since}" if turning else "", since


def _evidence(
    main: SignMemory, scales: dict[int, SignMemory], found: Any, names: dict[int, str], period: str
) -> str:
    told = [
        f"Over the last {main.window} {period}s t = {main.t[-1]:+.1f}: {_held(main, names)}; a sign is taken "
        f"up at {main.enter:.1f} and held down to {main.leave:.1f}"
    ]
    told += [f"over {window}, t = {one.t[-1]:+.1f}: {_held(one, names)}" for window, one in scales.items()]
    before = [run for run in main.runs if not main.sign or run is not main.runs[-1]][-3:]
    if before:
        told.append("before: " + ", ".join(_run(run, main, names) for run in before))
    if found.changes:
        told += [
            f"it turned to {names[one.after]} about {one.date} (seen {one.seen}, p = {one.p_value:.3f})"
            for one in found.changes
        ]
    else:
        told.append(f"no change of sign is established over the whole history (p = {found.p_value:.2f})")
    return "; ".join(told) + "."


def _held(memory: SignMemory, names: dict[int, str]) -> str:
    if memory.sign:
        return f"{names[memory.sign]} since {day(memory.index[memory.since])}"
    fading = memory.fading
    if fading:
        return f"was {names[fading.sign]} to {day(memory.index[fading.end])}, fading"
    return "no sign"


def _run(run: HeldSpan, memory: SignMemory, names: dict[int, str]) -> str:
    return f"{names[run.sign]} {day(memory.index[run.start])} to {day(memory.index[run.end])}"


def _mind(
    main: SignMemory,
    y: pd.Series,
    x: pd.Series | None,
    names: dict[int, str],
    period: str,
    spread: int,
    unit: str,
) -> str:
    """Return the levels that would change the sign, as coefficients with the error of now and as t-ratios."""
    value, error = float(main.coefficient[-1]), float(main.error[-1])
    now = f"Over the last {main.window} {period}s {value:+.3g} {unit} (t = {main.t[-1]:+.1f})"

    def level(t: float) -> str:
        return f"{t * error:+.3g} (t = {t:+.1f})"

    if not main.sign:
        return (
            f"{now}: above {level(main.enter)} makes it {names[1]}, below {level(-main.enter)} {names[-1]}."
        )
    side = "below" if main.sign > 0 else "above"
    told = (
        f"{now}: {side} {level(main.sign * main.leave)} ends it, {side} {level(-main.sign * main.enter)} "
        f"makes it {names[-main.sign]}"
    )
    ends, turns = reversal(main, y, x, spread)
    if ends is None:
        return told + "."
    last, step = main.index[-1], _STEPS[period]
    dates = [day(last + pd.Timedelta(days=round(step * k))) for k in (ends, turns) if k is not None]
    told += f". Were the last {main.window} {period}s to come again with the other sign, "
    told += f"it would end by {dates[0]}"
    return told + (f" and turn by {dates[1]}." if len(dates) == 2 else ".")


def reversal(
    main: SignMemory, y: pd.Series, x: pd.Series | None, spread: int = 0
) -> tuple[int | None, int | None]:
    """Return after how many steps a sign would end, and turn, if its last window came with the other."""
    n, window = len(y), main.window
    order = np.append(np.arange(n), np.arange(n - window, n))
    flipped = np.where(np.arange(n + window) < n, 1.0, -1.0)
    ahead = sign_memory(
        pd.Series(y.to_numpy()[order] * flipped),
        None if x is None else pd.Series(x.to_numpy()[order]),
        window=window,
        spread=spread,
    ).signs[n:]
    ended, turned = np.flatnonzero(ahead != main.sign), np.flatnonzero(ahead == -main.sign)
    return (
        int(ended[0]) + 1 if len(ended) else None,
        int(turned[0]) + 1 if len(turned) else None,
    )


def _plain(memory: SignMemory) -> dict[str, Any]:
    return {
        "sign": memory.sign,
        "t": float(memory.t[-1]),
        "since": day(memory.index[memory.since]) if memory.sign else "",
        "enter": memory.enter,
        "leave": memory.leave,
        "runs": [
            {"sign": one.sign, "start": day(memory.index[one.start]), "end": day(memory.index[one.end])}
            for one in memory.runs
        ],
    }
