"""Chances through time: what would have been stated at each close, with what was known then."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from scanners.risk.bubble_shape import confidence_3day
from scanners.risk.chances import chances_at
from scanners.risk.closes import OK, LogCloses, closes
from scanners.risk.coefficients import Models, shipped
from scanners.risk.sizes import HORIZONS, SIZES, Size, check_horizons, check_sizes, headline, label
from scanners.risk.state import Rules, level, risk, stretch
from scanners.risk.volatility import FEWEST


def history(
    prices: pd.Series | ArrayLike,
    *,
    start: Any = None,
    end: Any = None,
    step: int = 1,
    confidence: pd.Series | None = None,
    asset_class: str | None = None,
    sizes: Sequence[Size] = SIZES,
    horizons: Sequence[int] = HORIZONS,
    rules: Rules | None = None,
    models: Models | None = None,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return the chances at every ``step``-th session; no row reads anything after its date.

    Parameters
    ----------
    prices, asset_class, sizes, horizons, models
        As for `fall_risk`.
    start, end : date or int, optional
        First and last date (or position); default the 61st close and the last.
    step : int
        Sessions between rows, counted back from ``end``.
    confidence : pandas.Series, optional
        C3 by date (or position). Without it, it is computed from the closes, which takes most of the time.
        Dates that are missing or NaN have no bubble factor.
    rules : Rules, optional
        Thresholds of ``level`` and ``risk``; default the shipped ones.
    n_jobs, progress
        As for `lppl.confidence_history`, for C3.

    Returns
    -------
    pandas.DataFrame
        A row a session: ``p_{size}_{horizon}``, ``usual_{size}_{horizon}``, ``C3``, ``run_up``, ``z250``,
        ``fomo``, ``level``, ``risk``. Each row equals `fall_risk` at its date. Rows of a thin stretch are
        stated like others.

    Raises
    ------
    ValueError
        As `fall_risk`, and if closes are refused, ``step`` is below 1, or no session lies between start and
        end.
    """
    if step < 1:
        raise ValueError(f"step must be at least 1, got {step}")
    chosen, later = check_sizes(sizes), check_horizons(horizons)
    known = closes(prices, end)
    if known.status != OK:
        raise ValueError(f"prices must allow a chance, got {known.note}")
    first = max(_position(known.index, start), FEWEST)
    at = np.arange(known.y.size - 1, first - 1, -step)[::-1]
    if not at.size:
        raise ValueError(f"start must leave a session with {FEWEST + 1} closes up to it, got {start}")
    if confidence is None:
        shape = confidence_3day(
            np.exp(known.y), start=first, end=int(at[-1]), step=step, n_jobs=n_jobs, progress=progress
        ).to_numpy()
    else:
        shape = confidence.reindex(known.index[at]).to_numpy(dtype=np.float64)
    found = chances_at(
        known, at - FEWEST, chosen, later, shape, shipped() if models is None else models, asset_class
    )
    columns = {
        f"{name}_{label(size)}_{int(horizon)}": values[:, j, k]
        for name, values in (("p", found.chance), ("usual", found.usual))
        for k, size in enumerate(chosen)
        for j, horizon in enumerate(later)
    }
    frame = pd.DataFrame(columns, index=known.index[at])
    return _with_states(known, at, frame, shape, rules or Rules(), asset_class)


def _with_states(
    known: LogCloses,
    at: np.ndarray,
    found: pd.DataFrame,
    shape: np.ndarray,
    rules: Rules,
    asset_class: str | None,
) -> pd.DataFrame:
    facts = stretch(known.y, rules).iloc[at].set_index(found.index)
    found = pd.concat([found, facts.assign(C3=shape)[["C3", "run_up", "z250", "fomo"]]], axis=1)
    found["level"] = [level(row, rules) for row in found.to_dict("records")]
    size, horizon = headline(asset_class)
    both = [f"{name}_{label(size)}_{horizon}" for name in ("p", "usual")]
    if set(both) <= set(found.columns):
        found["risk"] = [risk(chance, usual, rules) for chance, usual in found[both].to_numpy()]
    return found


def _position(index: pd.Index, start: Any) -> int:
    if start is None:
        return 0
    return int(index.searchsorted(pd.Timestamp(start) if isinstance(index, pd.DatetimeIndex) else start))
