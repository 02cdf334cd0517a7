"""The catalogue of turning points: what comes with the package, and what the user adds."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import pandas as pd

from scanners.config.schema import refuse_unknown
from scanners.core import toml
from scanners.core.errors import CommandError

OWN = Path("turning_points.toml")  # of a workspace
_SIZE_WITHIN, _AROUND = 250, 10  # sessions

Direction = Literal["top", "bottom"]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$")]


class TurningPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turning point.

    Attributes
    ----------
    id : str
        What the command line calls it; unique.
    date : str
        ISO day of the close, or a month: then the extreme close of that month.
    series : str
        Name of the series, as in a watchlist or of its file.
    direction : str
        ``top`` or ``bottom``.
    narrative, source : str
        What it was, and who says so.
    """

    id: Text
    date: Day
    series: Text
    direction: Direction
    narrative: str = ""
    source: str = ""


class TurningPointsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Turning points in the order of the file."""

    event: tuple[TurningPoint, ...]


def load(own: Path = OWN) -> tuple[TurningPoint, ...]:
    """Return the turning points of the package, then those of the user's file where there is one.

    Raises
    ------
    CommandError
        If a file is no TOML, has an unknown or missing key or a value out of its rule, or an id stands twice.
    """
    home = files("scanners.past.catalogue")
    shipped = [home.joinpath(f"{name}.toml") for name in ("report", "literature")]
    read = [(file.name, toml.parse(file.read_text("utf-8"), file.name)) for file in shipped]
    read += [(str(own), toml.read(own))] if own.is_file() else []
    found = [event for source, content in read for event in _events(source, content)]
    names = [event.id for event in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CommandError(f"{own}: the id {twice!r} stands already in the catalogue")
    return tuple(found)


def place(event: TurningPoint, prices: pd.Series) -> int | None:
    """Return the position of an event in a series; None when the series does not reach over it.

    Parameters
    ----------
    event : TurningPoint
        A day without a session is taken as the last session before it.
    prices : pandas.Series
        Closes on increasing dates.
    """
    if len(event.date) == len("2000-03"):
        month = prices[event.date : event.date] if len(prices) else prices
        ends = pd.Timestamp(event.date) + pd.offsets.MonthEnd(0)
        if month.empty or prices.index[-1] < ends - pd.Timedelta(days=5):
            return None
        extreme = month.argmax() if event.direction == "top" else month.argmin()
        return int(prices.index.searchsorted(month.index[0])) + int(extreme)
    day = pd.Timestamp(event.date)
    if prices.empty or not prices.index[0] <= day <= prices.index[-1]:
        return None
    return int(prices.index.searchsorted(day, side="right")) - 1


def size(prices: pd.Series, at: int, direction: Direction) -> float:
    """Return the simple return from the extreme close around a turning point to the end of what followed.

    The extreme is looked for within 10 sessions on each side; the move ends when the price passes it again,
    after 250 sessions, or with the data.
    """
    sign = 1.0 if direction == "top" else -1.0
    closes = prices.to_numpy(dtype=np.float64)
    first = max(0, at - _AROUND)
    extreme = first + int(np.argmax(sign * closes[first : at + _AROUND + 1]))
    after = sign * closes[extreme : extreme + _SIZE_WITHIN + 1]
    beyond = np.flatnonzero(after > after[0])
    move = after[: beyond[0]] if len(beyond) else after
    return float(sign * move.min() / closes[extreme] - 1)


def _events(source: str, content: dict[str, Any]) -> tuple[TurningPoint, ...]:
    refuse_unknown(source, content, TurningPointsFile)
    try:
        return msgspec.convert(content, TurningPointsFile).event
    except msgspec.ValidationError as error:
        raise CommandError(f"{source}: {error}") from None
