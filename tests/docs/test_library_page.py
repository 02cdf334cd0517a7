"""docs/library.md names everything that is public, and says rightly what can be shown and drawn."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import earlywarning
import lppl
import scanners

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "library.md").read_text("utf-8")


@pytest.mark.parametrize("library", [lppl, earlywarning, scanners])
def test_every_public_name_has_a_line(library):
    part = TEXT.partition(f"## `{library.__name__}`: every public name")[2].partition("\n## ")[0]
    rows = re.findall(rf"^\| `{library.__name__}\.(\w+)` \| (.+) \|$", part, flags=re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(library.__all__)
    assert all(len(words) > 10 for _, words in rows)


def test_results_show_and_draw_what_is_said():
    rows = re.findall(r"^\| `([\w.]+)` \| (.+?) \| (yes|no) \| (.+) \|$", TEXT, flags=re.MULTILINE)
    assert len(rows) > 20
    for place, makers, table, picture in rows:
        module, _, name = place.rpartition(".")
        kind = getattr(import_module(module), name)
        assert hasattr(kind, "_repr_html_") is (table == "yes"), place
        assert hasattr(kind, "plot") is not picture.startswith("no"), place
        library = import_module(module.partition(".")[0])
        for maker in re.findall(r"`(\w+)`", makers):
            assert callable(getattr(library, maker)), maker


def test_every_function_of_the_plot_module_is_named():
    row = re.search(r"^\| `lppl\.plot` \| .*$", TEXT, flags=re.MULTILINE)[0]
    drawn = {name for name, item in vars(lppl.plot).items() if inspect.isfunction(item)}
    assert drawn == set(re.findall(r"`(\w+)`", row)) - {"lppl"}
