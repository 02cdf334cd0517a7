"""Models as they were known: coefficients by year, each trained only on what had happened before it."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scanners.risk.surface import NAMES, OWN, OWN_NAMES, Surface

UNCLASSIFIED = "unclassified"


@dataclass(frozen=True, eq=False)
class Models:
    """Everything that ships: a model a year, widths of intervals, where it comes from.

    Parameters
    ----------
    version : str
        Changes whenever a number changes; what was stated under an older one is never rewritten.
    panel : str
        Hash of the training series.
    trained_until : str
        Last date of the training series.
    since : array of int, shape (Y,)
        First year whose dates each model may be used for; it knows only what had happened before. The first
        was trained on nothing and serves all years before the second.
    coefficients : array, shape (Y, 26)
        In the order of `surface.NAMES`, those of all classes together.
    classes : dict of str to array, shape (Y, 11)
        Asset class -> what its coefficients `surface.OWN_NAMES` have beyond those of all;
        ``unclassified`` has their mean by looks, and so has a class that was not known yet.
    bubble : array, shape (Y,)
        Log odds of a fall within 60 sessions per unit of confidence.
    typical : array, shape (Y, 3)
        Means of the trend terms over the training looks.
    means : dict of str to array, shape (Y, 5)
        Asset class -> mean of the log volatilities over its training looks.
    widths : dict of int to float
        Horizon -> half width of the 80% interval, in log odds.
    own : float
        Sessions that the model's average weighs against what happened in the series, in *usual*.
    """

    version: str
    panel: str
    trained_until: str
    since: NDArray[np.int64]
    coefficients: NDArray[np.float64]
    classes: dict[str, NDArray[np.float64]]
    bubble: NDArray[np.float64]
    typical: NDArray[np.float64]
    means: dict[str, NDArray[np.float64]]
    widths: dict[int, float]
    own: float

    def on(self, years: NDArray[np.int64] | None, asset_class: str | None, n: int = 1) -> Surface:
        """Return the last model trained before each date, a row a date.

        Parameters
        ----------
        years : array of int, shape (n,) or None
            Calendar years of the dates; None (closes without dates) takes the newest model throughout.
        asset_class : str or None
        n : int
            Rows where there are no years.
        """
        if years is None:
            places = np.full(n, len(self.since) - 1)
        else:
            places = np.maximum(np.searchsorted(self.since, years, side="right") - 1, 0)
        means = self.means.get(asset_class or UNCLASSIFIED, self.means[UNCLASSIFIED])
        coefficients = self.coefficients[places]
        own = self.classes.get(asset_class or UNCLASSIFIED, self.classes[UNCLASSIFIED])
        coefficients[:, OWN] += own[places]
        return Surface(coefficients, self.bubble[places], self.typical[places], means[places])


@lru_cache(maxsize=1)
def shipped() -> Models:
    """Return the models of this version of the package."""
    return parse((files("scanners.risk") / "coefficients.json").read_text("utf-8"))


def years_of(dates: pd.Index, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return the calendar years of some dates, None for an index without any."""
    if not isinstance(dates, pd.DatetimeIndex):
        return None
    if dates.tz is not None:
        return dates[rows].year.to_numpy().astype(np.int64)
    return dates.to_numpy()[rows].astype("datetime64[Y]").astype(np.int64) + 1970


def parse(text: str) -> Models:
    """Return the models in a JSON text as `scripts/risk_fit.py` writes it.

    Raises
    ------
    ValueError
        If its coefficients are not those of this version's surface.
    """
    found = json.loads(text)
    if tuple(found["names"]) != NAMES:
        raise ValueError(f"names must be {', '.join(NAMES)}, got {', '.join(found['names'])}")
    if tuple(found["own_names"]) != OWN_NAMES:
        raise ValueError(f"own_names must be {', '.join(OWN_NAMES)}, got {', '.join(found['own_names'])}")
    models = found["models"]
    return Models(
        version=found["version"],
        panel=found["panel"],
        trained_until=found["trained_until"],
        since=np.array([one["since"] for one in models]),
        coefficients=np.array([one["coefficients"] for one in models]),
        classes={
            name: np.array([one["classes"].get(name, one["classes"][UNCLASSIFIED]) for one in models])
            for name in models[-1]["classes"]
        },
        bubble=np.array([one["bubble"] for one in models]),
        typical=np.array([one["typical"] for one in models]),
        means={name: np.array([one["means"][name] for one in models]) for name in models[0]["means"]},
        widths={int(horizon): width for horizon, width in found["widths"].items()},
        own=found["own"],
    )
