"""Sizes of falls: percent of the price, or the series' own standard deviations over the horizon."""

import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Size: TypeAlias = float | str

SIZES: tuple[Size, ...] = (5, 10, 20, 30, "1.5s")
SMALL: tuple[Size, ...] = (2, 5, 10, "1s", "1.5s")  # of currencies and bond futures
HORIZONS = (20, 60, 120, 250)
_OWN = re.compile(r"(\d+(?:\.\d+)?)s")
_SMALL_CLASSES = ("currency", "bond_future")


def sizes_of(asset_class: str | None) -> tuple[Size, ...]:
    """Return the sizes that make sense for an asset class."""
    return SMALL if asset_class in _SMALL_CLASSES else SIZES


def headline(asset_class: str | None) -> tuple[Size, int]:
    """Return the size and the horizon by which an asset class is judged and spoken of first."""
    return (5 if asset_class in _SMALL_CLASSES else 10), 60


def told(asset_class: str | None) -> tuple[Size, int]:
    """Return the size and the horizon of the sentence that leads a series: a larger, later fall."""
    return (10 if asset_class in _SMALL_CLASSES else 20), 120


def label(size: Size) -> str:
    """Return a size as it stands in column names: ``10``, ``2.5``, ``1.5s``."""
    return size if isinstance(size, str) else f"{size:g}"


def words(size: Size) -> str:
    """Return a size as people read it."""
    return f"{size[:-1]} standard deviations" if isinstance(size, str) else f"{size:g}%"


def check_sizes(sizes: Sequence[Size]) -> tuple[Size, ...]:
    """Return sizes in the order given.

    Raises
    ------
    ValueError
        If one is neither a percentage in (0, 95] nor own standard deviations like ``1.5s`` in (0, 5].
    """
    for size in sizes:
        own = _OWN.fullmatch(size) if isinstance(size, str) else None
        good = 0.0 < float(own[1]) <= 5.0 if own else not isinstance(size, str) and 0.0 < size <= 95.0
        if not good:
            raise ValueError(f"sizes must be percentages in (0, 95] or like '1.5s' up to '5s', got {size!r}")
    return tuple(sizes)


def check_horizons(horizons: Sequence[int]) -> NDArray[np.float64]:
    """Return horizons as numbers.

    Raises
    ------
    ValueError
        If they do not increase, or one is no whole number of sessions from 5 to 250, where it was measured.
    """
    found = np.asarray(horizons, dtype=np.float64)
    whole = found.ndim == 1 and found.size > 0 and (found == np.floor(found)).all()
    if not whole or found[0] < 5 or found[-1] > 250 or (np.diff(found) <= 0).any():
        raise ValueError(f"horizons must be increasing whole sessions in [5, 250], got {list(horizons)}")
    return found


def losses(
    sizes: Sequence[Size], horizons: NDArray[np.float64], sd: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each size as a log loss, shape (n, H, S).

    Parameters
    ----------
    sizes : sequence
        ``10``: the close falls by 10%. ``"1.5s"``: its log falls by 1.5 times ``sd sqrt(horizon)``.
    horizons : array, shape (H,)
    sd : array, shape (n,)
        Standard deviation of the last 250 daily log returns.
    """
    out = np.empty((sd.size, horizons.size, len(sizes)))
    for place, size in enumerate(sizes):
        if isinstance(size, str):
            out[:, :, place] = float(size[:-1]) * sd[:, None] * np.sqrt(horizons)
        else:
            out[:, :, place] = -np.log1p(-size / 100.0)
    return out
