"""From providers through the gate into the store: over a server on loopback, and download by download."""

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
from loopback import Answer, serve, soon
from numpy.testing import assert_allclose, assert_array_equal

from scanners.config.watchlist import Entry
from scanners.core.errors import NOTHING_FRESH, PARTIAL, CommandError
from scanners.prices.intake import NotTaken, take_in
from scanners.prices.interface import Bars, Event
from scanners.prices.market import market
from scanners.prices.providers.registry import traits_of
from scanners.prices.quality.findings import from_documents
from scanners.prices.quality.gate import inspect
from scanners.prices.refresh import OVERLAP, Report, exit_code, refresh
from scanners.store import Store

NOW = datetime(2024, 6, 15, 12, tzinfo=timezone.utc)
DAYS = np.busday_offset("2023-01-02", np.arange(379))  # to 2024-06-13
CLOSE = np.round(100 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, len(DAYS)))), 2)
INDEX = Entry("index", "equity_index", {"fred": "IDX", "csv": "index"})


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def table(days=DAYS, close=CLOSE, header="observation_date,IDX"):
    lines = [f"{day},{value!r}" for day, value in zip(days, close.tolist(), strict=True)]
    return "\n".join([header, *lines, ""])


def answering(days=DAYS, close=CLOSE):
    """Answer as the service does: from the session asked for."""

    def answer(path):
        first = path.partition("cosd=")[2][:10] or "1900-01-01"
        inside = days >= np.datetime64(first)
        return Answer(table(days[inside], close[inside]).encode())

    return answer


def refreshed(store, server, *entries, folder=".", now=NOW, **more):
    options = {"fred": {"url": server.url, "interval": 0.0}, "csv": {"folder": str(folder)}}
    found = refresh(store, entries or (INDEX,), deadline=soon(20), now=now, options=options, **more)
    return {report.series: report for report in found}


def bars(close=CLOSE, days=DAYS, *, provider="yahoo", symbol="^IDX", events=(), payload="", volume=None):
    missing = np.full(len(days), np.nan)
    return Bars(
        series="index",
        symbol=symbol,
        provider=provider,
        sessions=np.array(days, dtype="datetime64[D]"),
        open=missing,
        high=missing,
        low=missing,
        close=np.array(close, dtype="float64"),
        volume=missing if volume is None else volume,
        events=events,
        currency="USD",
        timezone="America/New_York",
        fetched_at=NOW,
        package="test 1",
        payload_hash=payload,
    )


def take(store, download, *, entry=None, now=NOW, whole=False, full=False):
    entry = entry or Entry("index", "equity_index", {"yahoo": "^IDX", "fred": "IDX", "csv": "index"})
    traits = traits_of([download.provider])[download.provider]
    checked = inspect(download, market(entry), now, whole=False)
    return take_in(store, entry, download, checked, traits=traits, whole=whole, full=full)


def test_a_second_fetch_asks_for_the_overlap_alone_and_appends(store):
    with serve(answering(DAYS[:-5], CLOSE[:-5])) as server:
        report = refreshed(store, server, now=NOW - timedelta(days=7))["index"]
    assert (report.verdict, report.added, report.last) == ("new", len(DAYS) - 5, DAYS[-6].item())
    with serve(answering()) as server:
        report = refreshed(store, server)["index"]
    assert f"cosd={DAYS[-6].item() - OVERLAP}" in server.paths[0]
    assert (report.verdict, report.added, report.sessions, report.fresh) == ("appended", 5, len(DAYS), True)
    history = store.bars.read("index", None)
    assert_array_equal(history.close, CLOSE)
    assert (history.provenance["source"], history.provenance["symbol"]) == ("fred", "IDX")


def test_a_readjusted_history_is_fetched_as_a_whole_and_the_old_one_stays_known(store):
    with serve(answering(DAYS[:-1], CLOSE[:-1])) as server:
        refreshed(store, server)
    before = store.bars.read("index", None)
    known = datetime.now(timezone.utc)
    with serve(answering(DAYS, CLOSE / 2)) as server:
        report = refreshed(store, server)["index"]
    assert ["cosd" in path for path in server.paths] == [True, False]
    assert report.verdict == "readjusted"
    assert_array_equal(store.bars.read("index", None).close, CLOSE / 2)
    assert store.bars.read("index", None, known_at=known).digest == before.digest


def test_the_fall_back_of_a_series_that_is_fetched_again_stays_on_the_record(store):
    entry = Entry("index", "equity_index", {"cffex": "NONE", "fred": "IDX"})
    with serve(answering()) as server:
        refreshed(store, server, entry)
    with serve(answering(DAYS, CLOSE / 2)) as server:
        report = refreshed(store, server, entry)["index"]
    assert (report.verdict, len(server.paths)) == ("readjusted", 2)
    assert [line.split(",")[0] for line in report.tried] == ["cffex: not_found"]


def test_the_fall_back_is_on_the_record(store, tmp_path):
    (tmp_path / "index.csv").write_text(table(header="date,close"))
    with serve(lambda path: Answer(status=404)) as server:
        report = refreshed(store, server, folder=tmp_path)["index"]
    assert (report.verdict, report.source, report.symbol) == ("new", "csv", "index")
    assert report.tried[0].startswith("fred: not_found, ")
    assert report.fresh


def test_one_bad_series_is_a_report_and_leaves_the_store_as_it_was(store, tmp_path):
    (tmp_path / "bad.csv").write_text("date,close\n2024-01-02,ten\n")
    (tmp_path / "none.csv").write_text("date,close\n2024-01-02,-1\n2024-01-03,0\n")
    with serve(answering()) as server:
        refreshed(store, server)
    entries = (INDEX, *(Entry(name, "commodity", {"csv": name}) for name in ("bad", "none", "gone")))
    with serve(lambda path: Answer(b"<html>", 200)) as server:
        reports = refreshed(store, server, *entries, folder=tmp_path)
    assert all(report.failed for report in reports.values())
    assert reports["index"].fresh and reports["index"].sessions == len(DAYS)
    assert "fred: malformed" in reports["index"].tried[0]
    assert "csv: every bar was set aside" in reports["none"].tried
    assert {finding.rule for finding in reports["none"].findings} == {"non_positive", "nothing_left"}
    assert exit_code(list(reports.values())) == PARTIAL
    assert exit_code([reports["bad"], reports["gone"]]) == NOTHING_FRESH


def test_no_provider_is_left(store):
    with serve(answering()) as server:
        report = refreshed(store, server, only=["yahoo"])["index"]
    assert (report.verdict, report.tried, server.paths) == (
        "failed",
        ("none of its providers is to be used",),
        [],
    )


def test_a_key_in_an_address_goes_nowhere(store, tmp_path):
    path = tmp_path / "lppl.db"
    with serve(answering()) as server:
        keyed = server.url.replace("//", "//me:s3cret@") + "/?api_key=hidden1"
        options = {"fred": {"url": keyed, "interval": 0.0}}
        (good,) = refresh(store, [INDEX], deadline=soon(20), now=NOW, options=options)
    (bad,) = refresh(store, [INDEX], deadline=soon(5), now=NOW, options=options, only=["fred"])
    assert (good.verdict, bad.verdict) == ("new", "failed")
    said = repr((good, bad)).encode() + path.read_bytes()
    assert b"s3cret" not in said and b"hidden1" not in said


def test_events_adjust_what_is_read(store):
    raw = np.where(np.datetime64("2024-01-03") > DAYS, 2 * CLOSE, CLOSE)
    split, paid = Event(date(2024, 1, 3), "split", 2.0), Event(date(2024, 1, 3), "dividend", 1.0)
    take(store, bars(raw, events=(paid, split)))
    history = store.bars.read("index", None)
    before = int(np.searchsorted(DAYS, np.datetime64("2024-01-03")))
    assert_allclose(history.close[:before], CLOSE[:before] * (1 - 1 / CLOSE[before - 1]), rtol=1e-12)
    take(store, bars(raw, events=(split,), payload="another"))  # the dividend was taken back
    assert_array_equal(store.bars.read("index", None).close, CLOSE)


def test_a_source_without_events_takes_none_back(store):
    raw = np.where(np.datetime64("2024-06-03") > DAYS, 2 * CLOSE, CLOSE)
    take(store, bars(raw, events=(Event(date(2024, 6, 3), "split", 2.0),)))
    take(store, bars(raw[-20:], DAYS[-20:], provider="fred", symbol="IDX"))
    assert_array_equal(store.bars.read("index", None).close[:-20], CLOSE[:-20])


def test_a_less_preferred_provider_does_not_rewrite_history(store):
    take(store, bars())
    before = store.bars.read("index", None).digest
    other = bars(1.01 * CLOSE, provider="fred", symbol="IDX")
    with pytest.raises(NotTaken, match=r"contradicts yahoo: .*--full replaces"):
        take(store, other, whole=True)
    with pytest.raises(NotTaken, match="contradicts yahoo: "):
        take(store, other.take(slice(-20, None)))
    assert store.bars.read("index", None).digest == before
    assert take(store, other, whole=True, full=True).stored.verdict == "readjusted"
    assert (
        take(store, bars(payload="again"), whole=True).stored.verdict == "readjusted"
    )  # the preferred one may


def test_another_symbol_of_the_same_provider_is_another_series(store):
    take(store, bars())
    with pytest.raises(NotTaken, match=r"stored from \^IDX, not \^OTHER"):
        take(store, bars(symbol="^OTHER"))
    assert take(store, bars(2 * CLOSE, symbol="^OTHER"), whole=True, full=True).stored.verdict == "readjusted"


def test_a_bar_that_turns_out_wrong_is_withdrawn(store):
    wrong = CLOSE.copy()
    wrong[-2] *= 10
    assert take(store, bars(wrong[:-1], DAYS[:-1])).withdrawn == 0
    assert take(store, bars(wrong[-20:], DAYS[-20:])).withdrawn == 1
    history = store.bars.read("index", None)
    assert_array_equal(history.sessions, np.delete(DAYS, -2))
    (found,) = from_documents(store.bars.findings("index"))
    assert (found.rule, found.sessions) == ("spike", (DAYS[-2].item(),))


def test_a_missing_close_withdraws_nothing(store):
    take(store, bars())
    blank = CLOSE.copy()
    blank[-3] = np.nan
    assert take(store, bars(blank[-20:], DAYS[-20:])).withdrawn == 0
    assert_array_equal(store.bars.read("index", None).close, CLOSE)


def test_a_line_taken_out_of_the_users_file_is_withdrawn(store):
    mine = Entry("index", "equity_index", {"csv": "index"})
    take(store, bars(provider="csv", symbol="index"), entry=mine, whole=True)
    less = bars(np.delete(CLOSE, 9), np.delete(DAYS, 9), provider="csv", symbol="index", payload="2")
    assert take(store, less, entry=mine, whole=True).withdrawn == 1
    recent = bars(CLOSE[-9:], DAYS[-9:], provider="csv", symbol="index", payload="3")
    assert take(store, recent, entry=mine, whole=True).withdrawn == 0  # a rolling file keeps the past
    assert_array_equal(store.bars.read("index", None).sessions, np.delete(DAYS, 9))


def test_an_unfinished_session_is_stored_when_it_is_over_though_the_file_is_the_same(store):
    noon = datetime(2024, 6, 13, 12, tzinfo=timezone.utc)
    assert take(store, bars(payload="same"), now=noon).stored.added == len(DAYS) - 1
    assert take(store, bars(payload="same"), now=NOW).stored.added == 1
    assert take(store, bars(payload="same"), now=NOW).stored.verdict == "unchanged"
    assert store.bars.findings("index") == []


def test_findings_outlive_a_fetch_that_does_not_see_their_rows(store):
    negative = CLOSE.copy()
    negative[50] = -36.98
    take(store, bars(negative))
    take(store, bars(CLOSE[-20:], DAYS[-20:]))
    (found,) = from_documents(store.bars.findings("index"))
    assert (found.rule, found.sessions) == ("non_positive", (DAYS[50].item(),))
    take(store, bars(payload="corrected"), whole=True)
    assert store.bars.findings("index") == []
    assert_array_equal(store.bars.read("index", None).close, CLOSE)


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([("appended", True), ("new", True)], 0),
        ([("appended", True), ("unchanged", False)], 0),
        ([("appended", True), ("failed", True)], PARTIAL),
        ([("unchanged", False), ("failed", False)], NOTHING_FRESH),
    ],
)
def test_exit_code(states, code):
    reports = [Report(series="a", verdict=verdict, fresh=fresh) for verdict, fresh in states]
    assert exit_code(reports) == code


def test_a_series_is_stored_with_its_findings_or_not_at_all(store, monkeypatch):
    take(store, bars(CLOSE[:-20], DAYS[:-20]))
    before = store.bars.read("index", None).digest

    def full(*_):
        raise CommandError("no space")

    monkeypatch.setattr(store.bars, "record_findings", full)
    wrong = CLOSE.copy()
    wrong[5] *= 10
    with pytest.raises(CommandError, match="no space"):
        take(store, bars(wrong), whole=True)
    assert store.bars.read("index", None).digest == before
