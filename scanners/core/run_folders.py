"""Folders of runs: prepared out of sight, put in their place as a whole, and what a killed process left.

The folder of a day is that of its first list; a second list has a folder inside it, which stays where it is
when the day's own run is replaced.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.core.machine import POSIX
from scanners.core.processes import is_running
from scanners.core.run_files import MANIFEST, MARKER, put_in_place

_STALE = 86_400.0  # seconds
_AWAY = ".was-"  # a folder that another one takes the place of; its place is in its name
_INSIDE = "~"  # stands for the slash there: no name of a run's folder has it


@contextmanager
def new_folder(output: Path, home: Callable[[], Path]) -> Iterator[Path]:
    """Yield an empty folder that becomes a run's when the block ends well, and vanishes when it does not.

    Parameters
    ----------
    output : Path
        Folder of all runs.
    home : callable
        Returns the run's own folder; asked once more at the end, since another run may have come there.

    Raises
    ------
    CommandError
        If the folder cannot be written, or its place holds something that is not a run.
    """
    temporary = output / f".run-{os.getpid()}"
    missing = [folder for folder in (output, *output.parents) if not folder.exists()]
    try:
        refuse_foreign(home())
        shutil.rmtree(temporary, ignore_errors=True)  # left by a killed process with this id
        temporary.mkdir(parents=True)
        yield temporary
        swap(temporary, home(), output)
    except OSError as error:
        raise CommandError(f"cannot write {home()}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):  # the first folder that holds something ends it
            for folder in missing:
                folder.rmdir()


@contextmanager
def work_folder(output: Path, as_of: str, key: str) -> Iterator[Path]:
    """Yield the hidden folder in which a run is prepared; it stays when the block fails, for the next try.

    Parameters
    ----------
    output : Path
        Folder of all runs.
    as_of : str
        Date of the run.
    key : str
        What else tells this run from others.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    try:
        folder = output / f".{as_of}-{key}"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except OSError as error:
        raise CommandError(f"cannot write {output / as_of}: {error.strerror or error}") from error


def remove_older_work(output: Path, as_of: str, beginning: str) -> None:
    """Remove the work folders whose keys begin so, of runs of this day or an earlier one."""
    for folder in output.glob(f".????-??-??-{beginning}*"):
        if folder.name[1:11] <= as_of:
            shutil.rmtree(folder, ignore_errors=True)


def is_run(folder: Path) -> bool:
    """Return whether a folder is a run's: it has results, or the manifest of results that were lost."""
    return (folder / MARKER).is_file() or (folder / MANIFEST).is_file()


def runs_inside(folder: Path) -> list[Path]:
    """Return the folders of other lists in the folder of a day."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.is_symlink() and is_run(path)
    )


def files_of(folder: Path) -> list[Path]:
    """Return the files of a run's folder, without those of the runs inside it and what is hidden."""
    inside = set(runs_inside(folder))
    found = []
    for path in folder.iterdir():
        if path.is_dir() and path not in inside and path.name[0] != ".":
            found += [each for each in path.rglob("*") if each.is_file()]
        elif path.is_file() and path.name[0] != ".":
            found.append(path)
    return sorted(found)


def refuse_foreign(target: Path) -> None:
    """Raise a `CommandError` when a folder holds something that is not a run."""
    if target.is_dir() and not is_run(target) and set(target.iterdir()) - set(runs_inside(target)):
        raise CommandError(
            f"cannot write {target}: the folder exists and is not a scan's (no {MARKER} in it)"
        )


def swap(temporary: Path, target: Path, output: Path) -> None:
    """Put a complete folder in the place of another one, which is removed; runs inside that stay.

    Parameters
    ----------
    temporary, target : Path
        The folder, and its place.
    output : Path
        Folder of all runs, in which the old one waits for its end.
    """
    put_back(output)
    if not target.is_dir():
        put_in_place(temporary, target)
        return
    for run in runs_inside(target):  # linked before, so that they are there at every moment
        shutil.rmtree(temporary / run.name, ignore_errors=True)
        shutil.copytree(run, temporary / run.name, copy_function=link)
    away = output / f"{_AWAY}{target.relative_to(output).as_posix().replace('/', _INSIDE)}-{os.getpid()}"
    put_in_place(target, away)
    try:
        put_in_place(temporary, target)
    except OSError:
        put_in_place(away, target)
        raise
    _bring_runs(away, target)
    shutil.rmtree(away, ignore_errors=not POSIX)  # a page that a browser holds open goes at the next run


def put_back(output: Path) -> None:
    """Put what a process was killed over replacing back in its place, unless the new one is there."""
    for away in output.glob(f"{_AWAY}*"):
        found = re.fullmatch(re.escape(_AWAY) + r"(.+)-([0-9]{1,10})", away.name)
        if not found or not (_left(away, int(found[2])) or int(found[2]) == os.getpid()):
            continue
        target = output / found[1].replace(_INSIDE, "/")
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            put_in_place(away, target)
            continue
        _bring_runs(away, target)
        shutil.rmtree(away, ignore_errors=True)


def _bring_runs(away: Path, target: Path) -> None:
    """Move runs that came into a folder while it was replaced into the one that is there now."""
    for run in runs_inside(away):
        if not (target / run.name).exists():
            put_in_place(run, target / run.name)


def link(source: str | Path, target: str | Path) -> None:
    """Give a file a second name, or copy it where the disk knows no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def remove_leftovers(folder: Path) -> None:
    """Remove what `write_file` and `new_folder` left in a folder when their process was killed."""
    put_back(folder)
    for path in folder.glob(".*-*"):
        found = re.fullmatch(r"\..+-([0-9]{1,10})(-old)?", path.name)
        if found and _left(path, int(found[1])):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _left(path: Path, process: int) -> bool:
    """Return whether whoever wrote a file is gone; where nobody can be asked, whether it is a day old."""
    running = is_running(process)
    if running is None:
        with suppress(OSError):
            return time.time() - path.stat().st_mtime > _STALE
        return False
    return not running
