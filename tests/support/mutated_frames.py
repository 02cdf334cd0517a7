"""Tables in memory (pandas, polars) of invented closes in many forms, broken at random, and what they say.

`frame_of` knows which column it means and which dates, which `lppl.core.frames.unpack` has to find out.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

DATES = ("date", "Date", "DATE", "datetime", "Timestamp")
KINDS = ("stamps", "zoned", "days", "text", "numbers", "periods")
LAYOUTS = (
    ("Close",),
    ("px",),
    ("Open", "High", "Low", "Close", "Volume"),
    ("open", "close", "adj_close"),
    ("Adj Close", "Close", "Volume"),
    ("CLOSE", "Adjusted Close"),
    ("open", "price"),
    ("close", "Close"),
    ("Close", "Close"),
)
MEANT = {
    ("Close",): "Close", ("px",): "px", LAYOUTS[2]: "Close", LAYOUTS[3]: "adj_close", LAYOUTS[4]: "Adj Close",
    LAYOUTS[5]: "Adjusted Close",
}  # fmt: skip


@dataclass
class Held:
    """A table, and what it says: closes and dates (None where it has none), or that it must be refused."""

    frame: Any
    closes: list[float]
    dates: list[date] | None
    refused: bool
    story: list[str] = field(default_factory=list)


def frame_of(seed: int, polars: Any = None) -> Held:
    """Return a table of 5 to 30 bars, broken in one place or none; of polars in some if that is given."""
    rng = random.Random(seed)
    n = rng.randint(5, 30)
    days = [date(2001, 1, 1) + timedelta(days=k) for k in sorted(rng.sample(range(900), n))]
    closes = [round(100 * rng.uniform(0.5, 2), 3) for _ in range(n)]
    layout, kind, broken = rng.choice(LAYOUTS), rng.choice(KINDS), rng.randrange(10)
    of_polars = polars is not None and rng.random() < 0.4
    where = "column" if of_polars else rng.choice(("index", "column", "rows left out", "none"))
    story = [str(layout), kind, where, f"broken {broken}", "polars" * of_polars]
    labels, values = _broken(rng, broken, days, closes)
    table = {k: _column(name, layout, values, rng) for k, name in enumerate(layout)}
    refused = MEANT.get(layout) is None or not _sound(values)
    dates: list[date] | None = labels
    if where == "none":
        dates = None
    elif None in labels and (kind, where) == ("numbers", "index"):
        dates = None  # with a number missing they are no days any more, and count positions
    elif None in labels or any(b <= a for a, b in pairwise(labels)):
        refused = True
    names, columns = list(layout), list(table.values())
    order = list(range(len(names)))
    rng.shuffle(order)
    names, columns = [names[k] for k in order], [columns[k] for k in order]
    if of_polars and len(set(names)) < len(names):
        return frame_of(seed + 1, polars)  # which polars itself refuses
    made = _held(names, columns, where, _as(kind, labels), rng, polars if of_polars else None)
    return Held(made, values, dates, refused, story)


def _broken(
    rng: random.Random, broken: int, days: list[date], closes: list[Any]
) -> tuple[list[Any], list[Any]]:
    labels, values, k = list(days), list(closes), rng.randrange(1, len(days))
    if broken == 0:
        labels[k] = None
    elif broken == 1:
        labels[k] = labels[k - 1]
    elif broken == 2:
        labels.reverse()
    elif broken == 3:
        values[k] = rng.choice((float("nan"), None, float("inf"), 0.0, -1.0))
    elif broken == 4:
        labels[k], labels[k - 1] = labels[k - 1], labels[k]
    return labels, values


def _sound(values: list[Any]) -> bool:
    return all(value is not None and np.isfinite(value) and value > 0 for value in values)


def _column(name: str, layout: tuple[str, ...], values: list[Any], rng: random.Random) -> list[Any]:
    return values if name == MEANT.get(layout) else [rng.uniform(500, 900) for _ in values]


def _as(kind: str, labels: list[Any]) -> Any:
    stamps = pd.DatetimeIndex([pd.NaT if day is None else pd.Timestamp(day) for day in labels])
    if kind == "stamps":
        return stamps
    if kind == "zoned":
        return stamps.tz_localize("Asia/Tokyo")
    if kind == "periods":
        return stamps.to_period("D")
    if kind == "days":
        return pd.Index(labels, dtype=object)
    if kind == "text":
        return pd.Index([None if day is None else day.isoformat() for day in labels], dtype=object)
    return pd.Index([None if day is None else int(f"{day:%Y%m%d}") for day in labels])


def _held(
    names: list[str], columns: list[Any], where: str, labels: Any, rng: random.Random, polars: Any
) -> Any:
    named = rng.choice(DATES)
    if polars is not None:
        texts = labels.astype(str) if isinstance(labels, pd.PeriodIndex) else labels
        plain = [None if label is None or label is pd.NaT or label == "NaT" else label for label in texts]
        plain = [int(label) if isinstance(label, float) else label for label in _nulls(plain)]
        data = {named: polars.Series(plain, strict=False)}
        return polars.DataFrame(data | dict(zip(names, columns, strict=True)))
    frame = pd.DataFrame(dict(enumerate(columns))).set_axis(names, axis=1)
    if where == "index":
        return frame.set_axis(labels, axis=0)
    if where == "none":
        return frame
    frame.insert(rng.randrange(len(names) + 1), named, labels)
    if where == "rows left out":  # the index no longer counts from 0
        other = frame.iloc[:1].copy()
        frame = pd.concat([other, frame, other], ignore_index=True).iloc[1:-1]
        frame = frame.set_axis(pd.Index(frame.index.to_list()), axis=0)
    return frame


def _nulls(cells: list[Any]) -> list[Any]:
    return [None if isinstance(cell, float) and np.isnan(cell) else cell for cell in cells]
