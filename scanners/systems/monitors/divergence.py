"""An index of public debt's divergence, where it goes, and whether a holder of the debt goes with it."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarning.macro.long_change import HOLD, LongChange, fewest, long_change
from scanners.report import style
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, too_short
from scanners.systems.shelf import Shelf
from scanners.systems.sources import period_end

FEWEST, PATH_DRAWS = 12, 199
TOLD, KEPT = 0.02, 0.30  # p from which a holder is told, and to which it is held
_NAMES = ("debt", "balance", "interest", "burden", "growth")
_YEAR = {"quarterly": 4, "annual": 1}
_PERIOD = {"monthly": "month", "quarterly": "quarter", "annual": "year"}
_WORDS = {
    "r_less_g": ("r - g", "%"),
    "burden": ("interest over revenue", "%"),
    "deficit": ("primary deficit", "% of GDP"),
    "reaction": ("deficit a point of debt", "points"),
}


def course(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether a series of few figures rises or falls faster than it used to."""
    values = shelf.get(inputs["y"])
    values = values[pd.Timestamp(options.start) :] if options.start else values
    period = _PERIOD[shelf.frequency(inputs["y"])]
    return directed(values, options, period, "points", ("rising", "falling"), "")


def divergence(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether public debt diverges or converges: the direction of an index of four parts."""
    parts = divergence_table(shelf, inputs, options)
    index, known = parts["index"].dropna(), parts.dropna()
    frequency = shelf.frequency(inputs["debt"])
    period = _PERIOD[frequency]
    told = _parts(known, 5 * _YEAR[frequency]) if len(known) else ""
    return directed(index, options, period, "standard deviations", ("diverging", "converging"), told)


def _parts(known: pd.DataFrame, back: int) -> str:
    then = known.iloc[max(len(known) - 1 - back, 0)]
    listed = [
        f"{words} {known[name].iloc[-1]:+.2f} {unit} (five years before {then[name]:+.2f})"
        for name, (words, unit) in _WORDS.items()
    ]
    return f"Index {known['index'].iloc[-1]:+.2f} (then {then['index']:+.2f}): {', '.join(listed)}. "


def divergence_table(shelf: Shelf, inputs: dict[str, Any], options: Any) -> pd.DataFrame:
    """Return the parts of the divergence and their index, labelled with the ends of their periods."""
    from earlywarning.macro.debt_divergence import debt_divergence

    frequency = shelf.frequency(inputs["debt"])
    series = [by_end(shelf.get(inputs[name]), frequency) for name in _NAMES]
    if options.start:
        series = [one[pd.Timestamp(options.start) :] for one in series]
    return debt_divergence(*series, periods_a_year=_YEAR[frequency], past=options.past)


def by_end(values: pd.Series, frequency: str) -> pd.Series:
    """Return the last figure of each quarter or year, labelled with its end."""
    ends = period_end(values.index.to_numpy(), frequency).astype("datetime64[ns]")
    return values.groupby(pd.DatetimeIndex(ends)).last()


def directed(
    values: pd.Series, options: Any, period: str, unit: str, states: tuple[str, str], told: str
) -> Outcome:
    """Return the reading of the direction of a series: its last long change against its earlier ones."""
    span = options.span
    if len(values) < fewest(span):
        short = too_short(len(values), fewest(span), f"{period}s")
        return Outcome(Reading(status="too short", evidence=told + short))
    found = long_change(values, span=span)
    names, sign = dict(zip((1, -1), states, strict=True)), int(found.signs[-1])
    change, usual, enter = float(found.change[-1]), float(found.usual[-1]), float(found.enter[-1])
    reading = Reading(
        state=names.get(sign, UNKNOWN),
        since=day(values.index[found.runs[-1].start]) if sign else "",
        evidence=(
            f"{told}Over {span} {period}s it moved by {change:+.3g} {unit}, {abs(found.ratio[-1]):.1f} times "
            f"what it did before; series of no direction move as far in {found.p_value:.0%}. One is taken up "
            f"at {enter:.1f} times and held to {HOLD * enter:.2f}."
        ),
        estimate=f"{change:+.3g} {unit} in {span} {period}s; told from {enter * usual:.3g} on",
        distance=_distance(change, enter * usual, sign, unit),
        mind=_mind(values, found, names, options.span, period),
        p_value=found.p_value,
        value=float(values.iloc[-1]),
        last=day(values.index[-1]),
        numbers={"change": change, "usual": usual, "level": float(values.iloc[-1])},
    )
    return Outcome(reading, lambda ax: _draw(values, found, states, ax))


def _distance(change: float, told_from: float, sign: int, unit: str) -> str:
    edge = (HOLD if sign else 1.0) * told_from
    return (
        f"{abs(abs(change) - edge):.3g} {unit} of change to where a direction {'ends' if sign else 'is told'}"
    )


def _mind(values: pd.Series, found: LongChange, names: dict[int, str], span: int, period: str) -> str:
    """Return the next figure that would change the state."""
    sign, reach = int(found.signs[-1]), float(found.enter[-1] * found.usual[-1])
    base = float(values.iloc[-span])
    up, down = base + reach, base - reach
    if not sign:
        return f"Next {period} a figure above {up:.3g} makes it {names[1]}, below {down:.3g} {names[-1]}."
    side = "below" if sign > 0 else "above"
    return (
        f"Next {period} a figure {side} {base + sign * HOLD * reach:.3g} ends it, {side} "
        f"{base - sign * reach:.3g} makes it {names[-sign]}."
    )


def holder(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether a holder's share falls or rises with the divergence of debt: ``leaves`` or ``fills``.

    Kendall's tau of the changes from year to year; the null orders the years of one anew. The state has a
    memory, `held_by_years`.
    """
    frequency = shelf.frequency(inputs["debt"])
    index = divergence_table(shelf, inputs, options)["index"].dropna()
    share = by_end(shelf.get(inputs["holder"]), frequency)
    table = pd.concat([index, share], axis=1, join="inner").dropna()
    table.columns = pd.Index(["index", "share"])
    yearly = table[table.index.month == 12].diff().dropna()  # a quarter more must not move the years before
    if len(yearly) < FEWEST:
        return Outcome(Reading(status="too short", evidence=too_short(len(yearly), FEWEST, "years of both")))
    moves = yearly["index"].to_numpy(), yearly["share"].to_numpy()
    tau, p_value = permuted_tau(*moves, options.draws)
    held = held_by_years(*moves)
    state = {-1: "leaves", 1: "fills"}.get(int(held[-1]), UNKNOWN)
    other = np.flatnonzero(held != held[-1])
    back = min(10, len(yearly))
    then = table.iloc[-1 - back * _YEAR[frequency]]
    now = table.iloc[-1]
    reading = Reading(
        state=state,
        since=day(yearly.index[other[-1] + 1 if len(other) else 0]) if held[-1] else "",
        evidence=(
            f"{inputs['holder']} went {then['share']:.1f} to {now['share']:.1f}% in {back} years while the "
            f"index of divergence went {then['index']:+.2f} to {now['index']:+.2f}. Over {len(yearly)} years "
            f"the changes have a rank correlation of {tau:+.2f} (p = {p_value:.3f} of permutations)."
        ),
        estimate=f"rank correlation {tau:+.2f} of {len(yearly)} yearly changes",
        distance=f"{abs(tau):.2f} from none",
        mind=(
            f"Years in which the share moves {'with' if tau < 0 else 'against'} the index, until p is above "
            f"{KEPT:.2f}, end it."
            if held[-1]
            else f"Years in which both move together, or against each other, until p is {TOLD:.2f} or below."
        ),
        p_value=p_value,
        value=tau,
        last=day(table.index[-1]),
        numbers={"tau": tau, "years": len(yearly), "share": float(now["share"])},
    )
    return Outcome(reading, lambda ax: _draw_both(table, ax))


def permuted_tau(x: np.ndarray, y: np.ndarray, draws: int, seed: int = 0) -> tuple[float, float]:
    """Return Kendall's tau and how often it is as large, either way, when the order of one is drawn anew."""
    rng = np.random.default_rng(seed)
    order = np.array([np.arange(len(y)), *(rng.permutation(len(y)) for _ in range(draws))])
    rows, columns = np.triu_indices(len(x), 1)
    signs = np.sign(x[rows] - x[columns])
    drawn = y[order]
    moves = np.sign(drawn[:, rows] - drawn[:, columns])
    scale = np.sqrt(float(np.abs(signs).sum() * np.abs(moves[0]).sum()))  # ties leave some pairs out
    taus = moves @ signs / scale if scale else np.zeros(1 + draws)
    return float(taus[0]), float((1 + np.sum(np.abs(taus[1:]) >= abs(taus[0]) - 1e-12)) / (1 + draws))


def held_by_years(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return -1, 0 or 1 after each year: the sign in which two changes go together, from the years up to it.

    Taken up at p = .02, held to .30: on 4% to 6% of dates where they are unrelated.
    """
    held, now = np.zeros(len(x), int), 0
    for count in range(FEWEST, len(x) + 1):
        tau, p_value = permuted_tau(x[:count], y[:count], PATH_DRAWS)
        sign = int(np.sign(tau))
        now = sign if p_value <= TOLD or (now == sign and p_value <= KEPT) else 0
        held[count - 1] = now
    return held


def _draw(values: pd.Series, found: LongChange, states: tuple[str, str], ax: Any) -> Any:
    ax.plot(values.index, values, color=style.INK, linewidth=1.0)
    for run in found.runs:
        colour = style.UP if run.sign > 0 else style.MUTED
        ax.axvspan(values.index[run.start], values.index[run.end], color=colour, alpha=0.15, lw=0)
    ax.set_ylabel(f"shaded: {states[0]} or {states[1]}")
    return ax


def _draw_both(table: pd.DataFrame, ax: Any) -> Any:
    for name, colour in (("index", style.UP), ("share", style.DOWN)):
        standard = (table[name] - table[name].mean()) / table[name].std()
        ax.plot(standard.index, standard, color=colour, linewidth=1.2, label=name)
    ax.axhline(0.0, color=style.INK, linewidth=0.6)
    ax.set_ylabel("standard deviations")
    ax.legend(loc="upper left", ncols=2)
    return ax
