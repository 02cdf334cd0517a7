"""Where the drawings of series' pages lie until their pages are made; to know it loads nothing that draws."""

import shutil
from pathlib import Path

from scanners.core.file_names import slug

SHEETS = ".sheets"  # folder in that of a run


def sheet_file(name: str) -> str:
    """Return the place of a series' drawings in the folder of a run that is not complete."""
    return f"{SHEETS}/{slug(name)}.json"


def drop_sheets(folder: Path) -> None:
    """Remove the drawings that the pages of a run's folder were made of."""
    shutil.rmtree(folder / SHEETS, ignore_errors=True)
