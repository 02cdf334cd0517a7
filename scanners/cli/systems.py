"""``lppl systems``: the macro regime behind the bubbles, one system or all."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.options import IsoDate, database_option, timeout_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions


@click.command("systems")
@click.argument("names", nargs=-1, metavar="[NAME|FILE.toml]... | replay FROM TO [NAME]...")
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing published after this date.  [default: today]"
)
@click.option(
    "--data",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of CSV files, read before the database; may be repeated.  [default: data, after it]",
)
@reading_options
@click.option("--fetch", is_flag=True, help="Bring the series of these systems up to date first.")
@timeout_option
@database_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("outputs"),
    show_default=True,
    help="Folder of all runs.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: one a core]")
@click.option("--json", "as_json", is_flag=True, help="Print the readings as JSON instead of the table.")
def command(
    names: tuple[str, ...],
    as_of: str | None,
    folders: tuple[Path, ...],
    fetch: bool,
    timeout: float,
    database: Path,
    output: Path,
    jobs: int | None,
    as_json: bool,
    reading: "ReadOptions",
) -> int:
    """Read the macro systems: which feedback region, since when, how sure, and how far from the next fold.

    Built-in systems: us, china, japan, coupling, narrative, dollar; a TOML file in systems/ adds one of your
    own. The page of all goes to OUTPUT/systems-DATE.html, that of some has their names behind the date. With
    replay, FROM and TO the cards are read at the end of every month between two dates, and the page goes to
    OUTPUT/systems-FROM-TO.html. Exit codes: 0 done, 1 an error, 3 a monitor failed, 4 no monitor has its
    series.
    """
    from scanners.cli.terminal import progress, system_tables, tables
    from scanners.core.run_files import to_json
    from scanners.systems.command import fetch_series, readings, replayed, told, write_page
    from scanners.systems.schema import load
    from scanners.systems.schema import names as known
    from scanners.systems.system_reading import processes

    if names[:1] == ("replay",):
        tracks, page = replayed(
            names[1:], folders=folders, database=database, output=output, jobs=jobs, reading=reading
        )
        if as_json:
            click.echo(to_json([track.to_dict() for track in tracks]), nl=False)
            return 0
        console = tables.console()
        for part in system_tables.replay_parts(tracks, console.width):
            console.print(part)
        console.print(f"\n{page}", soft_wrap=True)
        return 0
    chosen = [load(name) for name in names or known()]
    if fetch:
        from scanners.cli import fetching

        fetching.first(fetch_series(chosen), database, timeout=timeout)
    if processes(chosen, jobs) > 1:  # workers that start together would each compile the same kernels
        from scanners.scan.first_run import compile_for_workers

        with progress.counter("compiling, once") as told_of:
            compile_for_workers(("fits", "tests", "systems"), told_of)
    found = readings(
        chosen,
        as_of or date.today().isoformat(),
        folders=folders,
        database=database,
        jobs=jobs,
        reading=reading,
    )
    page = write_page(found.systems, output)
    if as_json:
        click.echo(to_json([told(system) for system in found.systems]), nl=False)
        return found.exit_code
    console = tables.console()
    for part in system_tables.parts(found.systems, console.width):
        console.print(part)
    console.print(f"\n{page}", soft_wrap=True)
    return found.exit_code
