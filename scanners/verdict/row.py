"""A row: what a scan found for one series, a judgement with all its numbers or a refusal with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from scanners.config.policy import Policy
from scanners.core.as_fields import as_fields
from scanners.core.vocabulary import BIFURCATION_STATES, AssetClass
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.evidence.momentum import Momentum
from scanners.evidence.trust import Trust
from scanners.verdict.appraisal import Refusal
from scanners.verdict.bifurcation_words import bifurcation_state
from scanners.verdict.judgement import Verdict
from scanners.verdict.proxy import Proxy
from scanners.verdict.trail import Trail


@dataclass(frozen=True)
class JudgedRow:
    """A series with a verdict.

    Parameters
    ----------
    name, title, asset_class : str
        As in the watchlist.
    verdict : Verdict
    evidence : Evidence
        With bubble and momentum: nothing is judged without them.
    trust : Trust or None
        How many fits survive reshuffled residuals, where it was computed.
    spark : tuple of float
        Last closes, for a small line.
    trail : Trail or None
        The verdict's own past, where it was looked at.
    proxy : Proxy or None
        What the scan says of the series that is judged beside it.

    Raises
    ------
    ValueError
        If the evidence lacks a part that every verdict rests on.
    """

    name: str
    title: str
    asset_class: AssetClass
    verdict: Verdict
    evidence: Evidence
    trust: Trust | None = None
    spark: tuple[float, ...] = ()
    trail: Trail | None = None
    proxy: Proxy | None = None

    def __post_init__(self) -> None:
        missing = [part for part in ("bubble", "momentum") if getattr(self.evidence, part) is None]
        if missing:
            raise ValueError(f"evidence of a judged row must be complete, got no {missing[0]} of {self.name}")

    @property
    def bubble(self) -> Bubble:
        """The numbers of its nested fits."""
        return self.evidence.bubble  # type: ignore[return-value]  # see __post_init__

    @property
    def momentum(self) -> Momentum:
        """The numbers of its momentum."""
        return self.evidence.momentum  # type: ignore[return-value]  # see __post_init__

    def to_dict(self) -> dict[str, Any]:
        """Return names, verdict and evidence as nested plain values."""
        return _described(self)


@dataclass(frozen=True)
class RefusedRow:
    """A series without a verdict.

    Parameters
    ----------
    name, title, asset_class, spark, proxy
        As of a `JudgedRow`.
    verdict : Refusal
        Status and reason.
    evidence : Evidence or None
        The numbers there are; None when the series failed.
    """

    name: str
    title: str
    asset_class: AssetClass
    verdict: Refusal
    evidence: Evidence | None = None
    spark: tuple[float, ...] = ()
    proxy: Proxy | None = None
    trust: ClassVar[None] = None
    trail: ClassVar[None] = None
    momentum: ClassVar[None] = None

    @property
    def bubble(self) -> Bubble | None:
        """The numbers of its nested fits, where the history allows any."""
        return self.evidence.bubble if self.evidence else None

    def to_dict(self) -> dict[str, Any]:
        """Return names, refusal and evidence as nested plain values, with the keys of a `JudgedRow`."""
        return _described(self)


Row = JudgedRow | RefusedRow


def row_of(document: Mapping[str, Any], spark: Sequence[float] = ()) -> Row:
    """Return the row that ``to_dict`` described.

    Raises
    ------
    msgspec.ValidationError
        If the document is not that of a row.
    """
    names = document["name"], document["title"], document["asset_class"]
    evidence = msgspec.convert(document["evidence"], Evidence | None)
    proxy = msgspec.convert(document.get("proxy"), Proxy | None)
    if document["status"] != "ok" or evidence is None:
        refusal = Refusal(document["status"], " ".join(document["reasons"]))
        return RefusedRow(*names, refusal, evidence, tuple(spark), proxy)
    trust = msgspec.convert(document.get("trust"), Trust | None)
    verdict = msgspec.convert(_in_words_of_today(document, evidence), Verdict)
    trail = msgspec.convert(document.get("trail"), Trail | None)
    return JudgedRow(*names, verdict, evidence, trust, tuple(spark), trail, proxy)


def _in_words_of_today(document: Mapping[str, Any], evidence: Evidence) -> Mapping[str, Any]:
    """Return a row whose path is named as now; older rows say ``near``, ``approaching`` or ``none``."""
    if document["bifurcation"] in BIFURCATION_STATES:
        return document
    return {**document, "bifurcation": bifurcation_state(evidence.bifurcation, Policy())}


def _described(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "asset_class": row.asset_class,
        **row.verdict.to_dict(),
        "evidence": row.evidence.to_dict() if row.evidence else None,
        "trust": as_fields(row.trust) if row.trust else None,
        "trail": as_fields(row.trail) if row.trail else None,
        **({"proxy": as_fields(row.proxy)} if row.proxy else {}),
    }
