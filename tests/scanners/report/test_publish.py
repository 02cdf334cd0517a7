"""What lies beside the runs follows the folders: the index, latest, and the links between runs."""

import json
import re
import shutil
from pathlib import Path

import pytest

from scanners.report.archive import previous, runs
from scanners.report.publish import PLACE, publish


def make_run(output, as_of, *, watchlist="core", names=("gold",), level="calm", inside=""):
    folder = output / as_of / inside
    (folder / "series").mkdir(parents=True)
    series = [{"name": name, "title": name.title(), "status": "ok", "level": level} for name in names]
    recorded = {
        "as_of": as_of,
        "watchlist": watchlist,
        "version": "1",
        "configuration": "abc",
        "series": series,
    }
    (folder / "scan.json").write_text(json.dumps(recorded | {"more": [1, {"a": None}]}))
    for path in (folder / "index.html", *(folder / "series" / f"{name}.html" for name in names)):
        path.write_text(f"<nav>{PLACE}</nav><p>{as_of}</p>")
    return folder


def links(path):
    return re.findall(r'href="([^"]+)"', path.read_text())


def assert_links_lead_somewhere(output):
    for path in [output / "index.html", *output.glob("20*/**/*.html")]:
        for link in links(path):
            assert (path.parent / link.partition("#")[0]).is_file() or link == "data:,", (path, link)


def test_neighbours_link_to_each_other_and_new_ones_are_picked_up(tmp_path):
    first, second = make_run(tmp_path, "2000-03-09"), make_run(tmp_path, "2000-03-10", names=("gold", "wti"))
    publish(tmp_path)
    assert links(first / "series/gold.html")[-1] == "../../2000-03-10/series/gold.html"
    assert links(second / "series/gold.html")[-1] == "../../2000-03-09/series/gold.html"
    assert links(second / "series/wti.html")[-1] == "../../2000-03-09/index.html"  # it was not in that run
    assert links(first / "index.html") == ["../index.html", "../2000-03-10/index.html"]
    make_run(tmp_path, "2000-03-13")
    publish(tmp_path)
    assert links(second / "series/gold.html")[-1] == "../../2000-03-13/series/gold.html"
    assert links(first / "index.html") == ["../index.html", "../2000-03-10/index.html"]
    assert_links_lead_somewhere(tmp_path)


def test_a_deleted_run_leaves_no_dangling_link(tmp_path):
    for day in ("2000-03-08", "2000-03-09", "2000-03-10"):
        make_run(tmp_path, day)
    publish(tmp_path)
    shutil.rmtree(tmp_path / "2000-03-09")
    publish(tmp_path)
    assert links(tmp_path / "2000-03-08/series/gold.html")[-1] == "../../2000-03-10/series/gold.html"
    assert_links_lead_somewhere(tmp_path)
    shutil.rmtree(tmp_path / "2000-03-10")
    publish(tmp_path)
    assert (tmp_path / "latest").readlink() == Path("2000-03-08")
    assert_links_lead_somewhere(tmp_path)


def test_a_day_that_is_run_again_with_other_series_leaves_no_dangling_link(tmp_path):
    for day in ("2000-03-09", "2000-03-10"):
        make_run(tmp_path, day, names=("gold", "wti"))
    publish(tmp_path)
    shutil.rmtree(tmp_path / "2000-03-10")
    make_run(tmp_path, "2000-03-10", names=("gold", "corn"))
    publish(tmp_path)
    assert links(tmp_path / "2000-03-09/series/wti.html")[-1] == "../../2000-03-10/index.html"
    assert links(tmp_path / "2000-03-09/series/gold.html")[-1] == "../../2000-03-10/series/gold.html"
    assert_links_lead_somewhere(tmp_path)


def test_lists_do_not_mix(tmp_path):
    make_run(tmp_path, "2000-03-08")
    other = make_run(tmp_path, "2000-03-09", watchlist="mine")
    last = make_run(tmp_path, "2000-03-10")
    publish(tmp_path)
    assert links(last / "index.html") == ["../index.html", "../2000-03-08/index.html"]
    assert links(other / "index.html") == ["../index.html"]
    assert previous(tmp_path, "2000-03-10", "core").day == "2000-03-08"
    assert previous(tmp_path, "2000-03-08", "core") is None


def test_a_list_that_lies_inside_a_day_is_linked_to_its_other_days(tmp_path):
    make_run(tmp_path, "2000-03-09")
    inner = make_run(tmp_path, "2000-03-09", watchlist="mine", inside="mine")
    alone = make_run(tmp_path, "2000-03-10", watchlist="mine")
    publish(tmp_path)
    assert links(inner / "series/gold.html") == [
        "../../../index.html",
        "../index.html#s-gold",
        "../../../2000-03-10/series/gold.html",
        "../../index.html",
    ]
    assert links(alone / "index.html") == ["../index.html", "../2000-03-09/mine/index.html"]
    assert [(run.day, run.place) for run in runs(tmp_path)][1:] == [
        ("2000-03-09", "2000-03-09"),
        ("2000-03-09", "2000-03-09/mine"),
    ]
    assert_links_lead_somewhere(tmp_path)


def test_publishing_again_writes_no_page(tmp_path):
    for day in ("2000-03-09", "2000-03-10"):
        make_run(tmp_path, day)
    publish(tmp_path)
    pages = list(tmp_path.glob("2000*/**/*.html"))
    before = [path.stat().st_mtime_ns for path in pages]
    publish(tmp_path)
    assert [path.stat().st_mtime_ns for path in pages] == before


def test_index_lists_runs_newest_first_with_their_counts(tmp_path):
    make_run(tmp_path, "2000-03-09", level="critical", names=("<b>", "gold"))
    make_run(tmp_path, "2000-03-10")
    broken = make_run(tmp_path, "2000-03-13")
    (broken / "scan.json").write_text("{")
    (tmp_path / "thesis").mkdir()
    publish(tmp_path)
    text = (tmp_path / "index.html").read_text()
    assert re.findall(r'<td class="date"><a href="(.*?)/', text) == ["2000-03-10", "2000-03-09"]
    assert "results cannot be read" in text and "&lt;B&gt;" in text and "thesis" not in text
    row = text[text.index("2000-03-09") :]
    assert re.findall(r'level( zero)?">(\d+)<', row)[:6] == [
        ("", "2"), (" zero", "0"), (" zero", "0"), (" zero", "0"), (" zero", "0"), (" zero", "0"),
    ]  # fmt: skip
    assert [run.day for run in runs(tmp_path)] == ["2000-03-13", "2000-03-10", "2000-03-09"]


def test_latest_is_the_newest_date_not_the_last_one_written(tmp_path):
    make_run(tmp_path, "2000-03-10")
    publish(tmp_path)
    make_run(tmp_path, "1999-01-04")
    publish(tmp_path)
    assert (tmp_path / "latest").readlink() == Path("2000-03-10")
    assert (tmp_path / "latest/index.html").is_file()
    assert len(runs(tmp_path)) == 2  # the link is no run of its own


def test_latest_falls_back_to_a_page_without_symbolic_links(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("not supported")

    make_run(tmp_path, "2000-03-10")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "symlink_to", refuse)
        publish(tmp_path)
    page = tmp_path / "latest.html"
    assert "2000-03-10/index.html" in links(page) and "url=2000-03-10/index.html" in page.read_text()
    publish(tmp_path)
    assert (tmp_path / "latest").is_symlink() and not page.exists()


@pytest.mark.parametrize("folder", [True, False])
def test_what_the_user_calls_latest_is_left_alone(tmp_path, folder):
    latest = tmp_path / "latest"
    if folder:
        (latest / "mine").mkdir(parents=True)
    else:
        latest.write_text("mine")
    make_run(tmp_path, "2000-03-10")
    publish(tmp_path)
    assert (latest / "mine").is_dir() if folder else latest.read_text() == "mine"
    assert (tmp_path / "latest.html").is_file()
    assert not list(tmp_path.glob(".latest*"))
