"""Measured hit rates by level, phase and asset class: made by ``lppl skill --save``, quoted by a verdict."""

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import msgspec

from scanners.config.policy import Policy
from scanners.config.workspace import DATA
from scanners.core.errors import CommandError
from scanners.core.vocabulary import Level, Phase

OWN = DATA / "calibration.json"
ALL = "all"
FEWEST = 5  # episodes; with fewer, those of all asset classes are quoted
_PLURAL = {
    "equity_index": "equity indices",
    "commodity": "commodities",
    "currency": "currencies",
    "bond_future": "bond futures",
    "crypto": "crypto-currencies",
    "equity": "shares",
}


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often alarms of one level, phase and asset class were followed by a move.

    Attributes
    ----------
    level, phase, asset_class, target : str
        ``all`` stands for every asset class.
    episodes, hits : int
    low, high : float
        95% interval of the share: the wider of Wilson's and of the block bootstrap over calendar weeks.
    base : float or None
        The same share over all dates of the same series in the same mix.
    first, last : int
        Years of the panel.
    """

    level: str
    phase: str
    asset_class: str
    target: str
    episodes: int
    hits: int
    low: float
    high: float
    base: float | None
    first: int
    last: int

    def __str__(self) -> str:
        kind = "all series" if self.asset_class == ALL else _PLURAL.get(self.asset_class, self.asset_class)
        move, size = self.target.split(" in ")[0], self.target.split(" in ")[1]
        against = "" if self.base is None else f", against {self.base:.0%} on any day"
        were = "was" if self.hits == 1 else "were"
        return (
            f"Of {self.episodes} such alerts on {kind} {self.first}-{self.last}, {self.hits} {were} followed "
            f"by a {move} within {size} sessions: {self.low:.0%} to {self.high:.0%}{against}."
        )


class Tops(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a level, or a higher one, was followed by a major top within 60 sessions, on all series.

    Attributes
    ----------
    level : str
    episodes, hits : int
    low, high : float
        95% interval of the share, as of a `Rate`.
    base : float or None
        The same share on dates as stretched, far from any such alarm.
    recall : float or None
        Share of major tops with such an alarm in the 60 sessions up to them.
    """

    level: str
    episodes: int
    hits: int
    low: float
    high: float
    base: float | None
    recall: float | None


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rates of one panel, and how they were made."""

    panel: str
    thresholds: str
    version: str
    step: int
    rates: tuple[Rate, ...]
    tops: tuple[Tops, ...] = ()

    def rate(self, level: str, phase: str, asset_class: str) -> Rate | None:
        """Return the rate of this level, phase and class; of all classes where the class has too few."""
        for kind in (asset_class, ALL):
            for rate in self.rates:
                key = (rate.level, rate.phase, rate.asset_class)
                if key == (level, phase, kind) and rate.episodes >= FEWEST:
                    return rate
        return None


def load(path: Path | None = None) -> Calibration:
    """Return a saved calibration; without a path the workspace's (``data/calibration.json``) or the shipped.

    Raises
    ------
    CommandError
        If the file is not there, or is none.
    """
    if path is None:
        return _read(OWN, OWN.stat().st_mtime_ns) if OWN.is_file() else _shipped()
    return _read(path, path.stat().st_mtime_ns if path.is_file() else 0)


def rates_of(asset_class: str, policy: Policy) -> Callable[[Level, Phase], tuple[str, ...]]:
    """Return what quotes the rates of one asset class, for `scanners.verdict.judgement.judge`.

    Rates that were measured under other thresholds say nothing about these: then nothing is quoted.

    Parameters
    ----------
    asset_class : str
    policy : Policy
        Of all asset classes.
    """

    def quote(level: Level, phase: Phase) -> tuple[str, ...]:
        known = load()
        rate = known.rate(level, phase, asset_class) if known.thresholds == policy.thresholds else None
        return () if rate is None else (str(rate),)

    return quote


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int) -> Calibration:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Calibration)
    except (OSError, msgspec.MsgspecError) as error:
        raise CommandError(f"{path}: {error}") from None


@lru_cache(maxsize=1)
def _shipped() -> Calibration:
    content = files("scanners.verdict").joinpath("calibration.json").read_bytes()
    return msgspec.json.decode(content, type=Calibration)


def to_bytes(found: Calibration) -> bytes:
    """Return the file of a calibration."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
