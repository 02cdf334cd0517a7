"""The application in a notebook: what a scan says, in tables, pictures and cards that keep to themselves."""

import re
import subprocess
import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import scanners
from lppl import datasets
from scanners.scan.given_prices import class_of, closes_of

TOP = "2000-03-10"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def nasdaq():
    return datasets.load("nasdaq")["1997-09-01":]


@pytest.fixture(scope="module")
def found(site, nasdaq):
    return scanners.look(
        nasdaq, name="nasdaq", asset_class="equity_index", as_of=TOP, preset=site.asked.preset
    )


@pytest.fixture(scope="module")
def many(site, nasdaq):
    hostile = {
        SCRIPT: nasdaq["1999-06-01":],
        "short": [1.0, 2.0],
        "negative": pd.Series([-1.0, 1.0], nasdaq.index[:2]),
    }
    return scanners.scan(
        {"nasdaq": nasdaq, **hostile},
        asset_class={"nasdaq": "equity_index"},
        as_of=TOP,
        preset=site.asked.preset,
        jobs=1,
    )


def test_a_look_says_what_a_run_says(site, found):
    (row,) = (row for row in site.rows if row.name == "nasdaq")
    assert found.verdict == row.verdict and found.row.trail == row.trail
    assert found.row.evidence == row.evidence and found.level == "critical"
    assert found.row.bubble.consensus_3day == row.bubble.consensus_3day
    assert found.row.bubble.critical_time == row.bubble.critical_time
    assert found.chances["chance"].tolist() == [cell.chance for cell in row.evidence.falls.cells]
    assert found.fit.n == int(found.windows.query("qualifies")["length"].max())


def test_many_are_a_table_with_a_row_for_what_failed(site, found, many):
    assert many["nasdaq"].verdict == found.verdict and many["nasdaq"].trail == found.row.trail
    table = many.to_frame()
    assert table.index.tolist() == list(many) == ["nasdaq", SCRIPT, "short", "negative"]
    assert table.loc["nasdaq", "level"] == "critical" and table.loc["short", "status"] == "failed"
    assert table.loc["negative", "status"] == "unfit_for_log"
    same = found.to_frame()
    assert same.columns.tolist() == table.columns.tolist() and same.index.tolist() == ["nasdaq"]
    assert many.summary.startswith("One bubble: nasdaq (critical")


def test_history_ends_where_the_verdict_is(found, nasdaq):
    last = found.history.loc[TOP]
    assert last["up"] == pytest.approx(found.row.bubble.consensus, rel=1e-9)
    assert last["level"] == found.level and last["close"] == nasdaq[TOP]
    one = found.chances.query("size == '10' and horizon == 60").iloc[0]
    assert (last["chance"], last["usual"]) == (one["chance"], one["usual"])
    assert found.history.index.is_monotonic_increasing and found.history.index[-1] == pd.Timestamp(TOP)
    figure = found.plot()
    assert isinstance(figure, Figure) and len(figure.axes) == 3


def test_cards_hold_their_style_and_no_script(found, many):
    for shown in (found._repr_html_(), many._repr_html_()):
        style = re.search(r"<style>(.*?)</style>", shown, flags=re.DOTALL)[1]
        outside = re.sub(r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "{}", style)
        rules = [rule.strip() for rule in outside.split("{}") if rule.strip()]
        assert len(rules) == 3 and all(".lppl-card" in part for rule in rules for part in rule.split(","))
        assert "<script" not in shown and "prefers-color-scheme: dark" in style and "@import" not in style
        assert "jp-theme-light" in rules[1] and "vscode-dark" in rules[2]
        assert "Critical for" in shown and "Chances in 100" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in many._repr_html_()
    assert repr(found).startswith("Look('nasdaq'): Critical for") and "Scan of 4 series" in repr(many)


def test_too_short_a_series_says_so(nasdaq):
    found = scanners.look(nasdaq.iloc[:40], name="young")
    assert found.level is None and found.verdict.status == "insufficient_data"
    assert found.history.empty and found.windows.empty and "insufficient data" in found._repr_html_()
    with pytest.raises(ValueError, match="must allow nested windows, got 40 closes"):
        found.plot()


def test_prices_of_many_kinds(nasdaq):
    few = nasdaq.iloc[:30]
    for given in (few, few.to_frame("close"), few.to_frame("x"), pd.DataFrame({"Close": few, "volume": 1.0})):
        assert closes_of(given).tolist() == few.tolist() and closes_of(given).index.equals(few.index)
    bare = closes_of(few.to_numpy())
    assert bare.tolist() == few.tolist() and bare.index[-1] <= pd.Timestamp.today()
    assert closes_of(pd.Series([1.0, 2.0], ["2020-01-02", "2020-01-03"])).index[1] == pd.Timestamp(
        "2020-01-03"
    )
    for wrong, why in (
        (np.ones((3, 2)), "one-dimensional"),
        ([], "must not be empty"),
        ("nasdaq", "prices must be numbers, got 'nasdaq'"),
        (few.astype(str) + " USD", "prices must be numbers, got"),
        (pd.DataFrame({"a": few, "b": few}), "must have one column"),
    ):
        with pytest.raises(ValueError, match=why):
            scanners.look(wrong)
    assert class_of(None) == "unclassified"
    with pytest.raises(ValueError, match="asset_class must be one of"):
        scanners.look(few, asset_class="gold")


def test_the_name_of_a_room_can_be_called_whichever_comes_first():
    code = """import sys, scanners
import scanners.scan
assert type(scanners.scan).__name__ == "_CallableRoom" and callable(scanners.scan)
assert dir(scanners) == ["Look", "Scan", "look", "scan"]
assert not {"numpy", "pandas", "jinja2", "matplotlib"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
    assert isinstance(scanners.scan, ModuleType) and scanners.scan.plan.plan_of
    with pytest.raises(ValueError, match="at least one series"):
        scanners.scan({})
