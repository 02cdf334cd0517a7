"""What an interrupted run had done: its drafts in the store, their files in the run's work folder."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from scanners.scan.scanning import Task
from scanners.store.runs import RunKey
from scanners.store.store import Store
from scanners.verdict.draft import Draft, draft_of


class Checkpoints:
    """Drafts of a run that has not finished; one is used again when nothing it came from has changed.

    Parameters
    ----------
    store : Store
        Open for writing.
    key : RunKey
        Which run.
    folder : Path
        Where the files of the series are.
    stamp : str
        Of everything that decides a draft besides the key and the prices: versions, pages.
    """

    def __init__(self, store: Store, key: RunKey, folder: Path, stamp: str) -> None:
        self._store, self._key, self._folder, self._stamp = store, key, folder, stamp
        self._saved = store.runs.checkpoints(key)
        self._places: set[str] = set()

    def find(self, task: Task) -> Draft | None:
        """Return the draft of a task that was scanned before, None when it must be scanned."""
        saved = self._saved.get(task.name)
        if saved is None or (saved["task"], saved["stamp"]) != (task.digest, self._stamp):
            return None
        if any(_hash(self._folder / place) != digest for place, digest in saved["files"].items()):
            return None
        try:
            draft = draft_of(saved["draft"])
        except msgspec.ValidationError:  # of code that had another idea of a draft
            return None
        self._places |= set(saved["files"])
        return draft

    def keep(self, drafts: Sequence[Draft], digests: Mapping[str, str]) -> None:
        """Keep drafts, whose files are in the folder already."""
        documents = {
            draft.name: {
                "task": digests[draft.name],
                "stamp": self._stamp,
                "draft": draft.to_dict(),
                "files": {
                    place: hashlib.sha256(content).hexdigest() for place, content in draft.files.items()
                },
            }
            for draft in drafts
        }
        self._store.runs.checkpoint(self._key, documents)
        self._places.update(*(draft.files for draft in drafts))

    def tidy(self) -> None:
        """Remove files of an earlier try that are not those of the drafts found or kept."""
        for path in self._folder.rglob("*"):
            if path.is_file() and path.relative_to(self._folder).as_posix() not in self._places:
                path.unlink()


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
