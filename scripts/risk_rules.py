"""Measure rules for the two axes: levels of the bubble, and the risk of a fall.

    python scripts/risk_rules.py [--step 21]

Thresholds are chosen on one half of the calendar (blocks of four years in turn, half a year left out at each
border) and told on the other; the proposals are told beside them, and on panels without bubbles. Writes
docs/skill/rules.json.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from development_series import NULLS, null_panel, series
from risk_looks import FOLDER, table
from risk_results import rounded, write

from scanners.past.panel.added import lift
from scanners.past.panel.level_rules import (
    LASTS,
    at_rate,
    choose,
    fall_episodes,
    first_of_episodes,
    halves,
    lasting,
    recall,
)
from scanners.past.panel.null_panels import KINDS
from scanners.risk.coefficients import shipped
from scanners.risk.state import Rules

EVENTS = ("1.5s_60", "10_60", "20_120")
CHOSEN_BY = ("1.5s_60", "20_120")
FEWEST = 0.03  # episodes a series-year below which no candidate is taken
SHAPES = (0.2, 0.25, 0.3, 0.35, 0.4)
RUN_UPS = (None, (0.75, 0.1), (1.0, 0.05), (1.0, 0.1), (1.0, 0.15), (1.0, 0.2), (1.5, 0.1))
TIMES = (1.25, 1.5, 1.75, 2.0, 2.5, 3.0)  # the usual chance
STATED = (0.3, 0.4, 0.5, 0.6)
DOUBLED = "doubled, C3 at least 0.1"
AGES = {"first look": (0, 1), "up to 42 sessions later": (1, 43), "later": (43, np.inf)}


class Looks:
    """Looks at a panel, with what the rules need ready."""

    def __init__(self, frame: pd.DataFrame, step: int) -> None:
        self.d, self.step = frame, step
        self.dates = frame["date"].to_numpy()
        self.c3 = frame["C3"].fillna(0.0).to_numpy()
        self.years = len(frame) / 12.0 if step == 21 else len(frame) / 48.0
        self.usual = {e: frame.groupby("series")[f"fell_{e}"].transform("mean").to_numpy() for e in EVENTS}
        self.falls = {
            e: fall_episodes(frame["series"], frame["position"], frame[f"fell_{e}"]) for e in EVENTS[1:]
        }

    def shape(self, critical, run_up):
        """Return where C3 reaches a threshold, or after a run-up a lower one."""
        found = self.c3 >= critical
        if run_up is not None:
            found |= (self.d["two_years"].to_numpy() >= run_up[0]) & (self.c3 >= run_up[1])
        return found

    def held(self, alarm, lasts):
        """Return where a level still holds for so many sessions after its trigger."""
        out = np.zeros(len(alarm), dtype=bool)
        for _, rows in self.d.groupby("series", sort=False).indices.items():
            part = self.d.iloc[rows]
            out[rows] = lasting(part["position"], alarm[rows], self.c3[rows], lasts)
        return out

    def age(self, alarm):
        """Return the sessions since the episode of each look began, NaN before the first."""
        place = self.d["position"].to_numpy()
        begun = pd.Series(np.where(self.begun(alarm), place, np.nan))
        return place - begun.groupby(self.d["series"].to_numpy()).ffill().to_numpy()

    def begun(self, alarm):
        """Return the first look of each episode."""
        return first_of_episodes(self.d["series"], self.d["position"], alarm)


def told(looks, alarm, inside=None):
    """Return what is known of a rule: episodes a year, and what followed its onsets and all of its looks."""
    inside = np.ones(len(alarm), dtype=bool) if inside is None else inside
    first = looks.begun(alarm) & inside
    years = looks.years * inside.mean()
    found = {"episodes": int(first.sum()), "a_year": float(first.sum() / years), "looks": int(alarm.sum())}
    for event in EVENTS:
        fell = looks.d[f"fell_{event}"].to_numpy(float)
        for name, rows in (("onsets", first), ("looks", alarm & inside)):
            plain = lift(looks.dates, fell, looks.d[f"p_{event}"].to_numpy(), looks.usual[event], rows)
            if plain is not None:
                known = rows & np.isfinite(fell)
                stated = float(looks.d.loc[known, f"with_{event}"].mean())
                found.setdefault(event, {})[name] = plain.to_dict() | {"stated": stated}
    for event, (number, count) in looks.falls.items():
        fell = looks.d[f"fell_{event}"].to_numpy(float)
        found[event] = found.get(event, {}) | {"recall": recall(number, count, alarm), "falls": count}
        found[event]["precision"] = float(np.nanmean(fell[alarm])) if alarm.any() else None
    return found


def rate_matched(looks, alarm, name):
    """Return the rule "a column at least a threshold" that is in alarm as often, and the threshold."""
    values = looks.d[name].to_numpy()
    threshold = at_rate(values, lambda raised: int(raised.sum()), int(alarm.sum()))
    return values >= threshold, threshold


def score(looks, alarm, inside, events=CHOSEN_BY):
    """Return the mean log of falls over those expected at onsets, NaN below the fewest episodes."""
    first = looks.begun(alarm) & inside
    if first.sum() < FEWEST * looks.years * inside.mean():
        return np.nan
    logs = []
    for event in events:
        fell, stated = looks.d[f"fell_{event}"].to_numpy(float), looks.d[f"p_{event}"].to_numpy(float)
        known = first & np.isfinite(fell)
        if not fell[known].sum():
            return np.nan
        logs.append(np.log(fell[known].sum() / stated[known].sum()))
    return float(np.mean(logs))


def chosen_on_halves(looks, candidates, events=CHOSEN_BY):
    """Choose a candidate on each half of the calendar and tell what it does on the other."""
    first, second = halves(looks.dates)
    found = []
    for name, tuned, other in (
        ("first, told on second", first, second),
        ("second, told on first", second, first),
    ):
        best, value = choose(candidates, lambda alarm, rows=tuned: score(looks, alarm, rows, events))
        found.append(
            {"chosen_on": name, "rule": best, "score": value, "told": told(looks, candidates[best], other)}
        )
    return found


def ages(looks, alarm):
    """Return what followed looks in alarm by the sessions since their episode began."""
    age, found = looks.age(alarm), {}
    for name, rows in AGES.items():
        inside = alarm & (age >= rows[0]) & (age < rows[1])
        found[name] = {
            event: None if one is None else one.to_dict()
            for event in CHOSEN_BY
            for one in [
                lift(
                    looks.dates,
                    looks.d[f"fell_{event}"].to_numpy(float),
                    looks.d[f"p_{event}"].to_numpy(),
                    looks.usual[event],
                    inside,
                )
            ]
        }
    return found


def critical_candidates(looks):
    """Return every rule for critical that is tried."""
    found = {}
    for shape in (*SHAPES, np.inf):
        for run_up in RUN_UPS:
            parts = [] if np.isinf(shape) else [f"C3 at least {shape:g}"]
            if run_up is not None:
                parts.append(f"up {run_up[0]:.0%} in two years with C3 at least {run_up[1]:g}")
            if parts:
                found[" or ".join(parts)] = looks.shape(shape, run_up)
    return found


def levels(looks):
    """Return the proposed levels, each with the higher ones in it."""
    d, rules = looks.d, Rules()
    fomo = (d["new_high"] & (d["acceleration"] > 1) & (d["z250"] > 1)).to_numpy()
    critical = looks.shape(rules.critical, (rules.run_up, rules.shaped))
    warning = critical | (looks.c3 >= rules.warning)
    stretched = (d["z250"] >= rules.stretched).to_numpy()
    return {"watch": warning | fomo | stretched, "warning": warning, "critical": critical}


def single_rules(looks):
    """Return the rules that METHODS and the proposals name, one by one."""
    d = looks.d
    doubled = (d["two_years"] >= 1).to_numpy()
    found = {f"C3 at least {c:g}": looks.c3 >= c for c in (0.1, *SHAPES)}
    found["doubled in two years"] = doubled
    found |= {f"doubled, C3 at least {c:g}": doubled & (looks.c3 >= c) for c in (0.05, 0.1, 0.2)}
    found["doubled, C below .05"] = doubled & (d["C"] < 0.05).to_numpy()
    return found


def risks(looks):
    """Return rules on the chance of a fall of 10% in 60 sessions."""
    d, rules = looks.d, Rules()
    times = (d["with_10_60"] / d["usual_10_60"]).to_numpy()
    even = (d["with_10_60"] >= rules.even).to_numpy()
    found = {"raised": (times >= rules.raised) | even, "high": (times >= rules.high) | even}
    found |= {f"{k:g} times usual": times >= k for k in TIMES}
    return found | {f"stated at least {p:g}": (d["with_10_60"] >= p).to_numpy() for p in STATED}


def measure(looks):
    """Return the tables that are made of every panel."""
    found = {"series_years": looks.years, "looks": len(looks.d)}
    found["levels"] = {name: told(looks, alarm) for name, alarm in levels(looks).items()}
    found["rules"] = {name: told(looks, alarm) for name, alarm in single_rules(looks).items()}
    found["risks"] = {name: told(looks, alarm) for name, alarm in risks(looks).items()}
    return found


def beside_volatility(looks):
    """Return levels and risks beside volatility alone at the same alarm rate."""
    found = {}
    for name, alarm in (levels(looks) | risks(looks)).items():
        rival, threshold = rate_matched(looks, alarm, "calm_10_60")
        found[name] = told(looks, rival) | {"threshold": threshold}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--step", type=int, default=21)
    parser.add_argument("--nulls", type=int, default=NULLS)
    options = parser.parse_args()
    looks = Looks(table(series(), options.folder, options.step), options.step)
    found = {"real": measure(looks), "step": options.step}
    found["volatility"] = beside_volatility(looks)
    found["kept"] = {
        f"{name}, kept {lasts} sessions": told(looks, looks.held(alarm, lasts))
        for name, alarm in levels(looks).items()
        if name != "watch"
        for lasts in (0, 21, 60)
    }
    found["kept"] |= {
        f"{name}, {words}": told(looks, rows & (looks.age(alarm) <= LASTS))
        for name, alarm in levels(looks).items()
        if name != "watch"
        for words, rows in (
            ("ended 60 sessions after it began", alarm),
            ("news for 60 sessions", looks.held(alarm, LASTS)),
        )
    }
    found["ages"] = {name: ages(looks, alarm) for name, alarm in levels(looks).items() if name != "watch"}
    found["critical_tried"] = list(critical_candidates(looks))
    found["critical_chosen"] = chosen_on_halves(looks, critical_candidates(looks))
    warnings = {f"C3 at least {c:g}": looks.c3 >= c for c in (0.1, 0.15, 0.2, 0.25, 0.3)}
    found["warning_chosen"] = chosen_on_halves(looks, warnings, ("1.5s_60",))
    first, second = halves(looks.dates)
    doubled = {DOUBLED: looks.shape(np.inf, (1.0, 0.1))}
    found["halves"] = {
        name: {"first": told(looks, alarm, first), "second": told(looks, alarm, second)}
        for name, alarm in (levels(looks) | doubled).items()
    }
    for kind in KINDS:
        found[kind] = measure(Looks(table(null_panel(kind, options.nulls), options.folder), 21))
    print(write("rules", rounded({"model": shipped().version} | found)), file=sys.stderr)


if __name__ == "__main__":
    main()
