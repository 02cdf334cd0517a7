"""What lies beside the runs: their index, ``latest``, and the links from each run to its neighbours."""

import hashlib
import os
import posixpath
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup, escape

from scanners.core.errors import CommandError
from scanners.core.machine import POSIX
from scanners.core.run_files import put_in_place, write_file
from scanners.core.run_folders import remove_leftovers
from scanners.core.vocabulary import LEVELS, rank_of
from scanners.report.archive import PAGES, Run, remembered, runs, series_page
from scanners.report.heat import STEPS, HeatMap, heat_map
from scanners.report.html import page

START, END = "<!--neighbours-->", "<!--/neighbours-->"
PLACE = Markup(START + END)  # where a page leaves room for the links to its neighbours
NAMED = 8  # raised series named in a row of the index


def publish(output: Path) -> None:
    """Bring the index of runs, ``latest`` and every run's links up to what lies in ``output``.

    Links follow the folders: one to a run that was deleted since is put right, never left dangling.

    Raises
    ------
    CommandError
        If something there cannot be written; the runs themselves are complete.
    """
    try:
        remove_leftovers(output)
        found = runs(output)
        text = page("runs.html", runs=[_row(run) for run in found], maps=_maps(found), heat_steps=STEPS)
        _write(output, output / "index.html", text)
        if found:
            point_latest(output, found[0].place)
        by_day: dict[str, list[Run]] = {}
        for run in found:
            by_day.setdefault(run.day, []).append(run)
        for watchlist in {run.recorded.watchlist for run in found if run.recorded}:
            own = [run for run in found if run.recorded and run.recorded.watchlist == watchlist]
            _link(output, own, by_day)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot update the index and links in {output}: {error}") from error


def point_latest(output: Path, name: str) -> None:
    """Make ``output/latest`` lead to a run: a symbolic link, else a page ``latest.html`` that leads there.

    A file or folder of the user's that is called ``latest`` is left alone.
    """
    latest, temporary = output / "latest", output / f".latest-{os.getpid()}"
    try:
        if latest.exists() and not latest.is_symlink():
            raise FileExistsError(f"{latest} is not a link")
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(name, target_is_directory=True)
        put_in_place(temporary, latest)
        (output / "latest.html").unlink(missing_ok=True)
    except OSError:
        for link in (temporary, latest):  # one that leads to an older run would be worse than none
            with suppress(OSError):
                _remove_link(link)
        _write(output, output / "latest.html", page("latest.html", name=name))


def _remove_link(path: Path) -> None:
    if path.is_symlink():
        path.unlink() if POSIX else path.rmdir()  # Windows takes a link to a folder for a folder


def _maps(found: Sequence[Run]) -> list[tuple[str, str, HeatMap, dict[str, str]]]:
    """Return list, folder, map and pages of the newest run of each list that has a past to show."""
    newest: dict[str, Run] = {}
    for run in found:
        if run.recorded:
            newest.setdefault(run.recorded.watchlist, run)
    made = []
    for watchlist, run in newest.items():
        year = heat_map(remembered(run), run.day)
        places = {row.name: series_page(row.name) for row in year.rows}
        pages = {
            name: f"{quote(run.place)}/{place}"
            for name, place in places.items()
            if (run.folder / place).is_file()
        }
        if year.rows:
            made.append((watchlist, run.day, year, pages))
    return made


def _row(run: Run) -> dict[str, object]:
    if run.recorded is None:
        return {"name": run.place, "day": run.day, "page": False, "recorded": None}
    series = run.recorded.series
    levels = [seen.level for seen in series]
    raised = sorted(
        (seen for seen in series if seen.level not in (None, "calm")),
        key=lambda seen: -rank_of(seen.level or "calm"),
    )
    return {
        "name": run.place,
        "day": run.day,
        "page": (run.folder / "index.html").is_file(),
        "recorded": run.recorded,
        "counts": [levels.count(level) for level in (*reversed(LEVELS), None)],
        "failed": sum(seen.status == "failed" for seen in series),
        "raised": [(seen.title, seen.level) for seen in raised[:NAMED]],
        "more": max(0, len(raised) - NAMED),
    }


def _link(output: Path, found: Sequence[Run], by_day: Mapping[str, Sequence[Run]]) -> None:
    """Write the links of runs of one list, newest first, into the pages that do not have them yet."""
    for newer, run, older in zip([None, *found], found, [*found[1:], None], strict=False):
        beside = [each for each in by_day[run.day] if each != run and each.recorded]
        daily = run.folder / "index.html"
        links = _stamp(older, newer) + _links("index.html", run, older, newer, beside)
        if not daily.is_file() or START + links + END in _top(daily):
            continue  # so that a day costs the same however many runs there are
        places = {
            path: _links(path.relative_to(run.folder).as_posix(), run, older, newer, beside)
            for path in sorted(run.folder.glob(f"{PAGES}/*.html"))
        }
        for path, own in (places | {daily: links}).items():  # last what says that all are done
            text = _filled(path.read_text("utf-8"), own)
            if text:
                _write(output, path, text)


def _stamp(*neighbours: Run | None) -> str:
    """Return a comment that changes when a neighbour has other pages, as after a second run of its day."""
    names = [[path.name for path in sorted(run.folder.glob(f"{PAGES}/*.html"))] for run in neighbours if run]
    return f"<!--{hashlib.sha256(repr(names).encode()).hexdigest()[:12]}-->"


def _top(path: Path) -> str:
    """Return a page up to its links."""
    with path.open(encoding="utf-8") as page_:
        text = ""
        while END not in text and (more := page_.read(16384)):
            text += more
    return text


def _links(page_: str, run: Run, older: Run | None, newer: Run | None, beside: Sequence[Run]) -> str:
    """Return the links of a page: all runs, its own scan, runs before and after, other runs of its day."""

    def to(place: str) -> Markup:
        return escape(posixpath.relpath(place, posixpath.dirname(f"{run.place}/{page_}")))

    parts = [f'<a href="{to("index.html")}">All runs</a>']
    if "/" in page_:
        parts.append(f'<a href="{to(run.place + "/index.html")}#s-{Path(page_).stem}">This scan</a>')
    for other, rel, words in ((older, "prev", "&larr; {}"), (newer, "next", "{} &rarr;")):
        if other is not None:
            target = page_ if (other.folder / page_).is_file() else "index.html"
            label = other.day if other.day != run.day else other.place
            href = to(f"{other.place}/{target}")
            parts.append(f'<a rel="{rel}" href="{href}">{words.format(escape(label))}</a>')
    lists = [f'<a href="{to(each.place + "/index.html")}">{_named(each, run)}</a>' for each in beside]
    return "\n".join([*parts, f"<span>Also {escape(run.day)}: {', '.join(lists)}</span>"] if lists else parts)


def _named(other: Run, run: Run) -> Markup:
    """Return what another run of a day is called: its list, or how it differs where the list is the same."""
    mine, theirs = run.recorded, other.recorded
    if not mine or not theirs:
        return escape(other.place)
    same = mine.watchlist == theirs.watchlist
    return escape(f"{theirs.watchlist}, configuration {theirs.configuration}" if same else theirs.watchlist)


def without_links(page_: bytes) -> bytes:
    """Return a page as it was made, without the links that followed."""
    before, start, rest = page_.partition(START.encode())
    _, end, after = rest.partition(END.encode())
    return before + start + end + after if start and end else page_


def _filled(text: str, links: str) -> str:
    """Return a page with these links, empty when it has them or has no room for any."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    new = before + start + links + end + after
    return new if start and end and new != text else ""


def _write(output: Path, path: Path, text: str) -> None:
    # A process that dies leaves no trace in a run.
    write_file(path, text.encode(), scratch=output)
