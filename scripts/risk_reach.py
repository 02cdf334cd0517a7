"""Measure how far chances of a fall can reach on the development panel, and what was tried to get there.

    python scripts/risk_reach.py [--shared ../shared] [--only PART ...]

Brier skill of the shipped models, and of the published form that knows the whole panel, over every base rate
that is meant by "own"; what knowing part of the volatility to come would be worth; terms, shapes of the
bubble's factor and recalibrations, chosen on one half of the calendar and told on the other. Writes
docs/skill/reach.json. Some eight minutes of processor time, one of them the trees.
"""

import sys

import numpy as np
import reach_baseline
import reach_bubble
import reach_terms
import reach_trees
import reach_volatility
import risk_fit
import risk_measures
import risk_panel
import risk_score
from reach_published import published
from reach_walk import Cell, recalibrated, walked
from risk_results import read, rounded, write

from scanners.risk.coefficients import shipped
from scanners.risk.scores import brier, skill
from scanners.risk.sizes import losses

SHOWN = ("10_60", "20_120", "30_250", "1.5s_60")
BASES = {  # looks of the panel's rate that are included, calendar years that the rate stays the same
    "own, at the date": (risk_score.YEAR_OF_LOOKS, 1),
    "own, at the date, none of the panel's": (1e-3, 1),
    "own, at the start of five years": (risk_score.BLOCK_LOOKS, risk_score.BLOCK),
    "the panel's, at the date": (1e9, 1),
}
HALF = {"own, at the start of five years, half as many": (risk_score.YEAR_OF_LOOKS, risk_score.BLOCK)}
BASE = "own, at the date"
CLUSTERS = {"half-years": 1, "years": 2, "four years": 8}


class Panel:
    """The looks, what was stated at them and what followed."""

    def __init__(self, shared, looks, models):
        looks = risk_fit.told_by(looks, models)
        self.shared, self.looks, self.models = shared, looks, models
        self.arrays, self.frame = risk_score.stated(shared, looks, models)
        self.cells = {}
        for name in SHOWN:
            j, k = risk_score.CELLS[name]
            self.cells[name] = Cell(self.frame, self.arrays["followed"][:, j, k], risk_panel.HORIZONS[j])
        month = self.frame["date"].to_numpy().astype("datetime64[M]")
        self.weight = np.sqrt(60.0 / self.frame.groupby(month)["kind"].transform("size").to_numpy())

    def of(self, name, values):
        """Return one cell of an array of shape (n, H, S), or rows of one of shape (n, k), where known."""
        j, k = risk_score.CELLS[name]
        return (values[:, j, k] if values.ndim == 3 else values)[self.cells[name].rows]

    def skill(self, name, chance, base, clusters=1, draws=499):
        """Return the Brier skill of the chances of a cell over a base rate, an estimate with its interval."""
        cell, rate = self.cells[name], self.of(name, base)
        rows = cell.scored & ~np.isnan(chance)
        losses_ = (brier(one[rows], cell.followed[rows]) for one in (chance, rate))
        return risk_measures.plain(skill(*losses_, cell.half_year[rows] // clusters, draws))


def rates_of(panel):
    """Return the base rates, each of shape (n, H, S)."""
    given = (panel.frame, panel.arrays["followed"])
    return {label: risk_score.own_rate(*given, *how) for label, how in BASES.items()} | {
        "usual": panel.arrays["usual"]
    }


def bases(panel):
    """Return the skill of the shipped models and of the published form over each base, by cell."""
    found, rates = {}, rates_of(panel)
    hindsight = published(panel.looks.features)
    for name in SHOWN:
        ours = panel.of(name, panel.arrays["chance"])
        other = panel.of(name, hindsight)
        found[name] = {
            label: {"shipped": panel.skill(name, ours, rate), "published": panel.skill(name, other, rate)}
            for label, rate in rates.items()
        }
        found[name]["clusters"] = {
            label: panel.skill(name, ours, rates[BASE], count) for label, count in CLUSTERS.items()
        }
    return found


def baseline(panel):
    """Return the skill of the first published baseline over each rate that may be meant, by cell."""
    found, given = {}, (panel.frame, panel.arrays["followed"])
    meant = {label: how for label, how in (BASES | HALF).items() if "own" in label}
    rates = {label: risk_score.own_rate(*given, *how) for label, how in meant.items()}
    for name, steps in reach_baseline.baselines(panel).items():
        found[name] = {
            step: {label: panel.skill(name, chance, rate) for label, rate in rates.items()}
            for step, chance in steps.items()
        }
    return found


def foresight(panel):
    """Return what knowing a share of the surprise of volatility is worth, by cell and base."""
    horizons, rates = risk_score.HORIZONS, rates_of(panel)
    loss = losses(risk_score.SIZES, horizons, panel.looks.features.sd)
    actual = reach_volatility.came(panel.shared, panel.frame)
    expected = reach_volatility.forecast(panel.looks, panel.models, horizons)[0]
    years = panel.frame["date"].dt.year.to_numpy()
    scored, found = (years >= 1950) & (years < 2020), {name: {} for name in SHOWN}
    for share in reach_volatility.SHARES:
        chance = reach_volatility.knowing(share, panel.looks, panel.models, loss, horizons, actual)
        for name in SHOWN:
            known = panel.of(name, chance)
            found[name][f"{share:g}"] = {
                label: panel.skill(name, known, rates[label], draws=199)[0]
                for label in (BASE, "own, at the start of five years")
            }
    return {
        "explained": reach_volatility.explained(panel.frame, expected, actual, scored),
        "shares": found,
    }


def told(panel, name, chance, loss=brier):
    """Return the change of a score against the shipped chances without C, on each half and on all looks."""
    cell, plain = panel.cells[name], panel.of(name, panel.arrays["plain"])
    halves = {"first": cell.half(0), "second": cell.half(1), "all": cell.scored}
    return {
        label: risk_measures.plain(cell.gain(loss, chance, plain, rows)) for label, rows in halves.items()
    }


def tried(panel):
    """Return what each group of terms changes, and the group chosen on each half as told on the other."""
    groups, found = reach_terms.terms(panel.shared, panel.frame), {}
    groups["all of them"] = np.column_stack(list(groups.values()))
    for group, terms in groups.items():
        found[group] = {"terms": terms.shape[1]}
        for name in SHOWN:
            given = (panel.of(name, terms), panel.weight[panel.cells[name].rows])
            plain = panel.of(name, panel.arrays["plain"])
            found[group][name] = told(panel, name, walked(panel.cells[name], plain, *given))
    return {"groups": found, "chosen": chosen(found)}


def chosen(found):
    """Return the group with the largest mean change on one half, for each half."""
    mean = {
        half: {group: np.mean([one[name][half][0] for name in SHOWN]) for group, one in found.items()}
        for half in ("first", "second")
    }
    return {half: max(of, key=of.get) for half, of in mean.items()}


def tenths(panel, name="1.5s_60"):
    """Return the worst tenth and the change of the score of own-sized falls, as stated and recalibrated."""
    cell, stated = panel.cells[name], panel.of(name, panel.arrays["chance"])
    again, found = recalibrated(cell, stated), {}
    for label, chance in (("as stated", stated), ("recalibrated", again)):
        found[label] = {
            half: max(
                abs(said - came)
                for said, came in risk_measures.tenths(
                    {"chance": chance[rows], "followed": cell.followed[rows]}
                )
            )
            for half, rows in {"first": cell.half(0), "second": cell.half(1), "all": cell.scored}.items()
        }
        found[label]["brier"] = told(panel, name, chance)
    return found


PARTS = {
    "bases": bases,
    "baseline": baseline,
    "foresight": foresight,
    "tried": tried,
    "shapes": lambda panel: reach_bubble.shapes(panel, told),
    "shape_from_half": lambda panel: reach_bubble.from_half(panel),
    "shape_decades": lambda panel: reach_bubble.decades(panel),
    "tenths": tenths,
    "trees": lambda panel: reach_trees.trees(panel, told),
}


def main():
    parser = risk_panel.parser(__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to make anew")
    options = parser.parse_args()
    looks, _ = risk_panel.load(options.shared, options.cache)
    panel = Panel(options.shared, looks, shipped())
    found = {"model": panel.models.version, "looks": int(panel.cells["10_60"].scored.sum())}
    if len(options.only) < len(PARTS):
        found = read("reach") | found
    for part in options.only:
        found[part] = PARTS[part](panel)
        if part == "shapes":
            found["shape_chosen"] = reach_bubble.chosen(found[part])
        print(write("reach", rounded(found)), part, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
