"""Does the liquidity state add to the FOMO regime? Falls of 10% within 60 sessions of its alarms, by state.

Run ``python scripts/liquidity_context.py FOLDER`` with a folder of daily price files. An alarm is the first
day of the FOMO regime (new 250-day high, acceleration > 1, z250 > 1) after 60 sessions without; the base are
all sessions in the same state. States are those of `scanners.systems.stress`, ranks in their own past only.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from scanners.config.policy import Policy
from scanners.past.skill.intervals import wilson
from scanners.systems import stress
from scanners.systems.monitors.narrative import fomo_phase
from scanners.systems.shelf import read_levels

SERIES = [
    "gold_lbma_pm",
    "silver",
    "nasdaq",
    "sp500",
    "kosdaq",
    "shanghai",
    "bitcoin",
    "dxy",
    "usdjpy",
    "mxnjpy",
    "usdcny",
    "eurusd",
    "wti",
]
AHEAD, FALL, LEAST, WINDOW = 60, 0.10, 750, 20


def share(hits: int, n: int) -> str:
    if not n:
        return "-"
    low, high = wilson(hits, n)
    return f"{hits / n:.2f} [{low:.2f}, {high:.2f}] of {n}"


def main() -> None:
    folder = Path(sys.argv[1])
    read = {path.stem: read_levels(path) for path in folder.glob("*.csv")}
    assets = [read["us10y_yield"], *(np.log(read[name]) for name in ("sp500", "gold", "dxy", "usdjpy"))]
    found = stress.measures(
        vix=read["vix"], carry=read["mxnjpy"], bond=read["us10y_yield"], assets=assets, window=WINDOW
    )
    states = stress.liquidity_states(stress.ranked(found, LEAST))
    states = states[states != ""]
    rows = []
    for name in SERIES:
        prices = read[name]
        prices = prices[prices > 0]
        low = prices[::-1].rolling(AHEAD, min_periods=AHEAD).min()[::-1].shift(-1)
        fell = (low <= (1 - FALL) * prices).where(low.notna())
        # A phase holds for 60 sessions, so its first day is an alarm after as many without the regime.
        phase = fomo_phase(prices, Policy())
        alarm = phase & ~phase.shift(1, fill_value=False)
        state = states.reindex(prices.index, method="ffill", limit=5)
        rows.append(pd.DataFrame({"series": name, "state": state, "alarm": alarm, "fell": fell}).dropna())
    table = pd.concat(rows)
    years = f"{table.index.min():%Y} to {table.index.max():%Y}"
    print(f"{len(SERIES)} series, {years}, {int(table.alarm.sum())} alarms")
    print("| liquidity | fall of 10% within 60 sessions of a FOMO alarm | of any session |\n|---|---|---|")
    for name in (*stress.STATES, "any but calm", "all"):
        inside = table.state.isin(stress.STATES[1:]) if name == "any but calm" else table.state == name
        part = table if name == "all" else table[inside]
        alarms = part[part.alarm]
        print(f"| {name} | {share(int(alarms.fell.sum()), len(alarms))} | {part.fell.mean():.2f} |")


if __name__ == "__main__":
    main()
