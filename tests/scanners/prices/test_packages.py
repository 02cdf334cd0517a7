"""The real finance-datareader in its child process, against a server on loopback."""

import time
from datetime import date, timedelta

import numpy as np
import pytest
from loopback import Answer, serve

from scanners.prices.interface import Bars, FetchError, Request
from scanners.prices.providers import krx
from scanners.prices.providers.isolated import isolated


@pytest.fixture
def fetch(monkeypatch):
    def fetch(target, requests, answer, timeout=40.0):
        with serve(answer) as served:
            monkeypatch.setenv("LPPL_TEST_SERVER", served.url)
            name = target.partition("_")[0]
            provider = isolated(name, f"package_loopback:{target}", interval=0.0, timeout=timeout)
            outcomes = list(provider.fetch(requests, time.monotonic() + 90))
        return outcomes, served.paths

    return fetch


def korean_year(year):
    header = "Date,Close,UpDown,Comp,Change,Open,High,Low,Volume,Amount,MarCap"
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    rows = [
        f"{day},878.93,1,12.36,0.0143,866.08,878.93,865.26,1154417882,9016382379513,426084860439733.0"
        for day in days
        if day.year == year and day.weekday() < 5
    ]
    return "\n".join([header, *rows, ""]).encode()


def korea(path):
    return Answer(korean_year(int(path.rsplit("/", 1)[1][:4])))


def korean(symbol="KQ11", first=2019, last=2021):
    return Request(f"{symbol} {first}-{last}", symbol, start=date(first, 3, 4), end=date(last, 6, 30))


def test_korean_indices(fetch):
    """Years come as files; the package passes over those that fail, and we must not."""
    pytest.importorskip("FinanceDataReader")

    def answer(path):
        if "kq11/2014" in path:
            return Answer(b"", 404)
        if "kq11/2012" in path:
            return Answer(b"<html></html>")
        if "ks11" in path:
            return Answer(korea(path).body.replace(b"Close", b"Last"))
        return korea(path)

    requests = [
        korean(first=2019, last=2021),
        korean(first=2014, last=2016),
        korean(first=2013, last=2015),
        korean(first=2012, last=2014),
        korean(first=2014, last=2014),
        korean("KS11"),
        korean("KS99"),
    ]
    outcomes, paths = fetch("krx_fetch", requests, answer)
    bars = outcomes[0]
    assert isinstance(bars, Bars), bars
    assert (bars.sessions[0].item(), bars.sessions[-1].item()) == (requests[0].start, requests[0].end)
    assert (bars.close[0], bars.open[0], bars.high[0], bars.low[0]) == (878.93, 866.08, 878.93, 865.26)
    assert (bars.currency, bars.timezone) == ("KRW", "Asia/Seoul")
    kinds = [outcome.kind for outcome in outcomes[1:]]
    assert kinds == ["transient"] * 4 + ["malformed", "not_found"]
    assert "no session between 2014-03-04 and 2015-01-01" in outcomes[1].message
    assert "no session between 2013-12-31 and 2015-01-01" in outcomes[2].message
    assert "Close" in outcomes[5].message
    assert len(paths) == 3 + 3 + 3 + 3 + 1 + 3


@pytest.mark.slow
@pytest.mark.parametrize("target", ["akshare_fetch", "krx_fetch"])
def test_servers_that_hang(fetch, target):
    """Neither package sets a time-out."""
    pytest.importorskip("akshare" if target == "akshare_fetch" else "FinanceDataReader")
    started = time.monotonic()
    (failure,), _ = fetch(target, [korean()], lambda path: Answer(hang=60), timeout=8.0)
    assert (failure.kind, failure.message) == ("transient", "no answer in time; the process was ended")
    assert time.monotonic() - started < 12


def test_longest_break():
    days = np.array(["2024-02-08", "2024-02-28"], dtype="datetime64[D]")
    krx.check_whole(days, date(2024, 2, 1), date(2024, 3, 1))
    for start, end in ((date(2024, 1, 1), date(2024, 3, 1)), (date(2024, 2, 1), date(2024, 4, 1))):
        with pytest.raises(FetchError, match="no session between"):
            krx.check_whole(days, start, end)
    with pytest.raises(FetchError, match="no session between 2024-02-08 and 2024-02-29"):
        krx.check_whole(days + np.array([0, 1]), date(2024, 2, 1), date(2024, 3, 1))
