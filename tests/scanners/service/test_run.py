"""A run's folder: complete, repeatable, harmless to open; nothing at all when nothing could be scanned."""

import csv
import json
import re

import pytest
from scan_rows import row as judged

from lppl import datasets
from scanners.core.errors import NOTHING_FRESH, PARTIAL, CommandError
from scanners.evidence import trust
from scanners.prices.series import Series
from scanners.report import series as drawing
from scanners.scan.plan import plan_of
from scanners.service.outcome import exit_code
from scanners.service.run import run
from scanners.verdict.appraisal import Refusal
from scanners.verdict.row import RefusedRow

TOP = "2000-03-10"
SCRIPT = "<script>alert(1)</script>"
QUOTE = '"; onload=x'


def _missing():
    raise CommandError("=cmd|' /C calc'!A0: no such file & <b>bold</b>")


SERIES = (
    # Just enough history for a verdict: few sessions to look back on, so the page is cheap.
    Series("nasdaq", "Nasdaq Composite", "equity_index", lambda: datasets.load("nasdaq")["1997-09-01":]),
    Series(SCRIPT, QUOTE, "equity_index", lambda: datasets.load("nasdaq")["1999-06-01":]),
    Series("=1+1", "@SUM(A1:A9)", "commodity", _missing),
)


@pytest.fixture(scope="module", autouse=True)
def few_refits():
    """Of trust and log-periodicity: more of them are the same arithmetic again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trust, "RESAMPLES", 8)
        patch.setattr(drawing, "NULLS", 9)
        yield


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    output = tmp_path_factory.mktemp("outputs")
    outcome = run(plan_of("test", TOP, "shanghai_2015"), SERIES, output, jobs=1)
    return outcome.rows, outcome.folder


def test_folder_is_complete(written):
    _, folder = written
    names = sorted(path.name for path in folder.iterdir())
    assert names[:6] == ["index.html", "nasdaq.png", "nasdaq.svg", "phone", "run.json", "scan.csv"]
    assert sorted(path.name for path in folder.parent.iterdir()) == [TOP, "index.html", "latest"]
    assert len(list((folder / "series").iterdir())) == 2
    assert [path.name for path in (folder / "phone").iterdir()] == ["nasdaq.png"]  # raised, for a mail
    assert all(re.fullmatch(r"[a-z0-9_-]+\.(html|png|svg|json|csv)|series|phone", name) for name in names)


@pytest.mark.ci
def test_same_command_same_bytes(written, tmp_path):
    _, first = written
    second = run(plan_of("test", TOP, "shanghai_2015"), SERIES, tmp_path, jobs=1).folder
    for name in ("scan.json", "scan.csv", "index.html", "nasdaq.png", "nasdaq.svg", "series/nasdaq.html"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_scan_json_holds_evidence_and_configuration_but_no_time_of_day(written):
    rows, folder = written
    content = json.loads((folder / "scan.json").read_text("utf-8"))
    assert content["policy"]["critical"] == 0.3
    assert [item["name"] for item in content["series"]] == [row.name for row in rows]
    nasdaq = content["series"][0]
    assert nasdaq["evidence"]["bubble"]["consensus_3day"] == rows[0].evidence.bubble.consensus_3day
    assert not re.search(r"\d\d:\d\d", json.dumps(content))
    manifest = json.loads((folder / "run.json").read_text("utf-8"))
    assert manifest["configuration"] == content["configuration"]
    assert manifest["started"] <= manifest["finished"]


def test_csv_is_one_harmless_row_a_series(written):
    _, folder = written
    with open(folder / "scan.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["series"] for row in rows] == ["nasdaq", SCRIPT, "'=1+1"]
    assert rows[2]["title"] == "'@SUM(A1:A9)" and rows[2]["reasons"].startswith("'=cmd")
    assert float(rows[0]["C3"]) > 0.3 and rows[0]["level"] == "critical"
    assert rows[2]["C3"] == "" and rows[2]["status"] == "failed"


def test_nothing_is_written_when_nothing_could_be_scanned(tmp_path):
    with pytest.raises(CommandError, match=r"no series could be scanned: =1\+1: .* \(and 1 more"):
        run(plan_of("test", TOP, "shanghai_2015"), (SERIES[2], SERIES[2]), tmp_path, jobs=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["ok", "insufficient_data"], 0),
        (["ok", "stale"], 0),
        (["ok", "failed"], PARTIAL),
        (["stale", "failed"], PARTIAL),
        (["stale", "stale"], NOTHING_FRESH),
    ],
)
def test_exit_code(statuses, code):
    rows = [
        judged("a") if status == "ok" else RefusedRow("a", "A", "commodity", Refusal(status, "why"))
        for status in statuses
    ]
    assert exit_code(rows) == code
