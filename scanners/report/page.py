"""The daily page: what matters today in words, every series in one table, and how it was made."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from posixpath import relpath
from typing import Any

from scanners.core.file_names import slug
from scanners.core.text import day_and_month
from scanners.core.vocabulary import LEVELS, RISKS, rank_of
from scanners.prices.agreement.table import SourceRow
from scanners.report import html
from scanners.report.archive import Run, series_page
from scanners.report.card import card
from scanners.report.changes import by_kind, changes, levels_before
from scanners.report.columns import counts, judged_by, level_or_status, rank, record
from scanners.report.heat import STEPS, HeatRow, Look, Remembered, heat_map, looks_of
from scanners.report.morning import day_in_words, morning, seen_to
from scanners.report.publish import PLACE
from scanners.report.svg import polyline
from scanners.report.terms import guide
from scanners.report.week_strip import strip
from scanners.report.words import days_of, rules_of, style_of
from scanners.scan.plan import Plan
from scanners.verdict.row import JudgedRow, Row
from scanners.verdict.whole_list import chance_today

PICTURES = 12  # raised series with a whole card; those after them get a line
SOURCES = 100  # series with a line on their sources, those that are contradicted first
LINES = 60  # series with a line; the table has the rest
OVERVIEW = 4  # raised series beyond which the map of the list stands before their cards
UNKNOWN = "No series could be judged: that is not a quiet day. Why stands below."
NOTHING = "No series is above calm, and no risk of a fall above usual. Calm does not mean safe."


def render(
    scan: Plan,
    rows: Sequence[Row],
    folder: Path | None = None,
    *,
    before: Run | None = None,
    packages: Mapping[str, str] | None = None,
    looked: Mapping[str, Sequence[Look]] | None = None,
    place: str = "",
) -> str:
    """Return the page of a scan as HTML.

    Parameters
    ----------
    scan : Plan
        What was asked for.
    rows : sequence of Row
        What was found.
    folder : Path, optional
        The run's folder as it will be: pages of series there are linked.
    before : Run, optional
        The run to compare with.
    packages : mapping of str to str, optional
        Package -> version that made the numbers.
    looked : mapping, optional
        Series -> what runs on record saw of it, for those whose past was not looked at.
    place : str
        Where the run's folder will be in that of all runs, its date if left out.
    """
    then = levels_before(before)
    items = [_item(row, folder, then) for row in sorted(rows, key=rank)]
    raised = [item for item in items if item["row"].verdict.raised]
    heat = heat_map(_remembered(items, looked or {}), scan.as_of)
    drawn = {row.name: row for row in heat.rows}
    for item in raised[:PICTURES]:
        item |= _whole(item["row"], scan, drawn.get(item["row"].name))
    told = [*raised[: PICTURES + LINES], *[item for item in items if _is_remembered(item["row"])][:LINES]]
    for item in told:
        row = item["row"]
        item["card"] = card(row.evidence, row.verdict, scan.policy.for_class(row.asset_class), row.trail)
    first, stop, others = morning(rows, scan.policy, then).partition(". ")
    return html.page(
        "page.html",
        script="page.js",
        neighbours=PLACE,
        as_of=scan.as_of,
        day=day_in_words(scan.as_of),
        watchlist=scan.watchlist,
        regime=scan.regime,
        sources=_sources(scan)[:SOURCES],
        more_sources=len(_sources(scan)[SOURCES:]),
        summary=counts(rows),
        morning=(first + stop.rstrip(), f" {others}" if others else ""),
        nothing=NOTHING if any(row.verdict.level for row in rows) else UNKNOWN,
        seen=seen_to(rows, scan.watchlist),
        heat=heat,
        heat_steps=STEPS,
        pages={item["row"].name: item["page"] for item in items},
        terms=guide(),
        by_chance=chance_today(rows, scan.policy),
        preset=scan.preset_name,
        policy=scan.policy,
        rules=rules_of(scan.policy),
        configuration=scan.configuration,
        packages=packages or {"lppl-scanner": scan.version},
        items=items,
        raised=raised,
        told=told,
        overview=len(raised) > OVERVIEW,
        more=len(raised[PICTURES + LINES :]),
        unjudged=[item for item in items if item["row"].verdict.level is None],
        changes=_changes(
            scan, rows, before, {item["row"].name: item["page"] for item in items}, place or scan.as_of
        ),
        present=_present(items),
    )


def _sources(scan: Plan) -> list[SourceRow]:
    """Return the rows on sources, those that are contradicted first; none where nothing was ever compared."""
    rows = sorted(scan.sources, key=lambda row: not row.fault)
    return rows if any(row.said for row in rows) else []


def _item(row: Row, folder: Path | None, then: Mapping[str, str]) -> dict[str, Any]:
    """Return what the table shows of a series, and what stands above it."""
    verdict, was = row.verdict, then.get(row.name)
    label = level_or_status(row)
    words = (row.name, row.title, row.asset_class.replace("_", " "), label, verdict.phase or "")
    return {
        "row": row,
        "record": record(row, ()),
        "label": verdict.state if verdict.level else "no verdict",
        "style": style_of(verdict),
        "lasted": days_of(row.trail, verdict),
        "peak": _faded(row),
        "risk": verdict.risk,
        "slug": slug(row.name),
        "order": -1 if verdict.level is None else rank_of(verdict.level),
        "risk_order": -1 if verdict.risk is None else RISKS.index(verdict.risk),
        "judged_by": judged_by(row),
        "brief": True,
        "page": _page(row.name, folder),
        "was": was if was != (verdict.level or label) else None,
        "spark": polyline(row.spark, 92, 26),
        "shares": _shares(row),
        "text": " ".join(str(part) for part in words).lower(),
    }


def _whole(row: Row, scan: Plan, drawn: HeatRow | None) -> dict[str, Any]:
    """Return what a whole card has beside a line."""
    bubble = row.bubble
    upward = bubble is None or bubble.consensus_3day >= bubble.consensus_3day_negative
    weekends = row.evidence is not None and row.evidence.data.frequency == "daily on 7 days"
    return {
        "brief": False,
        "strip": strip(row.spark, drawn, 7 if weekends else 5),
        "policy": scan.policy.for_class(row.asset_class),
        "side": "upward" if upward else "downward",
        "larger": bubble and max(bubble.consensus_3day, bubble.consensus_3day_negative),
    }


def _remembered(
    items: Sequence[dict[str, Any]], looked: Mapping[str, Sequence[Look]]
) -> Iterator[Remembered]:
    """Yield what is known of each judged series week by week: its trail, else what runs on record saw."""
    for item in items:
        row = item["row"]
        if isinstance(row, JudgedRow):
            looks = looks_of(row.trail) or (*looked.get(row.name, ()), _today(row))
            yield Remembered(row.name, row.title, row.verdict.level, row.verdict.state, tuple(looks))


def _is_remembered(row: Row) -> bool:
    """Return whether a series that is not raised has a past worth a line: far run, or a bubble that faded."""
    return not row.verdict.raised and (row.verdict.stretched or bool(_faded(row)))


def _today(row: JudgedRow) -> Look:
    return row.evidence.data.last, row.bubble.consensus_3day, row.verdict.level


def _faded(row: Row) -> str:
    """Return what stood higher in the last months, in a few words."""
    peak = row.trail.peak if row.trail else None
    return f"{peak.level} until {day_and_month(peak.last)}" if peak and peak.level != "watch" else ""


def _shares(row: Row) -> tuple[str, str] | None:
    """Return the points of C3 week by week and the height of a warning, on one scale for all series."""
    shares = row.trail.C3 if row.trail else ()
    if max(shares, default=0.0) < STEPS[0] or len(shares) < 2:
        return None
    top, across = max(0.4, *shares), 92 / (len(shares) - 1)
    points = " ".join(f"{k * across:.1f},{24 - 22 * share / top:.1f}" for k, share in enumerate(shares))
    return points, f"{24 - 22 * STEPS[2] / top:.1f}"


def _page(name: str, folder: Path | None) -> str | None:
    place = series_page(name)
    return place if folder is not None and (folder / place).is_file() else None


def _present(items: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what each filter of the table can choose: what occurs, in its order."""
    verdicts = [item["row"].verdict for item in items]
    levels, risks = {each.level for each in verdicts}, {each.risk for each in verdicts}
    return {
        "level": [
            *(level for level in reversed(LEVELS) if level in levels),
            *(["no verdict"] if None in levels else []),
        ],
        "risk": [risk for risk in reversed(RISKS) if risk in risks],
        "asset_class": sorted({item["row"].asset_class for item in items}),
        "phase": sorted({each.phase for each in verdicts if each.phase}),
    }


def _changes(
    scan: Plan, rows: Sequence[Row], before: Run | None, pages: Mapping[str, str | None], place: str
) -> dict[str, Any] | None:
    if before is None or before.recorded is None:
        return None
    then, daily = before.recorded, before.folder / "index.html"
    groups = by_kind(changes(rows, then))
    return {
        "as_of": before.day,
        "other_configuration": (then.configuration, then.version) != (scan.configuration, scan.version),
        "page": relpath(f"{before.place}/index.html", place) if daily.is_file() else "",
        "groups": [
            (kind, [{"title": c.title, "said": c.said, "page": pages.get(c.name)} for c in group])
            for kind, group in groups
        ],
    }
