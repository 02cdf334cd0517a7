"""The runs that lie in the folder of all runs, read from their own results."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec

from scanners.core.file_names import slug
from scanners.core.plain_files import read_bytes
from scanners.core.run_files import MARKER
from scanners.core.run_folders import runs_inside
from scanners.core.vocabulary import Level, Risk
from scanners.report.heat import Look, Remembered, looks_of
from scanners.verdict.headline import STRETCHED
from scanners.verdict.trail import WEEKS, Trail

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


class _Shares(msgspec.Struct, frozen=True):
    consensus_3day: float


class _Data(msgspec.Struct, frozen=True):
    last: str


class _Numbers(msgspec.Struct, frozen=True):
    data: _Data
    bubble: _Shares | None = None


class _Looked(msgspec.Struct, frozen=True):
    name: str
    title: str
    level: Level | None = None
    stretched: bool = False
    evidence: _Numbers | None = None
    trail: Trail | None = None


class _Looks(msgspec.Struct, frozen=True):
    series: tuple[_Looked, ...]


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


def looks_before(output: Path, as_of: str, watchlist: str) -> dict[str, list[Look]]:
    """Return what runs of a list saw of each series in the year before, from one run a week.

    Parameters
    ----------
    output : Path
        Folder of all runs.
    as_of : str
        ISO date; this and later runs are left out.
    watchlist : str
    """
    first = (date.fromisoformat(as_of) - timedelta(weeks=WEEKS)).isoformat()
    weekly: dict[tuple[int, int], Run] = {}
    for run in runs(output):  # the newest first
        if first <= run.day < as_of and run.recorded and run.recorded.watchlist == watchlist:
            weekly.setdefault(date.fromisoformat(run.day).isocalendar()[:2], run)
    found: dict[str, list[Look]] = {}
    for run in sorted(weekly.values(), key=lambda run: run.day):
        for seen in _looks(run.folder):
            if seen.level and seen.evidence and seen.evidence.bubble:
                look = seen.evidence.data.last, seen.evidence.bubble.consensus_3day, seen.level
                found.setdefault(seen.name, []).append(look)
    return found


def remembered(run: Run) -> list[Remembered]:
    """Return the trails that a run recorded, of the series that have one."""
    return [
        Remembered(
            seen.name,
            seen.title,
            seen.level,
            STRETCHED if seen.stretched and seen.level == "calm" else seen.level,
            looks_of(seen.trail),
        )
        for seen in _looks(run.folder)
        if seen.level and seen.trail
    ]


def _looks(folder: Path) -> tuple[_Looked, ...]:
    try:
        return msgspec.json.decode((folder / MARKER).read_bytes(), type=_Looks).series
    except (OSError, msgspec.DecodeError):
        return ()


def series_page(name: str) -> str:
    """Return the place of a series' page in the folder of a run."""
    return f"{PAGES}/{slug(name)}.html"


def _read(path: Path) -> Recorded | None:
    try:
        return msgspec.json.decode(read_bytes(path), type=Recorded)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None  # the index lists it as unreadable
