"""``lppl replay``: what the scanner would have said through a stretch of the past."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.configured import config_option, configured_database_option
from scanners.cli.exports import picture_option
from scanners.cli.options import IsoDate
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions


@click.command("replay")
@click.argument("target", metavar="[EVENT|SERIES|FILE.csv]", required=False)
@click.option("--from", "start", type=IsoDate(), metavar="DATE", help="First date.")
@click.option("--to", "end", type=IsoDate(), metavar="DATE", help="Last date.")
@click.option("--step", type=click.IntRange(min=1), default=1, show_default=True, help="Sessions apart.")
@click.option(
    "--tests-every",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Sessions between dates of the early-warning tests, which raise no level; 0 runs none.",
)
@click.option("--full", is_flag=True, help="Tests on every date.")
@click.option("--all", "everything", is_flag=True, help="Replay the whole catalogue into a page.")
@click.option("--list", "listed", is_flag=True, help="List the catalogue of turning points.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of CSV files to look in first.")
@reading_options
@config_option
@configured_database_option
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Worker processes.")
@click.option("--json", "as_json", is_flag=True, help="Print every date as JSON.")
@picture_option("Write a picture.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("replay.html"),
    show_default=True,
    metavar="FILE",
    help="Page of --all.",
)
def command(
    target: str | None,
    start: str | None,
    end: str | None,
    step: int,
    tests_every: int,
    full: bool,
    everything: bool,
    listed: bool,
    data: Path | None,
    config: Path | None,
    database: Path | None,
    jobs: int,
    as_json: bool,
    plot: Path | None,
    output: Path,
    reading: "ReadOptions",
) -> None:
    """Show what a scan of each date would have said, with only what was known then.

    An event of the catalogue (--list) is shown from 250 sessions before it to 120 after. A series is shown
    from --from to --to, with the catalogue's turning points in it and those of the epsilon-drawdown rule.
    In a workspace the pass is kept in data/history, and a second one goes on from there.
    """
    from scanners.cli.terminal import replay_tables, tables
    from scanners.config.layers import load
    from scanners.config.workspace import DATA
    from scanners.core.errors import CommandError
    from scanners.core.run_files import to_json, write_file
    from scanners.past.catalogue.turning_points import load as load_catalogue
    from scanners.past.evidence_cache import HISTORY
    from scanners.past.replay_run import Depth, Sources, every, one

    catalogue = load_catalogue()
    console = tables.console()
    if listed:
        console.print(replay_tables.catalogue(catalogue, console.width))
        return
    if everything == (target is not None):
        raise click.UsageError("name an event or a series, or --all, or --list")

    def tell(note: str) -> None:
        click.echo(f"lppl: {note}", err=True)

    settings = load(config).settings
    folder = HISTORY if DATA.is_dir() else None
    depth = Depth(step, step if full else tests_every, jobs, folder)
    sources = Sources(data, database or Path(settings.scan.database), reading)
    with tables.counter("replaying") as advance:
        if target is None:
            found = list(every(catalogue, sources, depth, settings.policy, tell=tell, progress=advance))
        else:
            replayed, prices = one(
                target,
                catalogue,
                sources,
                start=start,
                end=end,
                depth=depth,
                policy=settings.policy,
                tell=tell,
                progress=advance,
            )
    if everything:
        from scanners.past.replay_page import render

        if not any(shown for _, shown, _, _ in found):
            raise CommandError(
                "no event of the catalogue has data: --data names a folder, lppl fetch loads them"
            )
        write_file(output, render(found).encode())
        if as_json:
            shown = {event.id: item.to_dict() if item else None for event, item, _, _ in found}
            click.echo(to_json(shown), nl=False)
            return
        console.print(replay_tables.summary(found, console.width))
        console.print(f"\n{output}", soft_wrap=True)
        return
    if plot is not None:
        from scanners.past.replay_picture import replay_picture
        from scanners.report.axes import encode

        try:
            write_file(plot, encode(replay_picture(replayed, prices), plot.suffix))
        except ValueError as error:
            raise CommandError(str(error)) from None
    if as_json:
        click.echo(to_json(replayed.to_dict()), nl=False)
        return
    for part in replay_tables.parts(replayed, console.width):
        console.print(part)
    if plot is not None:
        console.print(f"\n{plot}", soft_wrap=True)
