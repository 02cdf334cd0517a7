"""Schedule: units that systemd accepts, a crontab line, missed days with a fake calendar."""

import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from scanners import cli
from scanners.config.settings import Schedule
from scanners.core.errors import CommandError
from scanners.service.schedule import Job, crontab, days_to_run, service, timer

JOB = Job(Path("/opt/lppl/bin/lppl"), Path("/srv/lppl"))
ZURICH = Schedule(time="06:05", timezone="Europe/Zurich")


def test_crontab():
    assert crontab(JOB, ZURICH) == (
        "CRON_TZ=Europe/Zurich\n"
        "5 6 * * 1-6 cd /srv/lppl && /opt/lppl/bin/lppl scan --fetch --scheduled "
        ">> /srv/lppl/lppl-scan.log 2>&1\n"
    )


@pytest.mark.parametrize("user", ["", "lppl"])
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_accepts_the_units(tmp_path, user):
    job = Job(Path("/bin/true"), tmp_path, user=user and "root", credential="smtp")
    (tmp_path / "lppl-scan.service").write_text(service(job))
    (tmp_path / "lppl-scan.timer").write_text(timer(ZURICH))
    files = [tmp_path / "lppl-scan.service", tmp_path / "lppl-scan.timer"]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_units_say_what_they_must():
    text = service(Job(JOB.program, JOB.workspace, user="lppl", credential="smtp"))
    for line in (
        "User=lppl",
        "WorkingDirectory=/srv/lppl",
        "ExecStart=/opt/lppl/bin/lppl scan --fetch --scheduled",
        "LoadCredential=smtp:/etc/lppl/smtp",
        "ProtectSystem=strict",
        "ReadWritePaths=/srv/lppl",
        "CacheDirectory=lppl-scan",
    ):
        assert line in text.splitlines()
    assert "User=" not in service(JOB) and "LoadCredential" not in service(JOB)
    lines = timer(ZURICH).splitlines()
    assert "Persistent=true" in lines and "OnCalendar=Mon..Sat *-*-* 06:05:00 Europe/Zurich" in lines


@pytest.mark.parametrize("path", ["/a b", "/a%b", "/a\nb", '/a"b', "/a$b", "relative"])
def test_paths_that_would_mean_something_else_are_refused(path):
    for write in (lambda job: crontab(job, ZURICH), service):
        with pytest.raises(CommandError):
            write(Job(JOB.program, Path(path)))
    with pytest.raises(CommandError, match="user must be"):
        Job(JOB.program, JOB.workspace, user="root\nExecStart=/bin/sh")


FRIDAY = date(2024, 3, 29)


@pytest.mark.parametrize(
    ("last", "today", "expected"),
    [
        (None, FRIDAY, [FRIDAY]),
        (date(2024, 3, 28), FRIDAY, [FRIDAY]),
        (FRIDAY, FRIDAY, [FRIDAY]),  # the second run of a day
        (date(2024, 4, 2), FRIDAY, [FRIDAY]),  # the clock was set back
        (FRIDAY, date(2024, 3, 31), [date(2024, 3, 31)]),  # a Sunday, and the day that summer time begins
        (FRIDAY, date(2024, 4, 2), [date(2024, 4, 1), date(2024, 4, 2)]),  # Monday was missed
        (date(2024, 3, 26), FRIDAY, [date(2024, 3, 27), date(2024, 3, 28), FRIDAY]),
        (date(2024, 3, 1), FRIDAY, [date(2024, 3, 26), date(2024, 3, 27), date(2024, 3, 28), FRIDAY]),
        (date(1970, 1, 1), FRIDAY, [date(2024, 3, 26), date(2024, 3, 27), date(2024, 3, 28), FRIDAY]),
    ],
)
def test_missed_days(last, today, expected):
    assert days_to_run(last, today, 3) == expected


def test_missed_days_are_bounded_and_reach_back_far_enough():
    for most in range(8):
        for shift in range(7):
            today = FRIDAY + timedelta(days=shift)
            found = days_to_run(date(2020, 1, 1), today, most)
            assert len(found) == most + 1 and found[-1] == today and sorted(set(found)) == found


def test_the_command_prints_what_the_configuration_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scanner.toml").write_text("[schedule]\ntime = '22:30'\n[mail]\npassword_credential = 'smtp'")

    def lppl(*arguments):
        monkeypatch.setattr(sys, "argv", ["lppl", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 0
        return capsys.readouterr().out

    assert f"30 22 * * 1-6 cd {tmp_path} && " in lppl("schedule", "cron")
    assert "LoadCredential=smtp:%h/.config/lppl/smtp" in lppl("schedule", "systemd")
    written = lppl("schedule", "systemd", "--user", "lppl", "--write", tmp_path).split()
    assert [Path(path).name for path in written] == ["lppl-scan.service", "lppl-scan.timer"]
    assert "User=lppl" in Path(written[0]).read_text()
