"""``lppl record``: how the chances that were stated came true."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.options import database_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions


@click.command("record")
@database_option
@click.option(
    "--from-history", is_flag=True, help="Score what would have been stated in the past, not recorded runs."
)
@click.option(
    "--watchlist",
    metavar="NAME|FILE.toml",
    help="With --from-history: of these series.  [default: the workspace's, else the demo]",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="With --from-history: a folder of price files.",
)
@reading_options
@click.option(
    "--step",
    type=click.IntRange(min=1),
    default=21,
    show_default=True,
    help="With --from-history: sessions between statements.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Worker processes.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON instead of tables.")
@click.option("--page", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page.")
def command(
    database: Path | None,
    from_history: bool,
    watchlist: str | None,
    data: Path | None,
    step: int,
    jobs: int,
    as_json: bool,
    page: Path | None,
    reading: "ReadOptions",
) -> None:
    """Score the chances of falls that were stated, once their horizon has passed.

    Each recorded run keeps what it states; the first statement of a session counts, by the model of its day.
    """
    from scanners.cli.terminal import record_tables, tables
    from scanners.core.run_files import to_json, write_file
    from scanners.past.track.command import from_runs, from_the_past

    if from_history:
        with tables.counter("stating") as advance:
            found, table = from_the_past(
                watchlist, data, database, reading, step=step, jobs=jobs, progress=advance, tell=_tell
            )
    else:
        found, table = from_runs(database)
    if page is not None:
        from scanners.past.track.page import render

        write_file(page, render(found, table).encode())
    if as_json:
        click.echo(to_json(found.to_dict()), nl=False)
        return
    console = tables.console()
    for part in record_tables.parts(found, console.width):
        console.print(part)
    if page is not None:
        console.print(f"\n{page}", soft_wrap=True)


def _tell(note: str) -> None:
    click.echo(f"lppl: {note}", err=True)
