"""Panels in which nothing can be foreseen but volatility: what a table of skill shows there is no skill."""

import zlib

import pandas as pd

from lppl.indicators.null_models import null_paths

KINDS = {
    "block": "returns in shuffled blocks of 20 sessions on average",
    "garch": "GARCH(1,1) with Student-t errors, fitted to each series",
}
BLOCK = 20.0  # sessions


def null_series(closes: pd.Series, name: str, kind: str, draw: int = 0) -> pd.Series | None:
    """Return a path without bubbles on the dates of a series; None where no such path can be fitted.

    Parameters
    ----------
    closes : pandas.Series
        Positive closes; their log returns set drift, volatility and tails.
    name : str
        Of the series; decides the seed, so that one series does not change another.
    kind : {"block", "garch"}
    draw : int
        Number of the panel.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    seed = zlib.crc32(f"{name} {kind} {draw}".encode())
    try:
        path = null_paths(closes, kind, 1, seed, block=BLOCK)[0]
    except ValueError:  # a GARCH likelihood without a maximum
        return None
    return pd.Series(path, index=closes.index)
