"""What changed between two runs of a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanners.core.vocabulary import RISKS, rank_of
from scanners.report.archive import Recorded, Run, Seen
from scanners.verdict.row import Row

KINDS = (
    "Level up",
    "Level down",
    "No verdict any more",
    "A verdict again",
    "Risk of a fall up",
    "Risk of a fall down",
    "Phase or path",
    "New",
    "Gone",
)


@dataclass(frozen=True)
class Change:
    """One series that is not as it was.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    name, title : str
        The series.
    said : str
        From what to what, in words.
    """

    kind: str
    name: str
    title: str
    said: str


def changes(rows: Sequence[Row], before: Recorded) -> list[Change]:
    """Return what changed since an earlier run, in the order of `KINDS`; a series can change once."""
    then = {seen.name: seen for seen in before.series}
    now = {row.name: _seen(row) for row in rows}
    found = [_changed(then[name], seen) for name, seen in now.items() if name in then]
    found += [
        Change("New", seen.name, seen.title, stands(seen)) for name, seen in now.items() if name not in then
    ]
    found += [
        Change("Gone", seen.name, seen.title, f"was {stands(seen)}")
        for name, seen in then.items()
        if name not in now
    ]
    return sorted(filter(None, found), key=lambda change: KINDS.index(change.kind))


def by_kind(found: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Return the changes grouped by their kind, only kinds that occur."""
    groups = ((kind, [change for change in found if change.kind == kind]) for kind in KINDS)
    return [(kind, group) for kind, group in groups if group]


def levels_before(run: Run | None) -> dict[str, str]:
    """Return the level or status of each series of an earlier run; nothing where it cannot be read."""
    known = run.recorded.series if run and run.recorded else ()
    return {seen.name: stands(seen) for seen in known}


def _changed(then: Seen, now: Seen) -> Change | None:
    if (then.level, then.status) != (now.level, now.status):
        if now.level is None:
            kind = "No verdict any more" if then.level else None
        elif then.level is None:
            kind = "A verdict again"
        else:
            up = rank_of(now.level) > rank_of(then.level)
            kind = "Level up" if up else "Level down"
        if kind:
            return Change(kind, now.name, now.title, f"{stands(then)} to {stands(now)}")
    if then.risk and now.risk and then.risk != now.risk:
        up = RISKS.index(now.risk) > RISKS.index(then.risk)
        kind = "Risk of a fall up" if up else "Risk of a fall down"
        return Change(kind, now.name, now.title, f"{then.risk} to {now.risk}")
    pairs = (("phase", then.phase, now.phase), ("path", then.bifurcation, now.bifurcation))
    said = ", ".join(f"{what} {a} to {b}" for what, a, b in pairs if a and b and a != b)
    return Change("Phase or path", now.name, now.title, said) if said else None


def _seen(row: Row) -> Seen:
    verdict = row.verdict
    return Seen(
        row.name,
        row.title,
        verdict.status,
        verdict.level,
        verdict.phase,
        verdict.bifurcation,
        verdict.risk,
    )


def stands(seen: Seen) -> str:
    """Return the level of a series in a run, or its status in words."""
    return seen.level or seen.status.replace("_", " ")
