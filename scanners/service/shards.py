"""Parts of a run: a scan divided among machines that share no disk, and the one file that each hands in."""

import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from scanners.core.errors import CommandError
from scanners.core.plain_files import refuse_special
from scanners.core.run_files import write_file
from scanners.core.text import one_line
from scanners.prices.agreement.table import SourceRow
from scanners.scan.plan import Plan
from scanners.service.collection import Collection
from scanners.verdict.draft import Draft, draft_of

_CONTENT = "shard.json"
_FILES = "files/"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows: the same part gives the same bytes
_MOST = 9999  # parts
_LARGEST = 256 * 2**20  # bytes of one file in a part; a page with its pictures has a hundredth
_PLACE = re.compile(r"((?!\.\.?(/|\Z))[A-Za-z0-9_.-]+(/(?!\Z)|\Z))+")
# What a zip file that is none, or one that was damaged on its way, makes its readers raise.
_DAMAGE: tuple[type[Exception], ...] = (
    *(OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, ValueError),
    *(RuntimeError, struct.error, OverflowError, IndexError),  # encrypted, nested; torn tables
)
_SAME = ("schema", "watchlist", "as_of", "configuration", "shown", "version", "of", "names")


@dataclass(frozen=True)
class Shard:
    """Which part of a list: the series ``number``, ``number + of``, ... counted from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Return the part that ``2/3`` names.

        Raises
        ------
        CommandError
            With exit code 2 for any other text.
        """
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
        number, of = map(int, found.groups()) if found else (0, 0)
        if not 1 <= number <= of:
            raise CommandError(f"--shard must be I/N with 1 <= I <= N, got {text!r}", 2)
        return cls(number, of)

    def choose(self, items: Sequence[Any]) -> list[Any]:
        """Return this part of a list."""
        return list(items[self.number - 1 :: self.of])

    def path(self, output: Path, as_of: str) -> Path:
        """Return where the part is written."""
        return output / f"{as_of}-shard-{self.number}-of-{self.of}.zip"


class Part(msgspec.Struct, frozen=True):
    """What a part says of its run, and the drafts of its series."""

    schema: int
    watchlist: str
    as_of: str
    configuration: str
    shown: str
    version: str
    number: int
    of: int
    names: list[str]
    drafts: list[dict[str, Any]]
    sources: list[SourceRow] = []

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of <= _MOST:
            raise ValueError(f"part {self.number} of {self.of}")
        if date.fromisoformat(self.as_of).isoformat() != self.as_of:
            raise ValueError(f"as_of must look like 2000-03-10, got {self.as_of!r}")

    def found(self) -> list[tuple[Draft, str]]:
        """Return the drafts, each with the hash of its task."""
        return [(draft_of(item), msgspec.convert(item["task"], str)) for item in self.drafts]


def write_shard(
    path: Path, plan: Plan, shard: Shard, names: Sequence[str], found: Collection, folder: Path
) -> None:
    """Write a part of a run as one file, whole or not at all.

    Parameters
    ----------
    path : Path
    plan : Plan
    shard : Shard
    names : sequence of str
        All series of the list.
    found : Collection
        The drafts of this part.
    folder : Path
        With the files of these series.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    content = {
        "schema": 2,
        "watchlist": plan.watchlist,
        "as_of": plan.as_of,
        "configuration": plan.configuration,
        "shown": plan.shown,
        "policy": asdict(plan.policy),
        "version": plan.version,
        "number": shard.number,
        "of": shard.of,
        "names": list(names),
        "sources": msgspec.to_builtins(plan.sources),
        "drafts": [{**draft.to_dict(), "task": found.digests[draft.name]} for draft in found.drafts],
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_CONTENT, _EPOCH), json.dumps(content))
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            place = file.relative_to(folder).as_posix()
            archive.writestr(zipfile.ZipInfo(_FILES + place, _EPOCH), file.read_bytes())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    write_file(path, buffer.getvalue())


def check_shards(paths: Sequence[Path]) -> list[Part]:
    """Return what the parts of one run say, in their order; every byte of them has been read then.

    Raises
    ------
    CommandError
        Naming the file, if one cannot be read or is damaged, belongs to another run, is there twice, or one
        is missing.
    """
    read = [(path, _read(path)) for path in paths]
    first, told = read[0]
    by_number: dict[int, tuple[Path, Part]] = {}
    for path, part in read:
        for key in _SAME:
            if getattr(part, key) != getattr(told, key):
                raise CommandError(f"{path} is no part of the run of {first}: {_differ(key, part, told)}")
        number = part.number
        if number in by_number:
            raise CommandError(f"{path} and {by_number[number][0]} are both part {number} of {told.of}")
        by_number[number] = path, part
        if [item["name"] for item in part.drafts] != Shard(number, told.of).choose(told.names):
            raise CommandError(f"{path} does not hold the series of part {number} of {told.of}")
    missing = [str(number) for number in range(1, told.of + 1) if number not in by_number]
    if missing:
        raise CommandError(f"part {', '.join(missing)} of {told.of} is missing")
    return [by_number[number][1] for number in sorted(by_number)]


def combine(parts: Sequence[Part]) -> Collection:
    """Return what all parts found, in the order of the list."""
    found = {draft.name: (draft, task) for part in parts for draft, task in part.found()}
    in_order = [found[name][0] for name in parts[0].names]
    return Collection(in_order, {name: task for name, (_, task) in found.items()})


def sources_in(parts: Sequence[Part]) -> tuple[SourceRow, ...]:
    """Return the sources of the series, each as the part that read it says; none of parts of before."""
    of_part = [{item["name"] for item in part.drafts} for part in parts]
    told = {
        source.series: source
        for part, names in zip(parts, of_part, strict=True)
        for source in part.sources
        if source.series in names
    }
    return tuple(told[name] for name in parts[0].names if name in told)


def extract(paths: Iterable[Path], folder: Path) -> None:
    """Write the files of the series of all parts, which `check_shards` has read, into a folder."""
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith(_FILES):
                    target = folder / _harmless(path, name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))


def _read(path: Path) -> Part:
    try:
        refuse_special(path, path)
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                if item.filename.startswith(_FILES):
                    _harmless(path, item.filename)
                if item.file_size > _LARGEST:
                    raise ValueError(f"{item.filename} in it is larger than {_LARGEST >> 20} MB")
            torn = archive.testzip()
            if torn is not None:
                raise ValueError(f"{torn} in it is damaged")
            part = msgspec.convert(json.loads(archive.read(_CONTENT)), Part)
        part.found()
    except _DAMAGE as error:
        raise CommandError(f"{path} is not a part of a scan ({one_line(str(error))})") from None
    return part


def _harmless(path: Path, name: str) -> PurePosixPath:
    place = name.removeprefix(_FILES)
    if not _PLACE.fullmatch(place):
        raise CommandError(f"{path} names a file outside of the run's folder: {name!r}")
    return PurePosixPath(place)


def _differ(key: str, one: Part, other: Part) -> str:
    if key == "names":
        return "the series of the list differ"
    return f"{key} is {getattr(one, key)!r}, not {getattr(other, key)!r}"
