"""How old figures are, on what clock they run, weekly releases, and two sources of one price."""

from pathlib import Path
from runpy import run_path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from scanners.systems.freshness import ages, clock_line, source_lines
from scanners.systems.recipes import deflator, extended, session_earlier, session_shift
from scanners.systems.schema import Derived, Monitor, Recipe, System, load
from scanners.systems.shelf import Shelf
from scanners.systems.sources import Source, builtin
from scanners.systems.system_reading import read_monitor

DAYS = pd.bdate_range("2012-01-02", "2019-12-31")
NOON = Source(
    name="noon",
    title="Noon",
    kind="price",
    release="monday",
    symbols={"csv": "wide:JPY"},
    clock="New York noon",
    hour=17.0,
)
LATE = Source(name="late", title="Late", kind="price", clock="Yahoo, a session late", hour=-3.0)
RATE = Source(name="rate", title="Rate", lag=1, clock="Tokyo 15:00", hour=6.0)
YEN = Derived(
    name="yen", title="Yen", recipe=(Recipe(of=("noon",)), Recipe(of=("late",), how="session_earlier"))
)


def write(folder, name, **columns):
    table = pd.DataFrame(columns)
    table.index.name = "date"
    table.to_csv(folder / f"{name}.csv", date_format="%Y-%m-%d")


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    rate = pd.Series(1 + np.cumsum(0.03 * rng.standard_normal(len(DAYS))), DAYS)
    noise = np.cumsum(0.003 * rng.standard_normal(len(DAYS)))
    price = 100 * np.exp(0.1 * rate + noise)
    write(tmp_path, "wide", MXN=price / 5, JPY=price)
    write(tmp_path, "late", value=price.shift(1).bfill())
    write(tmp_path, "rate", value=rate)
    return tmp_path


def shelf(folder, as_of, *extra):
    return Shelf(as_of, {one.name: one for one in (NOON, LATE, RATE, *extra)}, {"yen": YEN}, folders=[folder])


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2023-06-05", "2023-06-12"),  # a Monday, told a week later
        ("2023-06-09", "2023-06-12"),  # the Friday of the same week
        ("2023-05-24", "2023-05-30"),  # Memorial Day lies between
    ],
)
def test_a_weekly_release_is_known_on_the_monday_after_its_week(day, known):
    assert str(NOON.published(np.array([day], "datetime64[D]"))[0]) == known


def test_a_column_of_a_wide_file_is_read_and_its_week_is_not_known_early(folder):
    thursday = shelf(folder, "2019-06-13")
    assert thursday.get("noon").index[-1] == pd.Timestamp("2019-06-07")
    assert thursday.through("yen") == "2019-06-09"  # no weekday is missing up to there
    assert thursday.through("rate") == "2019-06-12"


@pytest.mark.parametrize(
    ("frequency", "lag", "last", "fresh", "stale"),
    [
        ("daily", 1, "2019-12-31", "2020-01-08", "2020-01-10"),
        ("monthly", 15, "2019-12-01", "2020-03-07", "2020-03-08"),
        ("quarterly", 90, "2019-10-01", "2020-08-12", "2020-08-15"),
        ("annual", 110, "2019-12-31", "2021-10-16", "2021-10-18"),
    ],
)
def test_a_figure_is_stale_when_the_next_is_overdue(frequency, lag, last, fresh, stale):
    due = Source(name="a", title="a", frequency=frequency, lag=lag).due(np.datetime64(last))
    assert np.datetime64(fresh) <= due < np.datetime64(stale)


def test_all_series_of_the_catalogue_are_due_after_they_were_published():
    last = np.datetime64("2019-12-31")
    for source in builtin().values():
        assert source.due(last) > source.published(np.array([last]))[0]


def test_stale_is_a_state_with_the_date_of_the_last_figure(folder):
    monitor = Monitor(
        name="link",
        title="Link",
        kind="relation",
        inputs={"y": "yen", "x": "rate"},
        options={"window": 52, "draws": 19},
        claim="Together.",
        claimed=("positive",),
        regions={"positive": "negative feedback"},
    )
    system = System(
        name="mine", title="Mine", about="", source=(NOON, LATE, RATE), series=(YEN,), monitor=(monitor,)
    )

    def read(as_of):
        return read_monitor(system, monitor, as_of, (folder,), (), None, False)[0]

    now, old = read("2020-01-06"), read("2028-01-01")
    assert (now.status, now.state, now.region, now.thesis) == (
        "ok",
        "positive",
        "negative feedback",
        "agrees",
    )
    assert (old.status, old.state, old.region) == ("stale", "stale", "not identified")
    assert old.was == f"positive on {old.last}"
    assert any("rate is stale: last figure 2019-12-31" in line for line in old.checks)
    assert not any("stale" in line for line in now.checks)
    assert any("late is 1 session late against noon" in line for line in now.checks)
    assert any("11 hours apart" in line for line in now.checks)


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        (
            "us_debt",
            pd.Series(90.0, pd.date_range("1990-01-01", periods=80, freq="MS")),
            "a second figure of",
        ),
        ("us_debt", pd.Series(90.0, pd.date_range("1970-01-01", periods=40, freq="YS")), "4 quarters apart"),
        (
            "us_debt",
            pd.Series(0.9, pd.date_range("1990-01-01", periods=80, freq="QS")),
            "Write figures in the unit of",
        ),
        ("us10y_yield", pd.Series(4.0, pd.date_range("2010-01-01", periods=80, freq="W")), "7 days apart"),
        ("us10y_yield", pd.Series(0.04, pd.bdate_range("2010-01-01", periods=80)), "must reach 0.5"),
        (
            "cn_ppi_inflation",
            pd.Series(97.3, pd.date_range("2010-01-01", periods=80, freq="MS")),
            "is it an index with the year before as 100?",
        ),
    ],
)
def test_another_frequency_or_unit_is_refused(name, values, told):
    with pytest.raises(ValueError, match=f"{name} .*{told}"):
        builtin()[name].check(values)


def test_figures_that_stand_still_or_are_missing_between_others_are_said(folder):
    days = pd.bdate_range("2014-01-01", "2019-12-31")
    rng = np.random.default_rng(4)
    yields = pd.Series(2 + 0.05 * np.cumsum(rng.standard_normal(len(days))), days)
    yields = yields.drop(yields["2016-03-01":"2016-05-31"].index)
    gold = pd.Series(1000 * np.exp(0.01 * np.cumsum(rng.standard_normal(len(days)))), days)
    gold[-30:] = gold.iloc[-31]
    write(folder, "us10y_yield", value=yields.abs() + 1)
    write(folder, "gold", value=gold)
    system = load("us")
    (monitor,) = [one for one in system.monitor if one.name == "gold_yield"]
    found = read_monitor(system, monitor, "2019-12-31", (folder,), (), None, False)[0]
    assert (found.status, found.state) == ("stale", "stale")
    assert f"gold is stale: it has stood at {gold.iloc[-1]:.4g} since 2019-11-19." in found.checks
    assert any("between 2016-02-29 and 2016-06-01" in line for line in found.checks)


def test_a_price_that_is_a_session_late_is_found_and_put_right():
    price = pd.Series(np.exp(np.cumsum(0.01 * np.random.default_rng(1).standard_normal(300))), DAYS[:300])
    late = price.shift(1).dropna()
    assert session_shift(late, price)[0] == 1
    assert session_shift(price, price)[0] == 0
    assert_allclose(session_earlier(late), price[session_earlier(late).index])
    longer = extended(price[:200], 2.0 * price[150:])
    assert_allclose(longer, price)


def test_a_first_source_comes_first_and_without_it_the_late_one_is_shifted(folder):
    first = shelf(folder, "2020-01-31").get("yen")
    (folder / "wide.csv").unlink()
    second = shelf(folder, "2020-01-31")
    assert_allclose(second.get("yen")[10:100], first[10:100])
    assert set(ages(second, {"y": "yen"})) == {"late"}
    assert source_lines(second, {"y": "yen"}) == []
    assert clock_line(ages(second, {"y": "yen", "x": "rate"})).endswith(
        "shifted a session back), 15 hours apart: a step of rate has not seen the last 15 hours "
        "of the other's."
    )


def test_a_deflator_is_what_nominal_growth_leaves_over_real_growth():
    quarters = pd.date_range("2010-01-01", periods=12, freq="QS")
    nominal = pd.Series(100.0 * 1.08 ** (np.arange(12) // 4), quarters)
    found = deflator(nominal, pd.Series(5.0, quarters))
    assert_allclose(found, 100 * (1.08 / 1.05 - 1))
    assert found.index[0] == quarters[4]
    assert len(deflator(nominal.drop(quarters[9]), pd.Series(5.0, quarters))) < len(found) - 1


def test_the_page_of_sources_lists_every_series_as_the_catalogue_has_it():
    page = Path(__file__).resolve().parents[3] / "docs" / "system_sources.md"
    script = run_path(str(page.parents[1] / "scripts" / "systems_sources.py"))
    assert script["table"]() in page.read_text("utf-8")
