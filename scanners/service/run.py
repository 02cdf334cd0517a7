"""One run: scan a list, write the folder of the day, say how it went."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from lppl.indicators.presets import Preset, find
from scanners.config.policy import Policy
from scanners.core.errors import NOTHING_FRESH, PARTIAL, CommandError
from scanners.core.run_files import new_folder, to_csv, to_json
from scanners.core.workers import Workers
from scanners.report.columns import record
from scanners.scan.regime import Regime
from scanners.scan.scanning import (
    DEFAULT,
    Judging,
    Row,
    Series,
    Task,
    configuration_hash,
    judged,
    pages_of,
    read,
)
from scanners.verdict.whole_list import conclude, quoting


@dataclass(frozen=True)
class Scan:
    """What a run was asked for.

    Parameters
    ----------
    watchlist : str
        Name of the list.
    as_of : str
        ISO date.
    preset : str or lppl.Preset
        Published windows and filters, a name in ``lppl.PRESETS``, or the user's own.
    preset_name : str
        Its name.
    filters : tuple of str
        Names of the preset's filters.
    policy : Policy
        Thresholds.
    configuration : str
        Short hash of everything that decides a verdict besides the prices.
    version : str
        Of lppl-scanner.
    trust : {"raised", "all", "none"}
        Series that get the trust indicator; it decides no verdict.
    regime : Regime
        Systems that were read with the scan, and the context of its FOMO verdicts.
    """

    watchlist: str
    as_of: str
    preset: str | Preset
    preset_name: str
    filters: tuple[str, ...]
    policy: Policy
    configuration: str
    version: str
    trust: str = "raised"
    regime: Regime = field(default_factory=Regime)


class Progress(Protocol):
    """What an interrupted run left, and where this one leaves what it has."""

    def find(self, task: Task) -> Row | None:
        """Return the row of a task, without its files, when it was scanned before."""

    def keep(self, rows: Sequence[Row], digests: Mapping[str, str]) -> None:
        """Keep rows whose files are written; ``digests`` has the hash of the task of each."""


@dataclass(frozen=True)
class Collected:
    """What a run found.

    Parameters
    ----------
    rows : list of Row
        Without their files, in the order of the list.
    digests : mapping of str to str
        Series -> hash of its task.
    seconds : float
        That it took.
    """

    rows: list[Row]
    digests: Mapping[str, str]
    seconds: float = 0.0

    @property
    def data(self) -> str:
        """Hash of all prices."""
        return _hash_of_all((row.name for row in self.rows), self.digests)


def plan(
    watchlist: str, as_of: str, preset: str | Preset, policy: Policy = DEFAULT, trust: str = "raised"
) -> Scan:
    """Return the description of a run."""
    found = find(preset)
    return Scan(
        watchlist=watchlist,
        as_of=as_of,
        preset=preset,
        preset_name=found.name,
        filters=tuple(found.filters),
        policy=policy,
        configuration=configuration_hash(policy, preset),
        version=package_version("lppl-scanner"),
        trust=trust,
    )


def run(
    asked: Scan,
    series: Sequence[Series],
    output: Path,
    *,
    jobs: int | None = None,
    workers: Workers | None = None,
    pages: str = "auto",
    follow: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> tuple[list[Row], Path]:
    """Scan and write the folder ``output/AS_OF``: page, pictures, ``scan.json``, ``scan.csv``, ``run.json``.

    Parameters
    ----------
    asked : Scan
        What to do.
    series : sequence of Series
        On what.
    output : Path
        Folder of all runs; the run's own folder appears in it when complete, in place of an earlier one.
    jobs : int, optional
        Worker processes; see `scanners.scan.scanning.scan`.
    workers : Workers, optional
        In place of ``jobs``.
    pages : {"auto", "all", "raised", "none"}
        Series that get pages and pictures; see `scanners.scan.scanning.pages_of`.
    follow : callable
        Wraps the iterator of rows, for progress.

    Returns
    -------
    rows : list of Row
        Without their files.
    folder : Path
        What was written.

    Raises
    ------
    CommandError
        If no series could be scanned, or the folder cannot be written; nothing is left behind then.
    """
    started = datetime.now(timezone.utc)
    workers = workers or Workers(jobs)
    target = output / asked.as_of
    with new_folder(target) as folder:
        found = collect(asked, series, folder, workers=workers, pages=pages, follow=follow)
        refuse_nothing(found.rows)
        complete(folder, asked, found, started=started, workers=workers, pages=pages)
    publish(output)
    return found.rows, target


def collect(
    asked: Scan,
    series: Sequence[Series],
    folder: Path,
    *,
    workers: Workers,
    pages: str = "auto",
    progress: Progress | None = None,
    follow: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> Collected:
    """Scan a list and write the files of each series into a folder.

    Parameters
    ----------
    asked, series, workers, pages, follow
        As in `run`.
    folder : Path
        Exists.
    progress : Progress, optional
        What an interrupted run left.
    """
    begun = time.monotonic()
    digests: dict[str, str] = {}
    rows: dict[str, Row] = {}

    def missing() -> Iterator[Task]:
        for item in series:
            task = read(item, asked.as_of)
            digests[item.name] = task.digest
            known = progress.find(task) if progress else None
            if known is None:
                yield task
            else:
                rows[item.name] = known

    def arriving() -> Iterator[Row]:
        drawn = pages_of(pages, len(series))
        judging = Judging(asked.as_of, asked.policy, asked.preset, drawn, asked.trust)
        for batch in judged(missing(), judging, workers, len(series)):
            for row in batch:
                _write_files(folder, row)
            if progress:
                progress.keep(batch, digests)
            yield from batch

    for row in follow(arriving()):
        rows[row.name] = replace(row, files={})
    context = dict.fromkeys(rows, asked.regime.context)
    in_order = [rows[item.name] for item in series]
    concluded = conclude(in_order, asked.policy, context, quoting(asked.policy))
    return Collected(concluded, digests, time.monotonic() - begun)


def prices_hash(series: Iterable[Series], as_of: str) -> str:
    """Return the hash of all prices that a scan of a list would see."""
    digests = {item.name: read(item, as_of).digest for item in series}
    return _hash_of_all(digests, digests)


def exit_code(rows: Sequence[Row]) -> int:
    """Return 0, 3 when a series failed, or 4 when no series is fresh."""
    statuses = [row.verdict.status for row in rows]
    if "failed" in statuses:
        return PARTIAL
    return NOTHING_FRESH if set(statuses) == {"stale"} else 0


def result(asked: Scan, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the content of ``scan.json``: the same for the same prices and configuration."""
    return {
        "schema": 1,
        "version": asked.version,
        "watchlist": asked.watchlist,
        "as_of": asked.as_of,
        "preset": asked.preset_name,
        "configuration": asked.configuration,
        "policy": asdict(asked.policy),
        "series": [row.to_dict() for row in rows],
    }


def refuse_nothing(rows: Sequence[Row]) -> None:
    """Raise a `CommandError` when every series failed."""
    if any(row.verdict.status != "failed" for row in rows):
        return
    first, *others = rows
    more = f" (and {len(others)} more series failed)" if others else ""
    raise CommandError(f"no series could be scanned: {first.name}: {first.verdict.reasons[0]}{more}")


def write_results(folder: Path, asked: Scan, rows: Sequence[Row], versions: Mapping[str, str]) -> None:
    """Write what shows all series: the page, ``scan.json`` and ``scan.csv``.

    Parameters
    ----------
    folder : Path
        With the pages and pictures of the series; it lies in the folder of all runs.
    asked, rows
        What was asked for and found.
    versions : mapping of str to str
        Package -> version that made the numbers.
    """
    from scanners.report.archive import previous
    from scanners.report.page import render
    from scanners.report.verdict_block import settle

    settle(folder, rows, asked.policy)
    (folder / "scan.json").write_text(to_json(result(asked, rows)), "utf-8")
    (folder / "scan.csv").write_text(to_csv([record(row, asked.filters) for row in rows]), "utf-8")
    before = previous(folder.parent, asked.as_of, asked.watchlist)
    page = render(asked, rows, folder, before=before, packages=versions)
    (folder / "index.html").write_text(page, "utf-8")


def publish(output: Path) -> None:
    """Bring the index of runs, ``latest`` and the links between runs up to date."""
    from scanners.report import publish

    publish.publish(output)


def complete(
    folder: Path, asked: Scan, found: Collected, *, started: datetime, workers: Workers, pages: str
) -> dict[str, Any]:
    """Write all that a run's folder holds beside the files of its series, and return the manifest."""
    from scanners.service.manifest import manifest, versions

    write_results(folder, asked, found.rows, versions())
    told = manifest(asked, found, folder, started=started, workers=workers, pages=pages)
    (folder / "run.json").write_text(to_json(told), "utf-8")
    return told


def package_version(package: str) -> str:
    """Return the installed version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "source tree"


def _write_files(folder: Path, row: Row) -> None:
    for place, content in row.files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(content)


def _hash_of_all(names: Iterable[str], digests: Mapping[str, str]) -> str:
    return hashlib.sha256(" ".join(digests[name] for name in names).encode()).hexdigest()
