"""One small run with hostile names, shared by the tests of pages."""

import os
import pickle
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from lppl import datasets
from scanners.core.errors import CommandError
from scanners.evidence import trust
from scanners.prices.series import Series
from scanners.report import past
from scanners.report import series as drawing
from scanners.scan.plan import Plan, plan_of
from scanners.service.run import run
from scanners.verdict.row import Row

TOP = "2000-03-10"
SCRIPT = "<script>alert(1)</script>"
QUOTE = '"; onload=x'


def _missing():
    raise CommandError("=cmd|' /C calc'!A0: no such file & <b>bold</b>")


# Nasdaq has just enough history for a verdict: few sessions to look back on, so its page is cheap.
SERIES = (
    Series("nasdaq", "Nasdaq Composite", "equity_index", lambda: datasets.load("nasdaq")["1997-09-01":]),
    Series("wti", "30年国债期货", "commodity", lambda: datasets.load("wti")["1995-01-01":]),
    Series(SCRIPT, QUOTE, "equity_index", lambda: datasets.load("nasdaq")["1999-06-01":]),
    Series(QUOTE, SCRIPT, "commodity", lambda: datasets.load("gold")["1999-01-01":]),
    Series("=1+1", "@SUM(A1:A9)", "commodity", _missing),
)


@dataclass(frozen=True)
class Site:
    """A run with what was asked for and found."""

    asked: Plan
    rows: list[Row]
    folder: Path


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Site:
    """The run, made by whichever process of the tests asks first."""
    place = tmp_path_factory.getbasetemp()
    place = place.parent if "PYTEST_XDIST_WORKER" in os.environ else place
    kept = place / "site.pickle"
    with FileLock(place / "site.lock"):
        if not kept.is_file():
            kept.write_bytes(pickle.dumps(_made(place / "site")))
        return pickle.loads(kept.read_bytes())


def _made(output: Path) -> Site:
    asked = plan_of("test", TOP, "shanghai_2015")
    with pytest.MonkeyPatch.context() as patch:  # few refits, a short look back: pages show what they gave
        patch.setattr(trust, "RESAMPLES", 8)
        patch.setattr(drawing, "NULLS", 9)
        patch.setattr(past, "YEAR", 40)
        outcome = run(asked, SERIES, output, jobs=1)
    return Site(asked, list(outcome.rows), outcome.folder)
