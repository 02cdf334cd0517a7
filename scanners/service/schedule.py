"""When the daily scan runs: what, as text for cron and systemd, and the days to make up for."""

import re
import shlex
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from scanners.config.settings import Schedule
from scanners.core.errors import CommandError

NAME = "lppl-scan"
_SAFE = re.compile(r"[^\x00-\x20\x7f\"'\\%$]+")


@dataclass(frozen=True)
class Job:
    """What is to be run.

    Parameters
    ----------
    program : Path
        The ``lppl`` command, absolute.
    workspace : Path
        Folder with ``scanner.toml``, ``data`` and ``outputs``, absolute.
    arguments : tuple of str
        After ``lppl``.
    user : str
        Who runs it, for a system unit; "" for the user's own timer.
    credential : str
        Name of a systemd credential with the mail password, "" for none.
    """

    program: Path
    workspace: Path
    arguments: tuple[str, ...] = ("scan", "--fetch", "--scheduled")
    user: str = ""
    credential: str = ""

    def __post_init__(self) -> None:
        for text in (str(self.program), str(self.workspace), *self.arguments):
            if not text.isprintable():
                raise CommandError(f"a path must not hold control characters, got {text!r}")
        if not (self.program.is_absolute() and self.workspace.is_absolute()):
            raise CommandError(
                f"program and workspace must be absolute, got {self.program}, {self.workspace}"
            )
        if self.user and not re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", self.user):
            raise CommandError(f"user must be a name of this system, got {self.user!r}")

    def plain(self) -> None:
        """Raise a `CommandError` when a path would mean something else to cron or systemd."""
        for text in (str(self.program), str(self.workspace), *self.arguments):
            if not _SAFE.fullmatch(text):
                raise CommandError(
                    f"cron and systemd need paths without blanks, quotes, \\, % and $: {text!r}"
                )


def crontab(job: Job, schedule: Schedule) -> str:
    """Return crontab lines; a cron that does not know ``CRON_TZ`` runs them by its own clock."""
    job.plain()
    hour, minute = map(int, schedule.time.split(":"))
    command = shlex.join([str(job.program), *job.arguments])
    log = job.workspace / f"{NAME}.log"
    return (
        f"CRON_TZ={schedule.timezone}\n"
        f"{minute} {hour} * * 1-6 cd {job.workspace} && {command} >> {log} 2>&1\n"
    )


def service(job: Job) -> str:
    """Return the text of ``lppl-scan.service``: one run; as a system unit it can write to nothing else."""
    job.plain()
    place = "/etc/lppl" if job.user else "%h/.config/lppl"
    credential = f"LoadCredential={job.credential}:{place}/{job.credential}\n" if job.credential else ""
    return f"""[Unit]
Description=Daily scan for bubbles and critical transitions
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={job.workspace}
ExecStart={shlex.join([str(job.program), *job.arguments])}
# 3: some series failed, as page and mail say; 75: a scan is running already.
SuccessExitStatus=3 75
TimeoutStartSec=2h
Nice=10
UMask=0077
{credential}CacheDirectory={NAME}
Environment=NUMBA_CACHE_DIR=%C/{NAME}/numba MPLCONFIGDIR=%C/{NAME}/matplotlib
NoNewPrivileges=yes
RestrictRealtime=yes
LockPersonality=yes
{_walls(job) if job.user else ""}"""


def _walls(job: Job) -> str:
    """Return what only the system's manager can always set up."""
    return f"""User={job.user}
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={job.workspace}
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictSUIDSGID=yes
"""


def timer(schedule: Schedule) -> str:
    """Return the text of ``lppl-scan.timer``: Monday to Saturday, made up for when the machine was off."""
    return f"""[Unit]
Description=Timer of the daily scan

[Timer]
OnCalendar=Mon..Sat *-*-* {schedule.time}:00 {schedule.timezone}
Persistent=true
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
"""


def days_to_run(last: date | None, today: date, most: int) -> list[date]:
    """Return the dates to scan, oldest first: the newest missed weekdays since the last run, and today.

    Parameters
    ----------
    last : date or None
        As-of date of the last finished run.
    today : date
        As-of date of this run; always in the list, also when it is a weekend, was done already or lies
        before the last run (a clock set back): a run that is done does nothing.
    most : int
        Missed days to make up for.
    """
    if last is None:
        return [today]
    # Never walk further back than could be used, however old the last run is.
    first = max(last + timedelta(days=1), today - timedelta(days=2 * most + 7))
    missed = [first + timedelta(days=day) for day in range((today - first).days)]
    missed = [day for day in missed if day.weekday() < 5]
    return [*missed[len(missed) - min(most, len(missed)) :], today]
