"""Rows of the demo as ``tests/golden/demo_rows.json`` keeps them; as a script it writes that file anew.

After a change on purpose: ``PYTHONPATH=. python tests/support/demo_rows.py``. The commit says why.
"""

import json
from pathlib import Path

from scanners.config import watchlist
from scanners.config.policy import Policy
from scanners.prices.selection import select
from scanners.scan.scanning import scan

GOLDEN = Path(__file__).parents[1] / "golden" / "demo_rows.json"
DATES = ("2000-03-10", "2008-07-03", "2011-08-22")  # of the README


def demo_rows(as_of):
    """Return the rows of the demo at a date as nested plain values: the preset ``daily``, 7 null paths."""
    series = select(watchlist.load("demo"), None, as_of=as_of)
    found = scan(series, as_of, policy=Policy(null_paths=7), preset="daily", jobs=1)
    return json.loads(json.dumps([row.to_dict() for row in found]))


if __name__ == "__main__":
    text = json.dumps({date: demo_rows(date) for date in DATES}, indent=1, ensure_ascii=False)
    GOLDEN.write_text(text + "\n", "utf-8")
