"""The liquidity monitor: calm, chronic tightening, acute or crisis, each rank in its own past."""

from typing import Any

import pandas as pd

from scanners.report import style
from scanners.systems import stress
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day, levels
from scanners.systems.shelf import Missing, Shelf


def liquidity(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the liquidity state from the measures whose series are here; at least two are needed."""
    table, missing = rank_table(shelf, inputs, options)
    if table.shape[1] < 2:
        return without(missing)
    states = stress.liquidity_states(table, options.window)
    states = states[states != ""]
    if states.empty:
        return Outcome(
            Reading(status="too short", evidence=f"{options.least} sessions of two measures are needed")
        )
    now, state = table.loc[states.index[-1]].dropna(), states.iloc[-1]
    listed = ", ".join(f"{stress.WORDS[str(name)]} {value:.0%}" for name, value in now.items())
    shares = states.value_counts(normalize=True)
    usual = ", ".join(f"{name} {shares.get(name, 0.0):.1%}" for name in stress.STATES)
    reading = Reading(
        state=state,
        since=day(stress.since(states)),
        evidence=f"Rank in its own past: {listed}. Over the whole history: {usual} of days."
        + (f" Without {', '.join(sorted(missing))}." if missing else ""),
        estimate=f"mean rank {now.mean():.2f}",
        distance=_distance(now),
        mind="Ranks on the other side of 90% (acute), 95% (crisis) or a quarter's mean of 60% (tightening).",
        last=day(states.index[-1]),
        numbers={"ranks": {name: float(value) for name, value in now.items()}, "shares": dict(shares)},
        missing=missing,
    )
    return Outcome(reading, lambda ax: draw_ranks(table, states, ax))


def rank_table(shelf: Shelf, inputs: dict[str, Any], options: Any) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the ranks of the measures that can be made, and what is missing for the others."""
    missing: dict[str, str] = {}

    def read(name: str | None, compared: bool = False) -> pd.Series | None:
        if name is None:
            return None
        try:
            return levels(shelf, name) if compared else shelf.get(name)
        except Missing as error:
            missing.update(error.needed)
            return None

    assets = [read(name, compared=True) for name in inputs.get("assets", ())]
    found = stress.measures(
        vix=read(inputs.get("vix")),
        carry=read(inputs.get("carry")),
        bond=read(inputs.get("bond")),
        assets=[values for values in assets if values is not None],
        window=options.window,
    )
    return stress.ranked(found, options.least), missing


def without(missing: dict[str, str]) -> Outcome:
    """Return the outcome of a monitor that has too few of its series."""
    return Outcome(Reading(status="missing", missing=missing, evidence="two measures of stress are needed"))


def _distance(now: pd.Series) -> str:
    high = int((now >= stress.HIGH).sum())
    if high >= 2:
        return f"{high} of {len(now)} measures are above 90%"
    nearest = now[now < stress.HIGH].nlargest(2 - high)
    names = ", ".join(
        f"{stress.WORDS[str(name)]} {stress.HIGH - value:.2f}" for name, value in nearest.items()
    )
    return f"to acute: {names} below the 90% rank" if names else UNKNOWN


def draw_ranks(table: pd.DataFrame, states: pd.Series, ax: Any) -> Any:
    """Draw the mean rank with its states as shades; return the axes."""
    mean = table.mean(axis=1)[states.index]
    ax.plot(mean.index, mean, color=style.INK, linewidth=0.7, label="mean rank of the measures")
    for name, colour in (
        ("chronic tightening", style.PALETTE["present"][0]),
        ("acute", style.UP),
        ("crisis", style.LEVEL_COLOURS["critical"][0]),
    ):
        where = (states == name).to_numpy()
        if where.any():
            ax.fill_between(
                states.index, 0, 1, where=where, step="post", color=colour, alpha=0.35, label=name, lw=0
            )
    ax.set_ylim(0, 1.25)
    ax.legend(loc="upper left", ncols=4)
    return ax
