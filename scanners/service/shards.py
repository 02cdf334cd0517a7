"""Parts of a run: a scan divided among machines that share no disk, and the one file that each hands in."""

import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from scanners.core.errors import CommandError
from scanners.core.run_files import write_file
from scanners.prices.agreement.table import Source
from scanners.scan.plan import Plan
from scanners.service.collection import Collection
from scanners.verdict.draft import draft_of

_CONTENT = "shard.json"
_FILES = "files/"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows: the same part gives the same bytes
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


def check_shards(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the contents of the parts of one run, in their order.

    Raises
    ------
    CommandError
        Naming the file, if one cannot be read, belongs to another run, is there twice, or one is missing.
    """
    read = [(path, _content(path)) for path in paths]
    first, told = read[0]
    by_number: dict[int, tuple[Path, dict[str, Any]]] = {}
    for path, content in read:
        for key in _SAME:
            if content[key] != told[key]:
                raise CommandError(f"{path} is no part of the run of {first}: {_differ(key, content, told)}")
        number = content["number"]
        if number in by_number:
            raise CommandError(f"{path} and {by_number[number][0]} are both part {number} of {told['of']}")
        by_number[number] = path, content
        expected = Shard(number, told["of"]).choose(told["names"])
        if [item["name"] for item in content["drafts"]] != expected:
            raise CommandError(f"{path} does not hold the series of part {number} of {told['of']}")
    missing = [str(number) for number in range(1, told["of"] + 1) if number not in by_number]
    if missing:
        raise CommandError(f"part {', '.join(missing)} of {told['of']} is missing")
    return [by_number[number][1] for number in sorted(by_number)]


def combine(contents: Iterable[dict[str, Any]]) -> Collection:
    """Return what all parts found, in the order of the list."""
    contents = list(contents)
    items = {item["name"]: item for content in contents for item in content["drafts"]}
    in_order = [draft_of(items[name]) for name in contents[0]["names"]]
    return Collection(in_order, {name: item["task"] for name, item in items.items()})


def sources_in(contents: Iterable[dict[str, Any]]) -> tuple[Source, ...]:
    """Return the sources of the series, each as the part that read it says; none of parts of before."""
    contents = list(contents)
    of_part = [{item["name"] for item in content["drafts"]} for content in contents]
    told = {
        item["series"]: item
        for content, names in zip(contents, of_part, strict=True)
        for item in content.get("sources", ())
        if item["series"] in names
    }
    return msgspec.convert([told[name] for name in contents[0]["names"] if name in told], tuple[Source, ...])


def extract(paths: Iterable[Path], folder: Path) -> None:
    """Write the files of the series of all parts into a folder."""
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith(_FILES):
                    target = folder / _harmless(path, name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))


def _content(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            content = json.loads(archive.read(_CONTENT))
            for name in archive.namelist():
                _harmless(path, name)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise CommandError(f"{path} is not a part of a scan ({error})") from None
    missing = [key for key in (*_SAME, "number", "drafts") if key not in content]
    if missing:
        raise CommandError(f"{path} is not a part of a scan (no {missing[0]} in it)")
    return content


def _harmless(path: Path, name: str) -> PurePosixPath:
    place = PurePosixPath(name.removeprefix(_FILES))
    if place.is_absolute() or ".." in place.parts:
        raise CommandError(f"{path} names a file outside of the run's folder: {name!r}")
    return place


def _differ(key: str, one: dict[str, Any], other: dict[str, Any]) -> str:
    if key == "names":
        return "the series of the list differ"
    return f"{key} is {one[key]!r}, not {other[key]!r}"
