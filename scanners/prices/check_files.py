"""Files judged in advance: how each would be read, and what would keep its series from a verdict."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pandas as pd

from scanners.config.read_options import ReadOptions
from scanners.core.text import counted
from scanners.prices.files.survey import Reading, survey
from scanners.prices.quality.files import doubts
from scanners.prices.quality.gate import Market
from scanners.prices.quality.whole_series import gaps

_GAPS_TOLD = 3


def check_files(target: Path, options: ReadOptions, today: date | None = None) -> Iterator[Reading]:
    """Yield how each series of a file or folder would be read.

    What looks like a split is a problem, as it is for a scan of a folder, which knows nothing else of its
    series; other doubts are notes.

    Parameters
    ----------
    target : Path
    options : ReadOptions
    today : datetime.date, optional
        Bars after it are told; of a month or a week that is not over, or of a date read wrongly.

    Raises
    ------
    CommandError
        As `scanners.prices.files.survey.survey`.
    """
    market = Market(confirmed=tuple(date.fromisoformat(day) for day in options.confirmed))
    for reading, prices in survey(target, options):
        if prices is None:
            yield reading
            continue
        found = doubts(prices, market)
        grave = "; ".join(one.message for one in found if one.severity == "error")
        if grave and any(one.rule == "split_suspected" for one in found):
            grave += "; --confirm DATE (confirmed in the watchlist) says that it is a move"
        notes = (*reading.notes, *(one.message for one in found if one.severity != "error"))
        notes += _gaps(prices)
        notes += _ahead(prices, today or date.today())
        yield msgspec.structs.replace(reading, notes=notes, problem=grave)


def _gaps(prices: pd.Series) -> tuple[str, ...]:
    found = [one.message for one in gaps(prices.index.to_numpy().astype("datetime64[D]"))]
    more = (f"and {counted(len(found) - _GAPS_TOLD, 'more gap')}",) if len(found) > _GAPS_TOLD else ()
    return (*found[:_GAPS_TOLD], *more)


def _ahead(prices: pd.Series, today: date) -> tuple[str, ...]:
    ahead = int((prices.index > pd.Timestamp(today) + pd.Timedelta(days=1)).sum())
    if not ahead:
        return ()
    last = f"the last on {prices.index[-1]:%Y-%m-%d}"
    return (
        f"{counted(ahead, 'bar')} in the future, {last}: a period not over yet, or --date-format is needed",
    )
