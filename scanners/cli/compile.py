"""``lppl compile``: compile the kernels of scans, fits and systems once, so that no first run waits."""

import click


@click.command("compile")
def command() -> int:
    """Compile the numerical kernels once, in as many processes as there are cores.

    Without it the first run of each command compiles what it needs. What is compiled already is left alone.
    Exit code 1 when no folder for compiled kernels can be written.
    """
    from scanners.cli.terminal import progress
    from scanners.core import kernel_stamps
    from scanners.scan.kernels import PARTS, compile_missing

    with progress.counter("compiling, once") as told:
        compiled = compile_missing(told=told)
    folder = kernel_stamps.place()
    done = f"compiled {compiled} of {len(PARTS)} parts" if compiled else "everything is compiled"
    click.echo(f"{done}; kernels are kept in {folder}")
    return 0
