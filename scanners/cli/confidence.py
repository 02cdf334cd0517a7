"""``lppl confidence``: the confidence of one series at a date or through time, and how far to trust it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanners.cli.exports import csv_option, parquet_option, picture_option
from scanners.cli.options import IsoDate
from scanners.cli.sources import source_options

if TYPE_CHECKING:
    from scanners.cli.sources import Source


@click.command("confidence")
@click.argument("series", metavar="SERIES|FILE.csv")
@click.option("--preset", default="daily", show_default=True, help="Windows and filters; daily decides.")
@click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="See nothing after this date.  [default: the last one]"
)
@click.option("--from", "start", type=IsoDate(), metavar="DATE", help="First date of a history.")
@click.option(
    "--step",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Sessions between dates of a history.",
)
@source_options
@click.option("--trust", is_flag=True, help="Also refit 100 resampled series a window at the last date.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Worker processes.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON instead of a table.")
@csv_option
@parquet_option
@picture_option("Write a picture of a history.")
def command(
    series: str,
    preset: str,
    as_of: str | None,
    start: str | None,
    step: int,
    trust: bool,
    jobs: int,
    as_json: bool,
    csv: Path | None,
    parquet: Path | None,
    plot: Path | None,
    source: "Source",
) -> None:
    """Show the share of windows that qualify as a bubble, positive and negative, by date."""
    import lppl
    from lppl.indicators.presets import find
    from scanners.cli import exports
    from scanners.cli.terminal import tables
    from scanners.core.as_of import until
    from scanners.core.errors import CommandError
    from scanners.core.run_files import to_json, write_file
    from scanners.evidence.series_fits import CONSENSUS, with_consensus
    from scanners.prices.selection import named_preset
    from scanners.report.exports import date_rows

    chosen = find(named_preset(preset, source.settings.preset))
    prices = source.read(series, as_of=as_of)
    prices = prices if as_of is None else until(prices, as_of)
    if prices.empty:
        raise CommandError(f"{series}: --as-of must not lie before the first price, got {as_of}")
    if len(prices) < min(chosen.lengths):
        least = f"the shortest window of {chosen.name} needs {min(chosen.lengths)} prices"
        raise CommandError(f"{series}: {least}, got {len(prices)} up to {prices.index[-1]:%Y-%m-%d}")
    if start is not None and not f"{prices.index[0]:%Y-%m-%d}" <= start <= f"{prices.index[-1]:%Y-%m-%d}":
        span = f"{prices.index[0]:%Y-%m-%d} and {prices.index[-1]:%Y-%m-%d}"
        raise CommandError(f"{series}: --from must lie between {span}, got {start}")
    try:
        with tables.counter("fitting") as advance:
            history = lppl.confidence_history(
                prices,
                preset=chosen,
                start=len(prices) - 1 if start is None else start,
                step=step,
                n_jobs=jobs,
                progress=advance,
            )
        found = None
        if trust:
            rule = "end_flag" if "end_flag" in chosen.filters else list(chosen.filters)[-1]
            with tables.waiting("resampling"):
                found = lppl.trust(prices, preset=chosen, filter=rule, n_jobs=jobs)
    except ValueError as error:
        raise CommandError(f"{series}: {error}") from error
    if chosen.name == CONSENSUS:
        history = with_consensus(history, chosen)
    rows = date_rows(history)
    written = exports.write(rows, csv, parquet)
    if plot is not None:
        write_file(plot, _picture(history, prices, plot.suffix))
    if as_json:
        numbers = {"series": series, "preset": chosen.name, "confidence": rows}
        click.echo(to_json(numbers | {"trust": found and found.to_dict()}), nl=False)
        return
    console = tables.console()
    console.print(tables.confidence(history, console.width))
    if found is not None:
        console.print(f"\ntrust: {found.positive:.2f} positive, {found.negative:.2f} negative")
    for path in filter(None, (*written, plot)):
        console.print(f"\n{path}", soft_wrap=True)


def _picture(history: Any, prices: Any, suffix: str) -> bytes:
    from lppl import plot
    from scanners.report.axes import encode

    # C where there is one, else the filter that speaks loudest.
    loudest = history.filter(regex="_(positive|negative)$").max().idxmax().rpartition("_")[0]
    name = "C" if "C_positive" in history else loudest
    first = prices.index.searchsorted(history.index[0])
    drawn = plot.confidence_history(history, prices.iloc[first:], filter=name)
    drawn.set_title(
        "C, mean of the filters" if name == "C" else f"{name.replace('_', ' ')} filter", loc="left"
    )
    return encode(drawn.figure, suffix)
