"""A comparison of two sources in words, with its numbers."""

from scanners.prices import clocks
from scanners.prices.agreement.comparison import Comparison


def sentence(found: Comparison) -> str:
    """Return one sentence on two sources."""
    pair = f"{found.one} and {found.other}"
    if found.verdict == "failed":
        return f"{pair} were not compared: {found.note}"
    if found.verdict == "too few":
        return f"{pair} have {found.days} days in common, too few to compare"
    told = f"{pair} {_what(found)}"
    hours = clocks.differ(*found.clocks) or _unstated(found)
    return f"{told} ({hours})" if hours else told


def _unstated(found: Comparison) -> str:
    """Return which of two sources does not tell what its daily bar is, empty where both do."""
    pairs = zip((found.one, found.other), found.clocks, strict=True)
    names = [name for name, clock in pairs if clock == clocks.NOT_STATED]
    return f"the hours of {' and '.join(names)} are not stated" if names else ""


def _what(found: Comparison) -> str:
    if found.verdict == "agree":
        return _agreement(found)
    if found.verdict == "shifted":
        late = found.other if found.shift > 0 else found.one
        return f"are a session apart: {late} is a day late; without that they {_agreement(found)}"
    shifted = ", a session apart," if found.shift else ""
    if found.verdict == "scaled":
        return f"differ{shifted} by a constant {_factor(found)}"
    if found.verdict == "adjusted":
        return f"differ{shifted} by another adjustment: {_factor(found)} before {found.step}"
    return f"differ{shifted}: by {size(found.median, found)} in the median, {_worst(found)}"


def _agreement(found: Comparison) -> str:
    days = "day" if found.beyond == 1 else "days"
    but = (
        f" but for {found.beyond} {days} of {found.days} ({_worst(found)})"
        if found.beyond
        else f" on {found.days} days"
    )
    return f"agree within {size(found.within, found)}{but}"


def _worst(found: Comparison) -> str:
    return f"worst {found.worst_day}, {size(found.worst, found)}"


def _factor(found: Comparison) -> str:
    return f"{found.factor:+.4g}" if found.levels else f"factor {found.factor:.4g}"


def size(value: float, found: Comparison) -> str:
    """Return a difference: in percent, or in points for levels."""
    return f"{value:.2g} points" if found.levels else f"{100 * value:.2g}%"
