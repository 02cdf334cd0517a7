"""A row: what a scan found for one series, with its verdict and the numbers behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec

from scanners.evidence.gathering import Evidence
from scanners.evidence.trust import Trust
from scanners.verdict.judgement import Verdict


@dataclass(frozen=True)
class Row:
    """What the scan found for one series.

    Parameters
    ----------
    name, title, asset_class : str
        As in the watchlist.
    verdict : Verdict
        Judgement, or the status that forbids one.
    evidence : Evidence or None
        Numbers; None when the series failed.
    trust : Trust or None
        How many fits survive reshuffled residuals, where it was computed.
    spark : tuple of float
        Last closes, for a small line.
    files : mapping of str to bytes
        Pages and pictures of the series by their place in the run's folder, when they were asked for and
        there is something to draw.
    """

    name: str
    title: str
    asset_class: str
    verdict: Verdict
    evidence: Evidence | None = None
    trust: Trust | None = None
    spark: tuple[float, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return names, verdict and evidence as nested plain values."""
        evidence = self.evidence.to_dict() if self.evidence else None
        names = {"name": self.name, "title": self.title, "asset_class": self.asset_class}
        trust = asdict(self.trust) if self.trust else None
        return {**names, **self.verdict.to_dict(), "evidence": evidence, "trust": trust}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], spark: Sequence[float] = ()) -> "Row":
        """Return the row that `to_dict` described; its files are not in it.

        Raises
        ------
        msgspec.ValidationError
            If the document is not that of a row.
        """
        return cls(
            name=document["name"],
            title=document["title"],
            asset_class=document["asset_class"],
            verdict=msgspec.convert(document, Verdict),
            evidence=msgspec.convert(document["evidence"], Evidence | None),
            trust=msgspec.convert(document.get("trust"), Trust | None),
            spark=tuple(spark),
        )
