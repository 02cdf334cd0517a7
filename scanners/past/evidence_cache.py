"""Passes over the past on disk: a pass that was stopped goes on where it was, a new bar costs one date.

One file a series and configuration. A row is found again by a digest of every date and close up to its own,
so a revised history finds nothing that it changed; the file's name holds a digest of the configuration, of
the version and of the kernels. Two rows are computed afresh each time a file is opened: if they differ by a
bit (another machine, other code), the file is left aside.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

import lppl
from lppl.indicators.presets import Preset, find
from scanners.config.workspace import DATA
from scanners.core.errors import CommandError
from scanners.core.file_names import slug
from scanners.core.run_files import write_file
from scanners.core.sealed import seal, unseal
from scanners.evidence.confidence_memory import session_digests
from scanners.past.evidence_history import AsOf, as_of, evidence_history

HISTORY = DATA / "history"
_FORMAT = 3  # of the rows: windows, tc and fit are those that decide; sealed
_RECHECKED = 2
_SAVE_AFTER = 20.0  # seconds


class _File(msgspec.Struct, frozen=True):
    """What is on disk: digest of the prices up to a date -> whether the tests ran, and the row."""

    rows: dict[str, tuple[bool, AsOf]]


class KnownRows:
    """The rows of one series that are known already.

    Parameters
    ----------
    folder : Path
        Where the files lie; made when the first row is saved.
    name : str
        Of the series.
    prices : pandas.Series
        Its closes on increasing dates.
    preset : str or lppl.Preset
        As for `scanners.past.evidence_history.evidence_history`.
    """

    def __init__(self, folder: Path, name: str, prices: pd.Series, preset: str | Preset) -> None:
        self.prices, self.preset = prices, preset
        self.path = folder / f"{slug(name)}-{_configuration(find(preset))}.msgpack"
        self.digests = session_digests(prices)
        self.discarded = ""
        self._rows = self._load()

    def run(
        self,
        at: Sequence[int] | np.ndarray,
        *,
        tested: Sequence[int] = (),
        jobs: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[tuple[int, AsOf]]:
        """Yield what `evidence_history` yields, computing only what is not known; saves as it goes."""
        asked, places = frozenset(int(i) for i in tested), [int(i) for i in at]
        missing = [i for i in places if not self._knows(i, i in asked)]
        done = len(places) - len(missing)
        if progress is not None:
            progress(done, len(places))
        saved = time.monotonic()
        found = evidence_history(
            self.prices, missing, preset=self.preset, tested=asked.intersection(missing), jobs=jobs
        )
        try:
            for i, row in found:
                self._rows[self.digests[i]] = (i in asked, row)
                done += 1
                if progress is not None:
                    progress(done, len(places))
                if time.monotonic() - saved > _SAVE_AFTER:
                    self.save()
                    saved = time.monotonic()
        finally:
            if missing:
                self.save()
        for i in places:
            yield i, self._row(i, i in asked)

    def save(self) -> None:
        """Write the rows of this history, without those of closes that were revised since."""
        kept = {key: self._rows[key] for key in self.digests if key in self._rows}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"cannot make {self.path.parent}: {error.strerror or error}") from error
        write_file(self.path, seal(msgspec.msgpack.encode(_File(kept))))

    def _knows(self, place: int, tested: bool) -> bool:
        ran, row = self._rows.get(self.digests[place], (False, None))
        return row is not None and (ran or not tested)

    def _row(self, place: int, tested: bool) -> AsOf:
        ran, row = self._rows[self.digests[place]]
        if ran and not tested and row.evidence is not None:
            return replace(row, evidence=replace(row.evidence, bifurcation=None))
        return row

    def _load(self) -> dict[str, tuple[bool, AsOf]]:
        if not self.path.is_file():
            return {}
        try:
            rows = dict(msgspec.msgpack.decode(unseal(self.path.read_bytes()), type=_File).rows)
        except (OSError, ValueError) as error:
            self.discarded = f"{self.path} cannot be read ({error}) and is written anew"
            return {}
        place = {key: i for i, key in enumerate(self.digests)}
        known = sorted(place[key] for key in rows if key in place)
        for i in random.Random(len(known)).sample(known, min(_RECHECKED, len(known))):
            tested, row = rows[self.digests[i]]
            if as_of(self.prices, i, self.preset, tested) != row:
                self.discarded = f"{self.path} was made by other code or on another machine: computed anew"
                return {}
        return rows


def _configuration(preset: Preset) -> str:
    """Return a digest of what decides a row besides the prices: preset, consensus, version, kernels."""
    try:
        release = version("lppl-scanner")
    except PackageNotFoundError:
        release = "source tree"
    running = blake2b(repr((_FORMAT, preset, lppl.PRESETS["daily"], release)).encode(), digest_size=6)
    for source in sorted(Path(lppl.__file__).with_name("_kernels").glob("*.py")):
        running.update(source.read_bytes())
    return running.hexdigest()
