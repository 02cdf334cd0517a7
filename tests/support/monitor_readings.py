"""Monitors read on invented series."""

import msgspec
import numpy as np
import pandas as pd
from given_shelf import Given

from scanners.systems.reading import Outcome
from scanners.systems.registry import KINDS

AS_OF = "2019-12-31"
DAYS = pd.bdate_range("2008-01-01", AS_OF)
MONTHS = pd.date_range("1989-01-01", "2019-11-01", freq="MS")


def described(name, values):
    """Rates, the VIX and ratios are levels, the last monthly; all else is a daily price."""
    kind = "level" if name.startswith(("rate", "vix", "ratio")) else "price"
    return kind, "monthly" if name.startswith("ratio") else "daily"


def given(**series):
    return Given(AS_OF, described, **series)


def read(kind, inputs, options=None, **series):
    fields = KINDS[kind].options.__struct_fields__
    few = {"draws": 199 if kind == "debt" else 49} if "draws" in fields else {}
    found = KINDS[kind].function()(
        given(**series),
        inputs,
        msgspec.convert({**few, **(options or {})}, KINDS[kind].options),
    )
    assert isinstance(found, Outcome)
    return found


def walk(seed, size=0.01, index=DAYS, drift=0.0):
    steps = np.random.default_rng(seed).standard_normal(len(index))
    return pd.Series(np.cumsum(drift + size * steps), index)


def price(seed, size=0.01):
    return 100 * np.exp(walk(seed, size))


def drawn(outcome):
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    outcome.draw(ax)
    return ax
