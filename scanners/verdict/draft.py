"""A draft: what a worker found for one series, before the list is known and a word is said."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec

from scanners.core.vocabulary import AssetClass
from scanners.evidence.confidence_memory import Remembered
from scanners.evidence.gathering import Evidence
from scanners.evidence.trust import Trust
from scanners.verdict.appraisal import Refusal


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
    files : mapping of str to bytes
        Pictures, and what the page of the series is to be made of, by their place in the run's folder.
    learnt : mapping
        C of sessions that was computed, for the next look.
    """

    name: str
    title: str
    asset_class: AssetClass
    found: Evidence | Refusal
    trust: Trust | None = None
    spark: tuple[float, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    learnt: Remembered = field(default_factory=dict, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return all but the files, and what only saves time, as nested plain values."""
        refused = isinstance(self.found, Refusal)
        return {
            "name": self.name,
            "title": self.title,
            "asset_class": self.asset_class,
            "refusal": [self.found.status, self.found.reason] if isinstance(self.found, Refusal) else None,
            "evidence": None if refused else asdict(self.found),
            "trust": asdict(self.trust) if self.trust else None,
            "spark": list(self.spark),
        }


def draft_of(document: Mapping[str, Any]) -> Draft:
    """Return the draft that `Draft.to_dict` described.

    Raises
    ------
    msgspec.ValidationError
        If the document is not that of a draft.
    """
    refusal: Sequence[Any] | None = document["refusal"]
    found = Refusal(*refusal) if refusal else msgspec.convert(document["evidence"], Evidence)
    return Draft(
        document["name"],
        document["title"],
        document["asset_class"],
        found,
        msgspec.convert(document["trust"], Trust | None),
        tuple(document["spark"]),
    )
