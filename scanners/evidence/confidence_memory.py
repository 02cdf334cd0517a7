"""C of one series at many sessions, each from what was known then; what was computed once is remembered.

A session is known again by a digest of every date and close up to it: where the past was revised, nothing
that the revision could have changed is found.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np
import pandas as pd

import lppl
from lppl.core.series import check
from scanners.evidence.series_fits import CONSENSUS, THREADS, consensus

Remembered = Mapping[str, tuple[float, float]]  # digest of the closes up to a session -> C upward, downward
_TOGETHER = 20  # sessions that share a pass over the grid


class Memory:
    """What is known of the sessions of one series.

    Parameters
    ----------
    known : mapping, optional
        Of an earlier look, as `scanners.evidence.confidence_files.Shelf` keeps it.

    Attributes
    ----------
    new : dict
        What was computed since.
    """

    def __init__(self, known: Remembered | None = None) -> None:
        self._known = dict(known or {})
        self.new: dict[str, tuple[float, float]] = {}

    def __contains__(self, digest: str) -> bool:
        return digest in self._known or digest in self.new

    def __getitem__(self, digest: str) -> tuple[float, float]:
        return self._known[digest] if digest in self._known else self.new[digest]

    def learn(self, digest: str, share: Sequence[float] | np.ndarray) -> None:
        """Keep C upward and downward of a session."""
        if digest not in self._known:
            self.new[digest] = float(share[0]), float(share[1])

    def learn_last(self, prices: pd.Series, shares: np.ndarray) -> None:
        """Keep C of the last sessions of some prices, oldest first, shape (sessions, 2)."""
        places = range(len(prices) - len(shares), len(prices))
        for digest, share in zip(session_digests(prices, places), shares, strict=True):
            self.learn(digest, share)


def confidence_at(
    prices: pd.Series, places: Sequence[int], memory: Memory | None = None, *, minimum_windows: int = 20
) -> np.ndarray:
    """Return C upward and downward at some sessions; each is what a scan of that date finds.

    A session that is not remembered costs one set of nested fits, some 0.02 s of processor time.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates. What lies after a session is not looked at for it.
    places : sequence of int
        Increasing positions in ``prices``.
    memory : Memory, optional
        Where to look first, and what is to know it afterwards.
    minimum_windows : int
        Windows of the ``daily`` preset that a session's history must allow; with fewer, confidence reads too
        high.

    Returns
    -------
    array, shape (len(places), 2)
        NaN where the history is too short.
    """
    memory = Memory() if memory is None else memory
    least = fewest(minimum_windows)
    allowed = [int(place) for place in places if place + 1 >= least]
    digests = dict(zip(allowed, session_digests(prices, allowed), strict=True))
    missing = [place for place in allowed if digests[place] not in memory]
    for place, share in zip(missing, _computed(prices, missing), strict=True):
        memory.learn(digests[place], share)
    nothing = (np.nan, np.nan)
    found = [memory[digests[place]] if place in digests else nothing for place in map(int, places)]
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _computed(prices: pd.Series, places: Sequence[int]) -> Iterator[np.ndarray]:
    if not places:
        return
    checked = check(prices, lppl.PRESETS[CONSENSUS].time)
    parts = [places[k : k + _TOGETHER] for k in range(0, len(places), _TOGETHER)]
    with ThreadPoolExecutor(THREADS) as pool:  # kernels let go of the interpreter
        for shares in pool.map(lambda part: consensus([checked.until(end) for end in part]), parts):
            yield from shares


def fewest(minimum_windows: int) -> int:
    """Return how many closes allow so many windows of the ``daily`` preset at one session."""
    return sorted(lppl.PRESETS[CONSENSUS].lengths)[minimum_windows - 1]


def session_digests(prices: pd.Series, places: Sequence[int] | None = None) -> list[str]:
    """Return a digest of all dates and closes up to each session.

    Parameters
    ----------
    prices : pandas.Series
    places : sequence of int, optional
        Increasing positions; all of them if left out.
    """
    moments = pd.DatetimeIndex(prices.index).tz_localize(None).to_numpy().astype("datetime64[s]")
    days = moments.astype("datetime64[D]")
    records = np.empty(len(prices), dtype=[("day", "<i8"), ("close", "<f8")])
    records["day"] = (days if (days == moments).all() else moments).astype(np.int64)
    records["close"] = prices.to_numpy(dtype=np.float64)
    return list(_running(records, range(len(records)) if places is None else places))


def _running(records: np.ndarray, places: Sequence[int]) -> Iterator[str]:
    running, done = blake2b(digest_size=12), 0
    for place in places:
        running.update(records[done : place + 1].tobytes())
        done = place + 1
        yield running.copy().hexdigest()
