"""From the store to closes as of a date: nothing later is seen, and findings forbid a verdict."""

import time
from datetime import date, datetime, timezone

import numpy as np
import pytest

from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError, Unjudged
from scanners.prices import stored_closes as stored
from scanners.prices.quality import findings
from scanners.prices.quality.rules import Finding
from scanners.prices.series import Series
from scanners.scan.scanning import scan
from scanners.store import Actions, Provenance, Store

DAYS = np.busday_offset("2018-01-01", np.arange(1500))
CLOSE = np.round(100 * np.exp(np.cumsum(np.random.default_rng(8).normal(0, 0.01, len(DAYS)))), 2)
ENTRY = Entry("index", "equity", {"yahoo": "^IDX", "csv": "index"})
SOURCE = Provenance("yahoo", symbol="^IDX", time_zone="America/New_York")


@pytest.fixture
def database(tmp_path):
    return tmp_path / "lppl.db"


def put(database, close=CLOSE, days=DAYS, *, found=(), actions=None, series="index"):
    with Store.open(database, write=True) as store:
        store.bars.write(series, days, close, provenance=SOURCE, actions=actions)
        store.bars.record_findings(series, findings.to_documents(found))
    return database


def closes(database, *arguments, **more):
    with Store.open(database) as store:
        return stored.closes(store, *arguments, **more)


def available(database, entries):
    with Store.open(database) as store:
        return stored.available(store, entries)


def status(database, as_of, **more):
    with pytest.raises(Unjudged) as refused:
        closes(database, ENTRY, str(as_of), **more)
    return refused.value.status, str(refused.value)


def test_nothing_after_the_date_is_seen(tmp_path):
    """Later bars, a later split and later trouble leave what a scan as of a date reads as it was."""
    as_of = str(DAYS[1200])
    trouble = np.append(CLOSE[:1400], np.full(100, CLOSE[1400]))
    split = Actions(DAYS[[1300]], np.array([2.0]), np.array([0.0]))
    late = Finding("conflict", "error", "later", (DAYS[1201].item(),))
    whole = closes(put(tmp_path / "a.db", trouble, found=[late], actions=split), ENTRY, as_of)
    cut = closes(put(tmp_path / "b.db", CLOSE[:1201], DAYS[:1201]), ENTRY, as_of)
    assert whole.equals(cut)
    assert whole.index[-1] == np.datetime64(as_of)


def test_a_run_that_later_ended_forbids_a_verdict_while_it_lasted(database):
    still = CLOSE.copy()
    still[1195:1203] = still[1195]
    put(database, still)
    assert status(database, DAYS[1201])[0] == "quarantined"
    assert len(closes(database, ENTRY, str(DAYS[1198]))) == 1199  # four in a row are none yet
    assert len(closes(database, ENTRY, str(DAYS[1210]))) == 1211


def test_a_price_without_a_logarithm_forbids_it_while_it_is_in_a_window(database):
    put(database, found=[Finding("non_positive", "error", "-36.98", (DAYS[300].item(),))])
    assert status(database, DAYS[310]) == ("unfit_for_log", "-36.98")
    assert status(database, DAYS[1050])[0] == "unfit_for_log"
    assert len(closes(database, ENTRY, str(DAYS[1060]))) == 1061
    assert status(database, DAYS[1060], start=str(DAYS[299]))[0] == "unfit_for_log"


def test_an_old_last_bar_is_stale_as_of_now_and_not_as_of_then(database):
    put(database)
    assert status(database, DAYS[-1] + 20)[0] == "stale"
    assert len(closes(database, ENTRY, str(DAYS[-1]))) == len(DAYS)
    assert len(closes(database, ENTRY)) == len(DAYS)


@pytest.mark.parametrize(
    ("close", "days"),
    [
        (np.where(np.arange(1500) < 1400, 4 * CLOSE, CLOSE), DAYS),
        (np.delete(CLOSE, slice(1400, 1440)), np.delete(DAYS, slice(1400, 1440))),
    ],
)
def test_a_split_that_was_missed_and_a_hole_quarantine(database, close, days):
    put(database, close, days)
    assert status(database, DAYS[-1])[0] == "quarantined"


def test_warnings_forbid_nothing(database):
    put(database, found=[Finding("spike", "warning", "wild", (DAYS[-3].item(),))])
    assert len(closes(database, ENTRY, str(DAYS[-1]))) == len(DAYS)


def test_too_early(database):
    put(database)
    with pytest.raises(CommandError, match="no prices up to 2017-01-01: the series starts 2018-01-01"):
        closes(database, ENTRY, "2017-01-01")


def test_only_what_the_entry_names_is_its_own(database):
    put(database)
    others = [
        Entry("index", "equity", {"yahoo": "^OTHER"}),
        Entry("index", "equity", {"fred": "^IDX"}),
        Entry("more", "equity", {"yahoo": "^IDX"}),
        Entry("index", "equity", {"dataset": "gold"}),
    ]
    assert available(database, [ENTRY]) == {"index"}
    for other in others:
        assert available(database, [other]) == set()
    assert stored.entry_of(database, "index", [*others, ENTRY]) is ENTRY
    generic = stored.entry_of(database, "index", others)
    assert (generic.symbols, generic.timezone) == ({"yahoo": "^IDX"}, "America/New_York")
    assert stored.entry_of(database, "more", [ENTRY]) is None


def test_the_status_is_the_rows(database):
    put(database, found=[Finding("conflict", "error", "two rows for one session", (DAYS[-2].item(),))])
    as_of = str(DAYS[-1])
    read = lambda: closes(database, ENTRY, as_of)  # noqa: E731
    (row,) = scan([Series("index", "Index", "equity", read)], as_of, jobs=1)
    assert (row.verdict.status, row.verdict.level) == ("quarantined", None)
    assert row.verdict.reasons == ("two rows for one session",)


def test_findings_come_back_from_the_store_with_the_sessions_that_matter():
    days = tuple(DAYS[:5].tolist())
    error, note = Finding("conflict", "error", "a", days), Finding("unsorted", "info", "b", days)
    kept = findings.from_documents(findings.to_documents([error, note]))
    assert kept == (error, Finding("unsorted", "info", "b", (days[0], days[4])))
    with pytest.raises(ValueError, match="findings must be those of the quality gate"):
        findings.from_documents([{"rule": "nonsense"}])


def test_findings_before_a_download_are_kept_and_those_inside_are_not():
    days = tuple(DAYS[:5].tolist())
    rows, series = Finding("conflict", "error", "a", days), Finding("gap", "error", "b", days)
    (kept,) = findings.before([rows, series], days[2])
    assert kept.sessions == days[:2]
    assert findings.before([rows], days[0]) == ()


def test_the_end_of_a_day_is_at_the_exchange():
    from scanners.prices.quality.gate import Market

    moment = findings.end_of(date(2024, 1, 2), Market(timezone="Asia/Seoul"))
    assert moment.astimezone(timezone.utc) < datetime(2024, 1, 2, 15, tzinfo=timezone.utc)


def test_crude_oil_below_zero(database, shared_prices, tmp_path):
    """WTI closed at -36.98 on 2020-04-20: no verdict for three years, and the others as ever."""
    from scanners.prices.refresh import refresh

    wti = Entry("wti", "commodity", {"csv": "wti"})
    options = {"csv": {"folder": str(shared_prices)}}
    with Store.open(database, write=True) as store:
        deadline, now = time.monotonic() + 60, datetime(2021, 1, 2, tzinfo=timezone.utc)
        (report,) = refresh(store, [wti], deadline=deadline, now=now, options=options)
    assert report.verdict == "new" and report.fresh
    assert closes(database, wti, "2020-04-17").index[-1] == np.datetime64("2020-04-17")
    with pytest.raises(Unjudged, match=r"-36\.98 on 2020-04-20") as refused:
        closes(database, wti, "2020-12-31")
    assert refused.value.status == "unfit_for_log"
