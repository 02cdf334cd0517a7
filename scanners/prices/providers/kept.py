"""Files of a service kept on disk with their validators, so that what has not changed is not sent again."""

from pathlib import Path

import msgspec

from scanners.core.errors import CommandError
from scanners.core.run_files import write_file
from scanners.prices.interface import digest


class _Said(msgspec.Struct, frozen=True):
    """What the service said of a file, and what was received."""

    etag: str
    last_modified: str
    payload_hash: str


class Kept:
    """A folder of kept files.

    Parameters
    ----------
    folder : str or Path or None
        None keeps nothing.
    """

    def __init__(self, folder: str | Path | None) -> None:
        self._folder = Path(folder) if folder else None

    def validators(self, name: str) -> dict[str, str]:
        """Return the headers that ask for a file only if it has changed; none where it is not kept whole."""
        said = self._said(name)
        if said is None or self.body(name) is None:
            return {}
        headers = {"If-None-Match": said.etag, "If-Modified-Since": said.last_modified}
        return {header: value for header, value in headers.items() if value}

    def body(self, name: str) -> bytes | None:
        """Return a file as it was received; None where it is not kept or was damaged since."""
        said = self._said(name)
        if said is None:
            return None
        try:
            body = self._path(name, "body").read_bytes()
        except OSError:
            return None
        return body if digest(body) == said.payload_hash else None

    def keep(self, name: str, body: bytes, etag: str, last_modified: str) -> None:
        """Keep a file that came with a validator; a disk that is full costs the next download, no more."""
        if self._folder is None or not (etag or last_modified):
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(self._path(name, "body"), body)
            write_file(
                self._path(name, "json"), msgspec.json.encode(_Said(etag, last_modified, digest(body)))
            )
        except (OSError, CommandError):
            return

    def _said(self, name: str) -> _Said | None:
        if self._folder is None:
            return None
        try:
            return msgspec.json.decode(self._path(name, "json").read_bytes(), type=_Said)
        except (OSError, msgspec.DecodeError):
            return None

    def _path(self, name: str, ending: str) -> Path:
        return (self._folder or Path()) / f"{name}.{ending}"
