"""Chances through the past are what a scan of each date states, from the rows of a pass."""

import math
from dataclasses import fields

import pytest
from numpy.testing import assert_allclose

import lppl
from scanners.config.policy import Policy
from scanners.evidence.falls import FallChance
from scanners.past.evidence_history import evidence_history, positions
from scanners.past.pass_chances import with_chances
from scanners.risk import history
from scanners.risk.forecast_numbers import falls_of, falls_through_time
from scanners.verdict.assessment import with_falls

NUMBERS = [each.name for each in fields(FallChance) if each.name not in ("size", "horizon")]


def same(found, expected):
    assert (found.status, found.note, found.version) == (expected.status, expected.note, expected.version)
    assert (found.headline, found.told) == (expected.headline, expected.told)
    assert [(one.size, one.horizon) for one in found.cells] == [
        (one.size, one.horizon) for one in expected.cells
    ]
    for one, other in zip(found.cells, expected.cells, strict=True):
        for name in NUMBERS:
            assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, err_msg=name)


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq")


@pytest.mark.parametrize("asset_class", ["equity_index", "currency", None])
def test_each_date_is_stated_as_if_it_were_the_last(nasdaq, asset_class):
    at, shapes = [10, 70, 300, 900, 1200], [math.nan, math.nan, 0.0, 0.15, 0.3]
    found = falls_through_time(nasdaq, at, shapes, asset_class)
    assert found[0].status == "insufficient_data" and not found[0].cells
    for place, shape, falls in zip(at, shapes, found, strict=True):
        day = f"{nasdaq.index[place]:%Y-%m-%d}"
        same(falls, falls_of(nasdaq, day, shape, asset_class))


def test_what_comes_later_changes_nothing(nasdaq):
    at = [300, 900]
    whole = falls_through_time(nasdaq, at, [0.0, 0.2], "equity_index")
    rewritten = nasdaq.copy()
    rewritten.iloc[901:] = 1.0
    assert falls_through_time(rewritten, at, [0.0, 0.2], "equity_index") == whole


def test_rows_of_a_pass_carry_the_chances_of_a_scan(nasdaq):
    at = positions(nasdaq, "2000-03-08", "2000-03-10")
    rows = with_chances(nasdaq, list(evidence_history(nasdaq, at)), "equity_index", 20)
    shapes = nasdaq.iloc[[place for place, _ in rows]] * 0.0
    for place, row in rows:
        same(row.evidence.falls, with_falls(nasdaq, row.evidence, "equity_index", 20).falls)
        shapes[nasdaq.index[place]] = row.evidence.bubble.consensus_3day
    stated = history(nasdaq[: rows[-1][1].date], start=rows[0][1].date, confidence=shapes)
    verdicts = [row.verdict(Policy()) for _, row in rows]
    assert stated["risk"].tolist() == [verdict.risk for verdict in verdicts]
    assert stated["level"].tolist() == [verdict.level for verdict in verdicts]
