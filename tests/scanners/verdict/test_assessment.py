"""From prices to a verdict: only what stands above calm is looked at longer, and nothing later is seen."""

import numpy as np
import pytest

from lppl import datasets
from scanners.config.policy import Policy
from scanners.evidence.gathering import gather
from scanners.verdict.appraisal import appraise
from scanners.verdict.assessment import look_longer
from scanners.verdict.judgement import judge

TOP = "2000-03-10"


def looked_at(prices, day, policy):
    """Return evidence and verdict."""
    evidence, workings = gather(prices, day, "daily")
    evidence = look_longer(prices, evidence, workings, policy, appraise(evidence, policy))
    return evidence, judge(evidence, policy)


@pytest.fixture(scope="module")
def nasdaq():
    return datasets.load("nasdaq")


@pytest.fixture(scope="module")
def top(nasdaq):
    return looked_at(nasdaq, TOP, Policy(null_paths=2))


def test_an_alarm_comes_with_its_days_and_its_chance(nasdaq, top):
    evidence, verdict = top
    assert verdict == judge(evidence, Policy(null_paths=2)) and verdict.level == "critical"
    assert evidence.persistence.C3[0] == evidence.bubble.consensus_3day
    assert evidence.chance.value == evidence.bubble.consensus_3day and evidence.chance.paths == 2
    assert evidence.chance.alarms is not None


def test_nothing_after_the_date_is_seen(nasdaq, top):
    rewritten = nasdaq.copy()
    rewritten[rewritten.index > TOP] = np.nan
    assert looked_at(rewritten, TOP, Policy(null_paths=2)) == top


def test_calm_and_unjudged_series_cost_nothing_more(nasdaq, monkeypatch):
    for name in ("persistence", "chance"):
        monkeypatch.setattr(f"scanners.verdict.assessment.{name}", None)
    for day in ("1998-10-08", "1995-03-01"):
        evidence, verdict = looked_at(nasdaq, day, Policy(null_paths=99))
        assert evidence == gather(nasdaq, day, "daily")[0] and verdict.level in (None, "calm")


def test_thresholds_decide_what_is_looked_at(nasdaq, monkeypatch):
    asked = []
    monkeypatch.setattr("scanners.verdict.assessment.chance", lambda *a, **given: asked.append(given))
    policy = Policy(null_paths=7, warning=0.9, critical=0.95, run_up=0.0)
    evidence, verdict = looked_at(nasdaq, TOP, policy)
    assert verdict.level == "watch" and evidence.persistence is None
    assert asked == [{"paths": 7, "whole": False, "critical": 0.95}]
    monkeypatch.setattr("scanners.verdict.assessment.persistence", lambda *a, **given: None)
    looked_at(nasdaq, TOP, Policy(null_paths=7))
    looked_at(nasdaq, TOP, Policy(null_paths=0))
    assert asked[1:] == [{"paths": 7, "whole": True, "critical": 0.3}]  # an alarm: all paths are drawn
