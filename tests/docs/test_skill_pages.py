"""The pages of skill are made of the shipped figures, and of nothing else."""

import copy
import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("evidence", "rules", "uses", "tops", "reach")


@pytest.fixture(scope="module")
def page(request):
    scripts = str(ROOT / "scripts")
    sys.path.insert(0, scripts)
    request.addfinalizer(lambda: sys.path.remove(scripts))
    spec = importlib.util.spec_from_file_location("made_skill_page", ROOT / "scripts" / "skill_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def figures():
    return {name: json.loads((ROOT / "docs" / "skill" / f"{name}.json").read_text("utf-8")) for name in NAMES}


@pytest.mark.parametrize("name", ["skill.md", "skill_tables.md"])
def test_every_figure_on_the_page_is_a_measured_one(name, page, figures):
    assert (ROOT / "docs" / name).read_text("utf-8") == page.render(name, figures)


def test_another_measurement_makes_another_page(page, figures):
    changed = copy.deepcopy(figures)
    changed["rules"]["real"]["levels"]["critical"]["1.5s_60"]["onsets"]["ratio"] = 0.77
    assert "0.77" in page.render("skill.md", changed)
    assert page.render("skill.md", changed) != page.render("skill.md", figures)


def test_a_row_that_panels_without_bubbles_reach_is_not_called_skill(page, figures):
    changed = copy.deepcopy(figures)
    for kind in ("block", "garch"):
        changed["evidence"][kind]["parts"]["C at least .2"]["1.5s_60"] |= {
            "relative": 9.0,
            "relative_interval": [8.0, 10.0],
        }
    assert "**Not shown.**" in page.render("skill.md", changed)


def test_the_tables_of_major_tops_carry_the_figure_of_shuffled_panels(figures):
    told = figures["tops"]["summary"]["major top in 60"]
    text = " ".join((ROOT / "docs" / "skill_tops.md").read_text("utf-8").split())
    assert f"{told['share']:.0%} of FOMO regimes had a major top within 60 sessions" in text
    assert f"against {told['as_stretched']:.0%} on dates as stretched" in text
    assert f"calls that skill on {told['called_skill']} of {told['panels']}" in text
