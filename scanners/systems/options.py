"""Options of the kinds of monitors, each with its default and its rule."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=20, le=5000)]
Window = Annotated[int, Meta(ge=8, le=5000)]
Share = Annotated[float, Meta(gt=0, lt=1)]
Draws = Annotated[int, Meta(ge=19, le=10_000)]
Effect = Annotated[float, Meta(gt=0, lt=1)]  # a correlation, or a mean in standard deviations
Start = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?\Z")]
Every = Literal["day", "week", "month", "figure"]


class _Strict(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind that has no ``start`` or ``draws`` refuses them: what is given is honoured."""


class NoOptions(_Strict, frozen=True, kw_only=True):
    """No options."""


class _Options(_Strict, frozen=True, kw_only=True):
    start: Start = ""

    def __post_init__(self) -> None:
        try:
            date.fromisoformat(self.start or "2000-01-01")
        except ValueError:
            raise ValueError(f"start must be a day of the calendar, got {self.start!r}") from None


class _Drawn(_Options, frozen=True, kw_only=True):
    draws: Draws = 299


class RelationOptions(_Drawn, frozen=True, kw_only=True):
    """``relation``: changes of y on changes of x."""

    every: Every = "week"
    window: Count = 104
    scales: tuple[Window, ...] = ()
    effect: Effect = 0.3


class DriftOptions(_Drawn, frozen=True, kw_only=True):
    """``drift``: mean change of y."""

    every: Every = "figure"
    window: Window = 60
    scales: tuple[Window, ...] = ()
    spread: Annotated[int, Meta(ge=0, le=5000)] = 0
    log: bool = False
    level: bool = False
    effect: Annotated[float, Meta(gt=0, le=10)] = 0.3


class LeadOptions(_Drawn, frozen=True, kw_only=True):
    """``lead``: changes of y on the change of x over the periods before."""

    every: Every = "month"
    window: Count = 120
    scales: tuple[Window, ...] = ()
    effect: Effect = 0.3
    past: Annotated[int, Meta(ge=1, le=120)] = 12
    log: bool = False


class LoopOptions(_Drawn, frozen=True, kw_only=True):
    """``loop``: joint feedback of two series in levels."""

    every: Every = "week"
    window: Count = 260


class DebtOptions(_Drawn, frozen=True, kw_only=True):
    """``debt``: reaction of the balance to debt."""

    draws: Annotated[int, Meta(ge=199, le=10_000)] = 299
    errors: Literal["ar1", "hac"] = "ar1"
    recent: Annotated[float, Meta(gt=0, le=50)] = 10.0
    horizon: Annotated[float, Meta(ge=1, le=50)] = 10.0


class PortraitOptions(_Drawn, frozen=True, kw_only=True):
    """``portrait``: drift of a level as a cubic of the level."""

    every: Every = "figure"
    length: Annotated[int, Meta(ge=60, le=5000)] = 480


class SlowingOptions(_Drawn, frozen=True, kw_only=True):
    """``slowing``: rising AR(1) and restoring rate of a level."""

    draws: Draws = 199
    every: Every = "day"
    length: Annotated[int, Meta(ge=200, le=3000)] = 750
    window: Count = 250


class HavenOptions(_Options, frozen=True, kw_only=True):
    """``haven``: move of a yield on the days of the largest jumps of a shock series."""

    share: Share = 0.05
    history: Annotated[int, Meta(ge=250, le=5000)] = 1250
    events: Annotated[int, Meta(ge=10, le=500)] = 50
    days: Annotated[int, Meta(ge=1, le=20)] = 1
    effect: Effect = 0.5


class BubbleOptions(_Strict, frozen=True, kw_only=True):
    """``bubble``: the verdict of the daily scan on one series."""

    preset: str = "daily"


class AbsorptionOptions(_Drawn, frozen=True, kw_only=True):
    """``absorption``: share of the variance in the first component."""

    every: Every = "week"
    window: Count = 104


class LeadLagOptions(_Drawn, frozen=True, kw_only=True):
    """``lead_lag``: whether one series' change predicts another's next."""

    every: Every = "week"
    window: Count = 260


class LiquidityOptions(_Strict, frozen=True, kw_only=True):
    """``liquidity``: ranks of stress measures in their last years."""

    window: Count = 20
    least: Annotated[int, Meta(ge=250, le=5000)] = 750
    past: Annotated[int, Meta(ge=250, le=10_000)] = 2500


class SpiralOptions(LiquidityOptions, frozen=True, kw_only=True):
    """``spiral``: stages of a collateral spiral."""


class PairOptions(_Drawn, frozen=True, kw_only=True):
    """``pair``: co-movement of two prices and their joint FOMO phases."""

    every: Every = "week"
    window: Count = 104
    scales: tuple[Window, ...] = ()
    effect: Effect = 0.3
    recent: Annotated[int, Meta(ge=20, le=5000)] = 250


class CycleOptions(_Drawn, frozen=True, kw_only=True):
    """``cycle``: dominant cycle length of a price through time."""

    every: Every = "week"
    window: Annotated[int, Meta(ge=64, le=2000)] = 260


class ChannelOptions(_Drawn, frozen=True, kw_only=True):
    """``channel``: long trend with breaks."""

    every: Every = "month"
    most: Annotated[int, Meta(ge=0, le=5)] = 3
    trim: Annotated[float, Meta(gt=0, lt=0.5)] = 0.15


class SupportOptions(_Options, frozen=True, kw_only=True):
    """``support``: lines through earlier lows, drawn at a date and held."""

    every: Every = "month"
    held: Annotated[int, Meta(ge=1, le=1000)] = 18
    recent: Annotated[int, Meta(ge=1, le=1000)] = 24


class GapOptions(_Options, frozen=True, kw_only=True):
    """``gap``: a level against the line of another, or its own mean, drawn before."""

    every: Every = "week"
    log: bool = False
    window: Annotated[int, Meta(ge=40, le=5000)] = 260
    ahead: Annotated[int, Meta(ge=1, le=1000)] = 52


class ShocksOptions(_Drawn, frozen=True, kw_only=True):
    """``shocks``: joint response of a bond, the dollar and gold to shocks, now against before."""

    draws: Draws = 1999
    share: Share = 0.02
    history: Annotated[int, Meta(ge=250, le=5000)] = 1250
    events: Annotated[int, Meta(ge=8, le=200)] = 15
    days: Annotated[int, Meta(ge=1, le=20)] = 2
    apart: Annotated[int, Meta(ge=1, le=100)] = 5
    effect: Effect = 0.5
    risk_share: Share = 0.005


class DebtDeflationOptions(_Options, frozen=True, kw_only=True):
    """``debt_deflation``: whether prices fall, and debt outgrows output at them."""


class DepthOptions(_Options, frozen=True, kw_only=True):
    """``depth``: how far a price is below its high."""

    window: Annotated[int, Meta(ge=60, le=10_000)] = 2500


class CourseOptions(_Options, frozen=True, kw_only=True):
    """``course``: direction of a series of few figures."""

    span: Annotated[int, Meta(ge=2, le=500)] = 4


class DivergenceOptions(CourseOptions, frozen=True, kw_only=True):
    """``divergence``: direction of an index of public debt's divergence."""

    past: Annotated[float, Meta(ge=5, le=50)] = 15.0


class HolderOptions(DivergenceOptions, frozen=True, kw_only=True):
    """``holder``: whether a holder's share moves with the divergence of debt."""

    draws: Draws = 999


class StepsOptions(_Options, frozen=True, kw_only=True):
    """``steps``: turns of a price and the liquidity state at each."""

    swing: Annotated[float, Meta(gt=0, le=20)] = 1.5
    within: Annotated[int, Meta(ge=1, le=100)] = 10
    events: Annotated[int, Meta(ge=6, le=200)] = 20
    liquidity: LiquidityOptions = LiquidityOptions()


class TurnsOptions(_Options, frozen=True, kw_only=True):
    """``turns``: whether two prices turn together."""

    swing: Annotated[float, Meta(gt=0, le=20)] = 1.5
    within: Annotated[int, Meta(ge=1, le=100)] = 10
    events: Annotated[int, Meta(ge=6, le=200)] = 20
