"""What is remembered of C between runs: one small file a series, of one version of the fits."""

from pathlib import Path

import msgspec

from scanners.core.errors import CommandError
from scanners.core.file_names import slug
from scanners.core.run_files import write_file
from scanners.core.sealed import seal, unseal
from scanners.evidence.confidence_memory import Remembered
from scanners.evidence.fit_identity import fit_identity

_MOST = 1_500  # sessions a file keeps, the newest found

_SUFFIX = ".confidence.msgpack"


class Shelf:
    """Files of remembered C in one folder; without a folder nothing is remembered.

    Parameters
    ----------
    folder : Path or None
        Made when the first file is written.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._older: dict[str, list[Path]] | None = None  # found once: a list may have thousands of series

    def read(self, name: str) -> Remembered:
        """Return what is remembered of a series; nothing of other code or another processor."""
        path = self._path(name)
        if path is None or not path.is_file():
            return {}
        try:
            return msgspec.msgpack.decode(unseal(path.read_bytes()), type=dict[str, tuple[float, float]])
        except (OSError, ValueError):
            return {}  # it is written anew

    def add(self, name: str, new: Remembered) -> None:
        """Keep what was found of a series, and drop files of other versions; a full disk is no error."""
        path = self._path(name)
        if path is None or not new:
            return
        newest = list(({**self.read(name), **new}).items())[-_MOST:]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, seal(msgspec.msgpack.encode(dict(newest))))
            if self._older is None:
                self._older = _of_other_versions(path.parent)
            for other in self._older.pop(slug(name), ()):
                other.unlink(missing_ok=True)
        except (OSError, CommandError):
            return  # nothing is lost but time

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{slug(name)}-{fit_identity()}{_SUFFIX}"


def _of_other_versions(folder: Path) -> dict[str, list[Path]]:
    """Return the files of other versions, by the name of their series in file names."""
    found: dict[str, list[Path]] = {}
    for path in folder.glob(f"*{_SUFFIX}"):
        series, _, identity = path.name.removesuffix(_SUFFIX).rpartition("-")
        if len(identity) == len(fit_identity()) and identity != fit_identity():
            found.setdefault(series, []).append(path)
    return found
