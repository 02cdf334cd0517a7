"""Chances at some closes of a series, each with the model of its own date, for forecasts and histories."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scanners.risk.closes import LogCloses
from scanners.risk.coefficients import Models, years_of
from scanners.risk.past_errors import held_to, mean_errors
from scanners.risk.sizes import Size, losses
from scanners.risk.surface import trend_terms
from scanners.risk.usual import drawn, hits_at_all, hits_at_end, looks, ordered
from scanners.risk.volatility import FEWEST, Features, features_at


@dataclass(frozen=True, eq=False)
class Chances:
    """Chances at n places, all arrays of shape (n, H, S).

    Parameters
    ----------
    chance : array
        Volatility, trend and bubble.
    calm, plain : array
        Volatility alone on a day of ordinary trend; volatility and trend.
    average : array
        Mean of ``plain`` at every 250th session up to each place, as it was stated then.
    usual : array
        ``average`` and what happened to the series.
    """

    chance: NDArray[np.float64]
    calm: NDArray[np.float64]
    plain: NDArray[np.float64]
    average: NDArray[np.float64]
    usual: NDArray[np.float64]


def chances_at(
    known: LogCloses,
    rows: NDArray[np.int64],
    sizes: Sequence[Size],
    horizons: NDArray[np.float64],
    confidence: NDArray[np.float64],
    models: Models,
    asset_class: str | None,
) -> Chances:
    """Return what is stated at some rows of the features, which begin at the 61st close.

    Parameters
    ----------
    known : LogCloses
        With status ``ok``.
    rows : array of int, shape (n,)
        Increasing; row i is the close at position ``i + 60``.
    sizes, horizons
        As `sizes.check_sizes` and `sizes.check_horizons` return them.
    confidence : array, shape (n,)
        C at the rows, NaN where not known.
    models : Models
    asset_class : str or None
    """
    earlier = looks(rows[-1] + 1)
    at = np.concatenate([rows, earlier])
    years = years_of(known.index, at + FEWEST)
    surface = models.on(years, asset_class, at.size)
    some, sd = described(known, at, models, asset_class)
    terms, trend = surface.volatility(some), trend_terms(some)
    loss = losses(sizes, horizons, some.sd)
    plain = surface.chances(loss, horizons, terms, trend)
    n = rows.size
    now = models.on(None if years is None else years[:n], asset_class, n)
    mine = (loss[:n], horizons, terms[:n])
    average = _average(plain[n:], np.searchsorted(earlier, rows, side="right"))
    hits, closed = _what_followed(known, sd, rows, sizes, horizons)
    return Chances(
        chance=now.raised(plain[:n], *mine, trend[:n], confidence),
        calm=now.chances(*mine, now.typical),
        plain=plain[:n],
        average=average,
        usual=ordered(drawn(hits, closed, average, models.own), sizes),
    )


def described(
    known: LogCloses, rows: NDArray[np.int64], models: Models, asset_class: str | None
) -> tuple[Features, NDArray[np.float64]]:
    """Return the features at some rows, errors of past forecasts included, and ``sd`` at every row.

    Parameters
    ----------
    known, models, asset_class
        As for `chances_at`.
    rows : array of int
        In any order.
    """
    past = held_to(int(rows.max()) + FEWEST)
    places, back = np.unique(np.concatenate([rows + FEWEST, past]), return_inverse=True)
    found, sd = features_at(known.y, places)
    some = found.select(back[: rows.size])
    if not past.size:
        return some, sd
    surface = models.on(years_of(known.index, past), asset_class, past.size)
    error = mean_errors(known.y, found.select(back[rows.size :]), surface, some.place)
    return replace(some, error=error), sd


def _average(stated: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.cumsum(stated, axis=0)[count - 1] / count[:, None, None]


def _what_followed(
    known: LogCloses,
    sd: NDArray[np.float64],
    rows: NDArray[np.int64],
    sizes: Sequence[Size],
    horizons: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if rows.size == 1:
        return hits_at_end(known.y[: rows[0] + FEWEST + 1], sizes, horizons, sd)
    hits, closed = hits_at_all(known.y, sizes, horizons, sd)
    return hits[rows], closed[rows]


def odds(chance: NDArray | pd.DataFrame) -> NDArray | pd.DataFrame:
    """Return ``p / (1 - p)``."""
    return chance / (1.0 - chance)


def band(
    chance: NDArray[np.float64], horizons: NDArray[np.float64], widths: dict[int, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 80% interval of chances, shape (..., H, S): odds divided and multiplied by ``exp(width)``.

    Parameters
    ----------
    chance : array, shape (..., H, S)
    horizons : array, shape (H,)
    widths : dict of int to float
        Horizon -> half width in log odds; straight lines in ln H between them.
    """
    at = sorted(widths)
    width = np.interp(np.log(horizons), np.log(at), [widths[one] for one in at])[:, None]
    low, high = (odds(chance) * np.exp(sign * width) for sign in (-1.0, 1.0))
    return low / (1.0 + low), high / (1.0 + high)
