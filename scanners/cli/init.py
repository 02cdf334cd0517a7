"""``lppl init``: make a workspace."""

from pathlib import Path

import click


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("."))
@click.option(
    "--region",
    type=click.Choice(("cn", "us", "eu", "kr")),
    help="Where you sit: sources that are reachable there stand first in the watchlist.",
)
def command(folder: Path, region: str | None) -> None:
    """Make a workspace in DIR (here): data/ for prices, outputs/ for results, a watchlist, a configuration.

    The watchlist.toml lists the core series and says in comments how to add others; scanner.toml says in
    comments how to be told by mail and when to run. What is there already is left alone.
    """
    from scanners.config.workspace import create

    for path, made in create(folder, region):
        click.echo(f"{path}  {'made' if made else 'was there'}")
