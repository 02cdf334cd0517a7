"""What the weekly looks found, as the store keeps it beside the bars, and what follows for a scan."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from scanners.prices.agreement.comparison import FAULTS, Comparison
from scanners.prices.agreement.words import sentence
from scanners.prices.quality.rules import Finding

if TYPE_CHECKING:
    from scanners.store.store import Store


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the sources of a series.

    Attributes
    ----------
    at : datetime.datetime
        Aware.
    source : str
        The provider of the stored bars, the ``one`` of every comparison.
    comparisons : tuple of Comparison
        With each other source.
    alone : str
        The provider that two others contradict while they agree with each other; empty where none is.
    """

    at: datetime
    source: str
    comparisons: tuple[Comparison, ...]
    alone: str = ""


def read(store: "Store", series: str) -> Agreement | None:
    """Return the last look at a series, None where there was none or it is of another version."""
    document = store.bars.agreement(series)
    if document is None:
        return None
    try:
        return msgspec.convert(document, Agreement)
    except msgspec.ValidationError:
        return None


def write(store: "Store", series: str, found: Agreement) -> None:
    """Keep a look at a series."""
    store.bars.record_agreement(series, msgspec.to_builtins(found))


def findings_of(found: Agreement | None, source: str) -> tuple[Finding, ...]:
    """Return what a look finds on the stored bars: an error where two sources contradict them together.

    Parameters
    ----------
    found : Agreement or None
    source : str
        Provider of the stored bars now; a look at bars from elsewhere says nothing about them.
    """
    if found is None or found.source != source:
        return ()
    return tuple(_findings(found))


def _findings(found: Agreement) -> Iterable[Finding]:
    faulty = [one for one in found.comparisons if one.verdict in FAULTS]
    for one in faulty:
        sessions = (one.since, one.until)
        if found.alone == found.source:
            yield Finding(
                "contradicted", "error", f"{sentence(one)}; the others agree with each other", sessions
            )
        elif found.alone:
            told = f"{sentence(one)}; {found.alone} stands alone"
            yield Finding("contradicted", "info", told, sessions)
        else:
            told = f"{sentence(one)}; which of the two is right is not known"
            yield Finding("contradicted", "warning", told, sessions)
