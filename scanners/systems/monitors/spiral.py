"""Stages of a collateral spiral as a checklist: each is a measurement that may say no."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems import options as kinds
from scanners.systems import stress
from scanners.systems.monitors.haven import haven
from scanners.systems.monitors.liquidity import rank_table, without
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day
from scanners.systems.shelf import Missing, Shelf

QUARTER = 60


def spiral(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return how many of the six stages are seen now.

    The stages: the collateral's price swings (yield volatility); carry trades are closed; fear; everything
    moves together; the collateral is sold too (yields rise on VIX jumps); the dollar is short.
    """
    table, missing = rank_table(shelf, inputs, options)
    dollar = None
    if "dollar" in inputs:
        try:
            moves = np.log(shelf.get(inputs["dollar"])).diff(QUARTER).dropna()
            dollar = stress.ranks(moves, options.least)
        except Missing as error:
            missing |= error.needed
    if table.shape[1] < 2:
        return without(missing)
    last = table.dropna(how="all").index[-1]
    now = table.loc[last]
    stages: dict[str, bool | None] = {
        "collateral swings: yield volatility above its 90% rank": _high(now.get("bond")),
        "carry is closed: fall of the carry pair above its 90% rank": _high(now.get("carry")),
        "fear: VIX above its 90% rank": _high(now.get("vix")),
        "everything moves together: correlation above its 90% rank": _high(now.get("correlation")),
        "collateral is sold: the yield rises on VIX jumps": _sold(shelf, inputs),
        "dollar shortage: its 60-session rise above its 90% rank": _high(
            dollar.iloc[-1] if dollar is not None and len(dollar) else None
        ),
    }
    known = {name: seen for name, seen in stages.items() if seen is not None}
    count = sum(known.values())
    state = "none" if count == 0 else "early" if count <= 2 else "under way" if count <= 4 else "full"
    words = {True: "yes", False: "no", None: "not known"}
    reading = Reading(
        state=state if len(known) >= 3 else UNKNOWN,
        evidence="; ".join(f"{name}: {words[seen]}" for name, seen in stages.items()) + ".",
        estimate=f"{count} of {len(known)} stages that can be measured",
        distance=f"{len(known) - count} stages are not seen",
        mind="A stage that ends or begins; three make it under way, five full.",
        last=day(last),
        numbers={"stages": stages},
        missing=missing,
    )
    counts = (table.dropna(how="all") >= stress.HIGH).sum(axis=1)
    return Outcome(reading, lambda ax: _draw(counts, ax))


def _high(rank: float | None) -> bool | None:
    return None if rank is None or np.isnan(rank) else bool(rank >= stress.HIGH)


def _sold(shelf: Shelf, inputs: dict[str, Any]) -> bool | None:
    if not {"bond", "vix"} <= inputs.keys():
        return None
    try:
        found = haven(shelf, {"bond": inputs["bond"], "shock": inputs["vix"]}, kinds.HavenOptions()).reading
    except Missing:
        return None
    return None if found.status != "ok" else found.state == "no haven"


def _draw(counts: pd.Series, ax: Any) -> Any:
    ax.fill_between(counts.index, 0, counts, step="post", color=style.MUTED, lw=0)
    ax.set_ylabel("measures above their 90% rank")
    ax.set_yticks(range(5))
    return ax
