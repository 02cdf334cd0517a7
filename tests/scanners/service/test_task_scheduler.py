"""A task for Windows: well-formed UTF-16, any path, and the clock of its time zone through every change."""

import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from scanners import cli
from scanners.config.settings import Schedule
from scanners.service.schedule import Job
from scanners.service.task_scheduler import YEARS, stretches, task

TODAY = date(2026, 1, 5)
NAMESPACE = {"": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
JOB = Job(Path("/opt/lppl tools/lppl"), Path("/srv/市场 & <scans>"))


def read(content):
    assert content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16")
    assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n') and text.count("\n") == text.count(
        "\r\n"
    )
    return ElementTree.fromstring(content)


def test_it_runs_the_scan_in_its_folder_whatever_their_names():
    root = read(task(JOB, Schedule(), TODAY))
    found = {
        name: root.find(f"Actions/Exec/{name}", NAMESPACE).text for name in ("Command", "WorkingDirectory")
    }
    assert found == {"Command": "/opt/lppl tools/lppl", "WorkingDirectory": "/srv/市场 & <scans>"}
    job = Job(JOB.program, JOB.workspace, ("scan", "--config", 'C:\\my "files"\\scanner.toml'))
    arguments = read(task(job, Schedule(), TODAY)).find("Actions/Exec/Arguments", NAMESPACE).text
    assert arguments == subprocess.list2cmdline(job.arguments)


def test_it_is_made_up_for_and_never_runs_twice_at_once():
    settings = read(task(JOB, Schedule(), TODAY)).find("Settings", NAMESPACE)
    found = {child.tag.partition("}")[2]: child.text for child in settings}
    assert found["StartWhenAvailable"] == "true" and found["MultipleInstancesPolicy"] == "IgnoreNew"
    assert found["ExecutionTimeLimit"] == "PT2H" and found["DisallowStartIfOnBatteries"] == "false"


def moments(content, until):
    """Return when the Task Scheduler would start it, as its documentation says it reads triggers."""
    found = []
    for trigger in read(content).findall("Triggers/CalendarTrigger", NAMESPACE):
        days = {day.tag.partition("}")[2] for day in trigger.find("ScheduleByWeek/DaysOfWeek", NAMESPACE)}
        start = datetime.fromisoformat(trigger.find("StartBoundary", NAMESPACE).text)
        end = trigger.find("EndBoundary", NAMESPACE)
        end = datetime.fromisoformat(end.text) if end is not None else until
        while start <= min(end, until):
            if f"{start:%A}" in days:
                found.append(start.astimezone(timezone.utc))
            start += timedelta(days=1)
    return sorted(found)


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Shanghai", "Europe/Zurich", "America/New_York", "Pacific/Auckland"]
)
@pytest.mark.parametrize("time", ["06:00", "22:30"])
def test_it_runs_at_that_time_of_that_zone_on_every_day_but_sunday(zone, time):
    until = datetime(2030, 1, 1, tzinfo=timezone.utc)
    found = moments(task(JOB, Schedule(time=time, timezone=zone), TODAY), until)
    here = [moment.astimezone(ZoneInfo(zone)) for moment in found]
    assert {f"{moment:%H:%M}" for moment in here} == {time}
    days = [TODAY + timedelta(days=day) for day in range(1400)]
    assert [moment.date() for moment in here if moment.date() <= days[-1]] == [
        day for day in days if day.weekday() < 6
    ]


def test_triggers_stay_below_the_most_that_windows_takes():
    for zone in ("Europe/Zurich", "Africa/Casablanca", "Australia/Lord_Howe"):
        assert len(list(stretches(Schedule(timezone=zone), TODAY))) <= 48
    assert len(list(stretches(Schedule(timezone="Asia/Seoul"), TODAY))) == 1 and YEARS == 10


def test_the_command(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "my 市场"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "scanner.toml").write_text("[schedule]\ntime = '22:30'\n", "utf-8")

    def lppl(*arguments):
        monkeypatch.setattr(sys, "argv", ["lppl", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 0
        return capsys.readouterr().out

    assert "T22:30:00+00:00" in lppl("schedule", "windows")
    assert Path(lppl("schedule", "windows", "--write", ".").strip()).name == "lppl-scan.xml"
    root = read((folder / "lppl-scan.xml").read_bytes())
    assert root.find("Actions/Exec/WorkingDirectory", NAMESPACE).text == str(folder)
