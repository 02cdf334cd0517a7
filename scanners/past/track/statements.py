"""Chances as a table, a row a statement, from recorded runs or from history, with what followed each."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from scanners.risk import history
from scanners.risk.closes import OK, closes
from scanners.risk.coefficients import shipped
from scanners.risk.sizes import HORIZONS, Size, label, losses, sizes_of
from scanners.risk.usual import followed
from scanners.risk.volatility import FEWEST, features
from scanners.store.statements import Statement

COLUMNS = (
    "series",
    "asset_class",
    "session",
    "stated_on",
    "version",
    "level",
    "risk",
    "size",
    "horizon",
    "chance",
    "usual",
)
LATE = timedelta(days=10)  # after its session a statement is hindsight


def recorded(statements: Iterable[Statement]) -> tuple[pd.DataFrame, int]:
    """Return what recorded runs stated in time, and how many statements were made afterwards.

    Parameters
    ----------
    statements : iterable of Statement
        One a series and session at most, as the store keeps them.

    Returns
    -------
    pandas.DataFrame, int
        The columns of `COLUMNS`.
    """
    rows: list[tuple[Any, ...]] = []
    late = 0
    for each in statements:
        if each.stated_at.date() - each.session > LATE:
            late += 1
            continue
        body = each.body
        said = (each.series, body["asset_class"], each.session, each.stated_at.date(), body["version"])
        rows += [
            (*said, body["level"], body["risk"], cell["size"], cell["horizon"], cell["chance"], cell["usual"])
            for cell in body["cells"]
        ]
    return _table(rows), late


def restated(
    name: str,
    prices: pd.Series,
    asset_class: str | None,
    *,
    step: int,
    confidence: pd.Series | None = None,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return what would have been stated of a series through its history, each date by the model of then.

    Parameters
    ----------
    name : str
    prices : pandas.Series
        Closes on increasing dates.
    asset_class : str or None
    step : int
        Sessions between statements.
    confidence, jobs, progress
        As for `scanners.risk.history`.
    """
    sizes = sizes_of(asset_class)
    found = history(
        prices,
        step=step,
        confidence=confidence,
        asset_class=asset_class,
        sizes=sizes,
        n_jobs=jobs,
        progress=progress,
    )
    version = shipped().version
    rows = [
        (
            *(name, asset_class, day.date(), day.date(), version, row["level"], row.get("risk")),
            *(label(size), horizon, row[f"p_{label(size)}_{horizon}"], row[f"usual_{label(size)}_{horizon}"]),
        )
        for day, row in zip(found.index, found.to_dict("records"), strict=True)
        for size in sizes
        for horizon in HORIZONS
    ]
    return _table(rows)


def with_outcomes(stated: pd.DataFrame, prices: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return the table with ``followed``: 1, 0, or NaN while the horizon has not passed.

    Parameters
    ----------
    stated : pandas.DataFrame
        Of `recorded` or `restated`.
    prices : mapping of str to pandas.Series
        Closes as known now; sessions that they do not have stay unknown.
    """
    came = pd.Series(np.nan, index=stated.index)
    for name, rows in stated.groupby("series", sort=False).groups.items():
        if name in prices:
            came.loc[rows] = _came(stated.loc[rows], prices[str(name)])
    return stated.assign(followed=came)


def _came(part: pd.DataFrame, prices: pd.Series) -> np.ndarray:
    known = closes(prices)
    out = np.full(len(part), np.nan)
    if known.status != OK and known.y.size <= FEWEST:
        return out
    sd = np.concatenate([np.full(FEWEST, np.nan), features(known.y).sd])
    place = known.index.get_indexer(pd.DatetimeIndex(part["session"]))
    for at in part.groupby(["size", "horizon"]).indices.values():
        size, later = str(part["size"].iloc[at[0]]), np.array([float(part["horizon"].iloc[at[0]])])
        came = followed(known.y, losses((_size(size),), later, sd), later)[:, 0, 0]
        mine = place[at]
        out[at] = np.where(mine >= 0, came[mine], np.nan)
    return out


def _size(text: str) -> Size:
    return text if text.endswith("s") else float(text)


def _table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*COLUMNS])
