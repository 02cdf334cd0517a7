"""From where the user sits: a watchlist of the region, what is reached, what agrees, what is left without."""

import json
import re

import core_sites
import pytest
from loopback import Answer, serve

from scanners.cli import fetching
from scanners.config import watchlist
from scanners.config.regions import REGIONS
from scanners.prices.interface import FetchError, Provider, Traits
from scanners.prices.providers import akshare, eastmoney, http, krx, yahoo
from scanners.prices.providers.assemble import one_by_one
from scanners.prices.providers.isolated import isolated
from scanners.prices.quality import session_calendar
from scanners.service import doctor

CORE = [entry.name for entry in watchlist.load("core").series]


@pytest.fixture
def china(lppl, monkeypatch, tmp_path):
    """A workspace of China, all sites on loopback; returns what runs with some of them closed."""
    monkeypatch.setattr(http, "_pause", lambda state: 0.0)
    core_sites.begin(monkeypatch)
    monkeypatch.setattr(session_calendar, "_build", lambda code, start: None)  # seconds a calendar
    assert lppl("init", "--region", "cn")[0] == 0

    def run(*commands, closed=()):
        with serve(core_sites.world(closed)) as served:
            monkeypatch.setenv("LPPL_TEST_SERVER", served.url)
            monkeypatch.setattr(fetching, "provider_options", lambda *_: core_sites.options(served.url))
            return [lppl(*command) for command in commands]

    return run


def packages(monkeypatch, targets):
    """Let child processes speak to the loopback where there is a target, and be refused at once elsewhere."""

    def made(name, target, *, interval, timeout, traits=None, clock=None):
        if name in targets:
            return isolated(name, targets[name], interval=0.0, timeout=60.0, traits=traits, clock=clock)

        def refuse(request, deadline):
            raise FetchError("transient", "the connection failed (ConnectionError)")

        return Provider(name, one_by_one(name, refuse), traits=traits or Traits(), clock=clock)

    for module in (akshare, eastmoney, krx, yahoo):
        monkeypatch.setattr(module, "isolated", made)


@pytest.mark.parametrize("region", REGIONS)
def test_init_writes_the_order_of_a_region(lppl, tmp_path, region):
    lppl("init", "--region", region)
    made, core = watchlist.load(tmp_path / "watchlist.toml").series, watchlist.load("core").series
    assert [entry.name for entry in made] == CORE
    for mine, theirs in zip(made, core, strict=True):
        assert mine.symbols == theirs.symbols  # a mapping: the same sources, whatever their order
        assert [*mine.symbols][-1] == "csv"
        assert len(mine.symbols) >= 3
    first = {entry.name: next(iter(entry.symbols)) for entry in made}
    assert first["tl"] == "cffex"
    if region == "cn":
        assert "yahoo" not in first.values()
        assert (first["gold"], first["kosdaq"], first["usdjpy"]) == ("akshare", "naver", "eastmoney")
    if region == "kr":
        assert (first["kosdaq"], first["kospi"]) == ("naver", "naver")


def test_with_yahoo_and_akshare_off_what_is_left_says_so_line_by_line(china, monkeypatch, tmp_path):
    packages(monkeypatch, {})
    (code, out, _), (_, told, _), (_, scanned, _) = china(
        ("fetch", "--json"), ("data", "sources", "--json"), ("scan", "--json", "--jobs", 1), closed=("china",)
    )
    reports = {report["series"]: report for report in json.loads(out)}
    sources = {name: report["source"] for name, report in reports.items()}
    assert (code, sources) == (
        3,
        dict.fromkeys(("gold", "silver"), "")
        | {"nasdaq": "fred", "kosdaq": "naver", "kospi": "naver", "tl": "cffex"}
        | {"dxy": "computed", "usdjpy": "fred"},
    )
    for name in ("gold", "silver"):
        kinds = [(provider, kind) for provider, kind in reports[name]["kinds"]]
        assert kinds == [
            ("akshare", "transient"),
            ("eastmoney", "transient"),
            ("stooq", "transient"),
            ("yahoo", "transient"),
            ("csv", "not_found"),
        ]
    rows = {row["series"]: row for row in json.loads(told)}
    assert rows["gold"]["source"] == ""
    clocks = {name: row["clock"] for name, row in rows.items() if row["clock"]}
    assert clocks == dict.fromkeys(("nasdaq", "kosdaq", "kospi", "tl"), "exchange session") | dict.fromkeys(
        ("dxy", "usdjpy"), "noon in New York"
    )
    assert any("were not compared: transient" in said for said in rows["nasdaq"]["said"])
    found = {row["name"]: row for row in json.loads(scanned)["series"]}
    assert [name for name in CORE if found[name]["status"] == "failed"] == ["gold", "silver"]
    (page,) = (tmp_path / "outputs").glob("20*/index.html")
    text = re.sub(r"\s+", " ", page.read_text("utf-8"))
    assert "<h2>Sources</h2>" in text
    assert "naver and krx were not compared: transient" in text
    assert "<td>none stored</td><td>not compared</td>" in text
    assert "<td>fred<br><small>NASDAQCOM, daily bar: exchange session</small></td>" in text
    ((_, sheet, _),) = china(("data", "show", "nasdaq"))
    assert "other sources, compared on" in sheet


@pytest.mark.slow
def test_with_yahoo_off_every_series_comes_from_a_named_source_and_they_agree(china, monkeypatch, tmp_path):
    """The packages' own code, in their child processes, against loopback."""
    pytest.importorskip("akshare")
    pytest.importorskip("FinanceDataReader")
    core_sites.begin(monkeypatch, 900)
    names = ("akshare", "eastmoney", "krx")
    packages(monkeypatch, {name: f"package_loopback:{name}_fetch" for name in names})
    (code, out, err), (told, table, _), (scanned, _, _) = china(
        ("fetch", "--json"), ("data", "sources", "--json"), ("scan", "--jobs", 1)
    )
    sources = {report["series"]: report["source"] for report in json.loads(out)}
    assert (code, err, sources) == (
        0,
        "",
        {"gold": "akshare", "silver": "akshare", "nasdaq": "akshare", "kosdaq": "naver", "kospi": "akshare"}
        | {"tl": "cffex", "dxy": "eastmoney", "usdjpy": "eastmoney"},
    )
    rows = {row["series"]: row for row in json.loads(table)}
    assert (told, scanned) == (0, 0)
    for name in CORE:
        assert any("agree within" in said for said in rows[name]["said"]), rows[name]
    (page,) = (tmp_path / "outputs").glob("20*/index.html")
    text = re.sub(r"\s+", " ", page.read_text("utf-8"))
    assert "<h2>Sources</h2>" in text
    assert "akshare and eastmoney agree within" in text


def test_doctor_calls_a_silent_server_a_problem_only_where_nothing_else_answers(monkeypatch):
    entries = watchlist.load("core").series
    silent = {
        name: "" if name in ("fred", "naver") else "no connection" for e in entries for name in e.symbols
    }
    silent.pop("csv")
    monkeypatch.setattr("scanners.prices.reachable.silent", lambda *_: silent)
    found = {check.what.split()[1]: check.result for check in doctor.check_providers(entries, 1.0)}
    assert {found[name] for name in ("fred", "naver")} == {"ok"}
    assert {found[name] for name in ("krx", "h10", "ecb")} == {"note"}
    assert {found[name] for name in ("yahoo", "akshare", "cffex")} == {"problem"}  # gold, silver, tl


def test_doctor_says_so_where_no_source_answers(monkeypatch):
    monkeypatch.setattr("scanners.prices.trial.try_all", lambda *_, **__: [])
    (check,) = doctor.try_sources(watchlist.load("core").series, 1.0, {})
    assert check.detail == "no source answers from here; files of your own are read"


def test_doctor_tries_the_sources_and_says_which_to_put_first(china, monkeypatch):
    packages(monkeypatch, {})
    entries = watchlist.load("watchlist.toml").series
    with serve(core_sites.world(("china",))) as served:
        options = core_sites.options(served.url)
        found = {check.what: check for check in doctor.try_sources(entries, 60.0, options)}
    assert (found["source fred"].result, "2 of 2 series answered" in found["source fred"].detail) == (
        "ok",
        True,
    )
    assert "0 of 3 series answered; gold: transient" in found["source akshare"].detail
    best = found["order of sources"].detail.removeprefix("best first: ").split(", ")
    assert set(best) == {"fred", "naver", "cffex", "computed"}
    assert found["sources of nasdaq"].detail == "put first: fred"
    assert "sources of kosdaq" not in found and "sources of gold" not in found


@pytest.mark.parametrize("many", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_a_fetch_that_is_limited_half_way_ends_plainly_and_goes_on_there(lppl, monkeypatch, tmp_path, many):
    """The service has enough after six in ten; the next run begins with those that are left."""
    lppl("init")
    names, half = [f"s{n:03d}" for n in range(many)], many * 6 // 10
    text = "".join(
        f'[[series]]\nname = "{name}"\nasset_class = "equity_index"\nsymbols = {{ fred = "{name}" }}\n'
        for name in names
    )
    (tmp_path / "watchlist.toml").write_text(text)
    days = core_sites.DAYS[-60:]
    lines = "".join(f"{day},{100 + n % 7}\n" for n, day in enumerate(days))
    asked = []

    def answer(path):
        name = path.partition("id=")[2].partition("&")[0]
        asked.append(name)
        if len(asked) == half + 1:
            return Answer(b"", 429, {"Retry-After": "3600"})
        return Answer(f"observation_date,{name}\n{lines}".encode())

    with serve(answer) as served:
        options = {"fred": {"url": served.url, "interval": 0.0}}
        monkeypatch.setattr(fetching, "provider_options", lambda *_: options)
        code, out, _ = lppl("fetch")
        first, asked[:] = list(asked), ["x"] * (half + 1)
        again, told, _ = lppl("fetch", "--json", "--since", str(days[-20]))
    assert (code, first) == (3, names[: half + 1])
    plain = " ".join(out.split())
    assert (
        f"{half} of {many} series fetched: {half} from fred. {many - half} failed: fred rate limited" in plain
    )
    assert asked[half + 1 : many + 1] == names[half:]
    assert again == 0
    bars = {report["series"]: report["sessions"] for report in json.loads(told)}
    assert (bars[names[0]], bars[names[-1]]) == (60, 20)


def test_offline_asks_no_server(lppl, monkeypatch, tmp_path):
    lppl("init")
    rows = "\n".join(["date,close", *(f"{row[0]},{row[4]}" for row in core_sites.rows("gold"))])
    (tmp_path / "data" / "gold.csv").write_text(rows)
    code, out, _ = lppl("fetch", "--offline", "--json")
    sources = {report["series"]: report["source"] for report in json.loads(out)}
    assert (code, sources["gold"], {*sources.values()}) == (3, "csv", {"csv", ""})
