"""``lppl fit``: one series or file, one fit, the windows around it."""

from pathlib import Path

import click

from scanners.cli.options import IsoDate, preset_option


@click.command("fit")
@click.argument("series", metavar="SERIES|FILE.csv")
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing after this date.  [default: the last one]"
)
@click.option(
    "--start",
    type=IsoDate(),
    metavar="DATE",
    help="Start of the window.  [default: the longest that qualifies]",
)
@preset_option
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON instead of tables.")
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE", help="Write a picture: .png, .svg or .pdf."
)
def command(
    series: str, as_of: str | None, start: str | None, preset: str, as_json: bool, plot: Path | None
) -> None:
    """Fit one series: an embedded one (gold, nasdaq, sp500, wti) or a CSV file.

    The file needs the columns date and close; more columns do no harm.
    """
    from scanners.errors import CommandError
    from scanners.outputs import to_json, write_file
    from scanners.selection import named_preset, single
    from scanners.single import look, picture

    prices = single(series)
    try:
        found = look(prices, as_of=as_of, start=start, preset=named_preset(preset))
        if plot is not None:
            write_file(plot, picture(found, plot.suffix))
    except ValueError as error:
        raise CommandError(f"{series}: {error}") from error
    if as_json:
        click.echo(to_json(found.to_dict()), nl=False)
        return
    from scanners.cli import tables

    console = tables.console()
    for part in tables.look(found):
        console.print(part)
    if plot is not None:
        console.print(f"\n{plot}", soft_wrap=True)
