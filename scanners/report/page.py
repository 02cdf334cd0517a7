"""The daily page: one self-contained HTML file, no network, no script."""

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from scanners.outputs import slug
from scanners.report.style import LEVEL_COLOURS
from scanners.run import Scan
from scanners.scan import Row
from scanners.table import counts, critical_time, level_or_status, rank, record
from scanners.whole_list import chance_today

INLINE_AT_MOST = 24  # pictures inside the page; beyond, beside it, so that a long list stays light


def render(scan: Scan, rows: Sequence[Row], pictures: Mapping[str, bytes]) -> str:
    """Return the page of a scan as HTML.

    Parameters
    ----------
    scan : Scan
        What was asked for.
    rows : sequence of Row
        What was found.
    pictures : mapping of str to bytes
        Series name -> PNG; a series without one has none. Files ``SLUG.png`` lie beside the page.
    """
    environment = Environment(
        loader=PackageLoader("scanners.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = _share
    environment.filters["words"] = lambda name: name.replace("_", " ")
    inline = len(pictures) <= INLINE_AT_MOST
    items = [_item(row, scan, pictures.get(row.name), inline) for row in sorted(rows, key=rank)]
    return environment.get_template("page.html").render(
        as_of=scan.as_of,
        day=_day(scan.as_of),
        watchlist=scan.watchlist,
        summary=counts(rows),
        by_chance=chance_today(rows, scan.policy),
        filters=scan.filters,
        preset=scan.preset_name,
        policy=scan.policy,
        configuration=scan.configuration,
        version=scan.version,
        colours=LEVEL_COLOURS,
        items=items,
        raised=[item for item in items if item["row"].verdict.level not in (None, "calm")],
    )


def _item(row: Row, scan: Scan, picture: bytes | None, inline: bool) -> dict[str, Any]:
    numbers = record(row, scan.filters)
    return {
        "row": row,
        "record": numbers,
        "numbers": [(name, _plain(value)) for name, value in numbers.items() if name != "reasons"],
        "slug": slug(row.name),
        "label": level_or_status(row),
        "style": (row.verdict.level or "no verdict").replace(" ", "-"),
        "time": critical_time(row),
        "spark": _spark(row.spark),
        "picture": picture and _source(row, picture, inline),
    }


def _source(row: Row, picture: bytes, inline: bool) -> str:
    if not inline:
        return f"{slug(row.name)}.png"
    return "data:image/png;base64," + base64.b64encode(picture).decode("ascii")


def _spark(closes: Sequence[float], width: float = 110, height: float = 28) -> str:
    """Return the points of an SVG polyline."""
    if len(closes) < 2:
        return ""
    low, span = min(closes), (max(closes) - min(closes)) or 1.0
    step = width / (len(closes) - 1)
    return " ".join(
        f"{i * step:.1f},{height - 2 - (close - low) / span * (height - 4):.1f}"
        for i, close in enumerate(closes)
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
