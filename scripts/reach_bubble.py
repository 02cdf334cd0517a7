"""Other shapes of the bubble's factor, fitted walking forward with the prior of the shipped one."""

from itertools import pairwise, product

import numpy as np
import risk_measures
from reach_walk import REPEATED, added, logit, odds_to_chance, walked

from scanners.risk.bubble_factor import MOST
from scanners.risk.scores import bootstrap, log_loss, totals
from scanners.risk.surface_fit import BUBBLE, RIDGE_BUBBLE

CELLS = ("1.5s_60", "10_60")
PUBLISHED, ITS_K = "min(C, .35) from .1, as published", 1.8
SHAPES = {  # of C and the return of two years; 1 at most
    "min(C, .35)": lambda c, run_up: np.minimum(c, 0.35) / 0.35,
    "min(C, .2)": lambda c, run_up: np.minimum(c, 0.2) / 0.2,
    "C": lambda c, run_up: c,
    "root of C": lambda c, run_up: np.sqrt(c),
    "rising from .05 to .3": lambda c, run_up: np.clip((c - 0.05) / 0.25, 0, 1),
    "rising from .1 to .3": lambda c, run_up: np.clip((c - 0.1) / 0.2, 0, 1),
    PUBLISHED: lambda c, run_up: np.minimum(c, 0.35) / 0.35 * (c >= 0.1),
    "at least .2": lambda c, run_up: (c >= 0.2).astype(float),
    "min(C, .35), only after a doubling": lambda c, run_up: np.minimum(c, 0.35) / 0.35 * (run_up >= 1.0),
}
ALONE = ("min(C, .35)", PUBLISHED, "rising from .1 to .3", "at least .2")  # told without that prior too
FREE = (0.0, REPEATED / 0.5**2)  # half a log odd either way
BANDS = (0.1, 0.2, 0.3, 0.4, 1.01)


def shapes(panel, told):
    """Return what each shape changes in the log score against no factor, and its bands of C."""
    confidence = np.nan_to_num(panel.frame["C"].to_numpy())
    run_up, found = np.expm1(panel.looks.features.move_500), {}
    prior = (BUBBLE * MOST, RIDGE_BUBBLE / MOST**2)
    for name in CELLS:
        cell, plain = panel.cells[name], panel.of(name, panel.arrays["plain"])
        chances = {"as shipped": panel.of(name, panel.arrays["chance"])}
        for label, shape in SHAPES.items():
            term = panel.of(name, shape(confidence, run_up)[:, None])
            chances[label] = walked(cell, plain, term, panel.weight[cell.rows], prior)
            if label in ALONE:
                told_before = walked(cell, plain, term, panel.weight[cell.rows], FREE)
                chances[f"{label}, no later knowledge"] = told_before
            if label == PUBLISHED:
                chances[f"{label}, its k"] = odds_to_chance(logit(plain) + term[:, 0] * ITS_K * MOST)
        for label, chance in chances.items():
            found.setdefault(label, {})[name] = {
                **told(panel, name, chance, log_loss),
                "if_right": _if_right(cell, chance, plain),
                "bands": _bands(cell, chance, confidence[cell.rows]),
            }
    return found


def chosen(found):
    """Return the shape with the prior of the shipped one that gains most on one half, for each half."""
    of = {
        half: {label: np.mean([found[label][name][half][0] for name in CELLS]) for label in SHAPES}
        for half in ("first", "second")
    }
    return {half: max(one, key=one.get) for half, one in of.items()}


def from_half(panel):
    """Return k fitted to one half of the calendar alone, and the change of the log score on the other."""
    confidence = np.nan_to_num(panel.frame["C"].to_numpy())
    run_up, found = np.expm1(panel.looks.features.move_500), {}
    for label, name in product(ALONE, CELLS):
        cell, plain = panel.cells[name], panel.of(name, panel.arrays["plain"])
        term = MOST * panel.of(name, SHAPES[label](confidence, run_up)[:, None])
        for which, half in enumerate(("first", "second")):
            rows = cell.half(which) & (term[:, 0] > 0)
            given = (term[rows], cell.followed[rows], logit(plain[rows]), panel.weight[cell.rows][rows])
            k = added(*given, 0.0, 1e-6)[0]
            chance = odds_to_chance(logit(plain) + k * term[:, 0])
            told = cell.gain(log_loss, chance, plain, cell.half(1 - which))
            found.setdefault(label, {}).setdefault(name, {})[half] = [float(k), *risk_measures.plain(told)]
    return found


def decades(panel, name="1.5s_60", lowest=0.2):
    """Return looks, falls and falls stated with and without the factor at C from .2, by decade."""
    cell, shape = panel.cells[name], np.nan_to_num(panel.of(name, panel.frame["C"].to_numpy()[:, None]))[:, 0]
    found, parts = {}, [panel.of(name, panel.arrays[part]) for part in ("plain", "chance")]
    for decade in range(1950, 2020, 10):
        rows = (shape >= lowest) & (cell.year >= decade) & (cell.year < decade + 10)
        came = float(cell.followed[rows].sum())
        found[str(decade)] = [int(rows.sum()), came, *(float(part[rows].sum()) for part in parts)]
    return found


def _if_right(cell, chance, plain):
    """Return the change of the log score in percent that is expected if the chances are exactly right."""
    p, q = chance[cell.scored], plain[cell.scored]
    gained = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    return float(100.0 * gained.sum() / log_loss(q, cell.followed[cell.scored]).sum())


def _bands(cell, chance, confidence):
    """Return falls observed over expected in bands of C from .1."""
    out = []
    for low, high in pairwise(BANDS):
        rows = cell.scored & (confidence >= low) & (confidence < high)
        sums = totals(cell.half_year[rows], np.column_stack([cell.followed[rows], chance[rows]]))
        out.append(risk_measures.plain(bootstrap(sums, lambda s: s[..., 0] / s[..., 1], 499), 3))
    return out
