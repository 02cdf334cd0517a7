"""The folders of runs: put right when something is missing, one a list, and never one for another."""

import os
import shutil
from dataclasses import replace

import msgspec
import pytest
from service_world import World, at, contents, listed, quick

from scanners.config.watchlist import Watchlist
from scanners.core import run_folders
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.core.run_folders import swap
from scanners.report.places import home
from scanners.report.publish import publish
from scanners.scan import scanning
from scanners.service.daily import one_off, serve
from scanners.store import Store

DAY, NEXT = "2024-01-02", "2024-01-03"
SILENT = Log("none", None)


@pytest.fixture(autouse=True)
def _quick():
    with quick():
        yield


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, route=())
    made.put(DAY, gold=0.45)
    return made


def request(world, name="core", **changes):
    asked = world.daily(scheduled=False, **({"as_of": DAY} | changes))
    return replace(asked, watchlist=Watchlist(world.watchlist.series, name))


def run(world, name="core", **changes):
    return serve(
        request(world, name, **changes), now=lambda: at(NEXT), tell=world.told.append, log=SILENT
    ).folder


@pytest.mark.parametrize("how", ["deleted", "torn"])
@pytest.mark.parametrize(
    "gone", [["gold.png"], ["index.html"], ["run.json"], ["scan.json", "run.json"], ["scan.csv", "wti.png"]]
)
def test_what_is_amiss_in_a_done_run_is_put_right_and_nothing_else_is_computed(world, gone, how, monkeypatch):
    folder = run(world)
    (folder / "notes.txt").write_text("mine")
    before = contents(folder)
    for name in gone:
        if how == "deleted":
            (folder / name).unlink()
        else:
            (folder / name).write_bytes((folder / name).read_bytes()[:50])
    if how == "deleted" and {"scan.json", "run.json"} <= set(gone):
        (folder / "notes.txt").unlink()  # without either the user's own file makes it a folder of theirs
        del before["notes.txt"]
    drawn, draw = [], scanning.scan_one
    monkeypatch.setattr(
        scanning, "scan_one", lambda task, *rest: drawn.append(task.name) or draw(task, *rest)
    )
    assert run(world) == folder
    assert contents(folder) == before
    assert sorted(f"{name}.png" for name in drawn) == sorted(set(gone) & {"gold.png", "wti.png"})
    named = [name for name in gone if name != "run.json"]
    assert all(name in " ".join(world.told) for name in named), world.told
    world.told.clear()
    assert run(world) == folder and not world.told and listed(world.output) == [DAY]


def test_what_cannot_be_made_again_is_said(world, monkeypatch):
    folder = run(world)
    (folder / "gold.png").unlink()
    with monkeypatch.context() as patch:
        patch.setattr("scanners.report.series.series_files", lambda *_: {})
        run(world)
    assert world.told == [f"{folder}: cannot be made again: gold.png"]


def test_links_that_follow_are_no_damage(world):
    first = run(world)
    world.put(NEXT)
    second = run(world, as_of=NEXT)
    assert f"../{NEXT}/index.html" in (first / "index.html").read_text()
    assert (run(world), run(world, as_of=NEXT)) == (first, second) and not world.told


def test_each_list_of_a_day_has_its_own_folder_and_the_pages_of_the_day_name_the_others(world):
    core = run(world)
    metals = run(world, "Précious metals")
    assert core == world.output / DAY and metals.parent == core and metals.name.startswith("pr-cious-metals-")
    assert (world.output / "latest").readlink().name == DAY
    assert f'href="{metals.name}/index.html">Précious metals</a>' in (core / "index.html").read_text()
    page = (metals / "index.html").read_text()
    assert 'href="../index.html">core</a>' in page and 'href="../../index.html">All runs</a>' in page
    index = (world.output / "index.html").read_text()
    assert f'"{DAY}/index.html"' in index and f'"{DAY}/{metals.name}/index.html"' in index
    kept = contents(metals)
    assert run(world, again=True) == core and contents(metals) == kept
    assert run(world, "Précious metals") == metals and not world.told
    with Store.open(world.database) as store:
        assert [each.key.watchlist for each in store.runs.runs()] == ["core", "Précious metals"]


def test_a_list_called_as_the_pages_of_series_does_not_meet_them(world):
    run(world)
    assert run(world, "series").name.startswith("series-")


def test_another_configuration_does_not_take_the_place_of_a_recorded_page_unless_asked(world):
    folder = run(world)
    before = contents(folder)
    policy = replace(world.settings.policy, critical=0.31)
    world.settings = msgspec.structs.replace(world.settings, policy=policy)
    other = run(world)
    assert other == folder / "core"
    assert {
        place: said for place, said in contents(folder).items() if not place.startswith("core/")
    }.keys() == (before.keys())
    assert ", configuration " in (folder / "index.html").read_text()
    assert run(world) == other and not world.told


def test_a_look_that_is_not_recorded_leaves_a_recorded_page_alone(world):
    folder = run(world)
    before = contents(folder)
    with pytest.raises(CommandError, match=r"holds the recorded run of core.*--again writes over it"):
        one_off(request(world), at(NEXT), log=SILENT)
    assert contents(folder) == before
    assert one_off(request(world, again=True), at(NEXT), log=SILENT).folder == folder
    assert one_off(request(world), at(NEXT), log=SILENT).folder == folder, (
        "nothing recorded is there any more"
    )
    assert run(world) == folder, "the recorded one takes its place again"


@pytest.mark.parametrize("step", range(1, 4))
def test_a_process_that_dies_while_a_day_is_replaced_loses_no_run_inside_it(tmp_path, step, monkeypatch):
    target, work, inner = tmp_path / DAY, tmp_path / f".{DAY}-key", tmp_path / DAY / "metals"
    inner.mkdir(parents=True)
    for folder, said in ((target, "old"), (inner, "metals")):
        (folder / "scan.json").write_text(said)
    work.mkdir()
    (work / "scan.json").write_text("new")
    steps, put, remove = [], run_folders.put_in_place, shutil.rmtree

    def dying(real):
        def act(*args, **kwargs):
            if args[0] != work / "metals":
                steps.append(args)
                if len(steps) == step:
                    raise KeyboardInterrupt
            return real(*args, **kwargs)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(run_folders, "put_in_place", dying(put))
        patch.setattr(run_folders.shutil, "rmtree", dying(remove))
        with pytest.raises(KeyboardInterrupt):
            swap(work, target, tmp_path)
    publish(tmp_path)
    assert (inner / "scan.json").read_text() == "metals"
    assert (target / "scan.json").read_text() == ("old" if step < 3 else "new")
    assert not list(tmp_path.glob(".was-*"))


def test_a_day_whose_own_run_was_deleted_is_free_again(tmp_path):
    inner = tmp_path / DAY / "metals"
    inner.mkdir(parents=True)
    (inner / "run.json").write_text('{"watchlist": "metals", "configuration": "c", "recorded": true}')
    assert home(tmp_path, DAY, "core", "c") == tmp_path / DAY
    assert home(tmp_path, DAY, "metals", "c") == inner
    work = tmp_path / f".run-{os.getpid()}"
    work.mkdir()
    (work / "scan.json").write_text("{}")
    run_folders.refuse_foreign(tmp_path / DAY)
    swap(work, tmp_path / DAY, tmp_path)
    assert (tmp_path / DAY / "scan.json").is_file() and (inner / "run.json").is_file()
