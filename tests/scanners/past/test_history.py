"""A pass over the past gives what a scan of each date gives, bit for bit, and is kept on disk faithfully."""

from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd
import pytest

import lppl
from scanners.config.policy import FIRST_STUDY, Policy
from scanners.core.sealed import seal, unseal
from scanners.evidence.gathering import gather
from scanners.past.evidence_cache import KnownRows
from scanners.past.evidence_history import evidence_history, positions
from scanners.verdict.judgement import judge


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq")[:"2000-03-31"]


@pytest.fixture(scope="module")
def at(nasdaq):
    return positions(nasdaq, "2000-03-06", "2000-03-15")


@pytest.fixture(scope="module")
def rows(nasdaq, at):
    return list(evidence_history(nasdaq, at, tested=[at[3]]))


def test_every_row_is_the_scan_of_its_date(nasdaq, at, rows):
    assert [place for place, _ in rows] == at.tolist()
    for place, row in rows:
        seen = nasdaq.iloc[: place + 1]
        evidence, _ = gather(seen, row.date, "daily", tested=place == at[3])
        assert row.evidence == evidence
        assert row.verdict(Policy()) == judge(evidence, Policy())
    assert [row.evidence.bifurcation is not None for _, row in rows].index(True) == 3
    assert len({row.verdict(Policy(**FIRST_STUDY)).level for _, row in rows}) > 1


@pytest.mark.ci
def test_another_preset_and_its_own_tests(nasdaq, at):
    for preset in ("shanghai_2015", "filimonov_sornette_2013"):
        ((place, row),) = evidence_history(nasdaq, at[4:5], preset=preset, tested=at[4:5])
        assert row.evidence == gather(nasdaq.iloc[: place + 1], row.date, preset)[0]


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.ci)])
def test_dates_apart_and_workers_change_nothing(nasdaq, at, rows, jobs):
    apart = list(evidence_history(nasdaq, at[[0, 4]], jobs=jobs))
    assert apart == [rows[0], rows[4]]


def test_short_history_and_closes_that_are_not_positive(nasdaq):
    broken = nasdaq.iloc[:140].copy()
    broken.iloc[130] = -1.0
    for place, row in evidence_history(broken, [0, 1, 124, 126, 129, 130, 135]):
        assert row.evidence == gather(broken.iloc[: place + 1], row.date, "daily")[0]
        status = "unfit_for_log" if place >= 130 else "insufficient_data"
        assert row.verdict(Policy()).status == status


def test_a_date_that_cannot_be_computed_says_why():
    still = pd.Series(10.0, pd.bdate_range("2000-01-03", periods=300))
    ((_, row),) = evidence_history(still, [299])
    assert row.evidence is None and "closes must vary" in row.problem
    assert row.verdict(Policy()).status == "failed"


def test_positions_do_not_hang_on_the_period(nasdaq):
    whole = positions(nasdaq, None, None, 5)
    part = positions(nasdaq, "1999-01-05", "1999-12-31", 5)
    assert set(part) < set(whole) and (np.diff(part) == 5).all()
    with pytest.raises(ValueError, match="no session to look at from 2001-01-01 to None, step 1: the series"):
        positions(nasdaq, "2001-01-01", None)
    with pytest.raises(ValueError, match="step must be at least 1, got 0"):
        positions(nasdaq, None, None, 0)


def kept(folder, prices, at, **options):
    history, computed = KnownRows(folder, "nasdaq", prices, "daily"), []
    rows = list(history.run(at, progress=lambda done, total: computed.append(done), **options))
    return history, rows, len(at) - computed[0]


def test_a_pass_goes_on_where_it_stopped(tmp_path, nasdaq, at, rows):
    assert kept(tmp_path, nasdaq, at[:5])[2] == 5
    history, again, computed = kept(tmp_path, nasdaq, at)
    assert computed == len(at) - 5 and not history.discarded
    plain = [(place, replace(row, evidence=replace(row.evidence, bifurcation=None))) for place, row in rows]
    assert again == plain
    _, tested, computed = kept(tmp_path, nasdaq, at, tested=[at[3]])
    assert tested == rows and computed == 1
    assert kept(tmp_path, nasdaq, at)[1] == plain  # known tests are not shown where they were not asked for


def test_a_revised_close_is_noticed(tmp_path, nasdaq, at):
    kept(tmp_path, nasdaq, at)
    revised = nasdaq.copy()
    revised.iloc[at[3]] += 0.01
    history, rows, computed = kept(tmp_path, revised, at)
    assert computed == len(at) - 3 and not history.discarded
    assert rows == list(evidence_history(revised, at))


def test_rows_of_other_code_are_left_aside(tmp_path, nasdaq, at):
    history, _, _ = kept(tmp_path, nasdaq, at[:2])
    written = history.path.read_bytes()
    content = msgspec.msgpack.decode(unseal(written))
    for _, row in content["rows"].values():
        row["evidence"]["bubble"]["consensus"] += 1e-15
    history.path.write_bytes(seal(msgspec.msgpack.encode(content)))
    history, rows, computed = kept(tmp_path, nasdaq, at[:2])
    assert computed == 2 and "made by other code" in history.discarded
    assert rows == list(evidence_history(nasdaq, at[:2]))
    for damaged in (b"\x00nonsense", written[:-9] + bytes([written[-9] ^ 1]) + written[-8:]):
        history.path.write_bytes(damaged)
        assert "cannot be read" in kept(tmp_path, nasdaq, at[:1])[0].discarded
