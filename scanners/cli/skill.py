"""``lppl skill``: how often alarms were followed by what they warn of."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanners.cli.configured import config_option
from scanners.cli.options import IsoDate
from scanners.cli.reading import reading_options

if TYPE_CHECKING:
    from scanners.config.read_options import ReadOptions


@click.command("skill")
@click.option(
    "--panel",
    metavar="NAME|FILE",
    help="Watchlist or panel file to score.  [default: watchlist.toml, else demo]",
)
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the CSV files it names.")
@click.option("--to", type=IsoDate(), metavar="DATE", help="Use nothing after this date.")
@click.option(
    "--step", type=click.IntRange(min=1), default=5, show_default=True, help="Sessions between judgements."
)
@click.option(
    "--signal", "plugins", multiple=True, metavar="MODULE:FUNCTION", help="Score a signal of yours."
)
@reading_options
@config_option
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Worker processes.")
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=999,
    show_default=True,
    help="Resampled histories of the block bootstrap; 0 leaves it out.",
)
@click.option(
    "--save", type=click.Path(path_type=Path), metavar="FILE", help="Write the measured rates to quote."
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the page.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON instead of tables.")
def command(
    panel: str | None,
    data: Path | None,
    to: str | None,
    step: int,
    plugins: tuple[str, ...],
    config: Path | None,
    jobs: int,
    draws: int,
    save: Path | None,
    output: Path | None,
    as_json: bool,
    reading: "ReadOptions",
) -> None:
    """Score the policy over a panel, walking forward, beside simpler rules at the same alarm rate.

    Every date is judged with what was known then; falls and major tops that followed are hindsight. In a
    workspace the pass is kept in data/history and goes on where it was stopped.
    """
    import msgspec

    from scanners.cli.terminal import skill_tables as terminal
    from scanners.cli.terminal import tables
    from scanners.config.layers import load
    from scanners.config.workspace import DATA, WATCHLIST
    from scanners.core.run_files import to_json, write_file
    from scanners.past.evidence_cache import HISTORY
    from scanners.past.skill import signals, study
    from scanners.past.skill import tables as skill_tables
    from scanners.past.skill.calibrate import calibrate
    from scanners.past.skill.judged import judge_panel
    from scanners.past.skill.panel import load as load_panel
    from scanners.past.skill.panel import members
    from scanners.verdict.calibration import to_bytes

    policy = load(config).settings.policy
    found = load_panel(panel or (str(WATCHLIST) if WATCHLIST.is_file() else "demo"))
    if to is not None:
        found = msgspec.structs.replace(found, to=min(filter(None, (found.to, to))))
    mine = {place: signals.plugin(place) for place in plugins}
    chosen = members(found, data, step, policy, reading)
    total = sum(len(one.at) for one in chosen)
    before = {one.name: sum(len(other.at) for other in chosen[:k]) for k, one in enumerate(chosen)}
    with tables.counter("judging") as advance:
        judged = judge_panel(
            chosen,
            policy,
            folder=HISTORY if DATA.is_dir() else None,
            jobs=jobs,
            progress=lambda name, done, _: advance(before[name] + done, total),
            tell=lambda note: click.echo(f"lppl: {note}", err=True),
        )
    with tables.counter("scoring") as advance:
        result = study.run(judged, found.name, policy, extra=mine, draws=draws, progress=advance)
    if save is not None:
        from importlib.metadata import version

        rates = calibrate(judged, found.name, policy.thresholds, version("lppl-scanner"), draws)
        write_file(save, to_bytes(rates))
    if output is not None:
        from scanners.past.skill_page import render

        write_file(output, render(result).encode())
    if as_json:
        click.echo(to_json(result.to_dict()), nl=False)
        return
    console, made = tables.console(), skill_tables.tables(result)
    if console.is_terminal:
        for part in terminal.parts(made, console.width):
            console.print(part)
    else:
        for text in terminal.markdown(made):
            click.echo(text)
    click.echo(f"{skill_tables.critical_time(result)}\n\n{skill_tables.HOW_TO_READ}")
    for path in filter(None, (save, output)):
        click.echo(f"\n{path}")
