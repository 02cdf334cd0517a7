"""Systems at a date: every monitor through its function; what is missing or fails becomes its row."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import msgspec
import numpy as np
import pandas as pd

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.systems import freshness
from scanners.systems.reading import (
    AGREES,
    CONTRADICTS,
    NEITHER,
    UNKNOWN,
    Outcome,
    Reading,
    aged,
    judged,
)
from scanners.systems.registry import kind_of
from scanners.systems.schema import Monitor, System
from scanners.systems.shelf import Missing, Shelf


@dataclass(frozen=True)
class SystemReading:
    """One system at one date.

    Parameters
    ----------
    name, title, about, as_of : str
    readings : tuple of Reading
        One a monitor, in the order of the file.
    lead : Reading or None
        Of the monitor that says which region the system is in.
    pictures : mapping of str to bytes
        Monitor -> PNG, of those that have something to draw.
    before : Reading or None
        Of the lead monitor a month earlier.
    """

    name: str
    title: str
    about: str
    as_of: str
    readings: tuple[Reading, ...]
    lead: Reading | None
    pictures: dict[str, bytes]
    before: Reading | None = None

    @property
    def region(self) -> str:
        """Feedback region of the lead monitor, or its state where the question is another."""
        if self.lead is None or self.lead.status != "ok":
            return UNKNOWN
        return self.lead.region or self.lead.state

    @property
    def theses(self) -> dict[str, int]:
        """Number of monitors by what they say of their claim, ``no data`` for those that could not look."""
        counts = {AGREES: 0, CONTRADICTS: 0, NEITHER: 0, UNKNOWN: 0, "no data": 0}
        for reading in self.readings:
            if reading.claim and reading.role == "monitor":
                counts["no data" if reading.status != "ok" else reading.thesis or UNKNOWN] += 1
        return counts

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the pictures as nested plain values."""
        return {
            "name": self.name,
            "title": self.title,
            "as_of": self.as_of,
            "region": self.region,
            "theses": self.theses,
            "last_month": None if self.before is None else plain(asdict(self.before)),
            "monitors": [plain(asdict(reading)) for reading in self.readings],
        }


def read_systems(
    systems: Sequence[System],
    as_of: str,
    *,
    folders: Sequence[Path] = (),
    fallback: Sequence[Path] = (),
    database: Path | None = None,
    jobs: int | None = None,
    pictures: bool = False,
    reading: ReadOptions | None = None,
) -> list[SystemReading]:
    """Return the readings of systems, their monitors in parallel.

    Parameters
    ----------
    systems : sequence of System
    as_of : str
        ISO date; nothing published after it is looked at.
    folders : sequence of Path
        Of CSV files; they come before the store.
    fallback : sequence of Path
        Of CSV files; they come after the store.
    database : Path, optional
        Of the store; it need not exist.
    jobs : int, optional
        Worker processes; by default one a core. Readings do not depend on it.
    pictures : bool
        Whether to draw.
    reading : ReadOptions, optional
        How the files are to be read.
    """
    tasks = [(system, monitor) for system in systems for monitor in system.monitor]
    jobs = processes(systems, jobs)
    work = joblib.delayed(read_monitor)
    where = (tuple(folders), tuple(fallback), database)
    leads = [(system, one) for system in systems for one in system.monitor if one.name == system.lead]
    earlier = month_before(as_of)
    made = joblib.Parallel(n_jobs=jobs, backend="loky")(
        [work(system, monitor, as_of, *where, pictures, reading) for system, monitor in tasks]
        + [work(system, monitor, earlier, *where, False, reading) for system, monitor in leads]
    )
    now, past = iter(made[: len(tasks)]), made[len(tasks) :]
    before = {system.name: told for (system, _), (told, _) in zip(leads, past, strict=True)}
    return [
        _system(system, as_of, [next(now) for _ in system.monitor], before.get(system.name))
        for system in systems
    ]


def processes(systems: Sequence[System], jobs: int | None) -> int:
    """Return the number of worker processes that read systems: as many as were asked for, or as pay."""
    if jobs is not None:
        return jobs
    count = sum(len(system.monitor) for system in systems)
    return min(joblib.cpu_count(), count) if count > 4 else 1


def month_before(as_of: str) -> str:
    """Return the same day of the month before, or its last, ISO."""
    return f"{pd.Timestamp(as_of) - pd.DateOffset(months=1):%Y-%m-%d}"


def read_monitor(
    system: System,
    monitor: Monitor,
    as_of: str,
    folders: Sequence[Path],
    fallback: Sequence[Path],
    database: Path | None,
    pictures: bool,
    reading: ReadOptions | None = None,
) -> tuple[Reading, bytes | None]:
    """Return the reading of one monitor and its picture."""
    shelf = Shelf(
        as_of,
        system.sources(),
        system.derived(),
        folders=folders,
        fallback=fallback,
        database=database,
        reading=reading,
    )
    kind = kind_of(monitor.kind)
    try:
        options: Any = msgspec.convert(monitor.options, kind.options)
        outcome: Outcome = kind.function()(shelf, dict(monitor.inputs), options)
    except Missing as error:
        outcome = Outcome(Reading(status="missing", missing=error.needed, evidence=f"missing: {error}"))
    except (CommandError, ValueError, ArithmeticError, LookupError) as error:
        outcome = Outcome(Reading(status="failed", evidence=str(error)))
    except Exception as error:  # noqa: BLE001 - a defect costs a monitor and says so, not the daily scan
        outcome = Outcome(
            Reading(status="failed", evidence=f"internal error: {type(error).__name__}: {error}")
        )
    told = outcome.reading
    if told.status == "ok":
        told = _looked_over(told, shelf, monitor, kind.required)
    told = replace(told, power=told.power or monitor.power or kind.power)
    judgement = judged(told, monitor, system.name, kind.feedback)
    picture = None
    if pictures and outcome.draw is not None and judgement.status == "ok":
        from scanners.systems.pictures import picture_of

        picture = picture_of(judgement, outcome.draw)
    return judgement, picture


def _looked_over(reading: Reading, shelf: Shelf, monitor: Monitor, needed: tuple[str, ...]) -> Reading:
    """Return a reading with the ages and clocks of its inputs; a reference is not expected to go on."""
    ages = freshness.ages(shelf, monitor.inputs)
    lines = [*freshness.source_lines(shelf, monitor.inputs), freshness.clock_line(ages)]
    lines += freshness.gap_lines(shelf, monitor.inputs)
    reading = replace(reading, checks=(*reading.checks, *(line for line in lines if line)))
    return replace(reading, inputs=ages) if monitor.role == "reference" else aged(reading, ages, needed)


def _system(
    system: System, as_of: str, made: list[tuple[Reading, bytes | None]], before: Reading | None
) -> SystemReading:
    readings = tuple(reading for reading, _ in made)
    lead = next((reading for reading in readings if reading.name == system.lead), None)
    return SystemReading(
        name=system.name,
        title=system.title,
        about=system.about,
        as_of=as_of,
        readings=readings,
        lead=lead,
        pictures={reading.name: picture for reading, picture in made if picture is not None},
        before=before,
    )


def plain(value: Any) -> Any:
    """Return nested values of plain Python types, as JSON wants them."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    return value.item() if isinstance(value, np.generic) else value
