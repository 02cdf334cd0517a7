"""The confidence indicator of the package in use everywhere, on a random sample of dates: it is slow."""

import random
import warnings
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from scanners.core.run_files import write_file
from scanners.past.skill.panel import Member

WINDOW = 80  # defaults of lppls 0.6.24: 80 closes, 30 windows down to 20, at most 25 random starts each
_SMALLEST, _OUTER, _INNER, _SEARCHES = 20, 5, 2, 25


def lppls_confidence(closes: np.ndarray) -> float:
    """Return the positive confidence of ``lppls`` at its defaults for the last 80 closes.

    Its random starts are drawn from a seed that is a checksum of the closes.

    Raises
    ------
    ImportError
        If the package is not installed.
    """
    state = random.getstate()  # the package draws from the standard library
    from lppls import lppls

    recent = np.ascontiguousarray(closes[-WINDOW:], dtype=np.float64)
    observations = np.array([np.arange(float(WINDOW)), np.log(recent)])
    model = lppls.LPPLS(observations=observations)
    random.seed(zlib.crc32(recent.tobytes()))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            fits = model._func_compute_nested_fits(
                (observations, WINDOW, 0, _SMALLEST, _OUTER, _INNER, _SEARCHES)
            )
            return float(model.compute_indicators([fits])["pos_conf"].iloc[0])
    finally:
        random.setstate(state)


def sample(members: Sequence[Member], count: int, seed: int = 0) -> list[tuple[str, int]]:
    """Draw series and positions at random from all judged dates of a panel, in the order drawn."""
    dates = [(member.name, int(place)) for member in members for place in member.at]
    order = np.random.default_rng(seed).permutation(len(dates))[:count]
    return [dates[k] for k in order]


def sampled_confidence(
    members: Sequence[Member],
    count: int,
    file: Path,
    progress: Callable[[int, int], None] | None = None,
) -> dict[tuple[str, int], float]:
    """Return the peer's confidence on a sample of dates; what a file has already is not computed again."""
    known = msgspec.json.decode(file.read_bytes(), type=dict[str, float]) if file.is_file() else {}
    closes = {member.name: member.prices.to_numpy(dtype=np.float64) for member in members}
    found = {}
    for done, (name, place) in enumerate(sample(members, count)):
        recent = closes[name][: place + 1][-WINDOW:]
        key = f"{name}-{place}-{zlib.crc32(recent.tobytes()):08x}"
        if key not in known:
            known[key] = lppls_confidence(recent)
            write_file(file, msgspec.json.encode(known))
        found[name, place] = known[key]
        if progress is not None:
            progress(done + 1, count)
    return found
