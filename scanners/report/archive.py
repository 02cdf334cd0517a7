"""The runs that lie in the folder of all runs, read from their own results."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from scanners.core.file_names import slug
from scanners.core.run_files import MARKER
from scanners.core.run_folders import runs_inside
from scanners.core.vocabulary import Level, Risk

PAGES = "series"  # folder of the pages of series in a run's folder


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
    """A run's folder, what it recorded (None when that cannot be read), and its place in that of all runs."""

    folder: Path
    recorded: Recorded | None
    place: str = ""

    @property
    def day(self) -> str:
        """As-of date, or the folder's name when the results cannot be read."""
        return self.recorded.as_of if self.recorded else self.place


def runs(output: Path) -> list[Run]:
    """Return every run in ``output``, newest as-of date first; on one day the run of its own folder first."""
    days = [path for path in output.glob("[!.]*") if path.is_dir() and not path.is_symlink()]
    folders = [folder for day in days for folder in (day, *runs_inside(day)) if (folder / MARKER).is_file()]
    found = [Run(folder, _read(folder / MARKER), folder.relative_to(output).as_posix()) for folder in folders]
    found.sort(key=lambda run: run.place)
    return sorted(found, key=lambda run: run.day, reverse=True)


def previous(output: Path, as_of: str, watchlist: str) -> Run | None:
    """Return the newest run of the list with an earlier as-of date, if there is one."""
    earlier = (run for run in runs(output) if run.day < as_of)
    return next((run for run in earlier if run.recorded and run.recorded.watchlist == watchlist), None)


def series_page(name: str) -> str:
    """Return the place of a series' page in the folder of a run."""
    return f"{PAGES}/{slug(name)}.html"


def _read(path: Path) -> Recorded | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recorded)
    except (OSError, msgspec.DecodeError):
        return None  # the index lists it as unreadable
