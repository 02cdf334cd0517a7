"""What a download says about the bars already stored: new ones, revisions, or another history altogether."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanners.store.packing import Versions

# Single-precision prices repeat to 1.2e-7; anything larger from the same source is a change.
SAME_SOURCE_TOLERANCE = 1e-6
# Sources round differently; a second source is not to rewrite the first one's closes by that.
OTHER_SOURCE_TOLERANCE = 5e-4
# A re-adjustment multiplies every earlier price by one factor, up to the rounding of the source.
_RATIO_SPREAD = 1e-3


@dataclass(frozen=True)
class Overlap:
    """A download against the store.

    Attributes
    ----------
    added, revised : ndarray of bool, shape (rows of the download,)
        Sessions that were not stored, and sessions whose numbers differ.
    missing : ndarray of int32
        Stored sessions inside the range of the download that it does not have.
    broken : str
        Why the stored bars before the download cannot go with it, "" when they can: ``"readjusted"`` (one
        factor for all that changed), ``"replaced"`` (anything else) or ``"detached"`` (no common session).
    moved : float
        Share of the common sessions whose close changed; 1 when there is none in common.
    ratio : float or None
        The one factor of all closes that changed, new over stored.
    worst : float
        Largest relative difference of common closes.
    """

    added: NDArray[np.bool_]
    revised: NDArray[np.bool_]
    missing: NDArray[np.int32]
    broken: str
    moved: float
    ratio: float | None
    worst: float


def compare(stored: Versions, new: Versions, *, same_source: bool) -> Overlap:
    """Compare a download with the newest stored versions.

    The oldest common session is the seam: what was stored before it stays, so its close must agree. A change
    later in the overlap is a revision; a change at the seam means that the earlier history moved too.

    Parameters
    ----------
    stored : Versions
        Newest version of each stored session, at least from the first session of the download on.
    new : Versions
        The download, sessions increasing.
    same_source : bool
        Whether one source wrote both. A second source is compared by closes alone, and more loosely.

    Returns
    -------
    Overlap
    """
    if _is_plain(stored, new):
        added = np.arange(len(new)) >= len(stored)
        return Overlap(
            added, np.zeros(len(new), bool), stored.session[:0], broken="", moved=0.0, ratio=None, worst=0.0
        )
    at_stored, at_new = _common(stored.session, new.session)
    columns = slice(None) if same_source else slice(1)
    old, now = stored.values[columns, at_stored], new.values[columns, at_new]
    differs = _relative_difference(old, now)
    changed = differs > (SAME_SOURCE_TOLERANCE if same_source else OTHER_SOURCE_TOLERANCE)
    moved = changed[0]
    ratio = _common_ratio(old[0, moved], now[0, moved])
    broken = ""
    if not len(at_new):
        broken = "detached"
    elif moved[0]:
        broken = "replaced" if ratio is None else "readjusted"
    revised, added = np.zeros(len(new), bool), np.ones(len(new), bool)
    revised[at_new], added[at_new] = changed.any(axis=0), False
    missing = (stored.session >= new.session[0]) & (stored.session <= new.session[-1])
    missing[at_stored] = False
    return Overlap(
        added=added,
        revised=revised,
        missing=stored.session[missing],
        broken=broken,
        moved=float(moved.mean()) if len(moved) else 1.0,
        ratio=ratio,
        worst=float(differs[0].max(initial=0.0)),
    )


def _is_plain(stored: Versions, new: Versions) -> bool:
    """Tell whether the download repeats the stored bars to the bit and goes on, as on most days."""
    count = len(stored)
    if not 0 < count <= len(new) or stored.session[-1] != new.session[count - 1]:
        return False
    repeated = new.take(slice(count))
    return bool((stored.session == repeated.session).all() and (stored.values == repeated.values).all())


def changed_actions(stored: Versions, new: Versions, first: int, last: int) -> Versions:
    """Return the versions to add so that the actions of ``first`` to ``last`` are those of the download.

    An action that the download no longer has is withdrawn by the neutral one: split 1, dividend 0, roll 1.
    """
    inside = stored.take((stored.session >= first) & (stored.session <= last))
    before, after = _by_session(inside), _by_session(new)
    changes = {
        session: after.get(session, _NO_ACTION)
        for session in sorted(before.keys() | after.keys())
        if before.get(session, _NO_ACTION) != after.get(session, _NO_ACTION)
    }
    values = np.array(list(changes.values()), float).reshape(-1, len(_NO_ACTION))
    return Versions.unknown(np.array(list(changes), np.int32), values.T)


_NO_ACTION = (1.0, 0.0, 1.0)


def _by_session(rows: Versions) -> dict[int, tuple[float, ...]]:
    return dict(zip(rows.session.tolist(), zip(*rows.values.tolist(), strict=True), strict=True))


def _common(stored: NDArray[np.int32], new: NDArray[np.int32]) -> tuple[NDArray, NDArray]:
    """Return the places of the common sessions in both; sessions increase in both."""
    if not len(stored):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    place = np.minimum(np.searchsorted(stored, new), len(stored) - 1)
    found = stored[place] == new
    return place[found], np.flatnonzero(found)


def _relative_difference(old: NDArray, new: NDArray) -> NDArray:
    """Return ``|new - old| / |old|``: infinite where only ``old`` is missing, 0 where ``new`` is."""
    if (old == new).all():
        return np.zeros(old.shape)
    difference = np.abs(new - old) / np.where(old == 0, 1.0, np.abs(old))
    difference[np.isnan(old)] = np.inf
    difference[np.isnan(new)] = 0.0
    return difference


def _common_ratio(old: NDArray, new: NDArray) -> float | None:
    """Return the one factor between two series of closes, or None when there is none."""
    if len(old) < 2 or (old == 0).any():
        return None
    ratios = new / old
    middle = float(np.median(ratios))
    return middle if np.ptp(ratios) <= _RATIO_SPREAD * abs(middle) else None
