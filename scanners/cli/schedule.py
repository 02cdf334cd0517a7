"""``lppl schedule``: what to give to cron, systemd or the Task Scheduler of Windows."""

import shutil
import sys
from datetime import date
from pathlib import Path

import click

from scanners.cli.configured import config_option
from scanners.service.schedule import NAME, Job, crontab, service, timer

_workspace = click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("."),
    help="Folder with scanner.toml, data and outputs.  [default: here]",
)


@click.group(short_help="Print a crontab line, a systemd timer or a Windows task for the daily scan.")
def command() -> None:
    """Print what to give to cron, systemd or the Task Scheduler of Windows; nothing is installed."""


@command.command()
@config_option
@_workspace
def cron(config: Path | None, workspace: Path) -> None:
    """Print crontab lines: lppl schedule cron | crontab - replaces your crontab by them."""
    from scanners.config.layers import load

    settings = load(config).settings
    click.echo(crontab(_job(config, workspace), settings.schedule), nl=False)


@command.command()
@config_option
@_workspace
@click.option("--user", default="", help="Account for a system-wide unit; without it a user unit.")
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Write the two files into this folder instead of printing them.",
)
def systemd(config: Path | None, workspace: Path, user: str, write: Path | None) -> None:
    """Print lppl-scan.service and lppl-scan.timer."""
    from scanners.config.layers import load
    from scanners.core.run_files import write_file

    settings = load(config).settings
    job = _job(config, workspace, user, settings.mail.password_credential)
    units = {f"{NAME}.service": service(job), f"{NAME}.timer": timer(settings.schedule)}
    for name, text in units.items():
        if write:
            write_file(write / name, text.encode())
            click.echo(write / name)
        else:
            click.echo(f"# {name}\n{text}")


@command.command()
@config_option
@_workspace
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Write the file into this folder, in UTF-16 as schtasks wants it, instead of printing it.",
)
def windows(config: Path | None, workspace: Path, write: Path | None) -> None:
    """Print lppl-scan.xml, a task of Windows: schtasks /Create /TN lppl-scan /XML lppl-scan.xml takes it."""
    from scanners.config.layers import load
    from scanners.core.run_files import write_file
    from scanners.service.task_scheduler import task

    content = task(_job(config, workspace), load(config).settings.schedule, date.today())
    if write:
        write_file(write / f"{NAME}.xml", content)
        click.echo(write / f"{NAME}.xml")
    else:
        click.echo(content.decode("utf-16").replace("\r\n", "\n"), nl=False)


def _job(config: Path | None, workspace: Path, user: str = "", credential: str = "") -> Job:
    # Beside the interpreter: cron and systemd know neither PATH nor the environment that is active now.
    beside = [Path(sys.executable).with_name(name) for name in ("lppl", "lppl.exe")]
    found = next((program for program in beside if program.is_file()), None)
    program = found or Path(shutil.which("lppl") or beside[0])
    more = ("--config", str(config.resolve())) if config else ()
    return Job(program.absolute(), workspace.resolve(), (*Job.arguments, *more), user, credential)
