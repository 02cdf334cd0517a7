"""The cards through time: the lead monitor of each system as it could be read at the end of every month."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.systems.reading import UNKNOWN, Reading
from scanners.systems.schema import System
from scanners.systems.system_reading import read_monitor
from scanners.systems.words import label, region_word


@dataclass(frozen=True)
class LeadHistory:
    """The lead monitor of one system through time.

    Attributes
    ----------
    system : System
    dates : tuple of str
        ISO dates as of which it was read.
    readings : tuple of Reading
        One a date; each saw nothing after it.
    """

    system: System
    dates: tuple[str, ...]
    readings: tuple[Reading, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """Region of each date, as the card says it; ``stale`` and missing readings say so."""
        return tuple(
            region_word(one) if one.status == "ok" else one.status if one.status != "failed" else UNKNOWN
            for one in self.readings
        )

    def changes(self) -> list[tuple[str, str, str, str]]:
        """Return date, region, state and estimate wherever region or state differs from the month before."""
        regions = self.regions
        return [
            (date, region, label(reading), reading.estimate)
            for place, (date, region, reading) in enumerate(
                zip(self.dates, regions, self.readings, strict=True)
            )
            if not place or (region, reading.state) != (regions[place - 1], self.readings[place - 1].state)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the track as plain values."""
        return {
            "name": self.system.name,
            "title": self.system.title,
            "months": [
                {
                    "as_of": date,
                    "region": region,
                    "state": label(reading),
                    "status": reading.status,
                    "since": reading.since,
                    "sure": reading.sure,
                    "estimate": reading.estimate,
                    "distance": reading.distance,
                    "mind": reading.mind,
                    "value": reading.value,
                    "p_value": reading.p_value,
                    "last": reading.last,
                }
                for date, region, reading in zip(self.dates, self.regions, self.readings, strict=True)
            ],
        }


def month_ends(first: str, last: str) -> tuple[str, ...]:
    """Return the ends of the months from one date to another, and the last date itself, ISO.

    Raises
    ------
    CommandError
        If a date is none, or the first does not come before the last.
    """
    try:
        start, end = (pd.Timestamp(pd.to_datetime(one, format="%Y-%m-%d")) for one in (first, last))
    except ValueError:
        raise CommandError(
            f"lppl systems replay FROM TO: dates must be YYYY-MM-DD, got {first} {last}"
        ) from None
    if start >= end:
        raise CommandError(f"lppl systems replay FROM TO: {first} must come before {last}")
    days = pd.date_range(start, end, freq="ME").union([end])
    return tuple(f"{day:%Y-%m-%d}" for day in days)


def replay(
    systems: Sequence[System],
    dates: Sequence[str],
    *,
    folders: Sequence[Path] = (),
    fallback: Sequence[Path] = (),
    database: Path | None = None,
    jobs: int | None = None,
    reading: ReadOptions | None = None,
) -> list[LeadHistory]:
    """Return the lead monitors of systems as of each date; a reading looks at nothing after its own.

    Parameters
    ----------
    systems : sequence of System
        Those without a lead monitor are left out.
    dates : sequence of str
        ISO dates.
    folders, fallback, database, jobs, reading
        As for `scanners.systems.system_reading.read_systems`.
    """
    leads = [(system, one) for system in systems for one in system.monitor if one.name == system.lead]
    tasks = [(system, monitor, date) for system, monitor in leads for date in dates]
    jobs = jobs or min(joblib.cpu_count(), max(len(tasks) // 4, 1))
    work = joblib.delayed(read_monitor)
    made = iter(
        joblib.Parallel(n_jobs=jobs, backend="loky")(
            work(*task, tuple(folders), tuple(fallback), database, False, reading) for task in tasks
        )
    )
    return [LeadHistory(system, tuple(dates), tuple(next(made)[0] for _ in dates)) for system, _ in leads]
