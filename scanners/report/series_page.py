"""The page of one series: its verdict, drawings that a worker made, every number; made when all are known."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from markupsafe import Markup

from scanners.core.errors import CommandError
from scanners.report import html
from scanners.report.archive import series_page
from scanners.report.card import card
from scanners.report.evidence_table import evidence_table
from scanners.report.price_chart import SCRIPTS, STYLE
from scanners.report.publish import PLACE
from scanners.report.series import Sheet
from scanners.report.sheets import sheet_file
from scanners.report.terms import guide
from scanners.scan.plan import Plan
from scanners.verdict.row import Row


def write_pages(folder: Path, plan: Plan, rows: Sequence[Row]) -> None:
    """Write the page of each series of which a run's folder has drawings; other pages stay as they are.

    Parameters
    ----------
    folder : Path
        Of the run, not yet in its place.
    plan, rows
        What was asked for and found.
    """
    for row in rows:
        sheet = folder / sheet_file(row.name)
        if sheet.is_file():
            page = folder / series_page(row.name)
            page.parent.mkdir(exist_ok=True)
            try:
                drawn = msgspec.json.decode(sheet.read_bytes(), type=Sheet)
            except (msgspec.MsgspecError, RecursionError) as error:
                raise CommandError(f"{sheet}: {error}") from None
            page.write_text(render(plan, row, drawn), "utf-8")


def render(plan: Plan, row: Row, sheet: Sheet) -> str:
    """Return the page of one series as HTML.

    Parameters
    ----------
    plan : Plan
        What was asked for.
    row : Row
        Concluded, with the evidence that the drawings show.
    sheet : Sheet
        Its drawings.
    """
    evidence, bubble, verdict = row.evidence, row.bubble, row.verdict
    if evidence is None or bubble is None:
        raise ValueError(f"row must have the numbers that were drawn, got none for {row.name}")
    policy = plan.policy.for_class(row.asset_class)
    upward = bubble.consensus_3day >= bubble.consensus_3day_negative
    return html.page(
        "series.html",
        script=SCRIPTS if sheet.chart else (),
        chart=sheet.chart,
        chart_style=Markup(html.file(STYLE)) if sheet.chart else "",
        neighbours=PLACE,
        title=row.title,
        day=html.day(evidence.as_of),
        last=html.day(evidence.data.last),
        label=verdict.state,
        card=card(evidence, verdict, policy, row.trail),
        verdict=verdict,
        policy=policy,
        bubble=bubble,
        side="upward" if upward else "downward",
        chance=evidence.chance,
        trust=row.trust,
        proxy=row.proxy,
        picture=Markup(sheet.picture),
        panels=[(title, note, Markup(drawing)) for title, note, drawing in sheet.panels],
        terms=guide(),
        sections=evidence_table(evidence, policy, plan.preset, row.trust),
    )
