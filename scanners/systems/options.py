"""Options of the kinds of monitors, each with its default and its rule."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=20, le=5000)]
Share = Annotated[float, Meta(gt=0, lt=1)]
Draws = Annotated[int, Meta(ge=19, le=10_000)]
Every = Literal["day", "week", "month", "figure"]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No options."""


class _Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    start: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?\Z")] = ""
    draws: Draws = 299


class Relation(_Options, frozen=True, kw_only=True):
    """``relation``: changes of y on changes of x."""

    every: Every = "week"
    window: Count = 104


class Drift(_Options, frozen=True, kw_only=True):
    """``drift``: mean change of y."""

    every: Every = "figure"
    window: Count = 60
    log: bool = False


class Loop(_Options, frozen=True, kw_only=True):
    """``loop``: joint feedback of two series in levels."""

    every: Every = "week"
    window: Count = 260


class Debt(_Options, frozen=True, kw_only=True):
    """``debt``: reaction of the balance to debt."""

    errors: Literal["ar1", "hac"] = "ar1"
    recent: Annotated[float, Meta(gt=0, le=50)] = 10.0
    horizon: Annotated[float, Meta(ge=1, le=50)] = 10.0


class Portrait(_Options, frozen=True, kw_only=True):
    """``portrait``: drift of a level as a cubic of the level."""

    every: Every = "figure"
    length: Annotated[int, Meta(ge=60, le=5000)] = 480


class Slowing(_Options, frozen=True, kw_only=True):
    """``slowing``: rising AR(1) and restoring rate of a level."""

    every: Every = "day"
    length: Annotated[int, Meta(ge=200, le=3000)] = 750
    window: Count = 250


class Haven(_Options, frozen=True, kw_only=True):
    """``haven``: move of a yield on the days of the largest jumps of a shock series."""

    share: Share = 0.05
    history: Annotated[int, Meta(ge=250, le=5000)] = 1250
    events: Annotated[int, Meta(ge=10, le=500)] = 50
    days: Annotated[int, Meta(ge=1, le=20)] = 1


class Bubble(_Options, frozen=True, kw_only=True):
    """``bubble``: the verdict of the daily scan on one series."""

    preset: str = "shanghai_2015"


class Absorption(_Options, frozen=True, kw_only=True):
    """``absorption``: share of the variance in the first component."""

    every: Every = "week"
    window: Count = 104


class LeadLag(_Options, frozen=True, kw_only=True):
    """``lead_lag``: whether one series' change predicts another's next."""

    every: Every = "week"
    window: Count = 260


class Liquidity(_Options, frozen=True, kw_only=True):
    """``liquidity``: ranks of stress measures in their own past."""

    window: Count = 60
    least: Annotated[int, Meta(ge=250, le=5000)] = 750


class Spiral(Liquidity, frozen=True, kw_only=True):
    """``spiral``: stages of a collateral spiral."""


class Pair(_Options, frozen=True, kw_only=True):
    """``pair``: co-movement of two prices and their joint FOMO phases."""

    every: Every = "week"
    window: Count = 104
    recent: Annotated[int, Meta(ge=20, le=5000)] = 250


class Cycle(_Options, frozen=True, kw_only=True):
    """``cycle``: dominant cycle length of a price through time."""

    every: Every = "week"
    window: Annotated[int, Meta(ge=64, le=2000)] = 260


class Channel(_Options, frozen=True, kw_only=True):
    """``channel``: long trend with breaks."""

    every: Every = "month"
    most: Annotated[int, Meta(ge=0, le=5)] = 3
    trim: Annotated[float, Meta(gt=0, lt=0.5)] = 0.15
