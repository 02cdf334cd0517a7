"""Scan a list and leave the files of its series in a folder."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from scanners.config.policy import Policy
from scanners.core.vocabulary import Pages
from scanners.core.workers import Workers
from scanners.evidence.gathering import Workings
from scanners.prices.series import Series
from scanners.scan.plan import Plan
from scanners.scan.scanning import Judging, Task, judged, pages_of, read
from scanners.verdict.row import Row
from scanners.verdict.whole_list import conclude, quoting


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


def collect(
    asked: Plan,
    series: Sequence[Series],
    folder: Path,
    *,
    workers: Workers,
    pages: Pages = "auto",
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
        for batch in judged(missing(), judging, workers, len(series), draw):
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


def draw(row: Row, workings: Workings, policy: Policy) -> dict[str, bytes]:
    """Return the page and pictures of a series; what draws loads in the process that does."""
    from scanners.report.series import series_files

    if row.evidence is None:
        return {}
    return series_files(
        row.name, row.title, row.evidence, row.verdict, workings, policy=policy, trust=row.trust
    )


def _write_files(folder: Path, row: Row) -> None:
    for place, content in row.files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(content)


def _hash_of_all(names: Iterable[str], digests: Mapping[str, str]) -> str:
    return hashlib.sha256(" ".join(digests[name] for name in names).encode()).hexdigest()
