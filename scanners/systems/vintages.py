"""Revisions of a figure, from the versions that the store has kept of it."""

from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd

from scanners.prices.providers.alfred import Vintages, changes
from scanners.store.series_index import UnknownSeries
from scanners.store.store import Store
from scanners.store.times import EPOCH, to_moment


def stored_vintages(database: Path, name: str, as_of: str) -> Vintages:
    """Return every period's values as the store came to know them by a date, each with its day.

    Parameters
    ----------
    database : Path
        Of the store; it need not exist.
    name : str
        Of the series.
    as_of : str
        ISO date.
    """
    if not database.is_file():
        return {}
    with Store.open(database) as store:
        try:
            bars, _ = store.bars.versions(name)
        except UnknownSeries:
            return {}
    end = datetime.combine(date.fromisoformat(as_of), time.max, tzinfo=timezone.utc)
    rows = bars.known_by(to_moment(end)).living()
    found: Vintages = {}
    for session, known, value in zip(rows.session, rows.known_at, rows.values[0], strict=True):
        period = (EPOCH + timedelta(days=int(session))).date()
        since = (EPOCH + timedelta(microseconds=int(known))).date()
        found.setdefault(period, []).append((since, float(value)))
    return found


def revisions(vintages: Vintages, days: int) -> pd.Series:
    """Return by how much the change of each period was revised in the days after it was first told.

    Periods that the first version of all held already are left out: nobody recorded when they were told.
    """
    first, later = (pd.Series(dict(zip(*changes(vintages, after), strict=True))) for after in (0, days))
    told = (later - first).dropna()
    return pd.Series(
        told.to_numpy(dtype=float), pd.DatetimeIndex(np.array(told.index, "datetime64[ns]"), name="date")
    )
