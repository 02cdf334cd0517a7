"""``lppl lookahead-check``: whether anything sees the future."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.configured import config_option, configured_database_option
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions


@click.command("lookahead-check")
@click.argument("series", metavar="[SERIES|FILE.csv]...", nargs=-1)
@click.option(
    "--dates", type=click.IntRange(min=1), default=20, show_default=True, help="Random dates a series."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the dates.")
@click.option("--signal", "plugins", multiple=True, metavar="MODULE:FUNCTION", help="A signal of your own.")
@click.option(
    "--provider", metavar="NAME", help="Check downloads of a provider instead; SERIES are its symbols."
)
@click.option("--preset", help="Windows and filters.  [default: as configured]")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of CSV files to look in first.")
@reading_options
@config_option
@configured_database_option
def command(
    series: tuple[str, ...],
    dates: int,
    seed: int,
    plugins: tuple[str, ...],
    provider: str | None,
    preset: str | None,
    data: Path | None,
    config: Path | None,
    database: Path | None,
    reading: "ReadOptions",
) -> None:
    """Recompute random past dates without what came later, and compare bit for bit.

    Checked are the evidence of a scan under the configured preset, the signals of the skill tables, and every
    --signal. Without SERIES the prices that come with the package are used. With --provider, downloads that
    end at random dates are compared with a whole one. Exit code 1 when something differs; the first
    difference is named.
    """
    from lppl import datasets
    from scanners.cli.fetching import provider_options
    from scanners.config.layers import load
    from scanners.core.errors import CommandError
    from scanners.past.evidence_history import of_days
    from scanners.past.replay_run import Sources
    from scanners.past.skill import signals
    from scanners.prices.providers.registry import open_provider
    from scanners.prices.selection import named_preset
    from scanners.service import lookahead

    found: list[tuple[str, int, list[lookahead.Difference]]] = []
    settings = load(config).settings
    chosen = named_preset(preset or settings.scan.preset, settings.preset)
    try:
        if provider is not None:
            opened = open_provider(provider, provider_options(data).get(provider))
            found = [(name, *lookahead.check_provider(opened, name, dates, seed)) for name in series]
        else:
            sources = Sources(data, database or Path(settings.scan.database), reading)
            mine = {place: signals.plugin(place) for place in plugins}
            ours = {**signals.BASELINES, signals.HIGH: signals.near_high} | mine
            for name in series or datasets.names():
                prices = of_days(sources.read(name), name)
                at = lookahead.draw(prices, dates, seed)
                found.append((f"{name}: evidence", len(at), lookahead.check_evidence(prices, at, chosen)))
                for label, signal in ours.items():
                    different = lookahead.check_signal(prices, at, label, signal)
                    found.append((f"{name}: {label}", len(at), different))
    except ValueError as error:
        raise CommandError(str(error)) from error
    for what, count, different in found:
        click.echo(
            f"{what}: {count} dates, {f'{len(different)} differences' if different else 'the same bits'}"
        )
    first = next((f"{what}: {different[0]}" for what, _, different in found if different), None)
    if first is not None:
        raise CommandError(f"something sees the future: {first}")
