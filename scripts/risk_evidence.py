"""Measure what each piece of evidence adds to the chances that volatility and trend give.

    python scripts/risk_evidence.py

Reads the passes that `make panel` keeps, on the development material and on panels without bubbles; writes
docs/skill/evidence.json. Monthly looks; every chance is of a model trained before its date.
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from development_series import NULLS, null_panel, series
from risk_looks import FILTERS, FOLDER, table
from risk_results import rounded, write
from run_ups import run_ups

from scanners.past.panel.added import gain, lift
from scanners.past.panel.null_panels import KINDS
from scanners.risk.coefficients import shipped

FALLS, RISES = ("1.5s_60", "10_60", "20_120"), ("1.5s_60", "10_60", "20_120")
SESSIONS = {"1.5s_60": 60, "10_60": 60, "20_120": 120, "20_250": 250}
EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 1.01)
CAP = 0.35  # confidence beyond which too few dates are known to tell more


def bands(d):
    """Return looks by C: none, and bands of it."""
    found = {"all looks": d["C"] >= 0, "0": d["C"] == 0}
    for low, high in pairwise(EDGES):
        name = f"{low:g} to {high:g}" if high < 1 else f"{low:g} and more"
        found[name] = (d["C"] >= low) & (d["C"] < high) & (d["C"] > 0)
    return found


def as_rare(values, mask):
    """Return as many of the highest values as the mask has looks."""
    wanted = int(mask.sum())
    if not wanted:
        return mask & False
    return values >= np.sort(values.fillna(-1).to_numpy())[::-1][wanted - 1]


def parts_of_confidence(d):
    """Return as many of the highest looks of each filter and window length as have C at least .2."""
    high = d["C"] >= 0.2
    parts = [f"C_{name}" for name in FILTERS] + ["C_short", "C_medium", "C_long"]
    return {"C at least .2": high} | {name: as_rare(d[name], high) & (d[name] > 0) for name in parts}


def states(d):
    """Return looks by the state of the price, alone and with the bubble shape."""
    fomo = d["new_high"] & (d["acceleration"] > 1) & (d["z250"] > 1)
    doubled, stretched = d["two_years"] >= 1, d["z250"] >= 2
    found = {}
    for name, mask in (
        ("FOMO regime", fomo),
        ("doubled in two years", doubled),
        ("z250 at least 2", stretched),
    ):
        found[name] = mask
        found[f"{name}, C below .05"] = mask & (d["C"] < 0.05)
        found[f"{name}, C at least .1"] = mask & (d["C"] >= 0.1)
        found[f"{name}, C at least .2"] = mask & (d["C"] >= 0.2)
    return found


def critical_times(d):
    """Return looks with C at least .1 by what the windows that qualify say of tc."""
    shape, median, spread = d["C"] >= 0.1, d["tc_median"], d["tc_high"] - d["tc_low"]
    return {
        "C at least .1": shape,
        "tc in the past": shape & (median < 0),
        "tc within 20 sessions": shape & (median >= 0) & (median <= 20),
        "tc later than 20 sessions": shape & (median > 20),
        "windows agree on tc (80% within 30 sessions)": shape & (spread <= 30),
        "windows disagree on tc": shape & (spread > 30),
    }


def bifurcations(d):
    """Return looks with the evidence of a bifurcation, among those at which it was computed."""
    known = d["bsadf"].notna()
    rise = known & (d["rising"] == 1)
    rising_pair = (d["ar1_tau"] > 0) & (d["variance_tau"] > 0)
    return {
        "explosive (BSADF above 99%), rising": rise & (d["bsadf"] > d["bsadf_99"]),
        "explosive (BSADF above 95%), rising": rise & (d["bsadf"] > d["bsadf_95"]),
        "explosive (BSADF above 95%), falling": known & (d["rising"] == 0) & (d["bsadf"] > d["bsadf_95"]),
        "explosive above 95%, rising, C below .02": rise & (d["bsadf"] > d["bsadf_95"]) & (d["C"] < 0.02),
        "slowing down (p below .05)": known & (d["trend_p"] < 0.05),
        "AR(1) and variance both rise": known & rising_pair,
        "portrait: positive feedback": known & (d["portrait"] == "divergent"),
        "portrait: negative feedback": known & (d["portrait"] == "convergent"),
        "portrait: shape identified": known & (d["identified"] == 1),
    }


def trusted(d):
    """Return looks with C at least .1 by the share of resampled refits that qualify."""
    trust = d["trust"].astype(float)
    middle = trust.median()
    return {"trust in its higher half": trust > middle, "trust in its lower half": trust <= middle}


def negative(d):
    """Return looks by the confidence of negative bubbles."""
    found = {f"negative C at least {c:g}": d["C_down"] >= c for c in (0.05, 0.1, 0.2)}
    return found | {"negative C3 at least .1": d["C3_down"] >= 0.1}


def evidences(d):
    """Return one number a look for each piece of evidence: what one coefficient may be given to."""
    fomo = d["new_high"] & (d["acceleration"] > 1) & (d["z250"] > 1)
    known = d["bsadf"].notna()
    found = {"C": d["C"], "C3": d["C3"].fillna(d["C"])}
    found |= {name: d[name] for name in [f"C_{one}" for one in FILTERS] + ["C_short", "C_medium", "C_long"]}
    found = {name: value.clip(upper=CAP) for name, value in found.items()}
    found |= {
        "C in the FOMO regime": d["C"].clip(upper=CAP) * fomo,
        "FOMO regime": fomo,
        "doubled in two years": d["two_years"] >= 1,
        "C after a doubling": d["C"].clip(upper=CAP) * (d["two_years"] >= 1),
        "tc within 20 sessions": (d["C"] >= 0.1) & (d["tc_median"] >= 0) & (d["tc_median"] <= 20),
    }
    tests = {
        "explosive (BSADF above 95%), rising": (d["rising"] == 1) & (d["bsadf"] > d["bsadf_95"]),
        "slowing down (p below .05)": d["trend_p"] < 0.05,
        "AR(1) and variance both rise": (d["ar1_tau"] > 0) & (d["variance_tau"] > 0),
        "portrait: positive feedback": d["portrait"] == "divergent",
        "portrait: negative feedback": d["portrait"] == "convergent",
    }
    found |= {name: value.astype(float).where(known) for name, value in tests.items()}
    return {name: value.astype(float) for name, value in found.items()}


def lifts(d, masks, kind="fell", chance="p", events=FALLS):
    """Return what followed the looks of each mask, by event."""
    dates, found = d["date"].to_numpy(), {}
    for event in events:
        fell = d[f"{kind}_{event}"].to_numpy(float)
        usual = d.groupby("series")[f"{kind}_{event}"].transform("mean").to_numpy()
        stated = d[f"{chance}_{event}"].to_numpy(float)
        for name, mask in masks.items():
            one = lift(dates, fell, stated, usual, mask.to_numpy(bool))
            found.setdefault(name, {})[event] = None if one is None else one.to_dict()
    return found


def gains(d, events=FALLS):
    """Return the change of the scores when each piece of evidence gets a coefficient."""
    dates, found = d["date"].to_numpy(), {}
    for name, values in evidences(d).items():
        for event in events:
            fell, stated = d[f"fell_{event}"].to_numpy(float), d[f"p_{event}"].to_numpy(float)
            one = gain(dates, fell, stated, values.to_numpy(float), SESSIONS[event])
            found.setdefault(name, {})[event] = None if one is None else one.to_dict()
    for event in RISES:
        rose, stated = d[f"rose_{event}"].to_numpy(float), d[f"up_{event}"].to_numpy(float)
        one = gain(dates, rose, stated, d["C_down"].clip(upper=CAP).to_numpy(float), SESSIONS[event])
        found.setdefault("negative C, for rises", {})[event] = None if one is None else one.to_dict()
    return found


def measure(d):
    """Return every table of one panel."""
    with_bubble = lifts(d, bands(d), chance="with")
    return {
        "looks": len(d),
        "series": int(d["series"].nunique()),
        "series_years": len(d) * 21 / 252,
        "base": {event: float(d[f"fell_{event}"].mean()) for event in FALLS},
        "bands": lifts(d, bands(d), events=(*FALLS, "20_250")),
        "bands_with_bubble": with_bubble,
        "parts": lifts(d, parts_of_confidence(d)),
        "states": lifts(d, states(d)),
        "critical_times": lifts(d, critical_times(d)),
        "negative": lifts(d, negative(d), "rose", "up", RISES),
        "by_kind": {
            kind: lifts(d[d["kind"] == kind], {"C at least .2": d.loc[d["kind"] == kind, "C"] >= 0.2})
            for kind in sorted(d["kind"].unique())
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--nulls", type=int, default=NULLS)
    options = parser.parse_args()
    chosen = series()
    real = table(chosen, options.folder)
    found = {"real": measure(real)}
    found["real"]["bifurcations"] = lifts(real, bifurcations(real))
    found["real"]["trust"] = lifts(real, trusted(real))
    found["real"]["tested_looks"] = int(real["bsadf"].notna().sum())
    found["real"]["gains"] = gains(real)
    found["real"]["run_ups"] = run_ups(chosen, real, net=True)
    found["real"]["run_ups_raw"] = run_ups(chosen, real, net=False)
    for kind in KINDS:
        d = table(null_panel(kind, options.nulls), options.folder)
        found[kind] = measure(d) | {"gains": gains(d)}
    print(write("evidence", rounded({"model": shipped().version} | found)), file=sys.stderr)


if __name__ == "__main__":
    main()
