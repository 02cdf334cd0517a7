"""What changed since the last run: levels first, then what came and went."""

from dataclasses import replace

import pytest
from msgspec import structs
from scan_rows import row as judged

from scanners.report.archive import Recorded, Run, Seen
from scanners.report.changes import by_kind, changes, levels_before
from scanners.report.page import render
from scanners.scan.plan import plan_of
from scanners.verdict.appraisal import Refusal
from scanners.verdict.judgement import Verdict
from scanners.verdict.row import JudgedRow, RefusedRow


def row(name, level="calm", status="ok", phase="none", bifurcation="not identified"):
    names = name, name.title(), "commodity"
    if level is None:
        return RefusedRow(*names, Refusal(status, "why"))
    verdict = Verdict(level=level, phase=phase, bifurcation=bifurcation, reasons=("why",))
    return JudgedRow(*names, verdict, judged(name).evidence)


def seen(name, level="calm", status="ok", phase="none", bifurcation="not identified"):
    return Seen(name, name.title(), status, level, phase if level else None, bifurcation if level else None)


def before(*series):
    return Recorded("2000-03-09", "core", series, "1", "abc")


@pytest.mark.parametrize(
    ("then", "now", "kind", "said"),
    [
        (seen("a"), row("a", "warning"), "Level up", "calm to warning"),
        (seen("a", "critical"), row("a", "watch"), "Level down", "critical to watch"),
        (seen("a"), row("a", None, "stale"), "No verdict any more", "calm to stale"),
        (seen("a", None, "failed"), row("a"), "A verdict again", "failed to calm"),
        (seen("a"), row("a", phase="fomo"), "Phase or path", "phase none to fomo"),
        (
            seen("a", bifurcation="slowing"),
            row("a"),
            "Phase or path",
            "path slowing to not identified",
        ),
    ],
)
def test_kinds(then, now, kind, said):
    (change,) = changes([now], before(then))
    assert (change.kind, change.said) == (kind, said)


def test_the_same_is_no_change():
    assert changes([row("a"), row("b", None, "stale")], before(seen("a"), seen("b", None, "stale"))) == []
    assert changes([row("b", None, "stale")], before(seen("b", None, "failed"))) == []


def test_new_and_gone_come_last():
    found = changes([row("new"), row("a", "watch")], before(seen("a"), seen("gone", "critical")))
    assert [(kind, [c.name for c in group]) for kind, group in by_kind(found)] == [
        ("Level up", ["a"]),
        ("New", ["new"]),
        ("Gone", ["gone"]),
    ]
    assert found[-1].said == "was critical"


def test_levels_before():
    run = Run(None, before(seen("a", "watch"), seen("b", None, "unfit_for_log")))
    assert levels_before(run) == {"a": "watch", "b": "unfit for log"}
    assert levels_before(None) == levels_before(Run(None, None)) == {}


def test_a_risk_that_moves_is_a_change_of_its_own():
    def at(level, risk):
        found = row("a", level)
        return replace(found, verdict=replace(found.verdict, risk=risk))

    (up,) = changes([at("calm", "high")], before(structs.replace(seen("a"), risk="usual")))
    assert (up.kind, up.said) == ("Risk of a fall up", "usual to high")
    (down,) = changes([at("calm", "usual")], before(structs.replace(seen("a"), risk="raised")))
    assert (down.kind, down.said) == ("Risk of a fall down", "raised to usual")
    (level,) = changes([at("watch", "high")], before(structs.replace(seen("a"), risk="usual")))
    assert level.kind == "Level up", "a series changes once, its level first"
    assert not changes([at("calm", "high")], before(seen("a"))), "the run before stated no risk"


def test_the_page_tells_the_changes(tmp_path):
    asked, rows = (
        plan_of("core", "2000-03-10", "shanghai_2015"),
        [row("<i>a", None, "stale"), row("b", None, "stale")],
    )
    text = render(asked, rows)
    assert "First run of this watchlist" in text
    run = Run(tmp_path, before(seen("<i>a"), seen("b", None, "stale"), seen("c")))
    text = render(asked, rows, before=run)
    assert "<dt>No verdict any more</dt>" in text and "&lt;I&gt;A: calm to stale" in text
    assert "<dt>Gone</dt>" in text and "configuration or version is not the same" in text
    assert "<small>was calm</small>" in text
    same = Run(
        tmp_path,
        Recorded("2000-03-09", "core", (seen("b", None, "stale"),), asked.version, asked.configuration),
    )
    text = render(asked, [row("b", None, "stale")], before=same)
    assert "no level, risk, phase or status changed" in text and "is not the same" not in text
