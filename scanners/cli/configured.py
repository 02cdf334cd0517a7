"""Options of the commands that read the configuration."""

from pathlib import Path

import click

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="LPPL_CONFIG",
    help="Configuration file.  [default: scanner.toml, if it is there]",
)

configured_database_option = click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The database file.  [default: as configured, data/lppl.db]",
)
