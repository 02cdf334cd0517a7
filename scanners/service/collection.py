"""Scan a list and leave the files of its series in a folder."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol

import pandas as pd

from scanners.config.policy import Policy
from scanners.core.vocabulary import Extent, Pages
from scanners.core.workers import Workers
from scanners.evidence.confidence_files import Shelf
from scanners.evidence.fit_identity import Known, fit_identity
from scanners.evidence.gathering import Workings
from scanners.prices.series import Series
from scanners.scan.plan import Plan
from scanners.scan.scanning import Task, drafts, read
from scanners.verdict.appraisal import Appraisal, Refusal
from scanners.verdict.draft import Draft
from scanners.verdict.headline import is_stretched
from scanners.verdict.row import Row
from scanners.verdict.trail import look_back
from scanners.verdict.whole_list import conclude, quoting

ALL_PAGES_UP_TO = 50  # series; of a longer list only those above calm get pages and pictures
Follow = Callable[[Iterable[Draft]], Iterable[Draft]]


class Progress(Protocol):
    """What an interrupted run left, and where this one leaves what it has."""

    def find(self, task: Task) -> Draft | None:
        """Return the draft of a task, without its files, when it was scanned before."""

    def keep(self, drafts: Sequence[Draft], digests: Mapping[str, str]) -> None:
        """Keep drafts whose files are written; ``digests`` has the hash of the task of each."""


@dataclass(frozen=True)
class Collection:
    """What a run found.

    Parameters
    ----------
    drafts : list of Draft
        Without their files, in the order of the list.
    digests : mapping of str to str
        Series -> hash of its task.
    seconds : float
        That it took.
    fits : str
        `scanners.evidence.fit_identity` of all fits; "" where other machines had a part in them.
    """

    drafts: list[Draft]
    digests: Mapping[str, str]
    seconds: float = 0.0
    fits: str = ""

    @property
    def data(self) -> str:
        """Hash of all prices."""
        return _hash_of_all((draft.name for draft in self.drafts), self.digests)


def collect(
    plan: Plan,
    series: Sequence[Series],
    folder: Path,
    *,
    workers: Workers,
    pages: Pages = "auto",
    progress: Progress | None = None,
    follow: Follow = iter,
    earlier: Mapping[str, Known] | None = None,
    history: Path | None = None,
) -> Collection:
    """Scan a list and write the files of each series into a folder.

    Parameters
    ----------
    plan, series, workers, pages, follow
        As in `run`.
    folder : Path
        Exists.
    progress : Progress, optional
        What an interrupted run left.
    earlier : mapping, optional
        Series -> C of sessions before, as `scanners.service.earlier` finds it.
    history : Path, optional
        Folder in which C of the past is remembered between runs on this machine.
    """
    begun = time.monotonic()
    digests: dict[str, str] = {}
    found: dict[str, Draft] = {}
    draw = Drawing(pages_of(pages, len(series)))
    shelf = Shelf(history if workers.backend == "loky" else None)

    def missing() -> Iterator[Task]:
        for item in series:
            known_before = (earlier or {}).get(item.name, {})
            task = replace(read(item, plan.as_of), known=known_before, remembered=shelf.read(item.name))
            digests[item.name] = task.digest
            known = progress.find(task) if progress else None
            if known is None:
                yield task
            else:
                found[item.name] = known

    def arriving() -> Iterator[Draft]:
        for batch in drafts(missing(), plan, workers, len(series), draw if draw.extent != "none" else None):
            for draft in batch:
                _write_files(folder, draft)
                shelf.add(draft.name, draft.learnt)
            if progress:
                progress.keep(batch, digests)
            if draw.extent != "none":
                _load_pages()
            yield from batch

    for draft in follow(arriving()):
        found[draft.name] = replace(draft, files={}, learnt={})
    in_order = [found[item.name] for item in series]
    fits = fit_identity() if workers.backend == "loky" else ""
    return Collection(in_order, digests, time.monotonic() - begun, fits)


def rows_of(plan: Plan, found: Collection) -> list[Row]:
    """Return the rows of a run, once all of its drafts are there."""
    context = dict.fromkeys((draft.name for draft in found.drafts), plan.regime.context)
    return conclude(found.drafts, plan.policy, context, quoting(plan.policy))


def prices_hash(series: Iterable[Series], as_of: str) -> str:
    """Return the hash of all prices that a scan of a list would see."""
    digests = {item.name: read(item, as_of).digest for item in series}
    return _hash_of_all(digests, digests)


@dataclass(frozen=True)
class Drawing:
    """Adds what only pages show of the series that are to have any; it loads in the process that does.

    On a list whose calm series have no pages the past of one is looked at where its price is stretched.
    """

    extent: Extent

    def __call__(
        self,
        draft: Draft,
        prices: pd.Series,
        found: Appraisal | Refusal,
        workings: Workings,
        policy: Policy,
    ) -> Draft:
        """Return a draft with its trail, and its files by their place in the run's folder."""
        shown = self.extent == "all" or (self.extent == "raised" and found.level not in (None, "calm"))
        if isinstance(found, Appraisal) and (shown or is_stretched(found.momentum, policy)):
            draft = replace(draft, trail=look_back(prices, found.level, policy, workings.memory))
        if not shown:
            return draft
        from scanners.report.series import series_files

        return replace(draft, files=series_files(draft, found, workings, policy))


def pages_of(asked: Pages, count: int) -> Extent:
    """Return which series of ``count`` get pages: as asked, or by the length of the list for ``auto``."""
    if asked == "auto":
        return "all" if count <= ALL_PAGES_UP_TO else "raised"
    return asked


def _load_pages() -> None:
    """Load what pages are made of, all that draws included, while others compute the series to come."""
    import_module("scanners.report.page")
    import_module("scanners.report.series_page")


def _write_files(folder: Path, draft: Draft) -> None:
    for place, content in draft.files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(content)


def _hash_of_all(names: Iterable[str], digests: Mapping[str, str]) -> str:
    return hashlib.sha256(" ".join(digests[name] for name in names).encode()).hexdigest()
