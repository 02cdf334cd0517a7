"""Of what the folder of a run consists: its files with sizes and hashes, kept in the manifest."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from scanners.core.plain_files import read_bytes
from scanners.core.run_files import MANIFEST
from scanners.core.run_folders import files_of

Files = Mapping[str, tuple[int, str]]


def listed(folder: Path) -> dict[str, tuple[int, str]]:
    """Return the size and the SHA-256 of each file of a run's folder, by its place there.

    The manifest itself is none of them. Pages count as they were made, without the links to other runs, which
    follow what lies beside them.
    """
    return {
        place: _facts(path)
        for path in files_of(folder)
        if (place := path.relative_to(folder).as_posix()) != MANIFEST
    }


def damaged(folder: Path, files: Files) -> list[str]:
    """Return the places of files that are missing in a run's folder, or hold something else."""
    return [place for place, facts in files.items() if _found(folder / place) != tuple(facts)]


def is_of(files: Files, folder: Path) -> bool:
    """Return whether a folder has one of a run's files as it was: it is what is left of the run's own."""
    return folder.is_dir() and len(damaged(folder, files)) < len(files)


def _found(path: Path) -> tuple[int, str] | None:
    try:
        return _facts(path)
    except OSError:
        return None


def _facts(path: Path) -> tuple[int, str]:
    content = read_bytes(path)
    if path.suffix == ".html":
        from scanners.report.publish import without_links

        content = without_links(content)
    return len(content), hashlib.sha256(content).hexdigest()
