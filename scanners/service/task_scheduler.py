"""The daily scan for the Task Scheduler of Windows: a task as XML that ``schtasks /Create /XML`` takes."""

import subprocess
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from scanners.config.settings import Schedule
from scanners.service.schedule import Job

YEARS = 10  # that the changes of the clock are written down for
_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def task(job: Job, schedule: Schedule, today: date) -> bytes:
    """Return the task: Monday to Saturday, made up for when the machine was off, one scan at a time.

    Windows knows no time zone of a task but the machine's own. So each stretch of time in which the clock of
    ``schedule.timezone`` has one offset is a trigger of its own, for the next ten years.

    Parameters
    ----------
    job : Job
    schedule : Schedule
    today : date
        First day of the first trigger.

    Returns
    -------
    bytes
        In UTF-16 with its byte order mark, as the file must be.
    """
    root = ElementTree.Element("Task", {"version": "1.2", "xmlns": _NAMESPACE})
    _fill(ElementTree.SubElement(root, "RegistrationInfo"), _INFORMATION)
    triggers = ElementTree.SubElement(root, "Triggers")
    for start, end in stretches(schedule, today):
        _fill(ElementTree.SubElement(triggers, "CalendarTrigger"), _trigger(start, end))
    principal = ElementTree.SubElement(ElementTree.SubElement(root, "Principals"), "Principal", id="Author")
    _fill(principal, {"LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"})
    _fill(ElementTree.SubElement(root, "Settings"), _SETTINGS)
    actions = ElementTree.SubElement(root, "Actions", Context="Author")
    command = {
        "Command": str(job.program),
        "Arguments": subprocess.list2cmdline(job.arguments),
        "WorkingDirectory": str(job.workspace),
    }
    _fill(ElementTree.SubElement(actions, "Exec"), command)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    text = f'<?xml version="1.0" encoding="UTF-16"?>\n{body}\n'
    return text.replace("\n", "\r\n").encode("utf-16")


def stretches(schedule: Schedule, today: date) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield first and last moment of each stretch with one offset from UTC; the last one has no end."""
    zone, hour, minute = ZoneInfo(schedule.timezone), *map(int, schedule.time.split(":"))

    def moment(day: int) -> datetime:
        day_of = today + timedelta(days=day)
        return datetime(day_of.year, day_of.month, day_of.day, hour, minute, tzinfo=zone)

    start = moment(0)
    for day in range(1, 366 * YEARS):
        now = moment(day)
        if now.utcoffset() != start.utcoffset():
            yield start, now - timedelta(minutes=1)
            start = now
    yield start, None


def _trigger(start: datetime, end: datetime | None) -> dict[str, object]:
    # Both in the offset of the start: the end is a minute before the first scan by the new clock.
    ends = {"EndBoundary": _written(end, start)} if end else {}
    return {
        "StartBoundary": _written(start, start),
        **ends,
        "Enabled": "true",
        "RandomDelay": "PT1M",
        "ScheduleByWeek": {"DaysOfWeek": dict.fromkeys(_DAYS), "WeeksInterval": "1"},
    }


def _written(moment: datetime, start: datetime) -> str:
    return moment.replace(tzinfo=timezone(start.utcoffset() or timedelta())).isoformat()


def _fill(parent: ElementTree.Element, content: Mapping[str, object]) -> None:
    for name, value in content.items():
        child = ElementTree.SubElement(parent, name)
        if isinstance(value, dict):
            _fill(child, value)
        elif value is not None:
            child.text = str(value)


_INFORMATION: dict[str, object] = {
    "Description": "Daily scan for bubbles and critical transitions",
    "URI": "\\lppl-scan",
}
_SETTINGS: dict[str, object] = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "StartWhenAvailable": "true",
    "RunOnlyIfNetworkAvailable": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": "PT2H",
    "Priority": "7",
}
