"""Files a command writes: options of tables, papers and pictures, and what writes tables."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from scanners.core.errors import CommandError

_PICTURES = (".png", ".svg", ".pdf")
_NEEDED = {"parquet": ("pyarrow", "parquet"), "xlsx": ("XlsxWriter", "excel")}  # package and extra


def _into_a_folder(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Refuse before the work begins what could only fail after it."""
    if path is None or ctx.resilient_parsing:
        return path
    if not path.parent.is_dir():
        raise CommandError(f"cannot write {path}: there is no folder {path.parent}")
    package, extra = _NEEDED.get(param.name or "", ("", ""))
    if package and find_spec(package.lower()) is None:
        raise CommandError(f"--{param.name} needs the package {package}: pip install 'lppl-scanner[{extra}]'")
    return path


def _option(name: str, what: str) -> Any:
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option(name, type=kind, metavar="FILE", callback=_into_a_folder, help=what)


def _drawn(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a picture that no one could draw before the fits begin."""
    if path is not None and not ctx.resilient_parsing and path.suffix not in _PICTURES:
        raise CommandError(f"a picture's name must end in {', '.join(_PICTURES)}, got {str(path)!r}")
    return _into_a_folder(ctx, param, path)


def picture_option(what: str, name: str = "--plot") -> Any:
    """Return the option of a picture, with a name that says its format."""
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option(name, type=kind, metavar="FILE", callback=_drawn, help=what)


csv_option = _option("--csv", "Write the table to a CSV file.")
parquet_option = _option("--parquet", "Write the table to a Parquet file; needs the extra [parquet].")
xlsx_option = _option("--xlsx", "Write table and history to an Excel workbook; needs the extra [excel].")
pdf_option = _option("--pdf", "Write sheets of A4: one of the list, one of each series above calm.")


def write(rows: Sequence[Mapping[str, Any]], csv: Path | None, parquet: Path | None) -> tuple[Path, ...]:
    """Write rows with the same keys to the files that were asked for, and return their names."""
    from scanners.core.run_files import to_csv, write_file
    from scanners.report.exports import to_parquet

    if csv is not None:
        write_file(csv, to_csv(rows).encode())
    if parquet is not None:
        write_file(parquet, to_parquet(rows))
    return tuple(path for path in (csv, parquet) if path is not None)
