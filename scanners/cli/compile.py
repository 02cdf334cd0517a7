"""``lppl compile``: compile the kernels of scans, fits and systems once, so that no first run waits."""

import click


@click.command("compile")
@click.option(
    "--all", "everything", is_flag=True, help="Also what only functions of the library need, as lppl.certify."
)
def command(everything: bool) -> int:
    """Compile the numerical kernels of all commands once, in as many processes as there are cores.

    Without it the first run of each command compiles what it needs. What is compiled already is left alone.
    Exit code 1 when no folder for compiled kernels can be written.
    """
    from scanners.cli.terminal import progress
    from scanners.core import kernel_stamps
    from scanners.scan.kernels import OF_COMMANDS, PARTS, compile_missing

    parts = tuple(PARTS) if everything else OF_COMMANDS
    with progress.counter("compiling, once") as told:
        compiled = compile_missing(parts, told)
    folder = kernel_stamps.place()
    there = "everything" if everything else "what commands need"
    done = f"compiled {compiled} of {len(parts)} parts" if compiled else f"{there} is compiled"
    click.echo(f"{done}; kernels are kept in {folder}")
    return 0
