"""A folder of invented series with known feedback, for every series that a built-in system names."""

import numpy as np
import pandas as pd

from scanners.systems.sources import builtin

FIRST, LAST = "2004-01-01", "2019-12-31"


def write(folder, name, series):
    days = np.datetime_as_string(series.index.to_numpy(), unit="D").tolist()
    lines = [f"{day},{value!r}" for day, value in zip(days, series.tolist(), strict=True)]
    (folder / f"{name}.csv").write_text("\n".join(["date,value", *lines, ""]), "utf-8")


def make(folder, last=LAST):
    """Write one file a series; the same numbers whatever the last day."""
    days = {
        "daily": pd.bdate_range(FIRST, LAST),
        "monthly": pd.date_range("1984-01-01", LAST, freq="MS"),
        "quarterly": pd.date_range("1970-01-01", LAST, freq="QS"),
        "annual": pd.date_range("1900-12-31", LAST, freq="YE"),
    }
    jump = np.random.default_rng(0).standard_normal(len(days["daily"]))
    made = {}
    for number, source in enumerate(builtin().values()):
        rng = np.random.default_rng([1, number])
        index = days[source.frequency]
        noise = rng.standard_normal(len(index))
        if source.name == "vix":
            values = np.maximum(20 + _reverting(3 * jump, 0.9), 5.0)
        elif source.name in ("us10y_yield", "jgb10y_yield", "jgb30y_yield", "cgb30y_yield"):
            # Yields fall on jumps of fear, and may be negative.
            values = 0.5 + np.cumsum(0.03 * noise - (0.03 * jump if source.name == "us10y_yield" else 0.0))
        elif source.name == "h10_jpy":  # Yahoo's rates are these, a session late
            values = np.append(made["usdjpy"][1:], made["usdjpy"][-1] * 1.001)
        elif source.name == "usdjpy":
            spread = made["us10y_yield"] - made["jgb10y_yield"]
            values = 110 * np.exp(np.cumsum(0.004 * noise + 0.05 * np.diff(spread, prepend=spread[0])))
        elif source.kind == "price":
            values = 100 * np.exp(np.cumsum(0.01 * noise))
        elif source.name.endswith(("inflation", "balance", "balance_long", "balance_quarterly", "gap")):
            values = _reverting(noise, 0.8)
        else:
            size = {"rate": 3.0, "change": 3.0, "balance": 3.0, "share": 50.0}.get(source.unit, 100.0)
            values = size * np.exp(np.cumsum(0.01 * noise))
        made[source.name] = values
        series = pd.Series(values, index)
        file = source.symbols.get("csv", source.name)
        write(folder, source.name if ":" in file else file, series[:last])
    return folder


def _reverting(noise, rho):
    out = np.empty(len(noise))
    level = 0.0
    for t, shock in enumerate(noise):
        level = rho * level + shock
        out[t] = level
    return out
