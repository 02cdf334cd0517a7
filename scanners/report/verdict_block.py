"""The verdict on a series' page: made in a worker, and again when the whole list is known."""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from scanners.config.policy import Policy
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence
from scanners.evidence.trust import Trust
from scanners.report import html
from scanners.report.archive import series_page
from scanners.report.words import lead
from scanners.verdict.judgement import Judgement
from scanners.verdict.row import RefusedRow, Row

_START, _END = "<!--verdict-->", "<!--/verdict-->"


def verdict_block(
    evidence: Evidence, bubble: Bubble, verdict: Judgement, policy: Policy, trust: Trust | None
) -> Markup:
    """Return the verdict with its reasons and how sure it is, between marks."""
    upward = bubble.consensus_3day >= bubble.consensus_3day_negative
    block = (
        html.environment()
        .get_template("verdict.html")
        .render(
            day=html.day(evidence.as_of),
            last=evidence.data.last,
            lead=lead(verdict),
            verdict=verdict,
            policy=policy,
            bubble=bubble,
            side="upward" if upward else "downward",
            chance=evidence.chance,
            trust=trust,
        )
    )
    return Markup(_START + block + _END)


def settle(folder: Path, rows: Sequence[Row], policy: Policy) -> None:
    """Write into the pages of a run's series what only the whole list could say of them.

    Parameters
    ----------
    folder : Path
        Of the run, not yet in its place; a series without a page there is passed over.
    rows : sequence of Row
        Concluded, see `scanners.verdict.whole_list`.
    policy : Policy
        Thresholds, of all asset classes.
    """
    for row in rows:
        path = folder / series_page(row.name)
        if isinstance(row, RefusedRow) or row.verdict.level == "calm" or not path.is_file():
            continue
        before, _, rest = path.read_text("utf-8").partition(_START)
        _, _, after = rest.partition(_END)
        own = policy.for_class(row.asset_class)
        block = verdict_block(row.evidence, row.bubble, row.verdict, own, row.trust)
        if after:
            path.write_text(before + str(block) + after, "utf-8")
