"""The daily page: what matters today in words, every series in one table, and how it was made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from scanners.core.file_names import drawing_file, slug
from scanners.core.vocabulary import BIFURCATION_STATES, LEVELS, BifurcationState, rank_of
from scanners.report import html
from scanners.report.archive import Run, series_page
from scanners.report.axes import HEADING
from scanners.report.changes import by_kind, changes, level_before
from scanners.report.columns import counts, level_or_status, rank, record
from scanners.report.publish import PLACE
from scanners.report.svg import inline
from scanners.report.words import lead, rules_of
from scanners.scan.plan import Plan
from scanners.verdict.row import RefusedRow, Row
from scanners.verdict.whole_list import chance_today

PICTURES = 12  # raised series with a picture on the page; the rest get words and a link
TRUST = {
    "raised": "Trust is computed above calm only: it takes longer than the scan of a series.",
    "all": "Trust: share of refits to reshuffled residuals that still pass the end flag.",
    "none": "Trust was not asked for.",
}


def render(
    scan: Plan,
    rows: Sequence[Row],
    folder: Path | None = None,
    *,
    before: Run | None = None,
    packages: Mapping[str, str] | None = None,
) -> str:
    """Return the page of a scan as HTML.

    Parameters
    ----------
    scan : Plan
        What was asked for.
    rows : sequence of Row
        What was found.
    folder : Path, optional
        The run's folder as it will be: pages of series there are linked, pictures of raised ones shown.
    before : Run, optional
        The run to compare with.
    packages : mapping of str to str, optional
        Package -> version that made the numbers.
    """
    policies = {row.asset_class: scan.policy.for_class(row.asset_class) for row in rows}
    items = [_item(row, scan, folder, before) for row in sorted(rows, key=rank)]
    raised = [item for item in items if item["raised"]]
    for item in raised[:PICTURES]:
        item |= {"brief": False, "picture": _picture(item["row"], folder)}
    judged = sum(row.verdict.level is not None for row in rows)
    return html.page(
        "page.html",
        script="page.js",
        neighbours=PLACE,
        as_of=scan.as_of,
        day=html.day(scan.as_of),
        watchlist=scan.watchlist,
        regime=scan.regime,
        summary=counts(rows),
        headline=_headline(raised, judged),
        tally=_tally(rows),
        by_chance=chance_today(rows, scan.policy),
        filters=scan.filters,
        preset=scan.preset_name,
        policy=scan.policy,
        policies=policies,
        rules=rules_of(scan.policy),
        configuration=scan.configuration,
        packages=packages or {"lppl-scanner": scan.version},
        items=items,
        raised=raised,
        unjudged=[item for item in items if item["row"].verdict.level is None],
        changes=_changes(scan, rows, before, {item["row"].name: item["page"] for item in items}),
        present=_present(items),
        trust_note=TRUST[scan.trust],
    )


def _item(row: Row, scan: Plan, folder: Path | None, before: Run | None) -> dict[str, Any]:
    numbers, label, was = record(row, scan.filters), level_or_status(row), level_before(before, row.name)
    bubble = None if isinstance(row, RefusedRow) else row.bubble
    level = row.verdict.level
    return {
        "row": row,
        "record": numbers,
        "slug": slug(row.name),
        "label": row.verdict.level or "no verdict",
        "style": (level or "no verdict").replace(" ", "-"),
        "order": -1 if level is None else rank_of(level),
        "raised": level not in (None, "calm"),
        "brief": True,
        "picture": None,
        "page": _page(row.name, folder),
        "lead": lead(row.verdict),
        "side": "upward"
        if bubble is None or bubble.consensus_3day >= bubble.consensus_3day_negative
        else "downward",
        "larger": bubble and max(bubble.consensus_3day, bubble.consensus_3day_negative),
        "time": bubble and bubble.critical_time,
        "trust": row.trust and row.trust.larger,
        "was": was if was != label else None,
        "bifurcation_order": _order(row.verdict.bifurcation),
        "spark": _spark(row.spark),
        "text": " ".join(
            str(part)
            for part in (
                row.name,
                row.title,
                row.asset_class.replace("_", " "),
                label,
                row.verdict.phase or "",
            )
        ).lower(),
    }


def _order(bifurcation: BifurcationState | None) -> str:
    return "" if bifurcation is None else str(BIFURCATION_STATES.index(bifurcation))


def _page(name: str, folder: Path | None) -> str | None:
    place = series_page(name)
    return place if folder is not None and (folder / place).is_file() else None


def _picture(row: Row, folder: Path | None) -> Markup | None:
    """Return the picture in the run's folder; a series whose picture is gone has none."""
    path = folder and folder / drawing_file(row.name)
    if path is None or not path.is_file():
        return None
    label = f"{row.title}: price with the fits that qualify, density of tc, and confidence through time"
    return inline(path.read_bytes(), label, crop=HEADING)


def _headline(raised: Sequence[dict[str, Any]], judged: int) -> str:
    if not judged:
        return "No series has a verdict."
    if not raised:
        return f"All {judged} with a verdict are calm."
    names = [f"{item['row'].title} at {item['label']}" for item in raised[:3]]
    more = f" and {len(raised) - 3} more" if len(raised) > 3 else ""
    return f"Above calm: {', '.join(names)}{more}."


def _tally(rows: Sequence[Row]) -> list[tuple[str, int]]:
    levels = [row.verdict.level for row in rows]
    return [*((level, levels.count(level)) for level in reversed(LEVELS)), ("no verdict", levels.count(None))]


def _present(items: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what each filter of the table can choose: what occurs, in its order."""
    styles = {item["style"] for item in items}
    return {
        "level": [name for name in (*reversed(LEVELS), "no verdict") if name.replace(" ", "-") in styles],
        "asset_class": sorted({item["row"].asset_class for item in items}),
        "phase": sorted({item["row"].verdict.phase for item in items} - {None}),
    }


def _changes(
    scan: Plan, rows: Sequence[Row], before: Run | None, pages: Mapping[str, str | None]
) -> dict[str, Any] | None:
    if before is None or before.recorded is None:
        return None
    then = before.recorded
    groups = by_kind(changes(rows, then))
    return {
        "as_of": before.folder.name,
        "other_configuration": (then.configuration, then.version) != (scan.configuration, scan.version),
        "page": (before.folder / "index.html").is_file(),
        "groups": [
            (kind, [{"title": c.title, "said": c.said, "page": pages.get(c.name)} for c in group])
            for kind, group in groups
        ],
    }


def _spark(closes: Sequence[float], width: float = 92, height: float = 26) -> str:
    """Return the points of an SVG polyline; no finer than it can show."""
    if len(closes) < 2:
        return ""
    step = max(1, len(closes) // 125)
    shown = [*closes[:-1:step], closes[-1]]
    low, span = min(shown), (max(shown) - min(shown)) or 1.0
    across = width / (len(shown) - 1)
    return " ".join(
        f"{i * across:.1f},{height - 2 - (close - low) / span * (height - 4):.1f}"
        for i, close in enumerate(shown)
    )
