"""Watchlists: which series to look at, what they are, and under which name each provider knows them."""

from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import msgspec

from scanners.config.read_options import ReadOptions
from scanners.core import toml
from scanners.core.errors import CommandError
from scanners.core.vocabulary import ASSET_CLASSES, AssetClass

Text = Annotated[str, msgspec.Meta(min_length=1)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One series of a watchlist.

    Attributes
    ----------
    name : str
        Short, unique in the list; names rows and files.
    asset_class : str
        ``equity_index``, ``commodity``, ``currency``, ``bond_future``, ``crypto``, ``equity`` (a share),
        ``macro`` (a rate, ratio or index that may be negative and is revised) or ``unclassified``.
    symbols : dict of str to str
        Provider -> what it calls the series, in the order in which to try them.
    title : str
        For people; the name if left out.
    timezone, close, calendar : str
        Of the exchange, as in `scanners.prices.quality.gate.Market`; they decide when a session is over.
    proxy : str
        Another series of the list that is judged beside this one, such as a longer index; never for it.
    date_format, decimal, column, confirmed
        How its file is to be read and believed, as in `scanners.config.read_options.ReadOptions`.
    """

    name: Text
    asset_class: AssetClass
    symbols: Annotated[dict[str, Text], msgspec.Meta(min_length=1)]
    title: str = ""
    timezone: str = ""
    close: Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z|^24:00\Z")] = "24:00"
    calendar: str = ""
    proxy: str = ""
    date_format: str = ""
    decimal: str = ""
    column: str = ""
    confirmed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.title:
            msgspec.structs.force_setattr(self, "title", self.name)
        if self.date_format or self.decimal or self.timezone or self.confirmed:
            _ = self.reading  # whose rules are those of the fields

    @property
    def reading(self) -> ReadOptions:
        """How its file is to be read."""
        return ReadOptions(
            self.date_format, self.decimal, self.column, self.timezone, self.calendar, self.confirmed
        )


class Watchlist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named list of series; the name is the file's unless the file gives another."""

    series: Annotated[tuple[Entry, ...], msgspec.Meta(min_length=1)]
    name: str = ""


def builtin_names() -> tuple[str, ...]:
    """Return the names of the watchlists that come with the package."""
    home = files("scanners.config").joinpath("watchlists")
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in home.iterdir() if file.name.endswith(".toml"))
    )


def load(name_or_path: str | Path) -> Watchlist:
    """Load a watchlist that comes with the package, by name, or any TOML file, by path.

    Raises
    ------
    CommandError
        If there is no such list, or the file is no TOML, has unknown or missing keys or a name twice.
    """
    if str(name_or_path) in builtin_names():
        source: Any = files("scanners.config").joinpath(f"watchlists/{name_or_path}.toml")
        content = toml.parse(source.read_text("utf-8"), str(source))
    else:
        source = Path(name_or_path)
        if not source.is_file():
            known = ", ".join(builtin_names())
            raise CommandError(f"watchlist {str(name_or_path)!r} is no file and none of {known}")
        content = toml.read(source)
    try:
        found = msgspec.convert(content, Watchlist)
    except msgspec.ValidationError as error:
        classes = f"; an asset class is one of {', '.join(ASSET_CLASSES)}"
        hint = (
            classes
            if "asset_class" in str(error)
            else "; lppl init writes a watchlist with notes on its keys"
        )
        raise CommandError(f"{source}: {error}{hint}") from None
    counts = Counter(entry.name for entry in found.series)
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        raise CommandError(f"{source}: the name {twice!r} must stand once")
    for entry in found.series:
        if entry.proxy == entry.name or (entry.proxy and entry.proxy not in counts):
            raise CommandError(
                f"{source}: proxy of {entry.name!r} must be another series of the list, got {entry.proxy!r}"
            )
    return found if found.name else msgspec.structs.replace(found, name=Path(source.name).stem)
