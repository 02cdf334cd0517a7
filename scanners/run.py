"""One run: scan a list, write the folder of the day, say how it went."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lppl.presets import Preset, find
from scanners.errors import NOTHING_FRESH, PARTIAL, CommandError
from scanners.outputs import new_folder, to_csv, to_json
from scanners.policy import Policy
from scanners.scan import DEFAULT, Row, Series, configuration_hash, scan
from scanners.table import record

_PACKAGES = ("lppl-scanner", "numpy", "scipy", "numba", "pandas", "joblib", "matplotlib")


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
    filters : tuple of str
        Names of the preset's filters.
    policy : Policy
        Thresholds.
    version : str
        Of lppl-scanner.
    trust : {"raised", "all", "none"}
        For which series to compute trust; it decides no verdict.
    """

    watchlist: str
    as_of: str
    preset: str | Preset
    filters: tuple[str, ...]
    policy: Policy
    version: str
    trust: str = "raised"

    @property
    def preset_name(self) -> str:
        """Name of the preset, published or the user's own."""
        return find(self.preset).name

    @property
    def configuration(self) -> str:
        """Short hash of everything that decides a verdict besides the prices."""
        return configuration_hash(self.policy, self.preset)


def plan(
    watchlist: str, as_of: str, preset: str | Preset, policy: Policy = DEFAULT, trust: str = "raised"
) -> Scan:
    """Return the description of a run."""
    filters = tuple(find(preset).filters)
    return Scan(watchlist, as_of, preset, filters, policy, _version("lppl-scanner"), trust)


def run(
    asked: Scan,
    series: Sequence[Series],
    output: Path,
    *,
    jobs: int | None = None,
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
        Worker processes; see `scanners.scan.scan`.
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
    target = output / asked.as_of
    rows = []
    with new_folder(target) as folder:
        found = scan(
            series,
            asked.as_of,
            policy=asked.policy,
            preset=asked.preset,
            jobs=jobs,
            files=True,
            trust=asked.trust,
        )
        for row in follow(found):
            for place, content in row.files.items():
                (folder / place).parent.mkdir(exist_ok=True)
                (folder / place).write_bytes(content)
            rows.append(replace(row, files={}))
        _refuse_nothing(rows)
        _write(folder, asked, rows, output)
        (folder / "run.json").write_text(to_json(_manifest(asked, started, jobs)), "utf-8")
    _publish(output)
    return rows, target


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


def _refuse_nothing(rows: Sequence[Row]) -> None:
    if any(row.verdict.status != "failed" for row in rows):
        return
    first, *others = rows
    more = f" (and {len(others)} more series failed)" if others else ""
    raise CommandError(f"no series could be scanned: {first.name}: {first.verdict.reasons[0]}{more}")


def _write(folder: Path, asked: Scan, rows: Sequence[Row], output: Path) -> None:
    from scanners.report.archive import previous
    from scanners.report.page import render

    (folder / "scan.json").write_text(to_json(result(asked, rows)), "utf-8")
    (folder / "scan.csv").write_text(to_csv([record(row, asked.filters) for row in rows]), "utf-8")
    before = previous(output, asked.as_of, asked.watchlist)
    page = render(asked, rows, folder, before=before, packages=_packages())
    (folder / "index.html").write_text(page, "utf-8")


def _publish(output: Path) -> None:
    from scanners.report.publish import publish

    publish(output)


def _packages() -> dict[str, str]:
    return {name: _version(name) for name in _PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "source tree"


def _manifest(asked: Scan, started: datetime, jobs: int | None) -> dict[str, Any]:
    finished = datetime.now(timezone.utc)
    return {
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "seconds": round((finished - started).total_seconds(), 3),
        "jobs": jobs,
        "configuration": asked.configuration,
        "python": platform.python_version(),
        "packages": _packages(),
    }
