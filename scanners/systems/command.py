"""What ``lppl systems`` does besides parsing and printing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanners.config.read_options import ReadOptions
from scanners.config.watchlist import Entry
from scanners.config.workspace import DATA
from scanners.core.errors import NOTHING_FRESH, PARTIAL, CommandError
from scanners.core.file_names import slug
from scanners.prices.selection import known_entries
from scanners.systems.replay import LeadHistory, month_ends, replay
from scanners.systems.schema import System, load
from scanners.systems.schema import names as known_systems
from scanners.systems.system_reading import SystemReading, read_systems
from scanners.systems.words import answer


@dataclass(frozen=True)
class Readings:
    """Systems at a date, and the exit code that they deserve."""

    systems: list[SystemReading]
    exit_code: int


def readings(
    systems: Sequence[System],
    as_of: str,
    *,
    folders: Sequence[Path],
    database: Path,
    jobs: int | None = None,
    pictures: bool = True,
    reading: ReadOptions | None = None,
) -> Readings:
    """Read systems; 3 when a monitor failed, 4 when none has its series.

    Without folders the database comes first and the workspace's ``data/`` fills what it lacks.
    ``reading`` says how the files are to be read.
    """
    found = read_systems(
        systems,
        as_of,
        folders=folders,
        fallback=() if folders or not DATA.is_dir() else (DATA,),
        database=database,
        jobs=jobs,
        pictures=pictures,
        reading=reading,
    )
    statuses = [reading.status for system in found for reading in system.readings]
    if "failed" in statuses:
        return Readings(found, PARTIAL)
    return Readings(found, NOTHING_FRESH if set(statuses) == {"missing"} else 0)


def fetch_series(systems: Sequence[System]) -> list[Entry]:
    """Return the entries that load all series of these systems which a provider has.

    A price that a watchlist lists is loaded as it says, with its hours and its own choice of providers.
    """
    listed = {entry.name: entry for entry in reversed(known_entries())}
    entries = {}
    for system in systems:
        sources = system.sources()
        for name in system.needed():
            entry = sources[name].entry()
            if sources[name].kind == "price":
                entry = listed.get(name, entry)
            if entry is not None:
                entries[name] = entry
    return list(entries.values())


def replayed(
    names: Sequence[str],
    *,
    folders: Sequence[Path],
    database: Path,
    output: Path,
    jobs: int | None = None,
    reading: ReadOptions | None = None,
) -> tuple[list[LeadHistory], Path]:
    """Read the cards through time for ``FROM TO [SYSTEM]...`` and write their page.

    Returns
    -------
    tuple of (list of LeadHistory, Path)
        The tracks and the page, ``OUTPUT/systems-FROM-TO.html``, with the names of systems if only some were
        asked for.

    Raises
    ------
    CommandError
        For dates that are none, a system that does not exist, or a page that cannot be written.
    """
    from scanners.systems.replay_page import render

    if len(names) < 2:
        raise CommandError("lppl systems replay FROM TO [NAME]... needs two dates")
    first, last, *chosen = names
    dates = month_ends(first, last)
    tracks = replay(
        [load(name) for name in chosen or known_systems()],
        dates,
        folders=folders,
        fallback=() if folders or not DATA.is_dir() else (DATA,),
        database=database,
        jobs=jobs,
        reading=reading,
    )
    if not tracks:
        raise CommandError("none of these systems has a lead monitor")
    return tracks, _written(output, f"systems-{first}-{last}{_some(chosen)}.html", render(tracks))


def told(system: SystemReading) -> dict[str, Any]:
    """Return a system for JSON, its card included."""
    return system.to_dict() | {"card": dict(answer(system))}


def write_page(systems: Sequence[SystemReading], output: Path) -> Path:
    """Write the page of the systems as ``OUTPUT/systems-DATE.html`` and return its path.

    The page of some systems has their names too, and is beside that of all.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    from scanners.systems.page import render

    some = _some([system.name for system in systems])
    return _written(output, f"systems-{systems[0].as_of}{some}.html", render(systems))


def _some(names: Sequence[str]) -> str:
    """Return what tells the page of some systems from that of all known ones, empty for those."""
    chosen = {Path(name).stem for name in names}
    return (
        ""
        if not chosen or chosen == set(known_systems())
        else "".join(f"-{slug(name)}" for name in sorted(chosen))
    )


def _written(output: Path, name: str, page: str) -> Path:
    from scanners.core.run_files import write_file

    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror or error}") from error
    write_file(output / name, page.encode())
    return output / name
