"""What the quality gate found, as the store keeps it and as a scan as of a date may use it.

Findings on rows (a negative price, two different rows for one session) are made when bars come in, because
those rows are not stored. Findings on what is left (a gap, a suspected split) are made from the stored bars
whenever they are wanted, so that a scan as of a date sees none that later bars alone could tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import numpy as np

from scanners.core.vocabulary import Refused
from scanners.prices.interface import Bars
from scanners.prices.quality import whole_series as quality_series
from scanners.prices.quality.gate import Market
from scanners.prices.quality.rows import local_zone
from scanners.prices.quality.rules import Finding, RowRule

if TYPE_CHECKING:
    from scanners.store.bar_history import History

_ON_ROWS = frozenset(get_args(RowRule))
# Rule of a blocking finding -> status of the row; any other rule quarantines the series.
_STATUS: dict[str, Refused] = {
    "non_positive": "unfit_for_log",
    "too_old": "stale",
    "too_thin": "insufficient_data",
}
_GRAVEST: tuple[Refused, ...] = ("unfit_for_log", "stale", "quarantined", "insufficient_data")


def to_documents(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as the store keeps them: every session of an error, first and last of the others."""
    return [msgspec.to_builtins(_shortened(finding)) for finding in findings]


def from_documents(documents: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return what `to_documents` was given.

    Raises
    ------
    ValueError
        If a document is no finding of this version.
    """
    try:
        return msgspec.convert(list(documents), tuple[Finding, ...])
    except msgspec.ValidationError as error:
        raise ValueError(f"findings must be those of the quality gate: {error}") from None


def on_rows(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings on rows that were set aside or merged, and that nothing is left."""
    return tuple(finding for finding in findings if finding.rule in _ON_ROWS | {"nothing_left"})


def before(findings: Iterable[Finding], first: date) -> tuple[Finding, ...]:
    """Return the findings on rows before a session: a download that starts there says nothing about them."""
    kept = []
    for finding in findings:
        earlier = tuple(session for session in finding.sessions if session < first)
        if earlier and finding.rule in _ON_ROWS:
            kept.append(msgspec.structs.replace(finding, sessions=earlier))
    return tuple(kept)


def on_series(history: "History", market: Market, now: datetime) -> tuple[Finding, ...]:
    """Judge stored bars as a series.

    Parameters
    ----------
    history : History
        Positive closes, at least one.
    market : Market
    now : datetime.datetime
        Aware.
    """
    if not market.timezone:
        market = msgspec.structs.replace(market, timezone=history.provenance.get("time_zone", ""))
    missing = np.full(len(history.sessions), np.nan)
    bars = Bars(
        series=history.series,
        symbol="",
        provider="store",
        sessions=history.sessions,
        open=missing,
        high=missing,
        low=missing,
        close=history.close,
        volume=missing,
        fetched_at=now,
        package="",
        payload_hash="",
    )
    return tuple(quality_series.look(bars, market, now))


def end_of(day: date, market: Market) -> datetime:
    """Return the last moment of a civil day at the exchange."""
    return datetime.combine(day, time.max, tzinfo=local_zone(market.timezone))


def refusal(findings: Iterable[Finding], first: date, last: date) -> tuple[Refused, str] | None:
    """Return the status that forbids a verdict, and why in words; None when there is none.

    Parameters
    ----------
    findings : iterable of Finding
    first, last : datetime.date
        Sessions that the computation looks at; an error with one of them between counts.
    """
    reasons: dict[Refused, list[str]] = {}
    for finding in findings:
        if finding.severity == "error" and any(first <= session <= last for session in finding.sessions):
            reasons.setdefault(_STATUS.get(finding.rule, "quarantined"), []).append(finding.message)
    status = next((status for status in _GRAVEST if status in reasons), None)
    return None if status is None else (status, "; ".join(reasons[status]))


def _shortened(finding: Finding) -> Finding:
    if finding.severity == "error" or len(finding.sessions) <= 2:
        return finding
    return msgspec.structs.replace(finding, sessions=(min(finding.sessions), max(finding.sessions)))
