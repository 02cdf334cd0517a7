"""A run on paper: one sheet of A4 a list, longer lists on more of them, and one a series above calm."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from scanners.core.figures import chance_of, percent, price
from scanners.core.vocabulary import is_risen
from scanners.report import fonts, style
from scanners.report.axes import HEADING
from scanners.report.card import Card, card
from scanners.report.columns import judged_by, level_or_status, rank
from scanners.report.morning import day_in_words, morning, seen_to
from scanners.report.paper_pages import INNER, MARGIN, Page, clipped, to_pdf, wrapped
from scanners.scan.plan import Plan
from scanners.verdict.row import Row
from scanners.verdict.whole_list import chance_today

_SESSIONS, _TALL = 750, 3.6  # closes that are drawn where there is no picture, and how high, in inches
_REASONS = 14  # lines of reasons on the sheet of a series
_HEADS = (
    "Series",
    "Level",
    "Close",
    "1 day",
    "1 week",
    "This year",
    "250 sess.",
    "Chance",
    "usual",
    "C3",
    "Last bar",
)
# Inches from the left, and whether the column ends there.
_PLACES = (
    (MARGIN, False),
    (2.2, False),
    (3.74, True),
    (4.2, True),
    (4.68, True),
    (5.24, True),
    (5.82, True),
    (6.28, True),
    (6.62, True),
    (6.97, True),
    (MARGIN + INNER, True),
)
_NAME = 1.6  # inches of a series' name in the table
_CHANCES = (3.2, 4.6, 6.0)  # right ends of the columns of the table of chances


Closes = Callable[[str], pd.Series | None]


def paper(
    plan: Plan, rows: Sequence[Row], pictures: Mapping[str, bytes], closes: Closes = lambda _: None
) -> bytes:
    """Return a run as a PDF file.

    Parameters
    ----------
    plan, rows
        What was asked for and found.
    pictures : mapping of str to bytes
        Series -> PNG, as far as there are any.
    closes : callable, optional
        Returns the closes of a series, which are drawn where there is no picture, or None.
    """
    return to_pdf(sheets(plan, rows, pictures, closes), f"{plan.watchlist}, {plan.as_of}")


def sheets(plan: Plan, rows: Sequence[Row], pictures: Mapping[str, bytes], closes: Closes) -> Iterator[Page]:
    """Yield the sheets of a run: the list, then each raised series, the most pressing first."""
    ordered = sorted(rows, key=rank)
    yield from _list(plan, ordered)
    for row in ordered:
        if row.verdict.raised:
            yield _series(plan, row, pictures.get(row.name), closes)


def _list(plan: Plan, rows: Sequence[Row]) -> Iterator[Page]:
    page, number = Page(), 1
    page.text(day_in_words(plan.as_of), 9, colour=style.MUTED)
    page.text(_shown(plan.watchlist, "list"), 17, bold=True, most=2)
    page.skip(0.06)
    page.text(morning(rows, plan.policy), 12, most=6)
    page.skip(0.04)
    page.text(seen_to(rows), 8.5, colour=style.MUTED, most=3)
    page.skip(0.1)
    _heads(page)
    for row in rows:
        if page.left < 0.2:
            _foot(page, plan, f"{number}")
            yield page
            page, number = Page(), number + 1
            _heads(page)
        _line(page, row)
    note = " ".join(
        (
            "Chance in 100 of the fall by which a series is judged, beside the usual.",
            *chance_today(rows, plan.policy),
        )
    )
    if page.left > 0.6:
        page.skip(0.06)
        page.text(note, 7.5, colour=style.MUTED, most=int((page.left - 0.06) / 0.145))
    _foot(page, plan, f"{number}")
    yield page


def _heads(page: Page) -> None:
    page.row(_HEADS, _PLACES, 7.5, colour=style.MUTED)
    page.rule()
    page.skip(0.05)


def _line(page: Page, row: Row) -> None:
    evidence, one = row.evidence, judged_by(row)
    known = evidence.data.moves if evidence else None
    momentum, bubble = row.momentum, row.bubble
    moves = [getattr(known, name, None) for name in ("day", "week", "year_to_date")]
    values = (
        price(evidence.data.close) if evidence else "",
        *(percent(move) for move in moves),
        percent(momentum.return_250) if momentum else "",
        chance_of(one.chance) if one else "",
        chance_of(one.usual) if one else "",
        f"{max(bubble.consensus_3day, bubble.consensus_3day_negative):.2f}" if bubble else "",
        evidence.data.last if evidence else "",
    )
    bold = bool(row.verdict.raised)
    page.word(clipped(_shown(row.title, row.name), 8, _NAME, bold=bold), _PLACES[0][0], 8, bold=bold)
    label = level_or_status(row)
    page.word(clipped(label, 8, 0.9, bold=bold), _PLACES[1][0], 8, bold=bold, colour=_colour(label))
    if is_risen(row.verdict.risk):
        page.word(values[5], _PLACES[7][0], 8, bold=True, colour=style.RISK, right=True)
        values = (*values[:5], "", *values[6:])
    page.row(values, _PLACES[2:], 8)


def _series(plan: Plan, row: Row, png: bytes | None, closes: Closes) -> Page:
    page, told = Page(), card(row.evidence, row.verdict, plan.policy.for_class(row.asset_class), row.trail)
    _head(page, plan, row, told)
    reasons = [line for said in row.verdict.reasons for line in wrapped(said, 8, INNER)]
    kept = reasons[:_REASONS]
    below = 0.16 * len(kept) + (0.24 * (len(told.table) + 1) + 0.5 if told.table else 0.2)
    _picture(page, png, closes(row.name), page.left - below)
    if told.table:
        page.skip(0.12)
        _chances(page, told)
    page.skip(0.08)
    for line in kept:
        page.text(line, 8)
    if len(reasons) > len(kept):
        page.text("The page of the series says more.", 8, colour=style.MUTED)
    _foot(page, plan, row.name)
    return page


def _picture(page: Page, png: bytes | None, closes: pd.Series | None, height: float) -> None:
    """Place the picture of a series; where there is none, its prices."""
    if png is not None:
        try:
            page.picture(png, height, crop=HEADING)
            return
        except OSError:
            page.text("The picture of this series cannot be read.", 8, colour=style.MUTED)
    if closes is None or closes.empty:
        page.text("No picture was drawn of this series.", 8, colour=style.MUTED)
        return
    page.prices(closes.iloc[-_SESSIONS:], min(height, _TALL))


def _head(page: Page, plan: Plan, row: Row, told: Card) -> None:
    page.text(f"{_shown(plan.watchlist, 'list')}, {day_in_words(plan.as_of)}", 9, colour=style.MUTED)
    label = " \N{MIDDLE DOT} ".join(filter(None, (told.label, told.risk and f"risk {told.risk}"))).upper()
    page.word(label, MARGIN + INNER, 12, bold=True, right=True, colour=_colour(told.label))
    room = INNER - fonts.width(label, 12, bold=True) / 72 - 0.2
    page.word(clipped(_shown(row.title, row.name), 17, room, bold=True), MARGIN, 17, bold=True)
    page.skip(0.36)
    last = row.evidence.data.last if row.evidence else ""
    moves = "; ".join(f"{name} {move}" for name, move in told.moves)
    page.text(f"{told.close} on {last}{'; ' * bool(moves)}{moves}", 9.5, most=2)
    page.skip(0.05)
    rest = told.rest.strip(".")
    page.text(f"{told.lead}.", 11.5, bold=True, most=3)
    page.text(f"{rest[:1].upper()}{rest[1:]}." if rest else "", 9, most=3)
    page.text(told.past, 9, most=2)
    page.text(told.shape, 9, colour=style.MUTED, most=4)
    page.skip(0.08)


def _chances(page: Page, told: Card) -> None:
    page.word("Chance in 100 of a fall (usual)", MARGIN, 8.5, bold=True)
    page.row(told.horizons, [(x, True) for x in _CHANCES], 8.5, colour=style.MUTED)
    page.rule()
    page.skip(0.05)
    for size, cells in told.table:
        page.word(size, MARGIN, 9)
        said = [f"{chance} ({usual})" if chance else "" for chance, usual in cells]
        page.row(said, [(x, True) for x in _CHANCES], 9)


def _foot(page: Page, plan: Plan, right: str) -> None:
    page.foot(
        f"lppl-scanner {plan.version}, configuration {plan.configuration}. Chances, no advice.",
        right,
    )


def _colour(label: str) -> str:
    return style.LEVEL_COLOURS.get(label.partition(",")[0], style.LEVEL_COLOURS["no verdict"])[0]


def _shown(text: str, fallback: str) -> str:
    return fonts.drawable(text, fallback)
