"""Tables of the documentation, the scripts behind them, and whether a few new draws may agree with them."""

import importlib.util
import sys
from pathlib import Path

from scipy.stats import fisher_exact

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"


def load(name):
    """Return a script as a module."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        spec = importlib.util.spec_from_file_location(f"tables_{name}", SCRIPTS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(SCRIPTS))
    return module


MAKER = load("docs_tables")


def between(name):
    """Return the lines of a table as its page has them."""
    page = (ROOT / "docs" / MAKER.TABLES[name].page).read_text("utf-8")
    return page.partition(f"<!-- table {name} -->")[2].partition(MAKER.END)[0].strip().splitlines()


def cells(name, *first, table=""):
    """Return what the rows that begin with these cells say by column, in tables that begin with ``table``."""
    head, found = None, {}
    for line in between(name):
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            head = None
        elif head is None:
            head = row
        elif tuple(row[: len(first)]) == first and head[0].startswith(table):
            found |= dict(zip(head, row, strict=True))
    if not found:
        raise LookupError(f"table {name} has no row {first}")
    return found


def agree(hits, draws, share, paths):
    """Whether hits in new draws and a documented share may be of one rate (Fisher's test at .002)."""
    counted = round(share * paths)
    return fisher_exact([[hits, draws - hits], [counted, paths - counted]]).pvalue >= 0.002
