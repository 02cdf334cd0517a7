"""Thresholds that turn evidence into a verdict, each with its source and its measured record."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scanners.core.vocabulary import LEVELS, Level

_WINDOWS = 26  # of the ``daily`` preset
_DECIDING = (
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
_SHARES = (
    "shaped",
    "kept",
    "even",
    "capitulation",
    "watch_by_chance",
    "capitulation_by_chance",
    "trend_p",
    "explosive_p",
    "false_discovery",
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


RULES: Mapping[str, Mapping[str, Any]] = {"measured": {}, "first-study": FIRST_STUDY}


@dataclass(frozen=True)
class Record:
    """How often a level was followed by a major top within 60 sessions.

    Parameters
    ----------
    hit : float
        Share of alarm episodes followed by a major top.
    base : float
        The same share on dates of the same series as stretched, far from any such alarm.
    interval : tuple of float, optional
        95% interval of ``hit``, where it was measured.
    recall : float, optional
        Share of major tops with such an alarm in the 60 sessions up to them.
    """

    hit: float
    base: float
    interval: tuple[float, float] | None = None
    recall: float | None = None

    def __str__(self) -> str:
        interval = f" [{self.interval[0]:.0%}, {self.interval[1]:.0%}]" if self.interval else ""
        inside = self.interval is not None and self.base >= self.interval[0]
        return (
            f"{self.hit:.0%}{interval} of such alarms preceded a major top within 60 sessions, "
            f"against {self.base:.0%} for equally stretched momentum"
            f"{' (inside the interval: no lift shown)' if inside else ''}"
        )


@dataclass(frozen=True)
class Policy:
    """Thresholds of the default policy; every one can differ by asset class.

    Shares are of the consensus confidence C3: the mean over the filters of the ``daily`` preset of the
    share of windows that qualify, averaged over three sessions. Thresholds come from a first study, made
    with another program; the records and rates are this program's own, on the development series under these
    thresholds (docs/skill.md).

    Parameters
    ----------
    critical, warning : float
        C3 from which the level is critical or warning.
    moderate : float
        C3 from which confidence is worth a line, described as momentum and never as danger.
    run_up, shaped : float
        Simple return over 500 sessions that is critical with a C3 of at least ``shaped``; 0: no such rule.
    stretched : float
        250-day log return in own deviations that is worth a watch; 0: no such rule.
    kept, lasting_sessions : float, int
        An open episode of a bubble is kept while C3 is at least ``kept``, and for so many sessions at most
        after the last one at its level: the excess of falls lasts as long. 0 sessions: not kept at all.
    raised, high : float
        Chance of the fall by which an asset class is judged (10% in 60 sessions; 5% for currencies and bond
        futures) over the usual one from which the risk is raised, and high.
    even : float
        Chance of that fall from which the risk is high whatever is usual.
    minimum_windows : int
        Windows of the ``daily`` preset that the history must allow; with fewer, confidence reads too high.
    acceleration, z250 : float
        Together with a new 250-day high they make the FOMO regime.
    stale_after : int
        Weekdays between the last bar and the as-of date beyond which no verdict is given.
    capitulation : float
        C3 downward from which the phase is called capitulation.
    capitulation_cap : str
        Highest level a negative bubble may raise: measured for rises, it adds nothing, so none.
    critical_record, warning_record, watch_record : Record
        What followed such alarms, or higher ones, on the development series; see `record`.
    critical_per_year : tuple of float
        Critical alarms a year and series, on the lower and the higher half of the development series.
    critical_by_chance : float
        Critical episodes a year on simulated paths of the same series: 29 in 698 years, GARCH-t and blocks of
        returns in equal parts (docs/skill/rules.json; 4 in 840 years at the thresholds of the first study).
    watch_by_chance, capitulation_by_chance : float
        Share of paths of shuffled returns that show a FOMO regime (1.2 to 1.5%, scripts/fomo_by_chance.py;
        real prices show it as often) or a negative C3 of .30 (2 of 240, .2 to 3.0%, docs/false_alarms.md)
        on any day.
    shuffled : tuple of float
        Share of alarms that shuffling returns in 20-day blocks reproduces, at C3 >= .40 and at C3 >= .30:
        .002 and .019 a year against .025 and .047 on real prices.
    trend_p : float
        Joint early-warning p-value below which the path is called slowing. On daily markets such trends have
        preceded falls no more often than chance: a state, not a forecast.
    explosive_p : float
        Wild-bootstrap p-value up to which a BSADF above its 99% critical value counts as an explosive root;
        the tabulated value alone rejects 11 to 25% of GARCH walks at a nominal 5%.
    null_paths : int
        Paths of a series' own returns that C3 is compared with where the level is above calm; 0: none.
        ``lppl scan`` draws 99 unless ``scanner.toml`` says otherwise.
    false_discovery : float
        Adjusted p-value (q) up to which a reading is called more than chance: the expected share of false
        ones among those called so.
    by_asset_class : mapping of str to mapping of str to value
        Overrides, for example ``{"crypto": {"critical": 0.5}}``.
    """

    critical: float = 0.30
    warning: float = 0.20
    moderate: float = 0.10
    run_up: float = 1.0
    shaped: float = 0.10
    stretched: float = 2.0
    kept: float = 0.10
    lasting_sessions: int = 60
    raised: float = 1.5
    high: float = 2.0
    even: float = 0.5
    minimum_windows: int = 20
    acceleration: float = 1.0
    z250: float = 1.0
    stale_after: int = 5
    capitulation: float = 0.30
    capitulation_cap: Level = "calm"
    critical_record: Record = Record(hit=0.30, base=0.20, interval=(0.0, 0.80), recall=0.02)
    warning_record: Record = Record(hit=0.37, base=0.23, interval=(0.09, 0.67), recall=0.06)
    watch_record: Record = Record(hit=0.30, base=0.17, interval=(0.22, 0.38), recall=0.52)
    critical_per_year: tuple[float, float] = (0.012, 0.035)
    critical_by_chance: float = 0.042
    watch_by_chance: float = 0.013
    capitulation_by_chance: float = 0.008
    shuffled: tuple[float, float] = (0.1, 0.4)
    trend_p: float = 0.05
    explosive_p: float = 0.01
    null_paths: int = 0
    false_discovery: float = 0.1
    by_asset_class: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0.0 < self.moderate <= self.warning <= self.critical <= 1.0:
            raise ValueError(
                "thresholds must keep 0 < moderate <= warning <= critical <= 1, got "
                f"{self.moderate:g}, {self.warning:g}, {self.critical:g}"
            )
        if not 1 <= self.minimum_windows <= _WINDOWS:
            raise ValueError(f"minimum_windows must lie in [1, {_WINDOWS}], got {self.minimum_windows}")
        for name in ("stale_after", "null_paths", "lasting_sessions", "run_up", "stretched"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")
        if not 1.0 < self.raised <= self.high:
            raise ValueError(f"thresholds must keep 1 < raised <= high, got {self.raised:g}, {self.high:g}")
        for name in ("acceleration", "z250", "run_up", "stretched", "high"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be finite, got {getattr(self, name):g}")
        for name in _SHARES:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must lie in [0, 1], got {getattr(self, name):g}")
        if self.capitulation_cap not in LEVELS:
            raise ValueError(
                f"capitulation_cap must be one of {', '.join(LEVELS)}, got {self.capitulation_cap!r}"
            )
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
        own = {name: getattr(self, name) for name in _DECIDING}
        classes = {
            kind: changed
            for kind in sorted(self.by_asset_class)
            if (changed := {name: getattr(self.for_class(kind), name) for name in _DECIDING}) != own
        }
        return hashlib.sha256(repr((list(own.values()), classes)).encode()).hexdigest()[:12]

    def record(self, level: Level) -> Record | None:
        """Return the record of a level; None where it has none, or was measured under other thresholds.

        The records of the default policy hold for its thresholds alone; one that was set by hand is taken at
        its word.
        """
        own = getattr(self, f"{level}_record", None)
        default = self.__dataclass_fields__[f"{level}_record"].default if own else None
        return None if own == default and self.thresholds != Policy().thresholds else own

    def for_class(self, asset_class: str) -> "Policy":
        """Return the policy with the overrides of ``asset_class`` applied."""
        overrides = self.by_asset_class.get(asset_class, {})
        return replace(self, **{**overrides, "by_asset_class": {}}) if overrides else self
