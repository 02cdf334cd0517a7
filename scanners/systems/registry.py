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
    power : str
        How often the effect it looks for was found in simulations or records, where a reading does not say.
    """

    home: str | Callable
    options: type = options.NoOptions
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    feedback: bool = False
    power: str = ""

    def function(self) -> Callable[..., Any]:
        """Return the function."""
        if not isinstance(self.home, str):
            return self.home
        module, name = self.home.split(":")
        return getattr(import_module(f"scanners.systems.monitors.{module}"), name)


_SLOWING = "Nine tenths of the way to a fold, slowing is found in 21% of series of 500 observations."
_BUBBLE = "Of 151 major tops 52% had a FOMO alarm in the 60 sessions before; no skill at bottoms is measured."
_LOOP = "A loop with returns of .08 a step and effects of .06 is found reinforcing in 65% of 300 steps."
_CYCLE = (
    "A cycle in noise of like size that shortens from 30 to 15 steps is found in 100%, from 50 to 6 in 49%."
)
_CHANNEL = "A bend of the drift of a walk in the middle of forty years of months is found in 78%."
_SPIRAL = "Not known: there is no list of spirals to score a checklist on."
_DEBT = ("debt", "balance", "interest", "burden", "growth")
KINDS: dict[str, Kind] = {
    "relation": Kind("relation:relation", options.RelationOptions, ("y", "x")),
    "drift": Kind("relation:drift", options.DriftOptions, ("y",)),
    "loop": Kind("relation:loop", options.LoopOptions, ("x", "y"), feedback=True, power=_LOOP),
    "debt": Kind("debt:debt", options.DebtOptions, ("debt", "balance"), ("controls",), feedback=True),
    "portrait": Kind("portrait:portrait", options.PortraitOptions, ("x",), feedback=True),
    "debt_deflation": Kind(
        "debt_deflation:debt_deflation",
        options.DebtDeflationOptions,
        ("prices",),
        ("rate", "growth", "beside"),
    ),
    "slowing": Kind("portrait:slowing", options.SlowingOptions, ("x",), power=_SLOWING),
    "haven": Kind("haven:haven", options.HavenOptions, ("bond", "shock")),
    "bubble": Kind("bubble:bubble", options.BubbleOptions, ("x",), power=_BUBBLE),
    "absorption": Kind("absorption:absorption", options.AbsorptionOptions, ("series",)),
    "lead_lag": Kind("lead_lag:lead_lag", options.LeadLagOptions, ("series",)),
    "liquidity": Kind(
        "liquidity:liquidity", options.LiquidityOptions, (), ("vix", "stocks", "carry", "bond", "assets")
    ),
    "spiral": Kind(
        "spiral:spiral",
        options.SpiralOptions,
        (),
        ("vix", "stocks", "carry", "bond", "assets", "dollar"),
        power=_SPIRAL,
    ),
    "pair": Kind("narrative:pair", options.PairOptions, ("x", "y")),
    "cycle": Kind("narrative:cycle", options.CycleOptions, ("x",), power=_CYCLE),
    "channel": Kind("channel:channel", options.ChannelOptions, ("x",), power=_CHANNEL),
    "gap": Kind("gap:gap", options.GapOptions, ("y",), ("x",)),
    "lead": Kind("lead:lead", options.LeadOptions, ("y", "x")),
    "depth": Kind("depth:depth", options.DepthOptions, ("x",)),
    "course": Kind("divergence:course", options.CourseOptions, ("y",)),
    "divergence": Kind("divergence:divergence", options.DivergenceOptions, _DEBT),
    "holder": Kind("divergence:holder", options.HolderOptions, (*_DEBT, "holder")),
    "steps": Kind("steps:steps", options.StepsOptions, ("x",), ("vix", "stocks", "carry", "bond", "assets")),
    "shocks": Kind("shocks:shocks", options.ShocksOptions, ("bond", "dollar", "shock"), ("gold", "risk")),
    "turns": Kind("turns:turns", options.TurnsOptions, ("x", "y")),
    "support": Kind("support:support", options.SupportOptions, ("x",)),
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
