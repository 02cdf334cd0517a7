"""A recorded run for a printer and for Excel: with its pictures, and with what earlier runs said."""

from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path

import pandas as pd

from scanners.core.run_files import Pictures, write_file
from scanners.scan.plan import Plan
from scanners.service.manifest import plan_from
from scanners.service.record import stored_rows
from scanners.service.results import home_of
from scanners.store.runs import Run
from scanners.store.store import Store
from scanners.verdict.row import Row

_RUNS = 250  # earlier runs on the sheet of history, a year of sessions
_LINES = 200_000  # of that sheet: what Excel still opens quickly


def to_paper(path: Path, store: Store, run: Run, rows: Sequence[Row], output: Path) -> Path:
    """Write a recorded run as a PDF file, with the pictures in its folder; where one is missing, its closes.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    from scanners.report.paper import paper

    plan, known = plan_from(run.manifest), set(store.bars.names())

    def closes(name: str) -> pd.Series | None:
        if name not in known:
            return None
        return store.bars.read(name, run.key.as_of, run.finished_at).to_series()

    pictures = Pictures(home_of(output, plan), rows)
    write_file(path, paper(plan, rows, pictures, closes))
    return path


def to_workbook(path: Path, plan: Plan, rows: Sequence[Row], database: Path) -> Path:
    """Write a run as an Excel workbook, with the runs of its list before it that the database has.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    from scanners.report.excel import history_rows, workbook

    lines = [history_rows(plan, rows)]
    if database.is_file():
        with Store.open(database) as store:
            for run in store.runs.before(plan.watchlist, date.fromisoformat(plan.as_of), _RUNS):
                if len(lines) * len(rows) > _LINES:
                    break
                lines.append(history_rows(plan_from(run.manifest), stored_rows(store, run)))
    write_file(path, workbook(plan, rows, list(chain.from_iterable(lines))))
    return path
