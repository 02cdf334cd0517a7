"""Where the folder of a run lies: ``DATE`` for the first list of a day, ``DATE/LIST`` for every other one."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from scanners.core.file_names import slug
from scanners.core.run_files import MANIFEST, MARKER
from scanners.report.archive import PAGES


class Owner(msgspec.Struct, frozen=True):
    """Whose run lies in a folder.

    Attributes
    ----------
    watchlist, configuration : str
    recorded : bool
        Whether the database has the run; one of before this was noted says no.
    """

    watchlist: str
    configuration: str = ""
    recorded: bool = False


def owner_of(folder: Path) -> Owner | None:
    """Return whose run lies in a folder, None where there is none; one that cannot be read is nobody's."""
    there = [folder / name for name in (MANIFEST, MARKER) if (folder / name).is_file()]
    for path in there:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Owner)
        except (OSError, msgspec.DecodeError):
            continue
    return Owner("") if there else None


def home(
    output: Path,
    as_of: str,
    watchlist: str,
    configuration: str,
    *,
    again: bool = False,
    known: Callable[[Path], bool] = lambda _: False,
) -> Path:
    """Return the folder of a run: its own from before, else the first place that is not another's.

    The places are ``DATE``, ``DATE/LIST`` and ``DATE/LIST-CONFIGURATION``. A run takes the place of one
    of the same list and date, but not of a recorded one with another configuration.

    Parameters
    ----------
    output : Path
        Folder of all runs.
    as_of, watchlist, configuration : str
        Which run.
    again : bool
        Take the place of a recorded run of the same list with another configuration too.
    known : callable, optional
        Tells a folder of this run whose results and manifest were lost.
    """
    day = output / as_of
    own = slug(watchlist, hashed=watchlist == PAGES)
    places = [day, day / own, day / f"{own}-{slug(configuration)}"]
    owners = [owner_of(place) for place in places]
    for place, owner in zip(places, owners, strict=True):
        if owner and owner.watchlist == watchlist and (again or owner.configuration == configuration):
            return place
        if (owner is None or not owner.watchlist) and known(place):
            return place
    for place, owner in zip(places, owners, strict=True):
        if owner is None or (owner.watchlist == watchlist and not owner.recorded):
            return place
    return places[-1]
