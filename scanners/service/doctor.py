"""Is everything there that the commands need? One line for each thing looked at."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from scanners.config.watchlist import Entry
from scanners.config.workspace import DATA, OUTPUTS, WATCHLIST
from scanners.core import kernel_stamps
from scanners.core.errors import CommandError
from scanners.core.machine import POSIX
from scanners.core.text import one_line
from scanners.scan.kernels import OF_COMMANDS
from scanners.store.check import find_damage
from scanners.store.database import DamagedStore, Database
from scanners.store.outbox import Message
from scanners.store.store import Store

if TYPE_CHECKING:
    from scanners.prices.fetch import Options

# Extra -> the package that it installs; those of providers say so themselves.
EXTRAS = {
    "calendars": "exchange_calendars",
    "parquet": "pyarrow",
    "dask": "distributed",
    "notify": "apprise",
}
_DEAD_IS_NEWS = timedelta(days=7)
_NEEDED = ("numpy", "scipy", "numba", "pandas", "joblib", "matplotlib", "statsmodels")


class Check(NamedTuple):
    """One thing looked at: ``ok``, a ``note`` to know, or a ``problem`` that stops something."""

    what: str
    result: Literal["ok", "note", "problem"]
    detail: str


def check_workspace() -> Iterator[Check]:
    """Look at the folders and the watchlist of the present workspace."""
    for folder in (DATA, OUTPUTS):
        if not folder.is_dir():
            yield Check(f"{folder}/", "note", "not there; lppl init makes it")
        else:
            refused = _refuses_files(folder)
            yield Check(f"{folder}/", "problem" if refused else "ok", refused or "writable")
    if not WATCHLIST.is_file():
        yield Check(f"{WATCHLIST}", "note", "not there; lppl init makes one")


def check_database(path: Path) -> Check:
    """Verify every byte of the database."""
    what = f"{path}"
    if not path.is_file():
        return Check(what, "note", "not there; lppl fetch makes it")
    try:
        with Database.open(path) as database:
            found = find_damage(database)
    except DamagedStore as error:
        found = [error.what]
    except CommandError as error:
        return Check(what, "problem", str(error))
    if not found and POSIX and path.stat().st_mode & 0o007:
        return Check(what, "note", f"sound; everybody on this machine can read it: chmod 600 {path}")
    return Check(what, "problem" if found else "ok", "; ".join(found) or "sound")


def check_runs(path: Path) -> Iterator[Check]:
    """Look when each list was scanned last."""
    if not path.is_file():
        return
    try:
        with Store.open(path) as store:
            runs = {run.key.watchlist: run for run in store.runs.runs()}
    except CommandError:
        return  # the check of the database says why
    for name, run in runs.items():
        moment = run.finished_at.isoformat(sep=" ", timespec="minutes")
        yield Check(f"last run of {one_line(name, 40)}", "ok", f"as of {run.key.as_of}, done {moment}")


def check_outbox(path: Path, now: datetime) -> Iterator[Check]:
    """Look for messages that were given up, and for those that could not be delivered so far."""
    if not path.is_file():
        return
    try:
        with Store.open(path) as store:
            dead, queued, leased = (store.outbox.messages(state) for state in ("dead", "queued", "leased"))
    except CommandError:
        return  # the check of the database says why
    waiting = [*queued, *leased]
    late = [message for message in waiting if message.last_error]
    if dead:
        hint = "lppl alerts flush --dead tries again, lppl alerts list names them"
        fresh = any(now - message.due_at < _DEAD_IS_NEWS for message in dead)
        yield Check("outbox", "problem" if fresh else "note", f"{_told(dead)} given up: {hint}")
    if late:
        yield Check("outbox", "note", f"{_told(late)} to be tried again: {one_line(late[-1].last_error)}")
    if not dead and not late:
        yield Check(
            "outbox", "ok", "everything was delivered" if not waiting else f"{_told(waiting)} to send"
        )


def _told(messages: list[Message]) -> str:
    many = "1 message" if len(messages) == 1 else f"{len(messages)} messages"
    return f"{many} to {', '.join(sorted({message.recipient for message in messages}))}"


def check_cache() -> Check:
    """Look whether compiled kernels can be kept, without which every process compiles them, and which are."""
    folder = kernel_stamps.place()
    if folder is None:
        return Check("kernel cache", "problem", "no folder can be written; set NUMBA_CACHE_DIR to one")
    left = kernel_stamps.missing(OF_COMMANDS, folder)
    waiting = f"; not yet compiled by lppl compile: {', '.join(left)}" if left else ""
    return Check("kernel cache", "ok", f"{folder}{waiting}")


def check_packages() -> Iterator[Check]:
    """Look for the packages that are always needed and for those of the extras."""
    for package in _NEEDED:
        found = _version(package)
        yield Check(package, "ok" if found else "problem", found or "is not installed")
    for extra, package in (_extras_of_providers() | EXTRAS).items():
        found = _version(package)
        hint = f"not installed; the extra [{extra}] has it"
        yield Check(package, "ok" if found else "note", found or hint)


def check_calendars(entries: tuple[Entry, ...]) -> Iterator[Check]:
    """Say by which calendars days of trading are counted, and of which series by weekdays."""
    from scanners.prices.quality.session_calendar import counts

    calendars = {entry.name: entry.calendar for entry in reversed(entries)}
    told = {code: counts(code) for code in sorted({*calendars.values()} - {""})}
    plain = [name for name, code in calendars.items() if not told.get(code)]
    if any(told.values()):
        named = ", ".join(code for code, known in told.items() if known)
        yield Check("days of trading", "ok", f"{len(calendars) - len(plain)} series by {named}")
    if plain:
        yield Check(
            "days of trading", "note", f"{len(plain)} series by weekdays: {one_line(', '.join(plain))}"
        )
    if unknown := [code for code, known in told.items() if not known and _version("exchange_calendars")]:
        yield Check("days of trading", "note", f"exchange_calendars does not know {', '.join(unknown)}")


def _extras_of_providers() -> dict[str, str]:
    from scanners.prices.providers.registry import names, traits_of

    return {each.extra: each.package for each in traits_of(names()).values() if each.extra}


def check_providers(entries: tuple[Entry, ...], timeout: float) -> Iterator[Check]:
    """Ask the servers of all providers that the entries name, under one deadline.

    One that does not answer is a problem where a series has no other that does, and a note elsewhere.
    """
    from scanners.prices.reachable import silent

    names = dict.fromkeys(name for entry in entries for name in entry.symbols)
    found = silent(names, timeout)
    left = [
        {*entry.symbols} & {*found}
        for entry in entries
        if not any(found.get(name) == "" for name in entry.symbols)
    ]
    needed = {name for each in left for name in each}
    for name, problem in found.items():
        result: Literal["ok", "note", "problem"] = "problem" if name in needed else "note"
        yield Check(f"provider {name}", result if problem else "ok", problem or "answers")


def try_sources(
    entries: tuple[Entry, ...], timeout: float, options: "Options | None" = None
) -> Iterator[Check]:
    """Fetch a few days from every provider that the entries name, and say which to put first."""
    from scanners.prices.trial import better_order, try_all

    trials = try_all(entries, timeout=timeout, options=options)
    for trial in trials:
        told = f"{trial.answered} of {trial.asked} series answered"
        told += f", {trial.seconds:.1f} s each" if trial.answered else ""
        told += f"; {one_line(trial.failures[0], 160)}" if trial.failures else ""
        yield Check(f"source {trial.provider}", "note" if trial.failures else "ok", told)
    answering = [trial.provider for trial in trials if trial.answered]
    if not answering:
        yield Check("order of sources", "problem", "no source answers from here; files of your own are read")
        return
    yield Check("order of sources", "ok", f"best first: {', '.join(answering)}")
    for series, names in better_order(entries, trials).items():
        yield Check(f"sources of {series}", "note", f"put first: {', '.join(names)}")


def _refuses_files(folder: Path) -> str:
    """Return why no file can be made in a folder, empty when one can."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
