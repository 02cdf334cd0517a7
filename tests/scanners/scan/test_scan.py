"""The scan: one row a series whatever happens, the same rows from one process or two."""

import json
import os
import signal
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from no_ink import no_ink

from lppl import datasets
from scanners.config.policy import Policy
from scanners.core import workers
from scanners.core.errors import CommandError
from scanners.core.workers import Workers
from scanners.evidence import series_fits
from scanners.scan.plan import plan_of
from scanners.scan.scanning import (
    Series,
    Task,
    drafts,
    read,
    scan,
    scan_chunk,
    scan_one,
)
from scanners.service.collection import Drawing, pages_of
from scanners.verdict.appraisal import Refusal
from scanners.verdict.draft import draft_of
from scanners.verdict.row import row_of
from scanners.verdict.whole_list import row_from

TOP = "2000-03-10"
FEW = Policy(null_paths=7)
PLAN = plan_of("", TOP, "shanghai_2015", FEW, "none")


def _broken():
    raise CommandError("gold.csv, line 7: close is missing")


def _constant():
    return pd.Series(7.0, index=pd.bdate_range("1996-01-01", TOP))


def _short():
    return datasets.load("nasdaq")["1999-01-01":]


SERIES = (
    Series("broken", "Broken", "commodity", _broken),
    Series("nasdaq", "Nasdaq Composite", "equity_index", lambda: datasets.load("nasdaq")),
    Series("constant", "Constant", "currency", _constant),
    Series("short", "Short", "equity_index", _short),
    Series("late", "Starts later", "equity_index", lambda: datasets.load("nasdaq")["2005":]),
)


@pytest.fixture(scope="module")
def rows():
    return list(scan(SERIES, TOP, policy=FEW, jobs=1))


@pytest.fixture(scope="module")
def found():
    return scan_chunk([read(item, TOP) for item in SERIES[:2]], PLAN)


def test_bad_series_are_rows_in_their_place(rows):
    assert [row.name for row in rows] == ["broken", "nasdaq", "constant", "short", "late"]
    assert [row.verdict.status for row in rows] == ["failed", "ok", "failed", "insufficient_data", "failed"]
    assert rows[0].verdict.reasons == ("gold.csv, line 7: close is missing",)
    assert "closes must vary" in rows[2].verdict.reasons[0]
    assert rows[4].verdict.reasons == (f"no prices up to {TOP}: the series starts 2005-01-03",)
    assert rows[0].evidence is None and rows[0].verdict.level is None


def test_a_real_top_stands_out(rows):
    verdict = rows[1].verdict
    assert verdict.level in ("warning", "critical")
    assert verdict.phase == "fomo"


def test_history_says_what_differs():
    lists = {
        "2011-08-22": ("gold", "fomo"),
        "1998-12-21": ("wti", "none"),
    }
    for as_of, (name, phase) in lists.items():
        (row,) = scan(
            [Series(name, name, "commodity", lambda name=name: datasets.load(name))],
            as_of,
            policy=FEW,
            jobs=1,
        )
        assert (row.verdict.status, row.verdict.phase) == ("ok", phase), as_of


@pytest.mark.ci
def test_workers_do_not_change_a_row(rows):
    assert list(scan(SERIES, TOP, policy=FEW, jobs=2)) == rows


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_changes_no_row(rows):
    many = [replace(item, name=f"{item.name}{number}") for number in range(4) for item in SERIES]
    batches = drafts((read(item, TOP) for item in many), PLAN, Workers(2), len(many))
    found = next(batches)
    os.kill(next(iter(workers._pools[2]._processes)), signal.SIGKILL)
    found += [row for batch in batches for row in batch]
    by_name = {row.name: row for row in found}
    assert len(found) == len(by_name) == 20
    assert [row_from(replace(by_name[item.name], name=item.name[:-1]), FEW) for item in many] == rows * 4


def test_no_price_after_the_date_reaches_a_row(rows):
    def poisoned():
        prices = datasets.load("nasdaq").copy()
        prices[prices.index > TOP] = np.nan
        return prices

    (row,) = scan([Series("nasdaq", "Nasdaq Composite", "equity_index", poisoned)], TOP, policy=FEW, jobs=1)
    assert row == rows[1]


def test_files_only_on_request_and_where_there_is_one(found, monkeypatch):
    no_ink(monkeypatch)
    assert [draft.files for draft in found] == [{}, {}]
    # With few sessions to look back on, a page is cheap.
    brief = replace(SERIES[1], read=lambda: datasets.load("nasdaq")["1997-09-01":])
    calm = Series("wti", "WTI", "commodity", lambda: datasets.load("wti")["1996-01-01":])
    pictures = {}
    for item, as_of, extent in (
        (SERIES[0], TOP, "all"),
        (brief, TOP, "raised"),
        (calm, "1998-12-21", "raised"),
    ):
        (draft,) = scan_chunk([read(item, as_of)], replace(PLAN, as_of=as_of), Drawing(extent))
        files = {name: content for name, content in draft.files.items() if name.endswith(".png")}
        assert all(content.startswith(b"\x89PNG") for content in files.values())
        pictures[item.name, extent] = list(files)
    assert pictures == {
        ("broken", "all"): [],
        ("nasdaq", "raised"): ["nasdaq.png", "phone/nasdaq.png"],
        ("wti", "raised"): [],
    }


def test_a_draft_survives_json_to_the_bit(found):
    for draft in found:
        assert draft_of(json.loads(json.dumps(draft.to_dict(), sort_keys=True))) == draft


def test_a_row_survives_json_to_the_bit(rows):
    for row in rows:
        document = json.loads(json.dumps(row.to_dict(), sort_keys=True))
        again = row_of(document, row.spark)
        assert again == row
        assert json.dumps(again.to_dict()) == json.dumps(row.to_dict())


def test_a_defect_costs_a_row_and_says_so(monkeypatch):
    def broken(*_, **__):
        raise TypeError("unsupported operand")

    monkeypatch.setattr("scanners.scan.scanning.gather", broken)
    (row,) = scan(SERIES[1:2], TOP, policy=FEW, jobs=1)
    assert row.verdict == Refusal("failed", "internal error: TypeError: unsupported operand")


@pytest.mark.parametrize(
    ("asked", "count", "drawn"),
    [("auto", 50, "all"), ("auto", 51, "raised"), ("none", 1, "none"), ("all", 5000, "all")],
)
def test_pages_by_the_length_of_the_list(asked, count, drawn):
    assert pages_of(asked, count) == drawn


def test_asset_class_selects_its_thresholds():
    policy = Policy(
        by_asset_class={
            "equity_index": {"warning": 0.9, "critical": 0.95, "z250": 99.0, "stretched": 0.0, "run_up": 0.0}
        }
    )
    (row,) = scan(SERIES[1:2], TOP, policy=policy, jobs=1)
    assert row.verdict.level == "calm"


@pytest.mark.parametrize(
    ("changed", "decides"),
    [
        ({"policy": Policy(critical=0.41)}, True),
        ({"policy": Policy(stale_after=6)}, True),
        ({"policy": Policy(explosive_p=0.02)}, True),
        ({"policy": Policy(by_asset_class={"crypto": {"critical": 0.5}})}, True),
        ({"policy": Policy(critical_by_chance=0.4, kept=0.15, lasting_sessions=20)}, False),
        ({"policy": Policy(null_paths=99, false_discovery=0.2)}, False),
        ({"policy": Policy(by_asset_class={"crypto": {"critical_by_chance": 0.5}})}, False),
        ({"preset": "daily"}, False),
    ],
)
def test_only_what_decides_a_verdict_makes_another_configuration(changed, decides):
    base = plan_of("core", TOP, "shanghai_2015")
    other = plan_of(**({"watchlist": "core", "as_of": TOP, "preset": "shanghai_2015"} | changed))
    assert (other.configuration != base.configuration) is decides
    assert other.shown != base.shown
    assert plan_of("core", TOP, "shanghai_2015", trust="none").shown == base.shown


CALM = "1998-10-08"


def test_series_of_a_chunk_share_passes_over_the_grid_and_stay_what_they_are_alone(monkeypatch):
    closes = datasets.load("nasdaq")[:CALM].iloc[-400:]
    plan = plan_of("chunk", CALM, "daily")

    def task(name, prices):
        days = prices.index.to_numpy().astype("datetime64[D]")
        return Task(name, name, "equity_index", days, prices.to_numpy())

    grown, other = task("grown", closes), task("other", datasets.load("gold")[:CALM].iloc[-255:])
    bad = task("bad", closes - 1e6)
    known = scan_one(task("before", closes.iloc[:-1]), plan).learnt
    passes, fit_together = [], series_fits.fit_together

    def counted(series, *how, **what):
        passes.append(len(series))
        return fit_together(series, *how, **what)

    monkeypatch.setattr(series_fits, "fit_together", counted)
    together = scan_chunk([replace(grown, remembered=known), bad, other], plan)
    assert passes[0] == 1 + 3
    del passes[:]
    alone = [scan_one(each, plan) for each in (grown, bad, other)]
    assert passes[:1] + passes[-1:] == [3, 3]
    assert together == alone and together[1].found.data.non_positive
