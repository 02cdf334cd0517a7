"""LPPLS presets of the user's own, written in ``scanner.toml`` and checked by the library's rules."""

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, field

if TYPE_CHECKING:
    from lppl import Preset

Range = tuple[float, float]
Length = Annotated[int, Meta(ge=20, le=5000)]


class SpaceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[preset.NAME.space]``: the box in which windows are fitted, as `lppl.SearchSpace`."""

    m: Range = (0.0, 2.0)
    omega: Range = (1.0, 50.0)
    horizon: Range | None = None
    horizon_fraction: Range | None = (-0.2, 0.2)
    damping: Annotated[float, Meta(ge=0)] = 0.0


class FilterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[preset.NAME.filters.NAME]``: what a fit must satisfy, as `lppl.Filter`."""

    m: Range | None = None
    omega: Range | None = None
    horizon: Range | None = None
    horizon_fraction: Range | None = None
    oscillations: float | None = None
    damping: float | None = None
    max_relative_error: float | None = None
    rms: float | None = None
    amplitude: float | None = None
    convention: Literal["full", "half"] = "full"
    strict: bool = False
    lomb: float | None = None
    unit_root: float | None = None

    def __post_init__(self) -> None:
        for name in ("m", "omega", "horizon", "horizon_fraction"):
            bounds = getattr(self, name)
            if bounds is not None and not bounds[0] < bounds[1]:
                raise ValueError(f"{name} must be (low, high) with low < high, got {bounds}")


class PresetSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[preset.NAME]``: windows in sessions, box, filters, time axis."""

    lengths: Annotated[tuple[Length, ...], Meta(min_length=1, max_length=1000)]
    filters: Annotated[dict[str, FilterSettings], Meta(min_length=1)]
    space: SpaceSettings = field(default_factory=SpaceSettings)
    time: Literal["trading", "calendar"] = "trading"
    oscillation_convention: Literal["full", "half"] = "full"
    source: str = ""

    def __post_init__(self) -> None:
        if len(set(self.lengths)) < len(self.lengths):
            raise ValueError("lengths must differ")


def build(name: str, settings: PresetSettings) -> "Preset":
    """Return the library's preset.

    Raises
    ------
    ValueError
        If the name is one of the library's own, or a bound breaks a rule of `lppl.SearchSpace`.
    """
    from lppl import PRESETS, Filter, Preset, SearchSpace

    if name in PRESETS:
        raise ValueError(f"preset.{name}: the name must not be one of {', '.join(PRESETS)}")
    try:
        space = SearchSpace(**msgspec.structs.asdict(settings.space))
    except ValueError as error:
        raise ValueError(f"preset.{name}.space: {error}") from None
    return Preset(
        name,
        tuple(sorted(settings.lengths, reverse=True)),
        space,
        {key: Filter(**msgspec.structs.asdict(value)) for key, value in settings.filters.items()},
        settings.time,
        settings.oscillation_convention,
        settings.source,
    )
