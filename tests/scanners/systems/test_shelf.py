"""Series as of a date: publication lags, revisions, negative values, recipes, and what is missing."""

from datetime import datetime, timezone

import numpy as np
import pandas as pd
import pytest
from loopback import Answer, serve, soon
from numpy.testing import assert_allclose

from scanners.core.errors import CommandError
from scanners.prices.refresh import refresh
from scanners.store.bar_history import Provenance
from scanners.store.store import Store
from scanners.systems.schema import Derived, Recipe
from scanners.systems.shelf import Missing, Shelf
from scanners.systems.sources import Source, builtin, period_end

MONTHLY = Source(name="inflation", title="Inflation", frequency="monthly", lag=15, symbols={"fred": "INF"})
PRICE = Source(name="asset", title="Asset", kind="price", symbols={"csv": "asset"})
MONTHS = np.arange("2019-01", "2019-07", dtype="datetime64[M]").astype("datetime64[D]")


def moment(day):
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=timezone.utc)


def write(folder, name, days, values):
    lines = [f"{day},{value}" for day, value in zip(days, values, strict=True)]
    (folder / f"{name}.csv").write_text("\n".join(["date,value", *lines, ""]), "utf-8")


def shelf(as_of, *sources, derived=(), **more):
    return Shelf(as_of, {one.name: one for one in sources}, {one.name: one for one in derived}, **more)


@pytest.mark.parametrize(
    ("frequency", "day", "end"),
    [
        ("daily", "2019-02-03", "2019-02-03"),
        ("weekly", "2019-02-08", "2019-02-08"),
        ("monthly", "2019-02-01", "2019-02-28"),
        ("monthly", "2020-02-29", "2020-02-29"),
        ("quarterly", "2019-10-01", "2019-12-31"),
        ("quarterly", "2019-12-31", "2019-12-31"),
        ("annual", "2019-12-31", "2019-12-31"),
        ("annual", "1969-01-01", "1969-12-31"),
        ("monthly", "1914-01-01", "1914-01-31"),
    ],
)
def test_a_date_stands_for_its_whole_period(frequency, day, end):
    assert str(period_end(np.array([day], "datetime64[D]"), frequency)[0]) == end


def test_a_monthly_figure_is_known_after_its_lag_and_no_day_before(tmp_path):
    write(tmp_path, "inflation", MONTHS, range(6))
    last = {
        day: shelf(day, MONTHLY, folders=[tmp_path]).get("inflation").index[-1].month
        for day in ("2019-04-30", "2019-05-14", "2019-05-15", "2019-06-14", "2019-06-15")
    }
    assert list(last.values()) == [3, 3, 4, 4, 5]


def test_rates_that_are_released_weekly_are_not_known_the_same_day(tmp_path):
    """FRED has the exchange rates of a week on the Monday after it, Yahoo has them at once."""
    days = np.arange("2019-03-04", "2019-03-23", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    for name in ("usdjpy", "usdcny"):
        seen = {}
        for provider in ("fred", "yahoo"):
            path = tmp_path / f"{name}-{provider}.db"
            with Store.open(path, write=True) as store:
                store.bars.write(
                    name,
                    days,
                    np.arange(1.0, 16.0),
                    provenance=Provenance(provider),
                    known_at=moment("2019-04-01"),
                )
            seen[provider] = shelf("2019-03-18", builtin()[name], database=path).get(name).index[-1]
        assert seen["yahoo"] == pd.Timestamp("2019-03-18")
        # The week from Monday the 11th comes on Monday the 18th at the earliest, in the evening of Europe.
        assert seen["fred"] == pd.Timestamp("2019-03-08")


def test_a_daily_figure_of_the_next_day_comes_on_monday_for_friday():
    published = builtin()["us10y_yield"].published(np.array(["2019-03-14", "2019-03-15"], "datetime64[D]"))
    assert [str(day) for day in published] == ["2019-03-15", "2019-03-18"]


def test_levels_may_be_negative_and_prices_may_not(tmp_path):
    write(tmp_path, "inflation", MONTHS, [-1, 0, -0.5, 1, 2, 3])
    assert shelf("2020-01-01", MONTHLY, folders=[tmp_path]).get("inflation").min() == -1
    write(tmp_path, "asset", MONTHS, [1, 2, -3, 4, 5, 6])
    with pytest.raises(CommandError, match="asset must be positive, got -3"):
        shelf("2020-01-01", PRICE, folders=[tmp_path]).get("asset")


def test_a_file_that_breaks_a_rule_is_named(tmp_path):
    write(tmp_path, "inflation", [MONTHS[0], MONTHS[0]], [1, 2])
    with pytest.raises(CommandError, match="date 2019-01-01 must stand once"):
        shelf("2020-01-01", MONTHLY, folders=[tmp_path]).get("inflation")
    write(tmp_path, "inflation", MONTHS, [""] * 6)
    with pytest.raises(CommandError, match="holds no value"):
        shelf("2020-01-01", MONTHLY, folders=[tmp_path]).get("inflation")


def stored(tmp_path, *versions):
    """Store whole histories as they became known: (day, values)."""
    path = tmp_path / "lppl.db"
    with Store.open(path, write=True) as store:
        for day, values in versions:
            store.bars.write(
                "inflation",
                MONTHS[: len(values)],
                np.array(values, float),
                provenance=Provenance("fred", symbol="INF"),
                known_at=moment(day),
                whole=True,
            )
    return path


def test_a_revision_changes_todays_reading_and_not_last_months(tmp_path):
    path = stored(tmp_path, ("2019-05-20", [1.0, 1.1, -0.2, 1.3]), ("2019-06-20", [1.0, 1.1, 0.4, 1.3, 1.5]))
    last_month = shelf("2019-06-19", MONTHLY, database=path).get("inflation")
    today = shelf("2019-06-20", MONTHLY, database=path).get("inflation")
    assert_allclose(last_month, [1.0, 1.1, -0.2, 1.3])
    assert_allclose(today, [1.0, 1.1, 0.4, 1.3, 1.5])


def test_history_loaded_later_is_read_in_its_first_version(tmp_path):
    """What nobody had recorded then is taken as it first became known, and stays so after a revision."""
    path = stored(tmp_path, ("2024-01-10", [1.0, 1.1, -0.2, 1.3]))
    before = shelf("2019-06-19", MONTHLY, database=path).get("inflation")
    path = stored(tmp_path, ("2024-02-10", [1.0, 1.1, 0.4, 1.3]))
    after = shelf("2019-06-19", MONTHLY, database=path).get("inflation")
    assert_allclose(after, before)
    assert_allclose(shelf("2024-02-10", MONTHLY, database=path).get("inflation"), [1.0, 1.1, 0.4, 1.3])


def test_a_withdrawn_figure_is_not_read(tmp_path):
    path = stored(tmp_path, ("2019-05-20", [1.0, 1.1, -0.2, 1.3]))
    with Store.open(path, write=True) as store:
        store.bars.withdraw("inflation", MONTHS[1:2], known_at=moment("2019-05-25"))
    assert len(shelf("2019-05-24", MONTHLY, database=path).get("inflation")) == 4
    assert len(shelf("2019-05-25", MONTHLY, database=path).get("inflation")) == 3


def test_macro_figures_pass_the_gate_and_are_fetched_as_a_whole(tmp_path):
    """Negative, unchanged for months, one on a Sunday: FRED's figures go in as they are, revisions too."""
    served = {"rows": [(day, -0.1) for day in MONTHS]}

    def answer(path):
        assert "cosd" not in path
        lines = [f"{day},{value}" for day, value in served["rows"]]
        return Answer("\n".join(["observation_date,INF", *lines, ""]).encode())

    path = tmp_path / "lppl.db"
    with serve(answer) as server, Store.open(path, write=True) as store:
        options = {"fred": {"url": server.url, "interval": 0.0}}
        entry = MONTHLY.entry()
        for day, revised in (("2019-07-20", -0.1), ("2019-08-20", 0.0)):
            served["rows"][0] = (MONTHS[0], revised)
            (report,) = refresh(store, [entry], deadline=soon(20), now=moment(day), options=options)
            assert report.fresh
            assert not report.findings
        assert report.revised == 1
        bars, _ = store.bars.versions("inflation")
        assert sorted(bars.values[0][bars.session == bars.session[0]]) == [-0.1, 0.0]


def test_recipes_take_the_first_whose_series_are_there(tmp_path):
    index = Source(name="index", title="Index", frequency="monthly", symbols={"csv": "index"})
    derived = Derived(
        name="rate",
        title="Rate",
        recipe=(Recipe(of=("inflation",)), Recipe(of=("index",), how="percent_a_year")),
    )
    days = np.arange("2018-01", "2020-01", dtype="datetime64[M]").astype("datetime64[D]")
    write(tmp_path, "index", days, 100 * 1.02 ** (np.arange(24) / 12))
    by_index = shelf("2020-03-01", MONTHLY, index, derived=[derived], folders=[tmp_path])
    assert_allclose(by_index.get("rate"), 2.0, rtol=1e-9)
    assert len(by_index.get("rate")) == 12
    write(tmp_path, "inflation", MONTHS, np.arange(6.0))
    direct = shelf("2020-03-01", MONTHLY, index, derived=[derived], folders=[tmp_path])
    assert direct.get("rate").tolist() == list(range(6))
    assert direct.frequency("rate") == "monthly"


@pytest.mark.parametrize(
    ("how", "of", "expected"),
    [
        ("difference", 2, [1.0 - 2.0]),
        ("ratio", 2, [50.0]),
        ("primary_balance", 4, [100 * (1 - 2 + 3) / 4]),
        ("as_is", 1, [1.0]),
    ],
)
def test_recipes_do_what_they_say(tmp_path, how, of, expected):
    parts = [Source(name=f"p{i}", title="p", symbols={"csv": f"p{i}"}) for i in range(1, of + 1)]
    for i in range(1, of + 1):
        write(tmp_path, f"p{i}", ["2019-01-01"], [float(i)])
    derived = Derived(name="made", title="made", recipe=(Recipe(of=tuple(p.name for p in parts), how=how),))
    assert_allclose(shelf("2020-01-01", *parts, derived=[derived], folders=[tmp_path]).get("made"), expected)


def test_what_is_missing_comes_with_how_to_get_it(tmp_path):
    here = shelf("2019-12-31", *builtin().values(), folders=[tmp_path])
    with pytest.raises(
        Missing,
        match=r"\(fred DGS10: fred.stlouisfed.org/series/DGS10\), or put us10y_yield.csv",
    ):
        here.get("us10y_yield")
    with pytest.raises(
        Missing,
        match=r"put jp_output_gap_weo_annual.csv \(date,value: Japan output gap",
    ):
        here.get("jp_output_gap")
    with pytest.raises(Missing, match=r"gpr_daily.csv .* \(Caldara and Iacoviello"):
        here.get("gpr")
    write(tmp_path, "vix", ["2021-01-04"], [20.0])
    with pytest.raises(Missing, match="no figure was published by 2019-12-31"):
        here.get("vix")


def test_folders_come_before_the_store_and_the_fallback_after_it(tmp_path):
    path = stored(tmp_path, ("2019-05-20", [1.0, 1.1, -0.2, 1.3]))
    (tmp_path / "first").mkdir()
    write(tmp_path / "first", "inflation", MONTHS, range(6))
    named = shelf("2020-01-01", MONTHLY, folders=[tmp_path / "first"], database=path)
    fallen = shelf("2020-01-01", MONTHLY, fallback=[tmp_path / "first"], database=path)
    empty = shelf("2020-01-01", MONTHLY, fallback=[tmp_path / "first"], database=tmp_path / "no.db")
    assert [len(one.get("inflation")) for one in (named, fallen, empty)] == [6, 4, 6]


def test_prices_of_the_store_are_read_as_of_the_date(tmp_path):
    path = tmp_path / "lppl.db"
    days = np.busday_offset("2019-01-01", np.arange(10), roll="forward")
    with Store.open(path, write=True) as store:
        store.bars.write("asset", days, np.arange(1.0, 11.0), provenance=Provenance("yahoo"))
    found = shelf(str(days[4]), PRICE, database=path).get("asset")
    assert found.index[-1] == pd.Timestamp(days[4])


def test_a_price_that_its_provider_dates_rightly_is_not_shifted(tmp_path):
    """Yahoo's currencies stand a session late; the same series from the Federal Reserve does not."""
    days = np.busday_offset("2019-01-01", np.arange(10), roll="forward")
    source = Source(
        name="usd",
        title="Dollar",
        kind="price",
        symbols={"yahoo": "JPY=X", "h10": "JPY"},
        clock="late",
        hour=-3.0,
    )
    yen = Derived(name="yen", title="Yen", recipe=(Recipe(of=("usd",), how="session_earlier"),))
    for provider, first, hour in (("yahoo", 2.0, -3.0), ("h10", 1.0, 17.0)):
        path = tmp_path / f"{provider}.db"
        with Store.open(path, write=True) as store:
            store.bars.write("usd", days, np.arange(1.0, 11.0), provenance=Provenance(provider))
        found = shelf("2019-02-01", source, derived=[yen], database=path)
        assert found.get("yen").iloc[0] == first
        assert found.taken_at("usd")[1] == hour
        assert found.shifted("yen", "usd") == (provider == "yahoo")


def test_the_catalogue_names_each_series_once_and_says_when_it_is_known():
    for source in builtin().values():
        assert source.symbols
        assert source.lag <= 120
        assert (source.frequency == "daily") == (source.lag <= 1)
        entry = source.entry()
        assert entry is None or entry.symbols == source.symbols


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "us_fedfunds",
            1e9,
            "between -10 and 100, as an interest rate or a spread in per cent, got 1e.09 on",
        ),
        ("us_cpi", -3.0, "between 1e-09 and 1e.12, as an index or an amount, got -3 on 2019-03-01 .1 such"),
        ("cn_ppi_inflation", -90.0, "a change on the year in per cent, got -90"),
        ("us_debt", -1.0, "debt in per cent of GDP, got -1"),
        ("cn_capacity", 700.0, "a share in per cent, got 700"),
    ],
)
def test_a_figure_that_its_unit_cannot_be_is_refused(tmp_path, name, value, told):
    source = builtin()[name]
    step = {"quarterly": 3, "monthly": 1}[source.frequency]
    days = (np.arange(-10, 5) * step + np.datetime64("2018-11", "M").astype(int) // step * step).astype(
        "datetime64[M]"
    )
    values = np.full(15, 50.0)
    values[list(days.astype(str)).index("2019-03") if step == 1 else 12] = value
    write(tmp_path, name, days.astype("datetime64[D]"), values)
    with pytest.raises(CommandError, match=told):
        shelf("2020-12-31", source, folders=[tmp_path]).get(name)


def test_what_only_a_file_has_says_who_publishes_it():
    assert [one.name for one in builtin().values() if set(one.symbols) == {"csv"} and not one.about] == []


def test_every_level_of_the_catalogue_has_a_unit():
    assert [one.name for one in builtin().values() if one.kind == "level" and not one.unit] == []
