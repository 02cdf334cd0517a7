"""A series as it is handed to a scan: its names, and how to read its closes when its turn comes."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from scanners.core.vocabulary import AssetClass


@dataclass(frozen=True)
class Series:
    """A series to scan: what to call it, what it is, and how to read it.

    Parameters
    ----------
    name, title, asset_class : str
        As in a watchlist.
    read : callable
        Returns the closes; a `CommandError` or `ValueError` it raises becomes the row's reason, and the
        status of an `Unjudged` the row's status.
    calendar : str
        Code of the exchange's calendar, for its holidays; empty if it is not known.
    proxy : str
        Another series that is judged beside it; empty without one.
    """

    name: str
    title: str
    asset_class: AssetClass
    read: Callable[[], pd.Series]
    calendar: str = ""
    proxy: str = ""
