"""``lppl risk``: how likely falls of one series are, and how likely they usually are."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.exports import picture_option
from scanners.cli.options import IsoDate
from scanners.cli.sources import source_options
from scanners.core.vocabulary import ASSET_CLASSES

if TYPE_CHECKING:
    from scanners.cli.sources import Source


@click.command("risk")
@click.argument("series", metavar="SERIES|FILE.csv")
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing after this date.  [default: the last one]"
)
@click.option(
    "--asset-class",
    type=click.Choice(ASSET_CLASSES),
    help="What the series is.  [default: as in the watchlists]",
)
@source_options
@click.option("--json", "as_json", is_flag=True, help="Print every number as JSON.")
@picture_option("Write a picture of the price and the chances of the last two years: .png, .svg or .pdf.")
def command(
    series: str,
    as_of: str | None,
    asset_class: str | None,
    as_json: bool,
    plot: Path | None,
    source: "Source",
) -> None:
    """State how likely a fall is, how likely it usually is, and what moves it.

    A stored series, an embedded one (gold, nasdaq, sp500, wti) or a price file. The chances were calibrated
    on series-years that the model had not seen (docs/risk.md); they tell present risk, not when a fall comes.
    """
    from scanners.cli.terminal import risk_tables, tables
    from scanners.core.errors import CommandError
    from scanners.core.run_files import to_json, write_file
    from scanners.risk import fall_risk

    prices = source.read(series, as_of=as_of)
    kind = asset_class or source.class_of(series)
    try:
        with tables.waiting("fitting"):
            found = fall_risk(prices, as_of, asset_class=kind)
        if plot is not None:
            from scanners.report.axes import encode
            from scanners.report.risk_picture import risk_picture

            with tables.waiting("looking back"):
                picture = risk_picture(str(prices.name or series), prices, found)
            write_file(plot, encode(picture, plot.suffix))
    except ValueError as error:
        raise CommandError(f"{series}: {error}") from error
    if as_json:
        click.echo(to_json(found.to_dict()), nl=False)
        return
    console = tables.console()
    for part in risk_tables.parts(str(prices.name or series), found, console.width):
        console.print(part)
    if plot is not None:
        console.print(f"\n{plot}", soft_wrap=True)
