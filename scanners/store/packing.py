"""Versions of rows as arrays, and arrays as sealed bytes.

A row (one session of one series) may be known in several versions; each carries the time it became known.
Two tracks exist: bars, and actions (splits, dividends and futures rolls).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanners.store.times import LATEST_MOMENT

SEAL_BYTES = 16


@dataclass(frozen=True)
class Track:
    """What one kind of row holds: columns read every day (``head``) and columns read seldom (``rest``)."""

    number: int
    head: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, in stored order."""
        return self.head + self.rest


BARS = Track(0, ("close",), ("open", "high", "low", "volume"))
ACTIONS = Track(1, ("split", "dividend", "roll"), ())
TRACKS = (BARS, ACTIONS)


@dataclass(frozen=True)
class Versions:
    """Rows of one track.

    Attributes
    ----------
    session : ndarray of int32, shape (n,)
        Days since 1970.
    known_at : ndarray of int64, shape (n,)
        Microseconds since 1970, UTC.
    values : ndarray of float64, shape (columns, n)
        The columns that were read, the first ones of the track.
    """

    session: NDArray[np.int32]
    known_at: NDArray[np.int64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.session)

    def take(self, rows: NDArray | slice) -> "Versions":
        """Return the chosen rows."""
        return Versions(self.session[rows], self.known_at[rows], self.values[:, rows])

    def living(self) -> "Versions":
        """Return the bars that were not withdrawn: a bar without a close is none."""
        alive = np.isfinite(self.values[0])
        return self if alive.all() else self.take(alive)

    def since(self, day: int) -> "Versions":
        """Return the rows from a day on; sessions must be increasing."""
        return self.take(slice(int(np.searchsorted(self.session, day)), None))

    def latest(self) -> "Versions":
        """Return the newest version of every session, sessions increasing."""
        if (self.session[1:] > self.session[:-1]).all():
            return self
        ordered = self.sorted()
        last = np.append(ordered.session[1:] != ordered.session[:-1], True)
        return ordered.take(last)

    def known_by(self, moment: int) -> "Versions":
        """Return the versions that were known at ``moment``."""
        if moment == LATEST_MOMENT or not len(self) or self.known_at.max() <= moment:
            return self
        return self.take(self.known_at <= moment)

    def sorted(self) -> "Versions":
        """Return the rows by session, then by time of knowledge."""
        return self.take(np.lexsort((self.known_at, self.session)))

    def __add__(self, other: "Versions") -> "Versions":
        """Return the rows of both."""
        return Versions(
            np.concatenate([self.session, other.session]),
            np.concatenate([self.known_at, other.known_at]),
            np.concatenate([self.values, other.values], axis=1),
        )

    @classmethod
    def unknown(cls, session: NDArray[np.int32], values: NDArray[np.float64]) -> "Versions":
        """Return rows whose time of knowledge is not set yet."""
        return cls(session, np.zeros(len(session), np.int64), values)

    @classmethod
    def empty(cls, columns: int) -> "Versions":
        """Return no rows."""
        return cls.unknown(np.empty(0, np.int32), np.empty((columns, 0)))


class Packed(NamedTuple):
    """One segment as it is stored; ``seal`` covers every other field but ``rest``, which has its own."""

    series_id: int
    track: int
    rows: int
    first_session: int
    last_session: int
    seal: bytes
    rest_seal: bytes
    head: bytes
    rest: bytes | None

    def sound(self) -> bool:
        """Tell whether the bytes are those that were packed (``rest`` only when it was read)."""
        try:
            if self.seal != _segment_seal(self[:5], self.rest_seal, self.head):
                return False
            return self.rest is None or self.rest_seal == _digest(self.rest)
        except (struct.error, TypeError):
            return False  # a damaged record may decode to other types than were written


def seal(*parts: bytes) -> bytes:
    """Return a 128-bit BLAKE2 digest of byte strings and their boundaries."""
    return _digest(struct.pack(f"<{len(parts)}q", *map(len, parts)) + b"".join(parts))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=SEAL_BYTES).digest()


def pack(series_id: int, track: Track, versions: Versions) -> Packed:
    """Pack rows into one sealed segment; a rest that is missing throughout takes no space."""
    rows = len(versions)
    first, last = int(versions.session.min()), int(versions.session.max())
    split = len(track.head)
    head = b"".join(
        [
            versions.known_at.astype(_MOMENT, copy=False).tobytes(),
            versions.session.astype(_DAY, copy=False).tobytes(),
            versions.values[:split].T.astype(_NUMBER, copy=False).tobytes(),
        ]
    )
    others = versions.values[split:]
    rest = b"" if np.isnan(others).all() else others.T.astype(_NUMBER, copy=False).tobytes()
    rest_seal = _digest(rest)
    numbers = (series_id, track.number, rows, first, last)
    return Packed(*numbers, _segment_seal(numbers, rest_seal, head), rest_seal, head, rest)


def unpack(packed: Sequence[Packed], track: Track) -> Versions:
    """Return the rows of sound segments of one track, without the columns of a rest that was not read."""
    if not packed:
        return Versions.empty(len(track.head) + len(track.rest))
    # Bytes are joined before numpy sees them: a series has many segments of one row.
    known_at = b"".join([part.head[: 8 * part.rows] for part in packed])
    session = b"".join([part.head[8 * part.rows : 12 * part.rows] for part in packed])
    head = b"".join([part.head[12 * part.rows :] for part in packed])
    values = np.frombuffer(head, _NUMBER).reshape(-1, len(track.head)).T
    if track.rest and all(part.rest is not None for part in packed):
        missing = len(track.rest) * _NAN
        rest = b"".join([part.rest or part.rows * missing for part in packed])
        values = np.concatenate([values, np.frombuffer(rest, _NUMBER).reshape(-1, len(track.rest)).T])
    return Versions(np.frombuffer(session, _DAY), np.frombuffer(known_at, _MOMENT), values)


_MOMENT, _NUMBER, _DAY = np.dtype("<i8"), np.dtype("<f8"), np.dtype("<i4")
_NAN = struct.pack("<d", np.nan)
_NUMBERS = struct.Struct("<5q")


def _segment_seal(numbers: tuple[int, ...], rest_seal: bytes, head: bytes) -> bytes:
    return blake2b(_NUMBERS.pack(*numbers) + rest_seal + head, digest_size=SEAL_BYTES).digest()
