"""The record of chances: the first statement counts for good, outcomes are those of a plain loop."""

import json
import sqlite3
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scan_rows import falls, row

from scanners.cli.terminal import record_tables
from scanners.past.track.command import of_statements
from scanners.past.track.page import render
from scanners.past.track.scored import ALL, score
from scanners.past.track.statements import recorded, restated, with_outcomes
from scanners.risk import fall_risk
from scanners.service.commit import statements_of
from scanners.store import Store
from scanners.store.check import find_damage
from scanners.store.statements import Statement

DAYS = pd.bdate_range("2019-01-01", periods=900)
MORNING = timedelta(days=1, hours=6)


@pytest.fixture(scope="module")
def prices():
    rng = np.random.default_rng(3)
    return pd.Series(100 * np.exp(np.cumsum(rng.standard_t(4, len(DAYS)) * 0.009)), index=DAYS, name="walk")


def stated(name, at, chance=0.2, usual=0.1, version="one", risk="high"):
    day = DAYS[at].to_pydatetime().replace(tzinfo=timezone.utc)
    body = {"asset_class": "commodity", "level": "calm", "risk": risk, "version": version}
    cells = [
        {"size": size, "horizon": horizon, "chance": chance, "usual": usual}
        for size in ("10", "20", "1.5s")
        for horizon in (20, 60)
    ]
    return Statement(name, day.date(), day + MORNING, body | {"cells": cells})


def came(prices, at, size, horizon):
    """Return whether the fall came, the slow way; None while that is open."""
    y = np.log(prices.to_numpy())
    if at + horizon >= len(y):
        return None
    loss = -np.log(1 - float(size) / 100)
    return any(y[at] - y[later] >= loss for later in range(at + 1, at + horizon + 1))


def test_outcomes_are_those_of_a_plain_loop(prices):
    places = [100, 333, 700, 850, 899]
    table, late = recorded([stated("walk", at) for at in places])
    found = with_outcomes(table, {"walk": prices})
    assert late == 0 and len(found) == len(places) * 6
    for one in found[found["size"] != "1.5s"].to_dict("records"):
        at = DAYS.get_loc(pd.Timestamp(one["session"]))
        expected = came(prices, at, one["size"], one["horizon"])
        assert np.isnan(one["followed"]) if expected is None else one["followed"] == expected
    own = found[(found["size"] == "1.5s") & (found["horizon"] == 20)]
    for one in own[own["followed"].notna()].to_dict("records"):
        at = DAYS.get_loc(pd.Timestamp(one["session"]))
        y = np.log(prices.to_numpy())
        deviations = 1.5 * np.diff(y[max(at - 250, 0) : at + 1]).std(ddof=1) * np.sqrt(20)
        assert one["followed"] == (y[at] - y[at + 1 : at + 21].min() >= deviations)


def test_what_is_not_known_is_not_scored(prices):
    table, _ = recorded([stated("walk", 880), stated("gone", 100)])
    assert with_outcomes(table, {"walk": prices})["followed"].isna().all()


def test_scores_add_up(prices):
    rng = np.random.default_rng(0)
    statements = [
        stated("walk", at, chance=float(rng.uniform(0.01, 0.6)), version="one" if at < 500 else "two")
        for at in range(70, 900, 7)
    ]
    found, table = of_statements(statements, {"walk": prices})
    one = next(each for each in found.scores if (each.size, each.horizon, each.version) == ("10", 60, ALL))
    due = table[(table["size"] == "10") & (table["horizon"] == 60) & table["followed"].notna()]
    assert one.stated == len(statements) and one.due == len(due) == sum(band.count for band in one.bands)
    assert_allclose(one.brier, np.mean((due["chance"] - due["followed"]) ** 2), rtol=1e-12)
    assert_allclose(one.skill.value, 1 - one.brier / one.brier_usual, rtol=1e-9)
    assert_allclose(sum(band.count * band.came for band in one.bands), due["followed"].sum(), rtol=1e-9)
    by_version = [
        each for each in found.scores if (each.size, each.horizon) == ("10", 60) and each.version != ALL
    ]
    assert [each.version for each in by_version] == ["one", "two"]
    assert sum(each.due for each in by_version) == one.due


def test_an_alarm_is_the_session_at_which_a_risk_begins(prices):
    risks = ["usual", "raised", "high", "high", "raised", "usual", "high"]
    statements = [stated("walk", 100 + 7 * k, risk=risk) for k, risk in enumerate(risks)]
    found, _ = of_statements(statements, {"walk": prices})
    assert {each.risk: each.begun for each in found.alarms} == {"raised": 2, "high": 2}
    assert all(each.due == each.begun and each.chance == pytest.approx(0.2) for each in found.alarms)


def test_a_statement_made_afterwards_is_hindsight(prices):
    late = stated("walk", 100)
    late = Statement(late.series, late.session, late.stated_at + timedelta(days=30), late.body)
    found, _ = of_statements([late, stated("walk", 200)], {"walk": prices})
    assert (found.statements, found.late) == (1, 1)
    assert "1 more were made after their time" in found.in_words()


def test_empty_and_young_stores_say_so(prices):
    empty, table = of_statements([], {})
    assert "No chance was stated yet" in empty.in_words() and "No chance was stated yet" in render(
        empty, table
    )
    young, table = of_statements([stated("walk", 890)], {"walk": prices})
    assert "1 statements on 1 series" in young.in_words() and "Nothing can be scored" in young.in_words()
    assert "Nothing can be scored" in render(young, table)
    assert len(list(record_tables.parts(young, 100))) == 1


def test_a_new_model_never_rewrites_what_was_said(tmp_path):
    at = datetime(2024, 1, 2, 6, tzinfo=timezone.utc)
    with Store.open(tmp_path / "lppl.db", write=True) as store:
        store.statements.add(statements_of([row("gold", falls=falls(0.2, 0.1, "one"))], at))
        (first,) = store.statements.all()
        later = at + timedelta(hours=3)
        store.statements.add(statements_of([row("gold", falls=falls(0.9, 0.1, "two"))], later))
        assert store.statements.all() == [first] and first.body["version"] == "one"
        assert first.session == date(2024, 1, 1) and first.body["cells"][0]["chance"] == 0.2
        for change in ("UPDATE statement SET stated_at = 0", "DELETE FROM statement"):
            with pytest.raises(sqlite3.IntegrityError, match="statements are"):
                store.database.connection.execute(change)
        assert find_damage(store.database) == []
    with Store.open(tmp_path / "lppl.db") as store:
        assert store.statements.all() == [first]


def test_history_is_stated_by_the_models_of_then(prices):
    shape = pd.Series(0.1, index=prices.index)
    table = restated("walk", prices, "commodity", step=200, confidence=shape)
    day = table["session"].iloc[-1]
    one = fall_risk(prices, str(day), confidence=0.1, asset_class="commodity")
    cell = table[(table["session"] == day) & (table["size"] == "10") & (table["horizon"] == 60)].iloc[0]
    assert_allclose([cell["chance"], cell["usual"]], [one.table.at[10, 60], one.usual.at[10, 60]], rtol=1e-9)
    found = score(with_outcomes(table, {"walk": prices}), "history")
    assert found.due and found.source == "history"


def test_the_page_is_one_file_and_holds_the_diagram(prices):
    found, table = of_statements([stated("walk", at) for at in range(70, 800, 7)], {"walk": prices})
    text = render(found, table)
    assert "data:image/png;base64," in text and "http" not in text.replace("http-equiv", "")
    assert "A later model changes none of them" in " ".join(text.split())


def test_the_command_scores_a_database(tmp_path, lppl, prices, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert lppl("record")[0] == 1  # there is no database yet
    with Store.open(tmp_path / "data" / "lppl.db", write=True):
        pass
    code, out, _ = lppl("record")
    assert code == 0 and "No chance was stated yet" in out
    (tmp_path / "mine").mkdir()
    prices.rename("close").rename_axis("date").iloc[:750].to_csv(tmp_path / "mine" / "walk.csv")
    asked = ("record", "--from-history", "--data", "mine", "--step", 100, "--page", "record.html")
    code, out, err = lppl(*asked, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["source"] == "history" and json.loads(out)["scores"][0]["due"] > 0
    assert (tmp_path / "record.html").is_file()
    code, out, _ = lppl(*asked)
    assert code == 0 and "10%" in out and "record.html" in out
