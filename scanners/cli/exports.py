"""Tables as files: the options ``--csv`` and ``--parquet``, and what writes them."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from scanners.core.errors import CommandError


def _into_a_folder(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Refuse before the work begins what could only fail after it."""
    if path is None or ctx.resilient_parsing:
        return path
    if not path.parent.is_dir():
        raise CommandError(f"cannot write {path}: there is no folder {path.parent}")
    if param.name == "parquet" and find_spec("pyarrow") is None:
        raise CommandError("--parquet needs the package pyarrow: pip install 'lppl-scanner[parquet]'")
    return path


def _option(name: str, what: str) -> Any:
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option(name, type=kind, metavar="FILE", callback=_into_a_folder, help=what)


csv_option = _option("--csv", "Write the table to a CSV file.")
parquet_option = _option("--parquet", "Write the table to a Parquet file; needs the extra [parquet].")


def write(rows: Sequence[Mapping[str, Any]], csv: Path | None, parquet: Path | None) -> tuple[Path, ...]:
    """Write rows with the same keys to the files that were asked for, and return their names."""
    from scanners.core.run_files import to_csv, write_file
    from scanners.report.exports import to_parquet

    if csv is not None:
        write_file(csv, to_csv(rows).encode())
    if parquet is not None:
        write_file(parquet, to_parquet(rows))
    return tuple(path for path in (csv, parquet) if path is not None)
