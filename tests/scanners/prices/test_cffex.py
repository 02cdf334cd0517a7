"""Continuous futures from the exchange's own files, served on loopback with holidays and failures."""

import io
import time
import zipfile
from datetime import date, timedelta

import numpy as np
import pytest
from loopback import Answer, serve, soon

from scanners.prices.interface import Bars, FetchError, Request
from scanners.prices.providers import cffex
from scanners.prices.providers.cffex_files import parse_day, parse_month
from scanners.prices.quality.adjust import adjusted_close

HEADER = (
    "合约代码,今开盘,最高价,最低价,成交量,成交金额,持仓量,持仓变化,今收盘,今结算,前结算,涨跌1,涨跌2,Delta"
)
TODAY = date(2023, 7, 12)
# The exchange's holidays in the span (Labour Day, Dragon Boat).
HOLIDAYS = {date(2023, 5, 1), date(2023, 5, 2), date(2023, 5, 3), date(2023, 6, 22), date(2023, 6, 23)}
LISTED = cffex.LISTED["TL"]
CALENDAR = [
    day
    for day in (LISTED + timedelta(days=n) for n in range((TODAY - LISTED).days))
    if day.weekday() < 5 and day not in HOLIDAYS
]
ROLL = date(2023, 6, 1)


def settle(contract, day):
    """Two contracts at different levels; every day another settlement."""
    level = {"TL2306": 96.0, "TL2309": 97.2, "T2306": 101.0}[contract]
    return round(level + 0.01 * CALENDAR.index(day), 2)


def interest(contract, day):
    """The later contract overtakes on the session before the roll."""
    return {"TL2306": 5000, "T2306": 9000, "TL2309": 6000 if day >= date(2023, 5, 31) else 100}[contract]


def day_file(day):
    index = CALENDAR.index(day)
    rows = [HEADER]
    for contract in ("TL2306", "TL2309", "T2306"):
        if contract.endswith("2306") and day > date(2023, 6, 9):
            continue
        now = settle(contract, day)
        before = settle(contract, CALENDAR[index - 1]) if index else now
        rows.append(
            f"{contract}  ,{now - 0.1:.2f},{now + 0.2:.2f},{now - 0.2:.2f},12345,1.5,"
            f"{interest(contract, day)},1,{now + 0.05:.2f},{now:.2f},{before:.2f},0.1,0.1,--"
        )
    rows += ["IO2306-C-3900,1,2,1,10,1,5,0,1,1,1,0,0,0.5", "小计,,,,10,1,5,0,,,,,,", "合计,,,,10,1,5,0,,,,,,"]
    return ("\r\n".join(rows) + "\r\n").encode("gb18030")


def month_file(year, month):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for day in CALENDAR:
            if (day.year, day.month) == (year, month):
                archive.writestr(f"{day:%Y%m%d}_1.csv", day_file(day))
    return packed.getvalue()


def exchange(path):
    """The exchange's web server, without failures."""
    name = path.split("?")[0].rsplit("/", 1)[-1]
    if name.endswith(".zip"):
        month = int(name[:4]), int(name[4:6])
        return Answer(month_file(*month)) if month < (2023, 7) else Answer(b"", 404)
    day = date(int(name[:4]), int(name[4:6]), int(name[6:8]))
    return Answer(day_file(day)) if day in CALENDAR else Answer(b"", 404)


def failing(day, answer):
    return lambda path: answer if f"{day:%Y%m%d}" in path else exchange(path)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(cffex, "_today", lambda: TODAY)


def fetch(answer=exchange, symbol="TL", cache=None, **span):
    with serve(answer) as served:
        provider = cffex.provider(url=served.url + "/sj", cache=cache and str(cache), interval=0.0)
        (outcome,) = provider.fetch([Request("tl", symbol, **span)], soon(30))
    return outcome, served.paths


def test_every_session_and_no_holiday():
    bars, paths = fetch()
    assert isinstance(bars, Bars), bars
    assert bars.sessions.tolist() == CALENDAR
    assert (bars.currency, bars.timezone) == ("CNY", "Asia/Shanghai")
    assert "/sj/historysj/202304/zip/202304.zip" in paths
    assert "/sj/hqsj/rtj/202307/03/20230703_1.csv" in paths
    # Three archives, and the eight weekdays of the month up to today.
    assert len(paths) == 3 + 8


def test_roll_on_open_interest_is_decided_the_session_before():
    bars, _ = fetch()
    (rolled,) = bars.events
    assert (rolled.session, rolled.kind, rolled.note) == (ROLL, "roll", "TL2306 to TL2309")
    before = date(2023, 5, 31)
    assert rolled.value == settle("TL2309", before) / settle("TL2306", before)
    at = CALENDAR.index(ROLL)
    assert bars.close[at - 1] == round(settle("TL2306", before) + 0.05, 2)
    assert bars.close[at] == round(settle("TL2309", ROLL) + 0.05, 2)
    assert bars.volume[0] == 12345
    # Unadjusted, the change of contract looks like a rise of 1.25%; adjusted, it is the move of one day.
    returns = np.diff(np.log(adjusted_close(bars)))
    assert np.diff(np.log(bars.close)).max() > 0.012
    assert np.abs(returns).max() < 0.0002


def test_span_and_other_products():
    bars, paths = fetch(start=date(2023, 6, 20), end=date(2023, 6, 27))
    assert [str(day) for day in bars.sessions] == ["2023-06-20", "2023-06-21", "2023-06-26", "2023-06-27"]
    assert not any("hqsj" in path for path in paths)
    assert fetch(symbol="XX")[0].kind == "not_found"
    assert fetch(symbol="TS")[0].kind == "malformed"  # the archives of 2018 have no session here


def test_as_of_sees_nothing_later():
    """The bars up to a day are the same whether later files exist or not."""
    cut, _ = fetch(end=date(2023, 5, 31))
    whole, _ = fetch()
    assert cut.events == ()
    assert cut.close.tolist() == whole.close[: len(cut)].tolist()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(b"", 404), "transient"),
        (Answer("<html>网页错误</html>".encode("gbk")), "transient"),
        (Answer(b"<html>maintenance</html>"), "transient"),
        (Answer(b"", 503), "transient"),
        (Answer(b"", 403), "auth"),
        (Answer(day_file(CALENDAR[-3]), truncate=True), "transient"),
        (Answer(day_file(CALENDAR[-3])[:150]), "transient"),
    ],
)
def test_a_failed_download_is_never_a_holiday(answer, kind):
    """The file of one session in the middle of the current month cannot be had."""
    failure, _ = fetch(failing(CALENDAR[-3], answer))
    assert failure.kind == kind, failure
    if answer.status in (200, 404) and not answer.truncate:
        assert f"a session is missing between {CALENDAR[-4]} and {CALENDAR[-2]}" in failure.message


def test_an_archive_without_one_session_is_noticed():
    gone = date(2023, 5, 17)
    with_hole = io.BytesIO()
    with zipfile.ZipFile(with_hole, "w") as archive:
        for day in CALENDAR:
            if day.month == 5 and day != gone:
                archive.writestr(f"{day:%Y%m%d}_1.csv", day_file(day))
    failure, _ = fetch(lambda path: Answer(with_hole.getvalue()) if "202305" in path else exchange(path))
    assert "missing between 2023-05-16 and 2023-05-18" in failure.message


def test_last_day_not_yet_published_is_no_failure():
    bars, _ = fetch(failing(CALENDAR[-1], Answer(b"", 404)))
    assert bars.sessions[-1] == np.datetime64(CALENDAR[-2])


def test_last_day_replaced_by_a_web_page_is_a_failure():
    failure, _ = fetch(failing(CALENDAR[-1], Answer(b"<html>maintenance</html>")))
    assert failure.kind == "malformed"
    assert "a web page came instead of" in failure.message


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(b"", 404), "transient"),
        (Answer(b"PK\x03\x04 broken"), "malformed"),
        (Answer(month_file(2023, 5)[:-300]), "malformed"),
        (Answer(month_file(2023, 5), truncate=True), "transient"),
        (Answer(month_file(2022, 1)), "malformed"),
    ],
)
def test_broken_archives_are_failures(answer, kind):
    failure, _ = fetch(lambda path: answer if "202304.zip" in path else exchange(path))
    assert failure.kind == kind


def test_archive_of_the_last_month_may_come_late():
    bars, paths = fetch(lambda path: Answer(b"", 404) if "202306.zip" in path else exchange(path))
    assert bars.sessions.tolist() == CALENDAR
    assert "/sj/hqsj/rtj/202306/01/20230601_1.csv" in paths


def test_cache_saves_what_no_longer_changes(tmp_path):
    first, _ = fetch(cache=tmp_path / "c")
    again, paths = fetch(cache=tmp_path / "c")
    assert again.payload_hash == first.payload_hash
    # Only days without a file are asked for again.
    assert paths == ["/sj/hqsj/rtj/202307/12/20230712_1.csv"]
    (tmp_path / "c" / "202305.zip").write_bytes(b"damaged")
    assert fetch(cache=tmp_path / "c")[0].payload_hash == first.payload_hash
    assert not list((tmp_path / "c").glob(".*"))


def test_todays_file_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(cffex, "_today", lambda: CALENDAR[-1])
    bars, _ = fetch(cache=tmp_path)
    assert bars.sessions[-1] == np.datetime64(CALENDAR[-1])
    assert not (tmp_path / f"{CALENDAR[-1]:%Y%m%d}_1.csv").exists()
    assert (tmp_path / f"{CALENDAR[-2]:%Y%m%d}_1.csv").exists()


def test_unwritable_cache_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    failure, _ = fetch(cache=tmp_path / "file")
    assert failure.kind == "unsupported"


def test_two_products_share_the_files():
    with serve(exchange) as served:
        provider = cffex.provider(url=served.url, cache=None, interval=0.0)
        outcomes = list(provider.fetch([Request("a", "TL"), Request("b", "TL")], soon(30)))
    assert outcomes[0].close.tolist() == outcomes[1].close.tolist()
    assert len(served.paths) == 3 + 8 + 1


def test_deadline_holds_on_a_slow_exchange():
    slow = Answer(month_file(2023, 4), hang=30)
    started = time.monotonic()
    with serve(lambda path: slow) as served:
        provider = cffex.provider(url=served.url, cache=None, interval=0.0)
        (failure,) = provider.fetch([Request("tl", "TL")], soon(0.5))
    assert failure.kind == "transient"
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (b"", "lacks the columns 合约代码"),
        (day_file(LISTED).replace("前结算".encode("gbk"), b"x"), "lacks the columns 前结算"),
        (b"\xff\xff", "not GB18030"),
        ((HEADER + "\nTL2306,1,2,3\n").encode("gbk"), "line 2 is cut short"),
        ((HEADER + "\n" + "TL2306" + ",x" * 13).encode("gbk"), "line 2: must be a number"),
        ((HEADER + ("\nTL2306" + ",1" * 13) * 2).encode("gbk"), "line 3: TL2306 stands twice"),
        ((HEADER + "\n合计" + "," * 13).encode("gbk"), "names no futures contract"),
    ],
)
def test_daily_files_of_another_shape_are_refused(payload, complaint):
    with pytest.raises(FetchError, match=complaint) as error:
        parse_day(payload)
    assert error.value.kind == "malformed"


def test_columns_may_move():
    moved = HEADER.replace("今开盘,最高价", "最高价,今开盘") + ",新列"
    row = "TL2306,5,4,3,100,1,200,1,4.5,4.4,4.3,0,0,--,9"
    assert parse_day(f"{moved}\n{row}\n".encode("gbk"))["TL2306"].open == 4


def test_archives_may_hold_folders_and_other_files():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("202304/20230421_1.csv", day_file(LISTED))
        archive.writestr("readme.txt", b"x")
    assert list(parse_month(packed.getvalue())) == [LISTED]
