"""A run for a printer and for Excel: ``lppl report --pdf``, ``--xlsx`` and ``lppl scan --xlsx``."""

import os
import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import openpyxl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import fontManager
from service_world import World, at, quick

from scanners.cli import exports
from scanners.core.log import Log
from scanners.core.machine import POSIX
from scanners.report import fonts
from scanners.report.axes import encode, framed_figure
from scanners.report.paper import sheets
from scanners.service.daily import serve

DAYS = ("2024-01-02", "2024-01-03")
SIZE = (595.44, 841.68)  # A4 in points


@pytest.fixture(autouse=True)
def _quick():
    with quick():
        yield


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, route=())


@pytest.fixture
def outcome(world):
    for day, share in zip(DAYS, (0.25, 0.45), strict=True):
        world.put(day, gold=share)
        request = world.daily(scheduled=False, as_of=day)
        done = serve(request, now=lambda: at(DAYS[-1]), tell=world.told.append, log=Log("none", None))
    return done


@pytest.fixture
def report(lppl, world, outcome):
    places = ("--database", world.database, "--output", world.output)
    return lambda *more: lppl("report", *more, *places)


def boxes(page):
    """Return the texts of a sheet with their places in points."""
    renderer = FigureCanvasAgg(page.figure).get_renderer()
    scale = 72 / page.figure.dpi
    return [
        (text, [part * scale for part in text.get_window_extent(renderer).extents])
        for text in page.figure.texts
    ]


def pages_of(pdf):
    assert set(re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf)) == {
        tuple(b"%g" % part for part in SIZE)
    }
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_a_sheet_of_the_list_and_one_of_each_raised_series(report, tmp_path, monkeypatch):
    assert report("--pdf", "a.pdf") == (0, "a.pdf\n", "")
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert pages_of(pdf) == 2, "the list, and gold: its picture is none, and its closes are drawn"
    assert report("--pdf", "b.pdf", "--xlsx", "b.xlsx") == (0, "b.pdf\nb.xlsx\n", "")
    assert (tmp_path / "b.pdf").read_bytes() == pdf
    assert report("--pdf", "none/a.pdf")[2] == "lppl: cannot write none/a.pdf: there is no folder none\n"


@pytest.mark.skipif(not POSIX, reason="pipes and devices of POSIX")
def test_a_pipe_or_a_device_is_written_to_and_stays_what_it_is(report, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert report("--xlsx", "pipe")[2] == "lppl: cannot write pipe: No such device or address\n"
    with open(os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        assert report("--xlsx", "pipe") == (0, "pipe\n", "")
        assert reader.read().startswith(b"PK")
    (tmp_path / "full").symlink_to("/dev/full")
    assert report("--pdf", "full")[2] == "lppl: cannot write full: No space left on device\n"
    assert (tmp_path / "pipe").is_fifo() and (tmp_path / "full").is_symlink()


def test_nothing_on_a_sheet_lies_over_anything_else_or_over_the_edge(outcome):
    gold, *calm = sorted(outcome.rows, key=lambda row: row.name != "gold")
    many = [
        replace(calm[k % 3], name=f"n{k}", title=f"A name that is too long for its column {k}")
        for k in range(60)
    ]
    picture = encode(framed_figure(7.5, "gold", "critical", ""))
    found = list(sheets(outcome.plan, [gold, *many], {"gold": picture}, lambda _: None))
    first, second, series = found
    assert "n59" not in {text.get_text() for text in first.figure.texts}
    heads = [[text.get_text() for text in page.figure.texts].index("Close") for page in (first, second)]
    assert heads[1] == 2, "the head of the table stands on every sheet of it"
    for page in found:
        placed = boxes(page)
        for k, (text, (left, low, right, high)) in enumerate(placed):
            assert left > 30 and low > 30 and right < SIZE[0] - 30 and high < SIZE[1] - 30, text
            for other, (x, y, past, top) in placed[k + 1 :]:
                wide, tall = min(right, past) - max(left, x), min(high, top) - max(low, y)
                assert wide <= 0.5 or tall <= 2.0, (text.get_text(), other.get_text())
        assert len(page.figure.axes) == (page is series)
    words = [text.get_text() for text in series.figure.texts]
    assert words[1] == "CRITICAL" and "gold" in words[2]


def test_a_script_is_drawn_where_a_font_has_it(tmp_path, monkeypatch):
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for move, point in (("moveTo", (0, 0)), ("lineTo", (800, 0)), ("lineTo", (400, 800))):
        getattr(pen, move)(point)
    pen.closePath()
    built = FontBuilder(1000, isTTF=True)
    built.setupGlyphOrder([".notdef", "gold"])
    built.setupCharacterMap({ord("金"): "gold"})
    built.setupGlyf({".notdef": pen.glyph(), "gold": pen.glyph()})
    built.setupHorizontalMetrics({".notdef": (900, 0), "gold": (900, 0)})
    built.setupHorizontalHeader(ascent=800, descent=-200)
    built.setupNameTable({"familyName": "Malgun Gothic", "styleName": "Regular"})
    built.setupOS2()
    built.setupPost()
    built.save(tmp_path / "one.ttf")
    caches = (fonts.families, fonts._fonts)
    try:
        with monkeypatch.context() as patch:
            bare = [font for font in fontManager.ttflist if font.name == "DejaVu Sans"]
            patch.setattr(fontManager, "ttflist", bare)
            [cache.cache_clear() for cache in caches]
            assert fonts.drawable("金", "gold") == "gold"
            fontManager.addfont(tmp_path / "one.ttf")
            [cache.cache_clear() for cache in caches]
            assert fonts.drawable("金 Au", "gold") == "金 Au" and fonts.drawable("銀", "silver") == "silver"
            assert fonts.width("金", 10) == pytest.approx(9.0, rel=1e-4)
    finally:
        [cache.cache_clear() for cache in caches]


def test_a_workbook_has_formats_and_the_runs_before(report, tmp_path, world, outcome):
    assert report("--xlsx", "a.xlsx") == (0, "a.xlsx\n", "")
    content = (tmp_path / "a.xlsx").read_bytes()
    assert report("--xlsx", "b.xlsx")[0] == 0 and (tmp_path / "b.xlsx").read_bytes() == content
    scan, history = openpyxl.load_workbook(BytesIO(content)).worksheets
    head = [cell.value for cell in scan[1]]
    csv = (outcome.folder / "scan.csv").read_text().splitlines()
    assert head == csv[0].split(",") and scan.max_row == len(csv)
    gold = dict(zip(head, scan[2], strict=True))
    assert (gold["level"].value, gold["last"].value) == ("critical", datetime(2024, 1, 3))
    formats = {
        name: gold[name].number_format for name in ("last", "close", "week", "return_250", "C3", "sessions")
    }
    assert formats == {
        "last": "yyyy-mm-dd", "close": "#,##0.00##", "week": "0.0%", "return_250": "0.0%", "C3": "0.00",
        "sessions": "0",
    }  # fmt: skip
    assert scan.freeze_panes == "B2" and scan.auto_filter.ref.startswith("A1:")
    lines = [[cell.value for cell in row] for row in history.iter_rows(min_row=2)]
    told = [(line[0].date().isoformat(), line[1], line[3]) for line in lines if line[1] == "gold"]
    assert told == [(DAYS[1], "gold", "critical"), (DAYS[0], "gold", "warning")] and len(lines) == 8
    assert history.freeze_panes == "C2"


def test_a_scan_writes_a_workbook_in_which_no_title_is_a_formula(lppl, tmp_path, world):
    world.put(DAYS[0])
    (tmp_path / "list.toml").write_text(
        '[[series]]\nname = "gold"\ntitle = "=1+1"\nasset_class = "commodity"\nsymbols = { csv = "gold" }\n'
    )
    places = ("--database", world.database, "--output", world.output, "--jobs", 1)
    code, out, err = lppl("scan", "--watchlist", "list.toml", "--as-of", DAYS[0], "--xlsx", "a.xlsx", *places)
    told = f"lppl: {DAYS[0]} lies too far from today to be news: recorded, nobody is told\n"
    assert (code, err) == (0, told)
    assert "a.xlsx" in out
    sheet, history = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert (sheet["B2"].value, sheet["B2"].data_type, history.max_row) == ("=1+1", "s", 2)


@pytest.mark.parametrize("command", ["scan", "report"])
def test_without_the_package_it_is_refused_by_name_before_anything_is_done(
    lppl, command, monkeypatch, tmp_path
):
    monkeypatch.setattr(exports, "find_spec", lambda name: None)
    refused = "lppl: --xlsx needs the package XlsxWriter: pip install 'lppl-scanner[excel]'\n"
    assert lppl(command, "--xlsx", "a.xlsx") == (1, "", refused) and not list(tmp_path.iterdir())
