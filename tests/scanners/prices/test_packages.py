"""The real akshare and finance-datareader in their child processes, against servers on loopback."""

import json
import time
from datetime import date, timedelta

import numpy as np
import pytest
from loopback import Answer, serve

from scanners.prices import akshare, krx
from scanners.prices.interface import Bars, FetchError, Request
from scanners.prices.isolated import isolated


@pytest.fixture
def fetch(monkeypatch):
    def fetch(target, request, answer, timeout=40.0):
        with serve(answer if callable(answer) else lambda path: answer) as served:
            monkeypatch.setenv("LPPL_TEST_SERVER", served.url)
            name = target.partition("_")[0]
            provider = isolated(name, f"package_loopback:{target}", interval=0.0, timeout=timeout)
            (outcome,) = provider.fetch([request], time.monotonic() + 60)
        return outcome, served.paths

    return fetch


def sina(rows):
    """What Sina sends: a script that assigns a list of objects."""
    names = ("d", "o", "h", "l", "c", "v", "p", "s")
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    script = (
        "/*<script>location.href='//sina.com';</script>*/\nvar _V21052021_4_12=(" + json.dumps(objects) + ");"
    )
    return Answer(script.encode("gbk"), headers={"Content-Type": "application/javascript; charset=gbk"})


TL = [
    ("2023-04-21", "96.50", "96.77", "96.33", "96.71", "17052", "16371", "96.69"),
    ("2023-04-24", "96.70", "97.03", "96.65", "96.98", "11000", "17000", "96.95"),
]


class TestAkshare:
    @pytest.fixture(autouse=True)
    def _installed(self):
        pytest.importorskip("akshare")

    def test_main_contract(self, fetch):
        bars, paths = fetch("akshare_fetch", Request("tl", "TL0"), sina(TL))
        assert bars.sessions.tolist() == [date(2023, 4, 21), date(2023, 4, 24)]
        assert bars.close.tolist() == [96.71, 96.98]
        assert bars.volume.tolist() == [17052, 11000]
        assert (bars.provider, bars.currency, bars.timezone) == ("akshare", "CNY", "Asia/Shanghai")
        assert "InnerFuturesNewService.getDailyKLine?symbol=TL0" in paths[0]

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (Answer(b"<html>busy</html>"), "malformed"),
            (Answer(b"", 429), "malformed"),
            (Answer(b"var _V21052021_4_12=(null);"), "malformed"),
            (sina([]), "malformed"),
            (sina([("yesterday", *TL[0][1:])]), "malformed"),
            (Answer(sina(TL).body[:120]), "malformed"),
            (Answer(sina(TL).body, truncate=True), "transient"),
        ],
    )
    def test_failures(self, fetch, answer, kind):
        assert fetch("akshare_fetch", Request("tl", "TL0"), answer)[0].kind == kind

    def test_hang(self, fetch):
        """The package sets no time-out at all."""
        started = time.monotonic()
        failure, _ = fetch("akshare_fetch", Request("tl", "TL0"), Answer(hang=60), timeout=5.0)
        assert failure.kind == "transient"
        assert time.monotonic() - started < 15

    def test_provider(self):
        assert akshare.provider().name == "akshare"


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


class TestKrx:
    REQUEST = Request("kosdaq", "KQ11", start=date(2019, 3, 4), end=date(2021, 6, 30))

    @pytest.fixture(autouse=True)
    def _installed(self):
        pytest.importorskip("FinanceDataReader")

    def test_index(self, fetch):
        bars, paths = fetch("krx_fetch", self.REQUEST, korea)
        assert isinstance(bars, Bars), bars
        assert (bars.sessions[0].item(), bars.sessions[-1].item()) == (self.REQUEST.start, self.REQUEST.end)
        assert (bars.close[0], bars.open[0], bars.high[0], bars.low[0]) == (878.93, 866.08, 878.93, 865.26)
        assert (bars.currency, bars.timezone) == ("KRW", "Asia/Seoul")
        assert len(paths) == 3

    @pytest.mark.parametrize("year", [2019, 2020, 2021])
    @pytest.mark.parametrize("answer", [Answer(b"", 404), Answer(b"<html></html>")])
    def test_a_missing_year_is_noticed(self, fetch, year, answer):
        def hole(path):
            return answer if f"{year}.csv" in path else korea(path)

        failure, _ = fetch("krx_fetch", self.REQUEST, hole)
        assert failure.kind == "transient"
        assert "no session between" in failure.message

    def test_everything_missing_is_no_empty_series(self, fetch):
        assert fetch("krx_fetch", self.REQUEST, Answer(b"", 404))[0].kind == "transient"

    def test_changed_columns(self, fetch):
        def changed(path):
            return Answer(korea(path).body.replace(b"Close", b"Last"))

        failure, _ = fetch("krx_fetch", self.REQUEST, changed)
        assert failure.kind == "malformed"
        assert "Close" in failure.message

    def test_unknown_index(self, fetch):
        assert fetch("krx_fetch", Request("x", "KS99"), korea)[0].kind == "not_found"

    def test_hang(self, fetch):
        failure, _ = fetch("krx_fetch", self.REQUEST, Answer(hang=60), timeout=4.0)
        assert failure.kind == "transient"


def test_longest_break():
    days = np.array(["2024-02-08", "2024-02-28"], dtype="datetime64[D]")
    krx.check_whole(days, date(2024, 2, 1), date(2024, 3, 1))
    for start, end in ((date(2024, 1, 1), date(2024, 3, 1)), (date(2024, 2, 1), date(2024, 4, 1))):
        with pytest.raises(FetchError, match="no session between"):
            krx.check_whole(days, start, end)
    with pytest.raises(FetchError, match="no session between 2024-02-08 and 2024-02-29"):
        krx.check_whole(days + np.array([0, 1]), date(2024, 2, 1), date(2024, 3, 1))
