"""How the start of a bubble depends on windows and box, at three published dates: a table.

    python scripts/bubble_starts.py [--prices ../shared/prices]

Starts of Demos & Sornette (2017). Prices lie beside the project. Half a minute on one core.
"""

import argparse
from pathlib import Path

import pandas as pd

import lppl

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "prices"
# Series, last day, published start.
CASES = (
    ("S&P 500", "sp500", "2007-06-01", "2003-09-05"),
    ("S&P 500", "sp500", "2000-01-01", "1998-11-06"),
    ("SSEC", "shanghai", "2007-05-01", "2005-05-07"),
)
NARROW = lppl.SearchSpace(m=(0.1, 0.9), omega=(6, 13), horizon_fraction=(0, 0.2))
SETTINGS = {
    "750, default box": (750, None),
    "750, narrow": (750, NARROW),
    "1600, default box": (1600, None),
    "1600, narrow": (1600, NARROW),
}


def start(prices, file, end, published, longest, space):
    """Return the start found, its sessions after the published one, and whether the longest window has it."""
    close = pd.read_csv(prices / f"{file}.csv", index_col="date", parse_dates=["date"])["close"]
    found = lppl.bubble_start(close, end=end, lengths=range(30, longest + 1, 5), space=space)
    after = close.index.searchsorted(found.t1_date) - close.index.searchsorted(pd.Timestamp(published))
    seen = close.index.searchsorted(pd.Timestamp(end), side="right")
    return found.t1_date, int(after), seen - close.index.searchsorted(found.t1_date) == longest


def cell(first, after, edge):
    return f"{first:%Y-%m-%d} ({after:+d}{', longest window' if edge else ''})"


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prices", type=Path, default=BESIDE)
    options = parser.parse_args()
    print(f"| series, t2 | published t1 | {' | '.join(SETTINGS)} |\n" + "|---" * (2 + len(SETTINGS)) + "|")
    for title, file, end, published in CASES:
        found = [start(options.prices, file, end, published, *setting) for setting in SETTINGS.values()]
        print(f"| {title}, {end} | {published} | {' | '.join(cell(*one) for one in found)} |", flush=True)


if __name__ == "__main__":
    main()
