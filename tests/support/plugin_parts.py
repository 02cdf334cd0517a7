"""A third party's monitor and panels, as entry points would name them."""

import msgspec
import numpy as np

from scanners.report.panels import panel
from scanners.report.past import closes
from scanners.systems.reading import Outcome, Reading
from scanners.systems.registry import Kind


class HowFar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options."""

    sessions: int = 250


def rise(shelf, inputs, options):
    """Say whether a series is above where it was."""
    prices = shelf.get(inputs["x"])
    change = float(np.log(prices.iloc[-1] / prices.iloc[-1 - options.sessions]))
    state = "above" if change > 0 else "below"
    return Outcome(Reading(state=state, evidence=f"{change:+.1%}", last=f"{prices.index[-1]:%Y-%m-%d}"))


RISE = Kind(rise, HowFar, ("x",))


def drawdown(shown):
    """Draw how far the price lies below its highest close."""
    prices = closes(shown.fits)
    below = prices / prices.cummax() - 1
    yield panel("Below the high", "Share lost since the highest close.", lambda ax: ax.plot(below)[0].axes)


def failing(shown):
    """Fail as anybody's code may."""
    raise LookupError("secret")
    yield
