"""Real daily closes that come with the package, for examples, tests and a scan without a network."""

import gzip
from importlib.resources import files

import numpy as np
import pandas as pd

_NAMES = ("nasdaq", "sp500", "wti", "gold")


def names() -> tuple[str, ...]:
    """Return the names that `load` knows."""
    return _NAMES


def load(name: str) -> pd.Series:
    """Load one of the embedded series.

    Parameters
    ----------
    name : str
        ``"nasdaq"`` (Nasdaq Composite, 1994-2018), ``"sp500"`` (S&P 500, 1999-2018),
        ``"wti"`` (West Texas Intermediate, 1986-2019, US dollars a barrel) or
        ``"gold"`` (London PM fix, 1979-2020, US dollars an ounce).

    Returns
    -------
    pandas.Series
        Float64 closes named ``name`` on a strictly increasing `DatetimeIndex` named ``date``.

    Raises
    ------
    ValueError
        If no embedded series has this name.

    Notes
    -----
    Sources and licences are listed in the repository's ``data/README.md``.
    """
    if name not in _NAMES:
        raise ValueError(f"name must be one of {', '.join(_NAMES)}, got {name!r}")
    text = gzip.decompress(files(__name__).joinpath(f"{name}.csv.gz").read_bytes()).decode("ascii")
    # float() is exact on every pandas version; the default parser of read_csv is not.
    days, closes = zip(*(line.split(",") for line in text.splitlines()[1:]), strict=True)
    index = pd.DatetimeIndex(np.array(days, dtype="datetime64[ns]"), name="date")
    return pd.Series([float(close) for close in closes], index=index, name=name, dtype="float64")
