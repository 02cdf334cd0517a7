"""Dated events: shortages of liquidity, shocks, dates that a claim names; the user's own come on top."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec
import pandas as pd

from scanners.core import toml
from scanners.core.errors import CommandError
from scanners.systems.schema import EVENTS, FOLDER

_Date = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]


class DatedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One dated event.

    Attributes
    ----------
    name : str
    use : {"liquidity", "shock", "claim"}
        A shortage of liquidity, news of one day, or a date that the source report names.
    start, end : str
        ISO dates; without an end it is one day.
    """

    name: str
    use: Literal["liquidity", "shock", "claim"]
    start: _Date
    end: _Date | None = None

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day."""
        return pd.Timestamp(self.start), pd.Timestamp(self.end or self.start)


def events(use: str, *, as_of: str = "9999-12-31") -> list[DatedEvent]:
    """Return the events of one use that began by a date, ordered.

    Raises
    ------
    CommandError
        If the workspace's own file breaks a rule.
    """
    return sorted(
        (one for one in (*_builtin(), *_own()) if one.use == use and one.start <= as_of),
        key=lambda one: one.start,
    )


@cache
def _builtin() -> tuple[DatedEvent, ...]:
    text = files("scanners.systems").joinpath(f"{EVENTS}.toml").read_text("utf-8")
    return _events(toml.parse(text, f"{EVENTS}.toml"))


def _own() -> tuple[DatedEvent, ...]:
    path = FOLDER / f"{EVENTS}.toml"
    if not path.is_file():
        return ()
    try:
        return _events(toml.read(path))
    except msgspec.ValidationError as error:
        raise CommandError(f"{path}: {error}") from None


def _events(content: dict[str, Any]) -> tuple[DatedEvent, ...]:
    return msgspec.convert(content.get("event", []), tuple[DatedEvent, ...])
