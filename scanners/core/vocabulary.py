"""The words of the house, each written once: levels, phases, states, sides, statuses, asset classes."""

from typing import Literal, TypeGuard, get_args

Level = Literal["calm", "watch", "warning", "critical"]
RaisedLevel = Literal["watch", "warning", "critical"]
Risk = Literal["usual", "raised", "high"]
RaisedRisk = Literal["raised", "high"]
Phase = Literal["fomo", "capitulation", "none"]
BifurcationState = Literal["explosive", "divergent", "slowing", "convergent", "not identified"]
Side = Literal["positive", "negative"]
Refused = Literal["insufficient_data", "stale", "unfit_for_log", "quarantined", "not_measured", "failed"]
Status = Literal["ok", Refused]
AssetClass = Literal[
    "equity_index", "commodity", "currency", "bond_future", "crypto", "equity", "macro", "unclassified"
]
Extent = Literal["raised", "all", "none"]  # which series get what costs more than a verdict
Pages = Literal["auto", Extent]  # auto: by the length of the list

LEVELS: tuple[Level, ...] = get_args(Level)
RISKS: tuple[Risk, ...] = get_args(Risk)
BIFURCATION_STATES: tuple[BifurcationState, ...] = get_args(BifurcationState)
SIDES: tuple[Side, ...] = get_args(Side)
ASSET_CLASSES: tuple[AssetClass, ...] = get_args(AssetClass)
EXTENTS: tuple[Extent, ...] = get_args(Extent)


def rank_of(level: Level) -> int:
    """Return the place of a level: 0 for calm, 3 for critical."""
    return LEVELS.index(level)


def is_risen(risk: Risk | None) -> TypeGuard[RaisedRisk]:
    """Return whether the risk of a fall stands above the usual one."""
    return risk in get_args(RaisedRisk)


def is_raised(level: Level, risk: Risk | None) -> bool:
    """Return whether a series is raised on either axis."""
    return level != "calm" or is_risen(risk)


def highest(*levels: Level) -> Level:
    """Return the highest of some levels, at least one."""
    return max(levels, key=rank_of)
