"""A draft: what a worker found for one series, before the list is known and a word is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from scanners.core.as_fields import as_fields
from scanners.core.vocabulary import AssetClass, Refused
from scanners.evidence.confidence_memory import Remembered
from scanners.evidence.gathering import Evidence
from scanners.evidence.trust import Trust
from scanners.verdict.appraisal import Refusal
from scanners.verdict.trail import Trail


@dataclass(frozen=True)
class Draft:
    """What was found for one series.

    Parameters
    ----------
    name, title, asset_class : str
        As in the watchlist.
    found : Evidence or Refusal
        The numbers, or why there are none.
    trust : Trust or None
        Where it was computed.
    spark : tuple of float
        Last closes, for a small line.
    trail : Trail or None
        The past of the verdict, where it was looked at.
    files : mapping of str to bytes
        Pictures, and what the page of the series is to be made of, by their place in the run's folder.
    proxy : str
        Series that is judged beside it; empty without one.
    learnt : mapping
        C of sessions that was computed, for the next look.
    """

    name: str
    title: str
    asset_class: AssetClass
    found: Evidence | Refusal
    trust: Trust | None = None
    spark: tuple[float, ...] = ()
    trail: Trail | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    proxy: str = ""
    learnt: Remembered = field(default_factory=dict, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return all but the files, and what only saves time, as nested plain values."""
        refused = isinstance(self.found, Refusal)
        return {
            "name": self.name,
            "title": self.title,
            "asset_class": self.asset_class,
            "refusal": [self.found.status, self.found.reason] if isinstance(self.found, Refusal) else None,
            "evidence": None if refused else as_fields(self.found),
            "trust": as_fields(self.trust) if self.trust else None,
            "spark": list(self.spark),
            "proxy": self.proxy,
            "trail": as_fields(self.trail) if self.trail else None,
        }


class _Document(msgspec.Struct, frozen=True):
    """What `Draft.to_dict` gives."""

    name: str
    title: str
    asset_class: AssetClass
    refusal: tuple[Refused, str] | None
    evidence: Evidence | None
    trust: Trust | None
    spark: tuple[float, ...]
    proxy: str = ""
    trail: Trail | None = None


def draft_of(document: Mapping[str, Any]) -> Draft:
    """Return the draft that `Draft.to_dict` described.

    Raises
    ------
    msgspec.ValidationError
        If the document is not that of a draft.
    """
    said = msgspec.convert(document, _Document)
    found = Refusal(*said.refusal) if said.refusal else said.evidence
    if found is None:
        raise msgspec.ValidationError(f"neither evidence nor a refusal of {said.name!r}")
    names = (said.name, said.title, said.asset_class)
    return Draft(*names, found, said.trust, said.spark, said.trail, proxy=said.proxy)
