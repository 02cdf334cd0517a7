"""Rows of a scan as tests need them: a series with a given C3, and one that failed."""

from dataclasses import replace
from datetime import datetime, timezone

from scanners.config.policy import Policy
from scanners.evidence.bubble import Bubble, CriticalTime
from scanners.evidence.falls import FallChance, Falls
from scanners.evidence.gathering import Data, Evidence
from scanners.evidence.momentum import Momentum
from scanners.scan.plan import plan_of
from scanners.verdict.appraisal import Refusal
from scanners.verdict.draft import Draft
from scanners.verdict.judgement import judge
from scanners.verdict.row import JudgedRow, RefusedRow

QUIET = Momentum(new_high=False, new_low=False, z250=0.3, acceleration=0.1, return_250=0.05, volatility=0.2)
DAY = datetime(2024, 1, 1, 6, tzinfo=timezone.utc)


STRETCHED = replace(QUIET, z250=2.5)


def row(name, up=0.0, down=0.0, moment=DAY, title=None, momentum=QUIET, falls=None):
    time = CriticalTime("2024-03-08", "2024-03-10", "2024-04-20", 40, 126, 0.75, 0.85)
    bubble = Bubble(
        preset="shanghai_2015",
        confidence={},
        attempted=126,
        failed=0,
        at_bound=60,
        consensus=up,
        consensus_negative=down,
        consensus_3day=up,
        consensus_3day_negative=down,
        windows_available=26,
        windows_total=26,
        critical_time=time,
        fit=None,
    )
    day = moment.date().isoformat()
    data = Data(1562, "1994-01-03", day, 5048.62, 0, 0, "ab" * 32)
    evidence = Evidence(day, data, bubble, momentum, falls=falls)
    return JudgedRow(name, title or name, "commodity", judge(evidence, Policy()), evidence)


def failed(name):
    return RefusedRow(name, name, "commodity", Refusal("failed", "no such file"))


def draft(row):
    """Return the draft of which a row was made."""
    found = row.verdict if row.evidence is None else row.evidence
    return Draft(row.name, row.title, row.asset_class, found, row.trust, row.spark)


def asked(moment=DAY, watchlist="core", configuration="c0ffee"):
    """Return the plan of a run of that day."""
    plan = plan_of(watchlist, moment.date().isoformat(), "shanghai_2015")
    return replace(plan, configuration=configuration, at=moment)


def falls(chance, usual, version="test"):
    """Chances of falls, the same for each size and horizon."""
    cells = tuple(
        FallChance(size, horizon, chance, usual, chance / 2, min(2 * chance, 1.0), 1.9, 0.8, 1.0, 1.02)
        for size in ("5", "10", "20", "30", "1.5s")
        for horizon in (20, 60, 120, 250)
    )
    return Falls("ok", "", version, cells)
