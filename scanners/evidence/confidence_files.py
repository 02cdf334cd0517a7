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
            for other in path.parent.glob(f"{slug(name)}-*{_SUFFIX}"):
                if other.name != path.name and _is_of(other.name, name):
                    other.unlink(missing_ok=True)
        except (OSError, CommandError):
            return  # nothing is lost but time

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{slug(name)}-{fit_identity()}{_SUFFIX}"


def _is_of(file: str, name: str) -> bool:
    """Return whether a file is of this series and not of one whose name goes on where this one ends."""
    identity = file.removeprefix(f"{slug(name)}-").removesuffix(_SUFFIX)
    return len(identity) == len(fit_identity()) and "-" not in identity
