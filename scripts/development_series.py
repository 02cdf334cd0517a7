"""Every series of the development material: the panel and the prices beside this project."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from risk_panel import kind_of

from scanners.past.panel.null_panels import null_series

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
LAST = "2019-12-31"
NULLS = 33  # series of a panel without bubbles
LONG, GOLDEN = 2500, 0.6180339887498949  # closes of a series that may be one of them, and how they are spread
# Name, class, first and last year that count: yields and the VIX are no prices, usdcny was pegged, and where
# two series are one market each counts in its own years (as in development_panel.toml).
PRICES = {
    "dow_jones": ("equity_index", "1885-01-01", "1930-12-31"),
    "sp500": ("equity_index", "1885-01-01", LAST),
    "nasdaq": ("equity_index", "1885-01-01", LAST),
    "kosdaq": ("equity_index", "1885-01-01", LAST),
    "shanghai": ("equity_index", "1885-01-01", LAST),
    "wti": ("commodity", "1885-01-01", LAST),
    "gold": ("commodity", "1885-01-01", LAST),
    "gold_lbma_pm": ("commodity", "1885-01-01", "2003-12-31"),
    "silver": ("commodity", "1885-01-01", LAST),
    "bitcoin": ("crypto", "1885-01-01", LAST),
    "dxy": ("currency", "1885-01-01", LAST),
    "usdjpy": ("currency", "1885-01-01", LAST),
    "eurusd": ("currency", "1885-01-01", LAST),
    "mxnjpy": ("currency", "1885-01-01", LAST),
}


@dataclass(frozen=True, eq=False)
class Series:
    """One series: its closes to the end of 2019, and the years in which it counts."""

    name: str
    kind: str
    closes: pd.Series
    since: str
    to: str

    @property
    def asset_class(self) -> str:
        """What the model of risk calls it."""
        return kind_of(self.name.split(".")[0], self.kind)


def closes(path):
    """Return the positive closes of a file up to the end of 2019."""
    table = pd.read_csv(path, usecols=["date", "close"], parse_dates=["date"])
    found = table.set_index("date")["close"].loc[:LAST]
    return found[found > 0]


def series():
    """Return every series, kinds alternating, so that what is done first is a fair sample."""
    listed = pd.read_csv(SHARED / "panel" / "SERIES.csv")
    found = [
        Series(name, *rest[:1], closes(SHARED / "prices" / f"{name}.csv"), *rest[1:])
        for name, rest in PRICES.items()
    ]
    order = listed.groupby("kind").cumcount() / listed.groupby("kind")["name"].transform("size")
    for row in listed.assign(order=order).sort_values(["order", "name"]).itertuples():
        found.append(
            Series(row.name, row.kind, closes(SHARED / "panel" / f"{row.name}.csv.gz"), "1885-01-01", LAST)
        )
    return found


def null_panel(kind, count, draw=0):
    """Return a panel in which nothing can be foreseen: paths of so many of the long series.

    They are spread over the list, and a smaller panel is the beginning of a larger one.
    """
    long = [one for one in series() if len(one.closes) >= LONG]
    order = np.argsort((np.arange(len(long)) * GOLDEN) % 1.0)
    chosen = [long[k] for k in np.argsort(order, kind="stable")[:count]]
    found = []
    for one in chosen:
        path = null_series(one.closes, one.name, kind, draw)
        if path is not None:
            found.append(replace(one, name=f"{one.name}.{kind}{draw}", closes=path))
    return found
