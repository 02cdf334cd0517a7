"""Rows and sentences of how far chances reach, each from docs/skill/reach.json alone."""

import numpy as np
from reach_baseline import PRINTED
from skill_words import table

FALLS = {"10_60": "10% in 60", "20_120": "20% in 120", "30_250": "30% in 250", "1.5s_60": "1.5 sigma in 60"}
BARS = {"10_60": 0.11, "20_120": 0.14, "30_250": 0.16}  # marks of skill over the own rate
RATES = {
    "own, at the date": "own rate at the date",
    "own, at the date, none of the panel's": "the same, none of the panel's looks in it",
    "own, at the start of five years": "own rate at the start of five years",
    "the panel's, at the date": "the panel's rate at the date",
    "usual": "*usual*",
}
DATE, FIVE = "own, at the date", "own, at the start of five years"
HALF = f"{FIVE}, half as many"
MAY_BE_MEANT = {  # looks of the panel's rate that each includes
    FIVE: "start of five years, 24 looks of the panel's",
    HALF: "start of five years, 12",
    DATE: "date, 12",
    f"{DATE}, none of the panel's": "date, none",
}


def three(estimate, digits=3):
    """Return a value with its interval."""
    return "{0:.{3}f} [{1:.{3}f}, {2:.{3}f}]".format(*estimate, digits)


def percent(estimate):
    """Return a change in percent with its interval."""
    return "{:+.2f} [{:+.2f}, {:+.2f}]".format(*estimate)


def listed(values, digits=3):
    """Return numbers with commas and an and between them."""
    words = [f"{value:.{digits}f}" for value in values]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def skills(found, rate, who="shipped"):
    """Return the skills that have a mark, over a rate, as words."""
    return listed([found["bases"][name][rate][who][0] for name in BARS])


def bars():
    """Return the marks, as words."""
    return listed(BARS.values(), 2)


def bases(found):
    """Return Brier skill over each rate."""
    rows = []
    for rate, title in RATES.items():
        cells = [found["bases"][name][rate] for name in FALLS]
        rows.append([title, *(three(one["shipped"]) for one in cells)])
        if rate in (DATE, FIVE):
            rows.append([f"{title}: the form with hindsight", *(three(one["published"]) for one in cells)])
    return table(["Brier skill over", *FALLS.values()], rows)


def baseline(found):
    """Return the skill of the first published baseline, as printed and over each rate that may be meant."""
    rows = []
    for step, printed in PRINTED.items():
        for name, figure in printed.items():
            cells = [found["baseline"][name][step][rate] for rate in MAY_BE_MEANT]
            rows.append([step, FALLS[name], f"{figure:.3f}", *map(three, cells)])
    return table(["", "fall", "printed", *MAY_BE_MEANT.values()], rows)


def off(found, rate):
    """Return how far the first published baseline over a rate lies from what was printed, on average."""
    away = [
        abs(found["baseline"][name][step][rate][0] - figure)
        for step, printed in PRINTED.items()
        for name, figure in printed.items()
    ]
    return f"{np.mean(away):.3f}"


def foresight(found):
    """Return the skill over the own rate by the share of the surprise of volatility that is known."""
    shares = list(found["foresight"]["shares"]["10_60"])
    rows = [
        [f"{float(share):.0%}", *(f"{found['foresight']['shares'][name][share][DATE]:.3f}" for name in FALLS)]
        for share in shares
    ]
    return table(["surprise known", *FALLS.values()], rows)


def needed(found):
    """Return the shares of the surprise at which the bars over the own rate are reached, as words."""
    words = []
    for name, bar in BARS.items():
        known = {float(share): one[DATE] for share, one in found["foresight"]["shares"][name].items()}
        words.append(f"{np.interp(bar, list(known.values()), list(known)):.0%}")
    return f"{', '.join(words[:-1])} and {words[-1]}"


def explained(found, horizon):
    """Return the share of the variance of log volatility within series that is forecast, in percent."""
    return f"{found['foresight']['explained'][str(horizon)]:.0%}"


def tried(found):
    """Return the change of the Brier score by each group of terms, on the halves of the calendar."""
    rows = []
    for group, one in found["tried"]["groups"].items():
        cells = [f"{percent(one[name]['first'])}; {percent(one[name]['second'])}" for name in FALLS]
        rows.append([group, one["terms"], *cells])
    if found.get("trees"):
        trees = [found["trees"][name] for name in FALLS]
        cells = [f"{percent(one['first'])}; {percent(one['second'])}" for one in trees]
        rows.append(["boosted trees on all", "", *cells])
    return table(["terms", "number", *FALLS.values()], rows)


def earned(found):
    """Return the groups whose interval lies above zero on both halves, by fall, as a sentence."""
    told = {}
    for group, one in found["tried"]["groups"].items():
        for name, title in FALLS.items():
            if one[name]["first"][1] > 0 and one[name]["second"][1] > 0:
                told.setdefault(group, []).append(title)
    if not told:
        return "No group of terms has an interval above zero on both halves for any fall."
    words = "; ".join(f"{group} ({', '.join(falls)})" for group, falls in told.items())
    return f"An interval above zero on both halves: {words}; no other group for any fall."


def trees(found):
    """Return what boosted trees change on all looks, as a sentence; nothing where they were not tried."""
    if not found.get("trees"):
        return ""
    changes = [f"{percent(found['trees'][name]['all'])} at {title}" for name, title in FALLS.items()]
    return f"Boosted trees on all of it change the score by {', '.join(changes)}."


def chosen(found):
    """Return the group chosen on each half and what it changes on the other, as a sentence."""
    words = []
    for half, other in (("first", "second"), ("second", "first")):
        group = found["tried"]["chosen"][half]
        cells = [
            f"{percent(found['tried']['groups'][group][name][other])} at {title}"
            for name, title in FALLS.items()
        ]
        words.append(
            f"the best on the {half} half, {group}, changes the score on the other by {', '.join(cells)}"
        )
    return "; ".join(words)


def tenths(found):
    """Return what recalibration does to the worst tenth of own-sized falls, as sentences."""
    before, after = (found["tenths"][label] for label in ("as stated", "recalibrated"))

    def parts(one):
        return f"{one['all']:.3f} ({one['first']:.3f} and {one['second']:.3f} on the halves)"

    change = percent(after["brier"]["all"])
    return (
        f"The worst tenth of the chances of 1.5 sigma in 60 is off by {parts(before)}. With level and "
        f"slope of its log odds fitted anew each year to the past it is off by {parts(after)}; the "
        f"Brier score changes by {change} percent. It is not done: on a day on which 1.5 sigma is 10%, "
        "one event would be given two chances."
    )


def clusters(found, name):
    """Return the interval of the skill over the own rate by what is drawn, as words."""
    known = found["bases"][name]["clusters"]
    return ", ".join(f"[{one[1]:.3f}, {one[2]:.3f}] ({label})" for label, one in known.items())
