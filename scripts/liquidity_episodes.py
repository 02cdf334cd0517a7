"""The liquidity rule on every dated shortage at once, with the alarms between: a table of docs/systems.md.

Run ``python scripts/liquidity_episodes.py DATE FOLDER...`` with folders of CSV files.
"""

import sys
from pathlib import Path

import msgspec
import pandas as pd

from scanners.systems import stress
from scanners.systems.dated_events import events
from scanners.systems.monitors.liquidity import rank_table
from scanners.systems.registry import KINDS
from scanners.systems.schema import load
from scanners.systems.shelf import Shelf

ALARMS = stress.STATES[2:]
RULES = {
    "ten years, 20 sessions, with memory (used)": (20, 2500, stress.MEMORY),
    "the same without memory": (20, 2500, 0.0),
    "the same, 60 sessions": (60, 2500, stress.MEMORY),
    "ranks since the beginning, 20 sessions": (20, 10_000, stress.MEMORY),
    "as before: since the beginning, 60 sessions, no memory": (60, 10_000, 0.0),
}


def states_of(as_of: str, folders: list[Path], window: int, past: int, memory: float) -> pd.Series:
    system = load("coupling")
    (monitor,) = [one for one in system.monitor if one.kind == "liquidity"]
    shelf = Shelf(as_of, system.sources(), system.derived(), folders=folders)
    options = msgspec.convert({**monitor.options, "window": window, "past": past}, KINDS["liquidity"].options)
    table, _ = rank_table(shelf, dict(monitor.inputs), options)
    stress.MEMORY = memory
    found = stress.liquidity_states(table)
    return found[found != ""]


def runs(alarm: pd.Series) -> int:
    return int((alarm & ~alarm.shift(1, fill_value=False)).sum())


def main() -> None:
    as_of, *folders = sys.argv[1:]
    shortages = events("liquidity", as_of=as_of)
    for name, rule in RULES.items():
        states = states_of(as_of, [Path(one) for one in folders], *rule)
        print(f"\n**{name}**, from {states.index[0]:%Y-%m-%d}\n")
        print("| shortage | sessions to acute | to crisis | worst |\n|---|---|---|---|")
        outside = pd.Series(True, states.index)
        for one in shortages:
            inside = states[one.span[0] : one.span[1]]
            outside[inside.index] = False
            delays = [
                str(int((inside.isin(wanted)).to_numpy().argmax())) if inside.isin(wanted).any() else "never"
                for wanted in (ALARMS, ALARMS[1:])
            ]
            worst = max(inside, key=stress.STATES.index) if len(inside) else "no data"
            print(f"| {one.name}, {one.start} | {delays[0]} | {delays[1]} | {worst} |")
        shares = ", ".join(f"{state} {(states == state).mean():.1%}" for state in stress.STATES)
        years = outside.sum() / 250
        alarms = [runs(states.isin(wanted) & outside) for wanted in (ALARMS, ALARMS[1:])]
        print(
            f"\nDays: {shares}. Between the shortages, in {years:.0f} years: {alarms[0]} alarms from "
            f"acute on ({alarms[0] / years:.2f} a year), {alarms[1]} of crisis ({alarms[1] / years:.2f}); "
            f"{states[outside].isin(ALARMS).mean():.1%} of those days."
        )


if __name__ == "__main__":
    main()
