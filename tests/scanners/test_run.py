"""A run's folder: complete, repeatable, harmless to open; nothing at all when nothing could be scanned."""

import csv
import json
import re
from html.parser import HTMLParser

import pytest

from lppl import datasets
from scanners.errors import CommandError
from scanners.run import NOTHING_FRESH, PARTIAL, exit_code, plan, run
from scanners.scan import Row, Series
from scanners.verdict import Verdict

TOP = "2000-03-10"
SCRIPT = "<script>alert(1)</script>"
QUOTE = '"; onload=x'


def _missing():
    raise CommandError("=cmd|' /C calc'!A0: no such file & <b>bold</b>")


SERIES = (
    Series("nasdaq", "Nasdaq Composite", "equity_index", lambda: datasets.load("nasdaq")),
    Series(SCRIPT, QUOTE, "equity_index", lambda: datasets.load("nasdaq")["1999-06-01":]),
    Series("=1+1", "@SUM(A1:A9)", "commodity", _missing),
)


class _Page(HTMLParser):
    """Collect tags, attributes and links of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.sources, self.handlers = set(), set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            {"id": self.ids.add, "href": self.links.append, "src": self.sources.append}.get(
                name, lambda value: None
            )(value)
            if name.startswith("on"):
                self.handlers.append(name)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    output = tmp_path_factory.mktemp("outputs")
    rows, folder = run(plan("test", TOP, "shanghai_2015"), SERIES, output, jobs=1)
    return rows, folder


def test_folder_is_complete(written):
    _, folder = written
    names = sorted(path.name for path in folder.iterdir())
    assert names[:4] == ["index.html", "nasdaq.png", "run.json", "scan.csv"]
    assert [path.name for path in folder.parent.iterdir()] == [TOP]
    assert all(re.fullmatch(r"[a-z0-9_-]+\.(html|png|json|csv)", name) for name in names)


def test_same_command_same_bytes(written, tmp_path):
    _, first = written
    _, second = run(plan("test", TOP, "shanghai_2015"), SERIES, tmp_path, jobs=1)
    for name in ("scan.json", "scan.csv", "index.html", "nasdaq.png"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_scan_json_holds_evidence_and_configuration_but_no_time_of_day(written):
    rows, folder = written
    content = json.loads((folder / "scan.json").read_text("utf-8"))
    assert content["policy"]["critical"] == 0.4
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
    assert float(rows[0]["C3"]) > 0.3 and rows[0]["level"] == "warning"
    assert rows[2]["C3"] == "" and rows[2]["status"] == "failed"


def test_names_are_text_on_the_page(written):
    _, folder = written
    text = (folder / "index.html").read_text("utf-8")
    page = _Page(text)
    assert "script" not in page.tags and not page.handlers
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "&#34;; onload=x" in text


def test_page_needs_nothing_but_itself(written):
    _, folder = written
    page = _Page((folder / "index.html").read_text("utf-8"))
    assert len(page.sources) == 2
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert {link for link in page.links if not link.startswith("#")} == {"data:,"}
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.ids


def test_long_list_keeps_its_pictures_beside_the_page(written, monkeypatch, tmp_path):
    from scanners.report import page

    monkeypatch.setattr(page, "INLINE_AT_MOST", 1)
    _, folder = run(plan("test", TOP, "shanghai_2015"), SERIES, tmp_path, jobs=1)
    sources = _Page((folder / "index.html").read_text("utf-8")).sources
    assert sources and all((folder / source).is_file() for source in sources)


def test_nothing_is_written_when_nothing_could_be_scanned(tmp_path):
    with pytest.raises(CommandError, match=r"no series could be scanned: =1\+1: .* \(and 1 more"):
        run(plan("test", TOP, "shanghai_2015"), (SERIES[2], SERIES[2]), tmp_path, jobs=1)
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
    assert exit_code([Row("a", "A", "commodity", Verdict(status)) for status in statuses]) == code
