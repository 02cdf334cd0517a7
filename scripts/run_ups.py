"""Run-ups of 100% in two years of US industries, after Greenwood, Shleifer & You: crash or no crash, by C.

Greenwood, R., Shleifer, A. & You, Y. (2019), Bubbles for Fama, J. Financial Economics 131, 20-43. Theirs are
40 run-ups of 100% in two years, raw and net of the market, of value-weighted industries; 21 crashed: fell by
40% within two years.
"""

import numpy as np
import pandas as pd

TWO_YEARS = 500  # sessions
RISE, CRASH = 1.0, 0.4
BANDS = {"below .05": (0.0, 0.05), ".05 to .2": (0.05, 0.2), ".2 and more": (0.2, 1.01)}
MONTHS = 3  # looks up to the run-up over which the highest C is taken


def market(chosen):
    """Return the mean daily log return of all industries that are known on a day."""
    returns = pd.DataFrame({one.name: np.log(one.closes).diff() for one in chosen})
    return returns.mean(axis=1).cumsum()


def first_run_ups(one, level, rows):
    """Return the looks at which a run-up begins, raw and, with a level, net of it; two years apart."""
    y = np.log(one.closes)
    up = np.expm1(y - y.shift(TWO_YEARS)) >= RISE
    if level is not None:
        net = y - level.reindex(y.index)
        up &= np.expm1(net - net.shift(TWO_YEARS)) >= RISE
    found, last = [], -np.inf
    for k, place in enumerate(rows["position"]):
        if up.iloc[place]:
            if place - last > TWO_YEARS:
                found.append(k)
            last = place
    return found


def outcome(closes, place):
    """Return the two years after a session: the deepest fall from a peak in them, and the return."""
    ahead = closes.iloc[place : place + TWO_YEARS + 1].to_numpy()
    if len(ahead) <= TWO_YEARS:
        return None
    return float((1 - ahead / np.maximum.accumulate(ahead)).max()), float(ahead[-1] / ahead[0] - 1)


def run_ups(everything, looks, net):
    """Return what followed the run-ups of industries, by the highest C of the months up to them."""
    chosen = [
        one for one in everything if one.name.startswith(("ff12_", "ff49_")) and "market" not in one.name
    ]
    found = []
    for prefix in ("ff12_", "ff49_"):
        group = [one for one in chosen if one.name.startswith(prefix)]
        level = market(group) if net else None
        for one in group:
            rows = looks[looks["series"] == one.name].reset_index(drop=True)
            for k in first_run_ups(one, level, rows):
                after = outcome(one.closes, int(rows["position"][k]))
                shape = float(rows["C"].iloc[max(k - MONTHS + 1, 0) : k + 1].max())
                if after is not None:
                    found.append((one.name, f"{rows['date'][k]:%Y-%m-%d}", shape, *after))
    table = pd.DataFrame(found, columns=["series", "date", "C", "fall", "growth"])
    bands = {name: table[(table["C"] >= low) & (table["C"] < high)] for name, (low, high) in BANDS.items()}
    told = {name: summary(part) for name, part in (("all", table), *bands.items())}
    return told | {"list": table.round(4).values.tolist()}


def summary(part):
    """Return how many run-ups crashed, and the mean return of two years."""
    if not len(part):
        return {"run_ups": 0, "crashes": 0, "growth": None, "fall": None}
    return {
        "run_ups": len(part),
        "crashes": int((part["fall"] >= CRASH).sum()),
        "growth": float(part["growth"].mean()),
        "fall": float(part["fall"].mean()),
    }
