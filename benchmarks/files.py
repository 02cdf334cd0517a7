"""Reading a folder of price files as a scan does: ``python benchmarks/files.py [--full]``.

The full size is 5,000 files of 2,500 rows. ``cpu`` is the process' own time, which waits for nobody; a scan
reads in one process, while its workers compute.
"""

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from scanners.prices.files import opened
from scanners.prices.selection import choose, select
from scanners.scan.scanning import read

ROWS = 2500
AS_OF = "2026-01-01"
DAYS = pd.bdate_range("2015-01-01", periods=ROWS)


def closes_alone(day, close):
    return f"{day:%Y-%m-%d},{close:.4f}"


def all_columns(day, close):
    return f"{day:%Y-%m-%d},{close:.4f},{close * 1.01:.4f},{close * 0.99:.4f},{close:.4f},{int(close * 1e4)}"


def german(day, close):
    return f"{day:%d.%m.%Y};{close:.4f}".replace(".", ",").replace(",", ".", 2)


SHAPES = {
    "date, close": ("date,close", closes_alone),
    "date, open to volume": ("Date,Open,High,Low,Close,Volume", all_columns),
    "day first, decimal commas": ("Datum;Schlusskurs", german),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="5,000 files of each kind (0.7 GB)")
    parser.add_argument("--files", type=int, default=200)
    arguments = parser.parse_args()
    count = 5000 if arguments.full else arguments.files
    print(f"{count} files of {ROWS} rows\n\n| what | wall | cpu | cpu for 5,000 |\n|---|---|---|---|")
    for name, (header, line) in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), count, header, line)
            row(name, count, partial(read_all, Path(folder)))
            with patch.object(opened, "_divided", lambda text, delimiter: None):
                row(f"{name}, divided the careful way", count, partial(read_all, Path(folder)))


def write(folder, count, header, line):
    rng = np.random.default_rng(0)
    for number in range(count):
        prices = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, ROWS)))
        lines = (line(day, close) for day, close in zip(DAYS, prices, strict=True))
        (folder / f"s{number:04}.csv").write_text("\n".join([header, *lines, ""]))


def read_all(folder):
    series = select(choose(None, folder), folder, as_of=AS_OF)
    problems = [task.problem for task in (read(item, AS_OF) for item in series) if task.problem]
    if problems:
        raise RuntimeError(f"{len(problems)} files were refused: {problems[0]}")


def row(what, count, work):
    opened._kept.cache_clear()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"| {what} | {wall:.2f} s | {cpu:.2f} s | {cpu * 5000 / count:.1f} s |")


if __name__ == "__main__":
    main()
