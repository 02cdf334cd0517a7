"""From a provider's document, or a file as the catalogue asks for it, through the store to a monitor.

The figures are invented; the documents are as FRED, ALFRED and the Ministry of Finance publish them.
"""

import json
from datetime import date, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from loopback import Answer, serve, soon

from scanners.prices.refresh import refresh
from scanners.store.store import Store
from scanners.systems.command import fetch_series
from scanners.systems.schema import load
from scanners.systems.sources import builtin
from scanners.systems.system_reading import read_monitor

pytestmark = pytest.mark.slow
QUARTERS = pd.date_range("1985-01-01", "2023-10-01", freq="QS")
MONTHS = pd.date_range("1995-01-01", "2023-11-01", freq="MS")
DAYS = pd.bdate_range("2010-01-04", "2023-12-29")
LOADED = datetime(2023, 12, 30, 12, tzinfo=timezone.utc)


def walk(seed, index, size, level):
    return pd.Series(level + size * np.cumsum(np.random.default_rng(seed).standard_normal(len(index))), index)


def growing(seed, index, rate, level):
    steps = rate + 0.01 * np.random.default_rng(seed).standard_normal(len(index))
    return pd.Series(level * np.exp(np.cumsum(steps)), index)


FRED = {
    "FDHBFIN": growing(1, QUARTERS[:-1], 0.02, 200.0),
    "GFDEBTN": growing(2, QUARTERS[:-1], 0.018, 1.8e6),
    "GFDEGDQ188S": walk(3, QUARTERS[:-1], 0.8, 60.0).clip(lower=30.0),
    "FGRECPT": growing(4, QUARTERS[:-1], 0.012, 800.0),
    "FGEXPND": growing(5, QUARTERS[:-1], 0.0125, 900.0),
    "A091RC1Q027SBEA": growing(6, QUARTERS[:-1], 0.012, 150.0),
    "GDP": growing(7, QUARTERS[:-1], 0.0125, 4000.0),
    "AAA10Y": 1.5 + 0.3 * np.tanh(walk(8, DAYS, 0.05, 0.0)),
    "JPNASSETS": growing(9, MONTHS, 0.008, 5e5),
    "JPNNGDP": growing(10, QUARTERS[40:-1], 0.002, 5e5),
    "USALOLITOAASTSAM": walk(11, MONTHS[:-1], 0.1, 100.0),
    "DEXJPUS": np.exp(walk(12, DAYS, 0.005, np.log(110.0))),
    "DEXMXUS": np.exp(walk(13, DAYS, 0.005, np.log(10.0))),
    "DEXBZUS": np.exp(walk(14, DAYS, 0.005, np.log(3.0))),
    "DEXSFUS": np.exp(walk(15, DAYS, 0.005, np.log(8.0))),
}


def graph(name):
    """As fredgraph.csv has it: a point where there is no figure."""
    lines = [f"{day:%Y-%m-%d},{value:.4f}" for day, value in FRED[name].items()]
    if name == "AAA10Y":
        lines.insert(1080, "2014-03-01,.")
    return Answer("\n".join([f"observation_date,{name}", *lines, ""]).encode())


def vintages():
    """Payrolls of each month as first told a week into the next, and as revised sixty days later."""
    rng = np.random.default_rng(16)
    levels, revised = 120_000 + np.cumsum(150 + 40 * rng.standard_normal(240)), 60 * rng.standard_normal(240)
    rows = []
    for month, level, change in zip(MONTHS[-240:], levels, revised, strict=True):
        told = (month + pd.offsets.MonthEnd(0) + pd.Timedelta(days=7)).date()
        later = told + timedelta(days=60)
        ends = ((told, later - timedelta(days=1), level), (later, date(9999, 12, 31), level + change))
        for place, (start, end, value) in enumerate(ends):
            if place and month == MONTHS[-1]:
                continue
            rows.append(
                {"realtime_start": f"{start}", "realtime_end": f"{end}"}
                | {"date": f"{month:%Y-%m-%d}", "value": f"{value:.0f}"}
            )
    return Answer(json.dumps({"count": len(rows), "observations": rows}).encode())


def curve(path):
    """The Ministry's file: a title, the maturities, days as 2023/12/1, a dash where there was no bond."""
    if "historical" not in path:
        return Answer(b"Interest Rate\r\nDate,1Y,2Y,10Y\r\n2023/12/29,0.0,0.05,0.6\r\n")
    yields = walk(17, DAYS[:-1], 0.01, 0.5)
    rows = [f"{day.year}/{day.month}/{day.day},-,{value:.3f},1.0" for day, value in yields.items()]
    return Answer("\r\n".join(["Interest Rate,,,(Unit : %)", "Date,1Y,2Y,10Y", *rows, ""]).encode())


def answer(path):
    asked = parse_qs(urlsplit(path).query)
    if "graph" in path:
        return graph(asked["id"][0])
    return vintages() if "observations" in path else curve(path)


@pytest.fixture(scope="module")
def provided(tmp_path_factory):
    """A database filled by the providers, and a folder with what only files have."""
    folder = tmp_path_factory.mktemp("provided")
    entries = fetch_series([load(name) for name in ("us", "japan", "coupling")])
    wanted = {*FRED, "PAYEMS:change:0", "PAYEMS:change:70", "2Y"}
    chosen = [one for one in entries if wanted & set(one.symbols.values())]
    (folder / "data").mkdir()
    for name, values in FILES.items():
        values.rename("value").rename_axis("date").to_csv(folder / "data" / f"{name}.csv")
    patch = pytest.MonkeyPatch()
    patch.setenv("FRED_API_KEY", "0" * 32)
    with serve(answer) as server, Store.open(folder / "lppl.db", write=True) as store:
        options = {
            "fred": {"url": f"{server.url}/graph", "interval": 0.0},
            "alfred": {"url": f"{server.url}/observations", "interval": 0.0},
            "mof": {"url": f"{server.url}/mof", "interval": 0.0, "cache": None},
        }
        told = list(refresh(store, chosen, deadline=soon(60), now=LOADED, options=options))
    patch.undo()
    assert len(told) == len(chosen)
    assert all(one.fresh for one in told), [one for one in told if not one.fresh]
    return folder


YEARS = pd.date_range("1980-12-31", "2023-12-31", freq="YE")
FILES = {
    "us_tic_holdings_monthly": growing(20, MONTHS, 0.003, 1000.0),
    "cn_capacity_use_quarterly": walk(21, QUARTERS[-44:], 0.4, 76.0),
    "us_swap10y_daily": walk(22, DAYS, 0.03, 4.0).clip(lower=0.6),
    "us10y_yield": walk(22, DAYS, 0.03, 4.0).clip(lower=0.6) - walk(23, DAYS, 0.01, 0.3),
    "jp_short_issuance_annual": walk(24, YEARS[-25:], 1.0, 30.0),
    "jgb2y_auction_monthly": walk(25, MONTHS, 0.03, 0.5),
    "jp_gross_debt_gdp_weo_annual": walk(26, YEARS, 3.0, 100.0).clip(lower=40.0),
    "jp_primary_balance_gdp_weo_annual": walk(27, YEARS, 0.5, -2.0),
    "jp_net_interest_gdp_weo_annual": walk(28, YEARS, 0.05, 1.0).abs(),
    "jp_revenue_gdp_weo_annual": walk(29, YEARS, 0.1, 30.0),
    "jp_nominal_gdp_growth_weo_annual": pd.Series(np.random.default_rng(30).normal(1, 2, len(YEARS)), YEARS),
}


@pytest.mark.parametrize(
    ("system", "name", "last", "series", "known"),
    [
        ("us", "foreign", "2023-06-30", "us_debt_foreign", "2023-07-01/2024-01-08"),
        ("us", "convenience", "2023-12-22", "us_aaa_spread", "2023-12-28/2023-12-29"),
        ("us", "payrolls", "2023-09-01", "us_payrolls_later", "2023-09-01/2023-12-19"),
        ("japan", "boj", "2022-12-31", "jp_boj_assets", "2023-11-01/2023-12-10"),
        ("japan", "two_year", "2023-11-30", "jgb2y_yield", "2023-12-28/2023-12-29"),
        ("coupling", "carry_growth", "2023-10-31", "us_cli", "2023-10-01/2023-12-15"),
        ("us", "tic", "2023-10-01", "us_tic_holdings", "2023-10-01/2023-12-20"),
        ("us", "swap_spread", "2023-12-22", "us_swap10y", "2023-12-28/2023-12-29"),
        ("china", "capacity", "2023-07-01", "cn_capacity", "2023-07-01/2023-10-20"),
        ("japan", "short_issuance", "2022-12-31", "jp_short_issuance", "2022-12-31/2023-04-10"),
    ],
)
def test_a_document_reaches_its_monitor_and_no_day_before_it_is_published(
    provided, system, name, last, series, known
):
    found = load(system)
    (monitor,) = [one for one in found.monitor if one.name == name]

    files = () if name == "two_year" else (provided / "data",)  # an auction's file would come first

    def read(as_of):
        return read_monitor(found, monitor, as_of, (), files, provided / "lppl.db", False)[0]

    reading = read("2023-12-30")
    assert reading.status == "ok", (reading.status, reading.evidence, reading.checks)
    assert reading.last == last
    assert reading.estimate
    figure, day = known.split("/")
    before = f"{pd.Timestamp(day) - pd.Timedelta(days=1):%Y-%m-%d}"
    assert read(day).inputs[series]["last"] == figure
    assert read(before).inputs[series]["last"] < figure
    assert builtin()[series].published(np.array([figure], "datetime64[D]"))[0] == np.datetime64(day)


def test_an_auction_file_comes_before_the_curve_of_the_ministry(provided):
    found = load("japan")
    (monitor,) = [one for one in found.monitor if one.name == "two_year"]
    files = (provided / "data",)
    both = read_monitor(found, monitor, "2023-12-30", files, (), provided / "lppl.db", False)[0]
    assert set(both.inputs) == {"jgb2y_auction"}
