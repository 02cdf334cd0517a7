"""``lppl merge``: the parts of a scan that several machines made become one run."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.configured import config_option, configured_database_option

if TYPE_CHECKING:
    from scanners.core.log import Style


@click.command("merge")
@click.argument("parts", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@config_option
@configured_database_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of all runs.  [default: as configured, outputs]",
)
@click.option("--preset", help="As the parts were scanned with.  [default: as configured, none]")
@click.option(
    "--log",
    "style",
    type=click.Choice(["text", "json", "none"]),
    default="none",
    show_default=True,
    help="Log lines on stderr.",
)
@click.option("--json", "as_json", is_flag=True, help="Print scan.json instead of the table.")
def command(
    parts: tuple[Path, ...],
    config: Path | None,
    database: Path | None,
    output: Path | None,
    preset: str | None,
    style: "Style",
    as_json: bool,
) -> int:
    """Put the PARTS that lppl scan --shard wrote together: one page, one commit, one mail a route.

    All parts of one run must be there, each once, made with this configuration and version. Exit codes as
    lppl scan's.
    """
    from scanners.cli.scan import now, print_run, tell
    from scanners.config.layers import load
    from scanners.core.log import Log
    from scanners.prices.selection import named_preset
    from scanners.service.merging import merge

    named = {"output": output, "database": database, "preset": preset}
    options = {f"scan.{key}": None if value is None else str(value) for key, value in named.items()}
    settings = load(config, options=options).settings
    chosen = named_preset(settings.scan.preset, settings.preset)
    done = merge(parts, settings, chosen, now=now, tell=tell, log=Log(style, sys.stderr))
    return print_run(done, as_json)
