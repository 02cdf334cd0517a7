"""The runs that lie in the folder of all runs, read from their own results."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from scanners.core.file_names import slug
from scanners.core.run_files import MARKER
from scanners.core.vocabulary import Level, Risk


class Seen(msgspec.Struct, frozen=True):
    """What a run said of one series."""

    name: str
    title: str
    status: str
    level: Level | None = None
    phase: str | None = None
    bifurcation: str | None = None
    risk: Risk | None = None


class Recorded(msgspec.Struct, frozen=True):
    """The part of ``scan.json`` that other runs look at."""

    as_of: str
    watchlist: str
    series: tuple[Seen, ...]
    version: str = ""
    configuration: str = ""


@dataclass(frozen=True)
class Run:
    """A run's folder with what it recorded; None when that cannot be read."""

    folder: Path
    recorded: Recorded | None

    @property
    def day(self) -> str:
        """As-of date, or the folder's name when the results cannot be read."""
        return self.recorded.as_of if self.recorded else self.folder.name


def runs(output: Path) -> list[Run]:
    """Return every run in ``output``, newest as-of date first."""
    folders = [path.parent for path in output.glob(f"[!.]*/{MARKER}") if not path.parent.is_symlink()]
    found = [Run(folder, _read(folder / MARKER)) for folder in folders]
    return sorted(found, key=lambda run: (run.day, run.folder.name), reverse=True)


def previous(output: Path, as_of: str, watchlist: str) -> Run | None:
    """Return the newest run of the list with an earlier as-of date, if there is one."""
    earlier = (run for run in runs(output) if run.day < as_of)
    return next((run for run in earlier if run.recorded and run.recorded.watchlist == watchlist), None)


def series_page(name: str) -> str:
    """Return the place of a series' page in the folder of a run."""
    return f"series/{slug(name)}.html"


def _read(path: Path) -> Recorded | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recorded)
    except (OSError, msgspec.DecodeError):
        return None  # the index lists it as unreadable
