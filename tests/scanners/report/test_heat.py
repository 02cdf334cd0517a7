"""The map of a list over a year: what matters on top, blank where nobody looked, one on page and picture."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from mornings import faded, sixty_alarms

from scanners.core.errors import CommandError
from scanners.core.run_files import to_json
from scanners.report.archive import Run, looks_before, remembered, runs
from scanners.report.heat import HeatMap, Remembered, heat_map, looks_of, step_of
from scanners.report.heat_picture import write_heat_map
from scanners.report.publish import publish
from scanners.service.results import result
from scanners.verdict.row import JudgedRow
from scanners.verdict.trail import WEEKS

AS_OF = "2026-01-29"


def series(name, shares, level="calm", levels=None):
    """Return a series whose C3 was so at the last Thursdays."""
    end = date.fromisoformat(AS_OF)
    days = [(end - timedelta(weeks=back)).isoformat() for back in range(len(shares) - 1, -1, -1)]
    levels = levels or ["calm"] * (len(shares) - 1) + [level]
    return Remembered(name, name, level, level, tuple(zip(days, shares, levels, strict=True)))


def test_rows_are_ordered_by_level_then_by_heat_and_have_a_year_of_weeks():
    found = heat_map(
        [series("cool", [0.0] * 52), series("was", [0.3] + [0.0] * 51), series("warm", [0.0] * 51 + [0.12]),
         series("hot", [0.0] * 51 + [0.4], "critical")], AS_OF)  # fmt: skip
    assert [row.name for row in found.rows] == ["hot", "warm", "was", "cool"]
    assert all(sum(cell.weeks for cell in row.cells) == WEEKS for row in found.rows)
    assert sum(weeks for _, weeks in found.months) == WEEKS
    assert [row.C3 for row in found.rows] == [0.4, 0.12, 0.0, 0.0]


def test_a_week_without_a_look_is_blank_and_never_calm():
    gap = series("gap", [0.2, 0.0, 0.0, 0.3])
    gap = replace(gap, looks=(gap.looks[0], gap.looks[3]))
    (row,) = heat_map([gap], AS_OF).rows
    assert [(cell.step, cell.weeks) for cell in row.cells] == [(-1, 48), (3, 1), (-1, 2), (4, 1)]
    assert "nobody looked" in row.cells[0].said and "nobody looked" in row.cells[2].said
    assert heat_map([series("new", [0.4])], AS_OF) == HeatMap((), found_months(), 0, 1), "today is no past"
    late = replace(gap, looks=(*gap.looks, ("2026-02-06", 0.9, "critical")))
    assert heat_map([late], AS_OF).rows == (row,), "nothing after the date is read"


def found_months():
    return heat_map([], AS_OF).months


def test_a_cell_is_no_lighter_than_its_level():
    assert [step_of(share, "calm") for share in (0.0, 0.03, 0.1, 0.2, 0.3)] == [0, 1, 2, 3, 4]
    assert (step_of(0.12, "critical"), step_of(None, "warning"), step_of(None, "calm")) == (4, 3, 0)


def test_more_rows_than_a_page_holds_are_counted():
    found = heat_map([series(f"s{k}", [0.0, 0.0]) for k in range(9)], AS_OF, rows=4)
    assert (len(found.rows), found.more, found.blind) == (4, 5, 0)


@pytest.fixture
def outputs(tmp_path):
    """Write the results of one morning as runs of four weeks, the last of them with an index."""
    plan, rows = faded()
    for day in ("2026-01-08", "2026-01-15", "2026-01-16", AS_OF):
        folder = tmp_path / day
        folder.mkdir()
        document = json.loads(to_json(result(replace(plan, as_of=day), rows)))
        for one in document["series"]:
            one["evidence"]["data"]["last"] = day
        (folder / "scan.json").write_text(json.dumps(document), "utf-8")
    return tmp_path


def test_runs_on_record_tell_what_they_saw_one_of_each_week(outputs):
    found = looks_before(outputs, AS_OF, "metals")
    assert [day for day, _, _ in found["gold"]] == ["2026-01-08", "2026-01-16"]
    assert found["gold"][0][1:] == (pytest.approx(0.49, abs=0.01), "critical")
    assert looks_before(outputs, AS_OF, "another list") == {}
    (outputs / "2026-01-16" / "scan.json").write_text("{", "utf-8")
    assert [day for day, _, _ in looks_before(outputs, AS_OF, "metals")["gold"]] == [
        "2026-01-08",
        "2026-01-15",
    ]


def test_the_index_of_runs_has_the_map_of_the_newest(outputs):
    (newest, *_) = runs(outputs)
    rows = faded().rows
    assert {each.name: each.looks for each in remembered(newest)} == {
        row.name: looks_of(row.trail) for row in rows if isinstance(row, JudgedRow)
    }
    assert remembered(Run(outputs / "nowhere", None)) == []
    publish(outputs)
    text = (outputs / "index.html").read_text("utf-8")
    assert "A year of metals" in text and text.count('class="cells"') == 3
    assert "Silver, stretched, no signal" in text


def test_the_picture_is_drawn_from_the_same_rows(tmp_path):
    plan, rows = sixty_alarms()
    for name in ("a.png", "b.png"):
        write_heat_map(tmp_path / name, plan, rows[:5])
    picture = (tmp_path / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and picture == (tmp_path / "b.png").read_bytes()
    with pytest.raises(CommandError, match=r"must end in \.png"):
        write_heat_map(tmp_path / "a.gif", plan, rows[:2])
    with pytest.raises(CommandError, match="no past to show"):
        write_heat_map(tmp_path / "c.png", plan, [replace(rows[0], trail=None)])
