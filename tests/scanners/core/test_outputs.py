"""Files appear whole or not at all, and what they hold cannot hurt a reader."""

import json
import math
import os
import subprocess

import pytest

from scanners.core.errors import CommandError
from scanners.core.file_names import slug
from scanners.core.run_files import to_csv, to_json, write_file
from scanners.core.run_folders import new_folder as new_folder_at
from scanners.core.run_folders import remove_leftovers


def new_folder(target):
    return new_folder_at(target.parent, lambda: target)


def test_folder_appears_only_when_complete(tmp_path):
    target = tmp_path / "out" / "2000-03-10"
    with new_folder(target) as folder:
        (folder / "scan.json").write_text("1")
        assert not target.exists()
    assert (target / "scan.json").read_text() == "1"
    assert [path.name for path in target.parent.iterdir()] == ["2000-03-10"]


def test_failure_leaves_the_earlier_run_and_nothing_else(tmp_path):
    target = tmp_path / "new" / "deep" / "2000-03-10"
    with pytest.raises(ValueError, match="stop"), new_folder(target):
        raise ValueError("stop")
    assert not list(tmp_path.iterdir())
    target = tmp_path / "2000-03-10"
    with new_folder(target) as folder:
        (folder / "scan.json").write_text("old")
    with pytest.raises(KeyboardInterrupt), new_folder(target) as folder:
        (folder / "scan.json").write_text("new")
        raise KeyboardInterrupt
    assert (target / "scan.json").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_earlier_run_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "2000-03-10"
    for name in ("gold.png", "wti.png"):
        with new_folder(target) as folder:
            (folder / "scan.json").write_text("{}")
            (folder / name).write_text(name)
    assert sorted(path.name for path in target.iterdir()) == ["scan.json", "wti.png"]
    assert list(tmp_path.iterdir()) == [target]


def test_folder_of_the_user_is_left_alone(tmp_path):
    target = tmp_path / "2000-03-10"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    with pytest.raises(CommandError, match="is not a scan's"), new_folder(target):
        pytest.fail("the block must not run")
    assert (target / "thesis.txt").read_text() == "mine"


def test_unwritable_place_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    inside_a_file = new_folder(tmp_path / "file" / "2000-03-10")
    with pytest.raises(CommandError, match=r"cannot write .*file/2000-03-10"), inside_a_file:
        pytest.fail("the block must not run")
    with pytest.raises(CommandError, match=r"cannot write .*missing/fit\.png: No such file"):
        write_file(tmp_path / "missing" / "fit.png", b"")


def test_json_has_no_nan():
    assert json.loads(to_json({"a": math.nan, "b": [1.5, (math.inf,)]})) == {"a": None, "b": [1.5, [None]]}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_text_cannot_become_a_formula(text):
    assert to_csv([{"series": text, "value": -1.5}]).splitlines()[1:][0].lstrip('"').startswith("'")


def test_csv_numbers_stay_numbers():
    assert to_csv([{"series": "gold", "value": -1.5, "none": None}]) == "series,value,none\ngold,-1.5,\n"


def test_slug_is_a_safe_and_unique_file_name():
    assert slug("gold") == "gold"
    names = ["../../etc/passwd", "^KQ11", "KQ11", "30年国债期货", "10年国债期货", "<script>"]
    slugs = [slug(name) for name in names]
    assert len(set(slugs)) == len(names)
    assert all(set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-") for text in slugs)


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    for name in (f".page-{gone.pid}", f".page-{os.getpid()}", ".2024-01-02-core", "page-1", ".x-1a"):
        (tmp_path / name).write_text("")
    (tmp_path / f".2024-01-02-{gone.pid}").mkdir()
    (tmp_path / f".latest-{gone.pid}").symlink_to("nowhere")
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f".page-{os.getpid()}", ".2024-01-02-core", "page-1", ".x-1a"]
    )
