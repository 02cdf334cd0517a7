"""Tables without a line that names date and close: economic databases of Wind and Choice, MetaTrader 4."""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

from scanners.prices.files.columns import canonical

# First cells of the lines above the dates, one of them the names of the series.
_NAMES = ("指标名称", "indicatorname", "name")
_LABELS = frozenset({
    *_NAMES, "频率", "单位", "来源", "指标id", "指标代码", "时间区间", "区间", "更新时间",
    "起始时间", "结束时间", "国家", "备注", "frequency", "unit", "source", "id", "indicatorid", "timeperiod",
    "updatetime", "updated", "country", "remark",
})  # fmt: skip
_TOLD = ("频率", "frequency", "单位", "unit")
_SEARCHED = 40  # lines, as for any header

_METATRADER = ("date", "time", "open", "high", "low", "close", "volume")
_DAY = re.compile(r"\d{4}\.\d\d\.\d\d")
_CLOCK = re.compile(r"\d\d:\d\d")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FEWEST = 10


class Labelled(NamedTuple):
    """Lines above the dates, names of the series by their columns, and what else is said of each."""

    rows: int
    names: dict[int, str]
    told: dict[int, str]


def labelled_series(rows: Sequence[Sequence[str]]) -> Labelled | None:
    """Return the header of a table whose lines above the dates are labelled in their first cell.

    A name, a frequency, a unit: at least two such lines that follow each other, none twice, with the names
    among them and a date below.
    """
    head = list(rows[:_SEARCHED])
    first = next((k for k, row in enumerate(head) if _is_labelled(row)), None)
    if first is None:
        return None
    block = list(takewhile(_is_labelled, head[first:]))
    named = next((row for row in block if canonical(row[0]) in _NAMES), None)
    below = next((row[0].strip() for row in rows[first + len(block) :]), "")
    distinct = len({canonical(row[0]) for row in block}) == len(block)
    if named is None or len(block) < 2 or not distinct or not below[:1].isdigit():
        return None
    names = {place: cell.strip() for place, cell in enumerate(named) if place and cell.strip()}
    told = {
        place: ", ".join(
            row[place].strip() for row in block if canonical(row[0]) in _TOLD and len(row) > place
        )
        for place in names
    }
    return Labelled(first + len(block), names, told) if names else None


def _is_labelled(row: Sequence[str]) -> bool:
    return not row[0][:1].isdigit() and canonical(row[0]) in _LABELS


def metatrader_fields(rows: Sequence[Sequence[str]]) -> dict[str, int] | None:
    """Return the columns of MetaTrader's history, which has no header; None for any other table.

    Told by the first 40 lines, all of them: seven cells, a day with dots, a time, highs and lows that
    enclose the other two, and opens that lie nearer to the close before than closes to the open before.
    """
    head = rows[:_SEARCHED]
    if len(head) < _FEWEST or not all(map(_is_metatrader, head)):
        return None
    bars = [(float(row[2]), float(row[5])) for row in head]
    as_named = sum(abs(later[0] - bar[1]) for bar, later in pairwise(bars))
    swapped = sum(abs(later[1] - bar[0]) for bar, later in pairwise(bars))
    return dict(zip(_METATRADER, range(7), strict=True)) if as_named < swapped else None


def _is_metatrader(row: Sequence[str]) -> bool:
    if len(row) != len(_METATRADER) or not (_DAY.fullmatch(row[0]) and _CLOCK.fullmatch(row[1])):
        return False
    if not all(_NUMBER.fullmatch(cell) for cell in row[2:]):
        return False
    open_, high, low, close = map(float, row[2:6])
    return low <= min(open_, close) <= max(open_, close) <= high
