"""Files judged in advance: how each would be read, and what would keep its series from a verdict."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from scanners.config.read_options import ReadOptions
from scanners.prices.files.survey import Reading, survey
from scanners.prices.quality.files import doubts
from scanners.prices.quality.gate import Market


def check_files(target: Path, options: ReadOptions) -> Iterator[Reading]:
    """Yield how each series of a file or folder would be read.

    What looks like a split is a problem, as it is for a scan of a folder, which knows nothing else of its
    series; other doubts are notes.

    Parameters
    ----------
    target : Path
    options : ReadOptions

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
        yield msgspec.structs.replace(reading, notes=notes, problem=grave)
