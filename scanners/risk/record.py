"""Measured skill of each cell, as it ships: what such statements were worth, walking forward."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from scanners.risk.sizes import Size, label

ALL = "all"
COLUMNS = (
    "size",
    "horizon",
    "measured_on",
    "looks",
    "base",
    "skill",
    "skill_low",
    "skill_high",
    "area_within",
)


@lru_cache(maxsize=1)
def measured() -> dict[str, Any]:
    """Return what ``scripts/risk_score.py`` measured; empty before the first measurement."""
    source = files("scanners.risk") / "record.json"
    return json.loads(source.read_text("utf-8")) if source.is_file() else {}


def record_of(asset_class: str | None, sizes: Sequence[Size], horizons: np.ndarray) -> pd.DataFrame:
    """Return the record of each cell on the series of the class, or on all where the class has none.

    Parameters
    ----------
    asset_class : str or None
    sizes : sequence
    horizons : array, shape (H,)

    Returns
    -------
    pandas.DataFrame
        A row a cell that was measured: ``base`` (how often it followed), ``skill`` (Brier skill over the base
        rate of the series as known then) with its 95% interval, ``area_within`` (area under ROC within
        series).
    """
    cells = measured().get("cells", {})
    rows = []
    for size in sizes:
        for horizon in horizons:
            name = f"{label(size)}_{int(horizon)}"
            for kind in (asset_class, ALL):
                found = cells.get(kind, {}).get(name)
                if found:
                    rows.append({"size": size, "horizon": int(horizon), "measured_on": kind, **found})
                    break
    return pd.DataFrame(rows, columns=[*COLUMNS])


@dataclass(frozen=True)
class CameTrue:
    """How often statements between two chances came true.

    ``looks`` of them said ``stated`` on average; ``came`` did, with its 95% interval ``least`` to ``most``.
    """

    low: float
    high: float
    looks: int
    stated: float
    came: float
    least: float
    most: float


def came_true(size: Size, horizon: int, chance: float) -> CameTrue | None:
    """Return how often statements like one came true, walking forward; None where it was not measured."""
    cells = measured().get("statements", {}).get(f"{label(size)}_{int(horizon)}", ())
    return next((CameTrue(*row) for row in cells if row[0] <= chance < row[1]), None)


def statement(size: Size, horizon: int, chance: float) -> str:
    """Return how often statements like one came true, in a sentence; empty where it was not measured."""
    found = came_true(size, horizon, chance)
    if found is None:
        return ""
    return (
        f"Statements between {found.low:.0%} and {found.high:.0%} ({found.looks} looks, {found.stated:.0%} "
        f"on average) came true in {found.came:.0%} [{found.least:.0%}, {found.most:.0%}]."
    )


def little_skill(asset_class: str | None) -> str:
    """Return a warning where the chances of a class showed no skill in most of its cells; else nothing."""
    cells = measured().get("cells", {}).get(asset_class, {})
    weak = sum(cell["skill_low"] <= 0.0 for cell in cells.values())
    return f"little skill was measured for {asset_class}" if cells and 2 * weak > len(cells) else ""
