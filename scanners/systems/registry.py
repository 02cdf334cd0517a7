"""The kinds of monitors there are: name -> function, inputs and options. A new kind is one entry.

A package adds kinds by entry points of the group ``lppl_scanner.monitors``: the name is that of the kind, the
object a `Kind`.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec

from scanners.core import plugins
from scanners.core.errors import CommandError
from scanners.systems import options


class Kind(msgspec.Struct, frozen=True):
    """A kind of monitor.

    Attributes
    ----------
    home : str or callable
        The function, or where it is, ``module:function`` under `scanners.systems.monitors`, loaded when it is
        used. ``function(shelf, inputs, options)`` returns an `scanners.systems.reading.Outcome`.
    options : type
        Struct of its options.
    required, optional : tuple of str
        Its inputs.
    feedback : bool
        Whether its states name a feedback region.
    """

    home: str | Callable
    options: type = options.Nothing
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    feedback: bool = False

    def function(self) -> Callable[..., Any]:
        """Return the function."""
        if not isinstance(self.home, str):
            return self.home
        module, name = self.home.split(":")
        return getattr(import_module(f"scanners.systems.monitors.{module}"), name)


_DEBT = ("debt", "balance", "interest", "burden", "growth")
KINDS: dict[str, Kind] = {
    "relation": Kind("relation:relation", options.Relation, ("y", "x")),
    "drift": Kind("relation:drift", options.Drift, ("y",)),
    "loop": Kind("relation:loop", options.Loop, ("x", "y"), feedback=True),
    "debt": Kind("debt:debt", options.Debt, ("debt", "balance"), ("controls",), feedback=True),
    "portrait": Kind("portrait:portrait", options.Portrait, ("x",), feedback=True),
    "slowing": Kind("portrait:slowing", options.Slowing, ("x",)),
    "haven": Kind("haven:haven", options.Haven, ("bond", "shock")),
    "bubble": Kind("bubble:bubble", options.Bubble, ("x",)),
    "absorption": Kind("absorption:absorption", options.Absorption, ("series",)),
    "lead_lag": Kind("lead_lag:lead_lag", options.LeadLag, ("series",)),
    "liquidity": Kind(
        "liquidity:liquidity", options.Liquidity, (), ("vix", "stocks", "carry", "bond", "assets")
    ),
    "spiral": Kind(
        "spiral:spiral", options.Spiral, (), ("vix", "stocks", "carry", "bond", "assets", "dollar")
    ),
    "pair": Kind("narrative:pair", options.Pair, ("x", "y")),
    "cycle": Kind("narrative:cycle", options.Cycle, ("x",)),
    "channel": Kind("channel:channel", options.Channel, ("x",)),
    "gap": Kind("gap:gap", options.Gap, ("y",), ("x",)),
    "lead": Kind("lead:lead", options.Lead, ("y", "x")),
    "depth": Kind("depth:depth", options.Depth, ("x",)),
    "course": Kind("divergence:course", options.Course, ("y",)),
    "divergence": Kind("divergence:divergence", options.Divergence, _DEBT),
    "holder": Kind("divergence:holder", options.Holder, (*_DEBT, "holder")),
    "steps": Kind("steps:steps", options.Steps, ("x",), ("vix", "stocks", "carry", "bond", "assets")),
    "shocks": Kind("shocks:shocks", options.Shocks, ("bond", "dollar", "shock"), ("gold", "risk")),
    "turns": Kind("turns:turns", options.Turns, ("x", "y")),
    "support": Kind("support:support", options.Support, ("x",)),
}


def kinds() -> tuple[str, ...]:
    """Return the names of all kinds, without loading any."""
    return tuple(dict.fromkeys((*KINDS, *plugins.names(plugins.MONITORS))))


def kind_of(name: str) -> Kind:
    """Return a kind: ours, else the plug-in of that name.

    Raises
    ------
    CommandError
        If there is none, it cannot be loaded, or is no `Kind`.
    """
    if name in KINDS:
        return KINDS[name]
    found = plugins.load(plugins.MONITORS, name)
    if found is None:
        raise CommandError(f"no kind of monitor {name!r}")
    if not isinstance(found, Kind):
        raise CommandError(f"monitor {name}: its entry point must be a Kind, got {type(found).__name__}")
    return found
