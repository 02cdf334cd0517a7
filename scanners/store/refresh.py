"""What to store of a download, decided from arrays alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanners.store.bar_history import Refresh, Verdict
from scanners.store.overlap import Overlap, compare
from scanners.store.packing import BARS, Versions


class RefreshPlan(NamedTuple):
    """Rows to add, the first and last session after that, and what to tell the caller."""

    rows: Versions
    span: tuple[int, int]
    outcome: Refresh


def plan_refresh(
    series: str, stored: Versions, new: Versions, *, complete: bool, span: tuple[int, int], same_source: bool
) -> RefreshPlan:
    """Decide which versions to add.

    Parameters
    ----------
    series : str
        Name, for the outcome.
    stored : Versions
        Newest versions, from the start of the download on at least; all of them when ``complete``.
    new : Versions
        The download.
    complete : bool
        Whether the download stands for the whole history, so that it may replace it.
    span : tuple of int
        First and last stored session.
    same_source : bool
        Whether one source wrote both.
    """
    living = stored.living()
    overlap = compare(living, new, same_source=same_source)
    if overlap.broken and not complete:
        return RefreshPlan(Versions.empty(len(BARS.columns)), span, _refused(series, overlap))
    keep = new.take(overlap.added | overlap.revised)
    replaced = complete and len(living) > 0 and bool(overlap.broken) and overlap.moved > 0.5
    if not replaced:
        whole = (int(living.session[0]), int(living.session[-1])) if complete and len(living) else span
        return RefreshPlan(keep, _span(new, whole), _accepted(series, overlap))
    gone = living.session[~np.isin(living.session, new.session)]
    rows = (keep + withdrawn(gone)).sorted()
    return RefreshPlan(rows, _span(new, ()), _replaced(series, overlap, len(gone)))


def withdrawn(sessions: NDArray[np.int32]) -> Versions:
    """Return the versions that take bars back: a bar without a close is none."""
    return Versions.unknown(sessions, np.full((len(BARS.columns), len(sessions)), np.nan))


def _span(new: Versions, span: Sequence[int]) -> tuple[int, int]:
    ends = [int(new.session[0]), int(new.session[-1])]
    if len(span) and span[0] <= span[1]:
        ends += [int(span[0]), int(span[1])]
    return min(ends), max(ends)


def _refused(series: str, overlap: Overlap) -> Refresh:
    reason = f"{_difference(overlap)}; the whole history is needed"
    return Refresh(series, "reload_required", ratio=overlap.ratio, reason=reason)


def _replaced(series: str, overlap: Overlap, gone: int) -> Refresh:
    verdict: Verdict = "replaced" if overlap.ratio is None else "readjusted"
    reason = f"{_difference(overlap)}; {gone} sessions that it does not have were withdrawn"
    added, revised = int(overlap.added.sum()), int(overlap.revised.sum())
    return Refresh(series, verdict, added, revised, ratio=overlap.ratio, reason=reason)


def _accepted(series: str, overlap: Overlap) -> Refresh:
    added, revised = int(overlap.added.sum()), int(overlap.revised.sum())
    missing = overlap.missing.astype("datetime64[D]")
    if revised:
        reason = f"{revised} stored bars changed, closes by up to {overlap.worst:.2%}"
        return Refresh(series, "revised", added, revised, missing=missing, reason=reason)
    return Refresh(series, "appended" if added else "unchanged", added, missing=missing)


def _difference(overlap: Overlap) -> str:
    if overlap.broken == "detached":
        return "the download has no session in common with the stored bars"
    if overlap.ratio is not None:
        return f"the download has earlier closes multiplied by {overlap.ratio:.6g}"
    return f"the closes of the download differ from the stored ones by up to {overlap.worst:.2%}"
