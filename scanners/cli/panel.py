"""``lppl panel``: whether the series of a list are explosive together."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.options import IsoDate, database_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions


@click.command("panel")
@click.option(
    "--watchlist", metavar="NAME|FILE.toml", help="Which series.  [default: the workspace's, else the demo]"
)
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="FOLDER", help="A folder of price files instead."
)
@database_option
@reading_options
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing after this date.  [default: the last one]"
)
@click.option(
    "--weeks",
    type=click.IntRange(min=60),
    default=260,
    show_default=True,
    help="Weekly closes that every series must have.",
)
@click.option(
    "--paths",
    type=click.IntRange(min=19),
    default=499,
    show_default=True,
    help="Resampled panels of the test.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Threads.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON instead of tables.")
def command(
    watchlist: str | None,
    data: Path | None,
    database: Path,
    as_of: str | None,
    weeks: int,
    paths: int,
    jobs: int,
    as_json: bool,
    reading: "ReadOptions",
) -> None:
    """Test whether the series of a list are explosive together (panel GSADF, Pavlidis et al. 2016).

    It describes the past of the list: explosive roots add nothing to the chance of a fall.
    """
    from scanners.cli.terminal import panel_tables, tables
    from scanners.core.run_files import to_json
    from scanners.prices.selection import choose, select
    from scanners.scan.together import together
    from scanners.store.store import Store

    with ExitStack() as resources:
        store = resources.enter_context(Store.open(database)) if database.is_file() else None
        series = select(choose(watchlist, data, reading), data, as_of=as_of, store=store)
        with tables.counter("reading") as advance:
            found = together(
                series, as_of=as_of, weeks=weeks, replications=paths, jobs=jobs, progress=advance
            )
    if as_json:
        click.echo(to_json(found.to_dict()), nl=False)
        return
    console = tables.console()
    for part in panel_tables.parts(found, console.width):
        console.print(part)
