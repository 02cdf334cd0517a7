"""Measure what the simplest uses were worth: exposure cut by half, and protection at the model's fair price.

    python scripts/risk_uses.py

Over the indices, industries and futures of the development material; decided at monthly looks, acted on from
the next session, costs included. Writes docs/skill/uses.json.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from development_series import series
from risk_looks import FOLDER, table
from risk_results import rounded, write
from risk_rules import Looks, levels, risks

from scanners.past.panel.half_years import drawn_ratios, half_year, interval
from scanners.past.panel.level_rules import at_rate
from scanners.past.panel.pass_rows import BLOCK, FIRST
from scanners.past.panel.uses import COST, daily, held, worth
from scanners.risk.coefficients import shipped

KINDS = ("equity_index", "us_industry", "future")
MARK_UP = 0.1  # over the fair price of protection
PAYS = 0.1  # of the value, when the close has fallen by 10% within 60 sessions
ALPHA = 252  # sessions a year


def exposures(looks, signal):
    """Return what one signal, volatility at the same average exposure, and a constant share hold."""
    calm = looks.d["calm_10_60"].to_numpy()
    wanted = int(signal.sum())
    rival = calm >= at_rate(calm, lambda raised: int(raised.sum()), wanted)
    return {"signal": signal, "volatility": rival}


def ways(one, rows, signals):
    """Return daily returns and shares of one series under each way to hold it, from its first look on."""
    start = int(rows["position"].iloc[0])
    closes = one.closes.iloc[start:].to_numpy(dtype=float)
    places, n = rows["position"].to_numpy() - start, len(closes)
    shares = {"held": np.ones(n)}
    for name, signal in signals.items():
        shares[name] = held(places, signal, n)
    mean = shares["signal"][1:].mean()
    shares["constant"] = np.full(n, mean)
    return {name: (daily(closes, share), share) for name, share in shares.items()}


def cut_exposure(looks, chosen, signal):
    """Return the mean yearly figures of each way to hold, and how much more than a constant share it made."""
    signals = exposures(looks, signal)
    figures, days, gaps = {}, [], {}
    for one in chosen:
        rows = np.flatnonzero((looks.d["series"] == one.name).to_numpy())
        if not len(rows):
            continue
        part = looks.d.iloc[rows]
        found = ways(one, part, {name: mask[rows] for name, mask in signals.items()})
        for name, (returns, share) in found.items():
            figures.setdefault(name, []).append(worth(returns, share).to_dict())
        start = int(part["position"].iloc[0])
        days.append(one.closes.index[start + 1 :].to_numpy())
        for name in ("signal", "volatility"):
            gaps.setdefault(name, []).append(found[name][0] - found["constant"][0])
    means = {name: _mean(pd.DataFrame(parts)) for name, parts in figures.items()}
    dates = np.concatenate(days)
    for name, parts in gaps.items():
        excess = np.concatenate(parts) * ALPHA
        drawn = drawn_ratios(dates, [excess], [np.ones(len(excess))])
        means[name] |= {"over_constant": float(excess.mean()), "interval": interval(drawn[:, 0])}
    return means


def _mean(frame):
    years = frame["years"]
    told = {name: float(np.average(frame[name], weights=years)) for name in frame if name != "years"}
    return told | {"years": float(years.sum()), "series": len(frame)}


def protection(looks, bought, price):
    """Return what protection of 60 sessions, bought at some looks, cost and paid, in shares of the value.

    It pays 10% of the value once the close has fallen by 10%; the fair price is the stated chance of that.
    """
    fell = looks.d["fell_10_60"].to_numpy(float)
    rows = bought & np.isfinite(fell)
    paid, charged = PAYS * fell[rows], PAYS * looks.d.loc[rows, price].to_numpy() * (1 + MARK_UP)
    if not rows.any():
        return None
    drawn = drawn_ratios(looks.dates[rows], [paid], [charged])
    return {
        "bought": int(rows.sum()),
        "cost": float(charged.mean()),
        "paid": float(paid.mean()),
        "paid_per_cost": float(paid.sum() / charged.sum()),
        "interval": interval(drawn[:, 0]),
        "a_year": float((paid - charged).sum() / looks.years),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    chosen = [one for one in series() if one.kind in KINDS]
    looks = Looks(table(chosen, options.folder), 21)
    signals = {name: mask for name, mask in levels(looks).items() if name != "watch"}
    signals["high risk"] = risks(looks)["high"]
    volatile = looks.d["calm_10_60"].to_numpy()
    found = {
        "series": int(looks.d["series"].nunique()),
        "series_years": looks.years,
        "half_years": len(np.unique(half_year(looks.dates))),
        "cost": COST,
        "mark_up": MARK_UP,
        "cut": {name: cut_exposure(looks, chosen, mask) for name, mask in signals.items()},
        "protection": {},
    }
    always = ((looks.d["position"] - FIRST) % (3 * BLOCK) == 0).to_numpy()
    top = volatile >= np.quantile(volatile, 0.9)
    begun = {name: looks.begun(alarm) for name, alarm in (signals | {"the most volatile tenth": top}).items()}
    for name, bought in (begun | {"always, every 63 sessions": always}).items():
        found["protection"][name] = {
            "priced without the bubble": protection(looks, bought, "p_10_60"),
            "priced with it": protection(looks, bought, "with_10_60"),
        }
    print(write("uses", rounded({"model": shipped().version} | found)), file=sys.stderr)


if __name__ == "__main__":
    main()
