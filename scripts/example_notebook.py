"""Make docs/example.ipynb by running its cells in a kernel; ``--check`` runs them and compares instead.

A picture counts by being there, text by its words, and numbers to one part in a hundred.
"""

import argparse
import math
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

PAGE = Path(__file__).resolve().parents[1] / "docs" / "example.ipynb"
TOLERANCE = 0.01

CELLS = (
    """# A look at the Nasdaq on 10 March 2000

What the two libraries say of a series, with only what was known that day. Every result shows itself as a
small table; `.plot()` draws it.""",
    """%matplotlib inline
%config InlineBackend.print_figure_kwargs = {"dpi": 70}
import numpy as np

import earlywarning
import lppl

prices = lppl.datasets.load("nasdaq")[:"2000-03-10"]
f"{len(prices)} closes from {prices.index[0]:%Y-%m-%d} to {prices.index[-1]:%Y-%m-%d}\"""",
    """## One fit

The global minimum over a stated box. Look at the bounds and at the second minimum before you look at tc.""",
    "window = prices.iloc[-400:]\nfit = lppl.fit(window)\nfit",
    "fit.plot(window).figure",
    """## Many windows

Confidence is the share of windows whose fit passes a published filter.""",
    """daily = lppl.PRESETS["daily"]
windows = lppl.fit_windows(prices, lengths=daily.lengths, space=daily.space)
windows""",
    'lppl.confidence(windows, daily.filters["end_flag"])',
    'windows.plot(daily.filters["end_flag"]).figure',
    """## How rare is that without a bubble?

The same windows, fits and filters on paths made of the series' own returns in blocks.""",
    """paths = lppl.null_paths(prices.iloc[-750:], "block", 19, seed=1)
found = lppl.significance(prices, paths, preset="daily", n_jobs=2)
found""",
    """## The critical time

An interval that runs into the box is not identified: the box ends it, not the data.""",
    "time = lppl.critical_time(prices, lengths=[500, 400, 300])\ntime",
    "time.profiles[1].plot().figure",
    """## Early warnings

P-values come from surrogates that went through the same pipeline.
They describe a state and forecast nothing.""",
    """levels = np.log(prices.iloc[-750:])
trend = earlywarning.trend_test(levels, window=250, bandwidth=50, n=199)
trend""",
    "portrait = earlywarning.portrait(levels, n_null=199)\nportrait",
    "portrait.plot().figure",
    """test = earlywarning.bsadf(prices.iloc[-750:])
null = earlywarning.bootstrap_critical_values(test, replications=199)
episodes = earlywarning.explosive_episodes(test, null)
test.plot(critical=null, episodes=episodes).figure""",
    "episodes[-1]",
    """## What this does not say

Not when, how far, or whether prices will fall. A fifth to a half of high confidence is chance, and the
critical time has shown no timing skill: see [methods](methods.md).""",
)
PROSE = ("#",)  # what a cell of text begins with


def executed() -> nbformat.NotebookNode:
    """Return the notebook after running all its cells."""
    book = nbformat.v4.new_notebook()
    for k, source in enumerate(CELLS):
        make = nbformat.v4.new_markdown_cell if source.startswith(PROSE) else nbformat.v4.new_code_cell
        book.cells.append(make(source, id=f"cell-{k:02d}"))
    NotebookClient(book, timeout=300, kernel_name="python3", record_timing=False).execute()
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return book


def said(cell: nbformat.NotebookNode) -> tuple[list[str], list[float], int]:
    """Return words, numbers and count of pictures of a cell's outputs."""
    text, pictures = "", 0
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        pictures += "image/png" in data
        if "image/png" not in data:
            text += output.get("text", "") or data.get("text/html") or data.get("text/plain", "")
    plain = re.sub(r"<[^>]*>", " ", text)
    number = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
    return number.sub(" ", plain).split(), [float(each) for each in number.findall(plain)], pictures


def differences(stored: nbformat.NotebookNode, fresh: nbformat.NotebookNode) -> list[str]:
    """Return what differs between two runs, a line each."""
    if [cell.source for cell in stored.cells] != [cell.source for cell in fresh.cells]:
        return ["the cells are not those of scripts/example_notebook.py"]
    found = []
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        (words, numbers, pictures), (now, fresh_numbers, drawn) = said(old), said(new)
        close = len(numbers) == len(fresh_numbers) and all(
            math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-9)
            for a, b in zip(numbers, fresh_numbers, strict=True)
        )
        if (words, pictures) != (now, drawn) or not close:
            found.append(f"{old.source.splitlines()[-1]!r}: {numbers} {words} became {fresh_numbers} {now}")
    return found


def main() -> int:
    """Write the notebook, or say how the stored one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the stored one, write nothing")
    if not parser.parse_args().check:
        nbformat.write(executed(), PAGE)
        return 0
    found = differences(nbformat.read(PAGE, as_version=4), executed())
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
