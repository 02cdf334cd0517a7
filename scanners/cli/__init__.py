"""The ``lppl`` command: one module a subcommand, loaded only when it runs."""

import sys
from importlib import import_module
from typing import Any

import click

from scanners.cli import home, streams
from scanners.core import garbage
from scanners.core.errors import CommandError

# Subcommand -> (module, one-line help). The help stands here so that ``lppl --help`` imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Make a workspace: folders, a watchlist and a configuration."),
    "fetch": ("fetch", "Bring the stored prices up to date."),
    "scan": ("scan", "Scan a watchlist and write a page, a table and pictures."),
    "merge": ("merge", "Put the parts of a scan that several machines made together."),
    "report": ("report", "Print the stored report of a day, or make its page again."),
    "alerts": ("alerts", "List, acknowledge or silence alerts, and send what waits."),
    "schedule": ("schedule", "Print a crontab line, a systemd timer or a Windows task for the daily scan."),
    "fit": ("fit", "Fit one series or CSV file."),
    "confidence": ("confidence", "Show the confidence of one series at a date or through time."),
    "data": ("data", "Show what is stored of a series, and what is wrong with it."),
    "compile": ("compile", "Compile the numerical kernels once, before the first run."),
    "doctor": ("doctor", "Check providers, database, caches and packages."),
    "systems": ("systems", "Read the macro systems behind the bubbles."),
    "record": ("record", "Score the chances that were stated, once their horizon has passed."),
    "risk": ("risk", "State how likely a fall of one series is, and how likely it usually is."),
    "warn": ("warn", "Test one series for slowing down, a fold nearby and an explosive root."),
    "panel": ("panel", "Test whether the series of a list are explosive together."),
    "replay": ("replay", "Show what the scanner would have said through a stretch of the past."),
    "lookahead-check": ("lookahead", "Check that nothing sees the future, bit for bit."),
    "skill": ("skill", "Score alarms on the past, beside simpler rules."),
    "config": ("config", "Show or check the configuration."),
    "db": ("db", "Check, back up or export the local database."),
}


OUTPUT_CUT = 141  # as of a program that SIGPIPE ends: the reader of the output, such as head, has left


class _OutputCut(Exception):
    """Nobody reads the output any more."""


class _LazyGroup(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _OutputCut from None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            said = f"{error.message} Did you mean {near[0]}?" if near else error.message
            raise click.UsageError(said, error.ctx) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return import_module(f"scanners.cli.{COMMANDS[name][0]}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"lppl {version('lppl-scanner')}")
        ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Scan markets for bubbles and critical transitions."""


def main() -> None:
    """Run the command line; every expected failure becomes one line on stderr and an exit code."""
    garbage.look_seldom()
    streams.prepare()
    home.prepare()
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("aborted", err=True)
        sys.exit(130)
    except CommandError as error:
        click.echo(f"lppl: {error}", err=True)
        sys.exit(error.exit_code)
    except (_OutputCut, BrokenPipeError):
        streams.forget_output()
        sys.exit(OUTPUT_CUT)
    except OSError as error:
        streams.forget_output()
        what = error.filename or "the output cannot be written"
        click.echo(f"lppl: {what}: {error.strerror or error}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
