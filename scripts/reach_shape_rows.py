"""Rows and sentences of the shapes of the bubble's factor, each from docs/skill/reach.json alone."""

import numpy as np
from reach_rows import FALLS, listed, percent
from scipy.stats import norm
from skill_words import table

CELLS = ("1.5s_60", "10_60")


def shapes(found):
    """Return the change of the log score by each shape of the bubble's factor, and bands of C."""
    rows = []
    for label, one in found["shapes"].items():
        for name in CELLS:
            cell = one[name]
            bands = " / ".join(f"{band[0]:.2f}" for band in cell["bands"])
            changes = [percent(cell[half]) for half in ("first", "second", "all")]
            rows.append([label, FALLS[name], *changes, f"{cell['if_right']:+.2f}", bands])
    header = ["factor", "fall", "first half", "second half", "all", "if it is exactly right"]
    return table([*header, "observed / expected at C .1-.2 / .2-.3 / .3-.4 / more"], rows)


def chosen(found):
    """Return the shape chosen on each half and what it gains on the other beside the shipped one."""
    words = []
    for half, other in (("first", "second"), ("second", "first")):
        shape = found["shape_chosen"][half]
        gained = [
            [percent(found["shapes"][label][name][other]) for name in CELLS]
            for label in (shape, "as shipped")
        ]
        words.append(
            f"on the {half} half {shape}, which changes the log score on the other by {gained[0][0]} at "
            f"1.5 sigma and {gained[0][1]} at 10% (as shipped {gained[1][0]} and {gained[1][1]})"
        )
    return "; ".join(words)


def said(found):
    """Return whether a chosen shape gained more than the shipped one where it was not chosen."""
    better = []
    for half, other in (("first", "second"), ("second", "first")):
        mean = [
            np.mean([found["shapes"][label][name][other][0] for name in CELLS])
            for label in (found["shape_chosen"][half], "as shipped")
        ]
        better.append(mean[0] > mean[1])
    words = ("Neither gains", "One of them gains", "Both gain")[sum(better)]
    return f"{words} more there than the shipped one."


def published(found):
    """Return what the published form changes, by the shipped prior and without later knowledge."""
    label = "min(C, .35) from .1, as published"
    words = {
        how: [percent(found["shapes"][f"{label}{how}"][name]["all"]) for name in CELLS]
        for how in ("", ", no later knowledge")
    }
    known = found["shapes"][f"{label}, its k"]["1.5s_60"]
    bands = [band[0] for band in known["bands"]]
    return (
        f"It changes the log score by {words[''][0]} at 1.5 sigma and {words[''][1]} at 10% with the shipped "
        f"prior, by {words[', no later knowledge'][0]} and {words[', no later knowledge'][1]} without later "
        f"knowledge. Knowing its k beforehand is no help: {percent(known['all'])} at 1.5 sigma, bands of "
        f"{' / '.join(f'{band:.2f}' for band in bands)}. The last two bands have nearly one factor and lie "
        f"{bands[2] / bands[3]:.2f} times apart whatever k is, where .85 to 1.15 leaves room for 1.35"
    )


def from_half(found):
    """Return k of one half of the calendar and what it changes on the other, by shape."""
    rows = []
    for label, one in found["shape_from_half"].items():
        for name in CELLS:
            cells = [
                f"{one[name][half][0]:.2f}: {percent(one[name][half][1:])}" for half in ("first", "second")
            ]
            rows.append([label, FALLS[name], *cells])
    return table(
        ["factor", "fall", "k of the first, told on the second", "k of the second, told on the first"], rows
    )


def by_luck(found, low=0.85, high=1.15):
    """Return how often a factor that is right would show each band of C within bounds, as a sentence."""
    inside = []
    for value, *ends in found["shapes"]["as shipped"]["1.5s_60"]["bands"]:
        spread = (ends[1] - ends[0]) / (2 * 1.96 * value)
        inside.append(norm.cdf((high - 1) / spread) - norm.cdf((low - 1) / spread))
    return (
        f"With intervals as wide as these a factor that is exactly right would show a ratio within {low} to "
        f"{high} with a chance of {listed(inside, 2)} in the four bands at 1.5 sigma, in all of them with "
        f"{np.prod(inside):.2f}."
    )


def decades(found):
    """Return looks with C at least .2 by decade: falls that came and that were stated."""
    rows = [
        [f"{decade}s", looks, f"{came:.0f}", f"{plain:.1f}", f"{raised:.1f}", f"{came / raised:.2f}"]
        for decade, (looks, came, plain, raised) in found["shape_decades"].items()
    ]
    header = ["C at least .2", "looks", "falls of 1.5 sigma", "stated without C", "with C", "over stated"]
    return table(header, rows)
