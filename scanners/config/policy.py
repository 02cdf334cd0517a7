"""The policy: thresholds that decide a verdict, records quoted beside it, and comparisons with chance."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from scanners.config.records import ByChance
from scanners.config.thresholds import (
    AlarmThresholds,
    Lasting,
    RiskThresholds,
    StateThresholds,
    check,
    check_risk,
)

_MEASURED_UNDER = (
    "critical",
    "warning",
    "run_up",
    "shaped",
    "stretched",
    "minimum_windows",
    "acceleration",
    "z250",
    "capitulation",
    "capitulation_cap",
)
_DECIDING = tuple(
    part.name for kind in (AlarmThresholds, RiskThresholds, StateThresholds) for part in fields(kind)
)
_SHARES = (
    "capitulation_by_chance",
    "tc_held",
    "trend_p",
    "explosive_p",
    "false_discovery",
    "shaped",
    "kept",
    "even",
    "capitulation",
)

# Thresholds of the first study (docs/methods.md), for who wants them back.
FIRST_STUDY: Mapping[str, Any] = {
    "critical": 0.40,
    "warning": 0.30,
    "run_up": 0.0,
    "stretched": 0.0,
    "lasting_sessions": 0,
    "capitulation_cap": "watch",
    "critical_by_chance": 0.005,
}
_TOPS = "major tops are no longer quoted (docs/skill.md)"
_NEAR = "the state of the path is a description (docs/reading_the_page.md)"
# Keys of before, and why they are gone.
RETIRED: Mapping[str, str] = {
    "critical_record": _TOPS,
    "warning_record": _TOPS,
    "watch_record": _TOPS,
    "critical_per_year": _TOPS,
    "shuffled": _TOPS,
    "watch_by_chance": _TOPS,
    "near_by_chance": _NEAR,
    "approaching_by_chance": _NEAR,
}
RULES: Mapping[str, Mapping[str, Any]] = {"measured": {}, "first-study": FIRST_STUDY}


@dataclass(frozen=True)
class Comparison:
    """How an alarm is compared with chance, in words beside its level.

    Parameters
    ----------
    null_paths : int
        Paths of a series' own returns that C3 is compared with where the level is above calm, screened as
        `scanners.evidence.chance` says; 0: none.
        ``lppl scan`` draws 99 unless ``scanner.toml`` says otherwise.
    false_discovery : float
        Adjusted p-value (q) up to which a reading is called more than chance: the expected share of false
        ones among those called so.
    """

    null_paths: int = 0
    false_discovery: float = 0.1


@dataclass(frozen=True)
class Policy(Comparison, StateThresholds, ByChance, Lasting, RiskThresholds, AlarmThresholds):
    """All of ``[policy]``; every value can differ by asset class.

    Thresholds were measured walking forward on the panel (docs/skill.md); `FIRST_STUDY` are those of before.

    Parameters
    ----------
    by_asset_class : mapping of str to mapping of str to value
        Overrides, for example ``{"crypto": {"critical": 0.5}}``.
    """

    by_asset_class: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check(self)
        check_risk(self)
        if self.lasting_sessions < 0:
            raise ValueError(f"lasting_sessions must not be negative, got {self.lasting_sessions}")
        if self.null_paths < 0:
            raise ValueError(f"null_paths must not be negative, got {self.null_paths}")
        for name in _SHARES:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must lie in [0, 1], got {getattr(self, name):g}")
        for asset_class, overrides in self.by_asset_class.items():
            if "by_asset_class" in overrides:
                raise ValueError(f"by_asset_class must not be nested, got it under {asset_class!r}")
            for name in overrides:
                if name not in self.__dataclass_fields__:
                    raise ValueError(f"by_asset_class.{asset_class}: there is no threshold {name!r}")
            self.for_class(asset_class)

    @property
    def thresholds(self) -> str:
        """Short hash of what decides a level and of nothing else: rates measured under it hold for it."""
        return hashlib.sha256(repr(self._values(_MEASURED_UNDER)).encode()).hexdigest()[:12]

    @property
    def identity(self) -> str:
        """Short hash of what decides a verdict besides the prices: thresholds, windows and filters.

        Records and comparisons with chance are quoted beside a verdict: another record makes the same alert
        no other one.
        """
        from lppl import PRESETS

        daily = PRESETS["daily"]
        windows = daily.lengths, daily.space, daily.time, daily.oscillation_convention
        deciding = (*self._values(_DECIDING), windows, sorted(daily.filters.items()))
        return hashlib.sha256(repr(deciding).encode()).hexdigest()[:12]

    def for_class(self, asset_class: str) -> "Policy":
        """Return the policy with the overrides of ``asset_class`` applied."""
        overrides = self.by_asset_class.get(asset_class, {})
        return replace(self, **{**overrides, "by_asset_class": {}}) if overrides else self

    def _values(self, names: tuple[str, ...]) -> tuple[list[Any], dict[str, dict[str, Any]]]:
        """Return some values, and by asset class those of the classes in which one of them differs."""
        own = {name: getattr(self, name) for name in names}
        classes = {
            kind: changed
            for kind in sorted(self.by_asset_class)
            if (changed := {name: getattr(self.for_class(kind), name) for name in names}) != own
        }
        return list(own.values()), classes
