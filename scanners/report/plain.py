"""A run as plain text that stands alone: for a terminal, a pager or a mail."""

from collections.abc import Iterator, Sequence

from scanners.core.text import one_line
from scanners.core.vocabulary import is_risen
from scanners.report.columns import counts, rank
from scanners.scan.plan import Plan
from scanners.verdict.row import Row
from scanners.verdict.whole_list import chance_today


def plain(asked: Plan, rows: Sequence[Row]) -> str:
    """Return a run as text: what is above calm with its reasons, what has no verdict, what is calm.

    Parameters
    ----------
    asked : Plan
        What was asked for.
    rows : sequence of Row
        What was found.
    """
    return "\n\n".join("\n".join(block) for block in _blocks(asked, rows)) + "\n"


def _blocks(asked: Plan, rows: Sequence[Row]) -> Iterator[list[str]]:
    yield [f"Scan of {one_line(asked.watchlist)} as of {asked.as_of}", counts(rows)]
    calm = [row for row in rows if row.verdict.level and not row.verdict.raised]
    for row in sorted(rows, key=rank):
        if row not in calm:
            verdict = row.verdict
            said = dict.fromkeys((verdict.headline, *verdict.reasons, *verdict.context))
            beside = [row.proxy.line] if row.proxy else []
            yield [_head(row), *(f"  {one_line(line, 1000)}" for line in (*said, *beside))]
    if calm:
        yield ["Not raised:", *(f"  {_head(row)}" for row in sorted(calm, key=rank))]
    yield [
        *chance_today(rows, asked.policy),
        f"lppl-scanner {asked.version}, configuration {asked.configuration}, preset {asked.preset_name}.",
    ]


def _head(row: Row) -> str:
    name = one_line(row.title, 60)
    named = name if row.title == row.name else f"{name} ({one_line(row.name, 40)})"
    risk = f", RISK {row.verdict.risk.upper()}" if is_risen(row.verdict.risk) else ""
    parts = [f"{row.verdict.state.upper()}{risk}  {named}"]
    if row.evidence:
        parts.append(f"last bar {row.evidence.data.last}, close {row.evidence.data.close:g}")
    bubble = row.bubble
    if bubble:
        parts.append(f"C3 up {bubble.consensus_3day:.2f}, down {bubble.consensus_3day_negative:.2f}")
    return ": ".join([parts[0], "; ".join(parts[1:])] if parts[1:] else parts)
