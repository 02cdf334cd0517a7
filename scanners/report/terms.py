"""Words of the methods, explained where they stand and in the reading guide of a page."""

import re

from markupsafe import Markup, escape

TERMS = {
    "C3": "share of fitted windows that have the shape of a bubble: the mean of four published filters over "
    "three sessions, from 0 to 1",
    "z250": "log return of 250 sessions in standard deviations of the series' own daily moves over them",
    "acceleration": "mean daily return of the last 60 sessions less that of the 190 before, in deviations",
    "critical time": "the date tc at which a fitted bubble would end; no skill in timing was measured",
    "tc": "critical time: the date at which a fitted bubble would end; no skill in timing was measured",
    "AR(1)": "how much of one session's deviation from the trend is left at the next: near 1 a system hardly "
    "returns",
    "BSADF": "backward sup ADF: whether the price grew faster than a random walk does, at the last session",
    "Kendall tau": "rank correlation with time: 1 where a number only rose, -1 where it only fell",
    "Kendall's tau": "rank correlation with time: 1 where a number only rose, -1 where it only fell",
    "trust": "share of refits to reshuffled residuals that still have the shape of a bubble",
    "Trust": "share of refits to reshuffled residuals that still have the shape of a bubble",
    "in blocks": "drawn in stretches of about a month, so that quiet and wild times stay together",
    "q": "p adjusted for the number of series that were looked at",
    "p": "share of paths without a bubble in them that show as much",
    "odds": "chance against no chance: 20 in 100 are odds of 1 to 4",
    "windows": "stretches of 125 to 750 sessions that end today; a bubble is fitted to each",
}
# A term and not a part of another: "p = 0.03", but not the p of "up".
_FOUND = re.compile(
    r"(?<![\w.])(C3|z250|acceleration|critical time|AR\(1\)|BSADF|Kendall(?:'s)? tau|in blocks|[Tt]rust"
    r"|tc(?= |\b)|[pq](?= (?:=|of|at|below|holds)))(?![\w(])"
)
GUIDE = tuple(name for name in TERMS if name not in ("tc", "Kendall's tau", "Trust"))  # each once


def explained(text: str) -> Markup:
    """Return text as HTML in which the first mention of each term says what it means."""
    done: set[str] = set()
    parts, last = [], 0
    for found in _FOUND.finditer(text):
        term = found[0]
        if term in done:
            continue
        done.add(term)
        parts += [escape(text[last : found.start()]), _abbreviation(term)]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def guide() -> list[tuple[str, str]]:
    """Return terms with what they mean, for the end of a page."""
    return [(name, TERMS[name]) for name in GUIDE]


def _abbreviation(term: str) -> Markup:
    return Markup('<abbr title="{}">{}</abbr>').format(TERMS[term], term)
