"""A run in parts: put together it is the run of one machine; wrong parts are refused, nothing is written."""

import json
import os
import random
import shutil
import zipfile
from pathlib import Path

import pytest
from service_world import World, at, listed, quick

from scanners.config.policy import Policy
from scanners.config.settings import Settings
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.report.sheets import sheet_file
from scanners.service.daily import one_off, serve
from scanners.service.merging import merge, scan_shard
from scanners.service.shards import Shard, check_shards, extract
from scanners.store import Store

DAY = "2024-01-02"
SILENT = Log("none", None)


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with quick():
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("w"), tuple("abcde"))
    made.put(DAY, a=0.45, d=0.32)
    return made


@pytest.fixture(scope="module")
def parts(world):
    daily = world.daily(scheduled=False, as_of=DAY)
    return [scan_shard(daily, Shard(number, 3), at(DAY), log=SILENT).folder for number in (1, 2, 3)]


@pytest.fixture
def place(world, tmp_path):
    """A copy of the workspace whose outputs and database may change."""
    made = World(tmp_path / "w", world.names)
    made.folder.mkdir()
    shutil.copy(world.database, made.database)
    return made


def merged(place, parts, settings=None):
    return merge(
        parts,
        settings or place.settings,
        "shanghai_2015",
        now=lambda: at(DAY),
        tell=place.told.append,
        log=SILENT,
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "run.json"}


def test_parts_make_the_run_of_one_machine(place, parts, tmp_path):
    alone = World(tmp_path / "alone", place.names)
    alone.folder.mkdir()
    shutil.copy(place.database, alone.database)
    done = merged(place, parts[::-1])
    whole = serve(
        alone.daily(scheduled=False, as_of=DAY), now=lambda: at(DAY), tell=alone.told.append, log=SILENT
    )
    assert (done.code, whole.code) == (5, 5) and contents(done.folder) == contents(whole.folder)
    with Store.open(place.database) as one, Store.open(alone.database) as other:
        assert one.runs.open_episodes() == other.runs.open_episodes()
        assert one.runs.results(one.runs.latest("core")) == other.runs.results(other.runs.latest("core"))
        kinds = [
            {(mail.message_id, mail.recipient) for mail in store.outbox.messages("queued")}
            for store in (one, other)
        ]
        assert kinds[0] == kinds[1] and len(kinds[0]) == 2
    again = merged(place, parts)
    assert again.folder == done.folder and listed(place.output) == [DAY]


def test_the_page_of_parts_says_where_their_series_come_from(place, parts, tmp_path):
    def saying(number, *names):
        said = [
            {
                "series": name,
                "title": name,
                "source": "fred",
                "looked": DAY,
                "said": [f"part {number} on {name}"],
            }
            for name in names
        ]
        return changed(parts[number - 1], tmp_path / f"{number}.zip", sources=said)

    done = merged(
        place, [saying(3, "c", "a"), saying(1, "a", "d"), parts[1]]
    )  # a and d are of the first part
    page = (done.folder / "index.html").read_text()
    assert [words in page for words in ("part 1 on a", "part 1 on d", "part 3 on c")] == [True] * 3
    assert "part 3 on a" not in page
    told = json.loads((done.folder / "run.json").read_text())["sources"]
    assert [row["series"] for row in told] == list("abcde")


def test_without_a_database_the_folder_is_all(tmp_path, parts, world):
    settings = Settings(scan=World(tmp_path).settings.scan)
    done = merged(world, parts, settings)
    whole = one_off(world.daily(scheduled=False, as_of=DAY), at(DAY), log=SILENT)
    assert contents(done.folder) == contents(whole.folder)
    assert not Path(settings.scan.database).exists()


def test_the_same_part_has_the_same_bytes(world, parts):
    before = parts[0].read_bytes()
    scan_shard(world.daily(scheduled=False, as_of=DAY), Shard(1, 3), at(DAY), log=SILENT)
    assert parts[0].read_bytes() == before


def changed(path, to, **changes):
    """Return a copy of a part that says something else."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "shard.json":
                content = json.dumps(json.loads(content) | changes)
            new.writestr(changes.get(name, name), content)
    return to


def test_wrong_parts_are_refused_in_one_line(place, parts, tmp_path):
    one, two, three = parts
    other = tmp_path / "other.zip"

    def refused(*chosen):
        with pytest.raises(CommandError) as error:
            merged(place, chosen)
        assert not place.output.exists()
        return str(error.value)

    assert refused(one, three) == "part 2 of 3 is missing"
    assert refused(one) == "part 2, 3 of 3 is missing"
    assert refused(one, two, three, one).endswith("are both part 1 of 3")
    assert "as_of is '2024-01-03', not" in refused(one, two, changed(three, other, as_of="2024-01-03"))
    assert "watchlist is 'x'" in refused(one, two, changed(three, other, watchlist="x"))
    assert "the series of the list differ" in refused(one, two, changed(three, other, names=["a"]))
    assert "of is 4, not 3" in refused(one, two, changed(three, other, of=4))
    assert "does not hold the series of part 3" in refused(one, two, changed(three, other, drafts=[]))
    assert "outside of the run's folder" in refused(
        one, two, changed(three, other, **{"files/c.png": "files/../c"})
    )
    other.write_bytes(three.read_bytes()[:-30])
    assert "is not a part of a scan" in refused(one, two, other)
    with pytest.raises(CommandError, match=r"was made with configuration .*, here it is"):
        merged(place, parts, Settings(scan=place.settings.scan, policy=Policy(critical=0.5)))


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "-1/3", "1/3/5"])
def test_a_part_is_named_i_of_n(text):
    with pytest.raises(CommandError, match="--shard must be I/N"):
        Shard.parse(text)
    assert [Shard.parse(f"{number}/3").choose("abcde") for number in (1, 2, 3)] == [
        ["a", "d"],
        ["b", "e"],
        ["c"],
    ]


def nested(depth):
    return "[" * depth + "]" * depth


DAMAGED = {
    "cut off": lambda raw: raw[: len(raw) // 2],
    "nothing": lambda raw: b"",
    "a bit of a picture": lambda raw: flipped(raw, raw.index(b"files/c.png") + 11),
    "encrypted": lambda raw: raw.replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    ),
}
WRONG = {
    "no draft": {"drafts": [{"name": "c"}]},
    "a draft of numbers": {"drafts": [3]},
    "no list": {"drafts": {"c": 1}},
    "names of numbers": {"names": [1, 2]},
    "number as text": {"number": "3"},
    "part of a million million": {"of": 10**12},
    "no date": {"as_of": "../../etc"},
    "no sources": {"sources": [{"series": 1}]},
}


def flipped(raw, place):
    return raw[:place] + bytes([raw[place] ^ 0x10]) + raw[place + 1 :]


@pytest.fixture
def merging(lppl, parts, world, tmp_path):
    """Merge the two first parts with another file; return its exit code and what it says."""

    def run(other):
        database = ("--database", tmp_path / "none.db", "--output", tmp_path / "outputs")
        code, out, err = lppl("merge", *parts[:2], other, *database)
        assert out == "" and not (tmp_path / "outputs").exists()
        return code, err

    return run


@pytest.mark.parametrize("kind", [*DAMAGED, *WRONG])
def test_a_damaged_part_is_named_in_one_line(merging, parts, tmp_path, kind):
    other = tmp_path / "third.zip"
    if kind in DAMAGED:
        other.write_bytes(DAMAGED[kind](parts[2].read_bytes()))
        assert other.read_bytes() != parts[2].read_bytes()
    else:
        changed(parts[2], other, **WRONG[kind])
    code, err = merging(other)
    assert code == 1 and err.count("\n") == 1
    assert err.startswith(f"lppl: {other} is not a part of a scan (")


@pytest.mark.parametrize(
    ("place", "allowed"),
    [
        (sheet_file("^GSPC"), True),
        ("series/a.html", True),
        ("..", False),
        ("a/../b", False),
        ("./a", False),
        ("/etc/x", False),
        ("C:x", False),
        ("a\\b", False),
        ("a/", False),
        ("a//b", False),
        ("", False),
    ],
)
def test_a_part_holds_files_of_the_runs_folder_alone(parts, tmp_path, place, allowed):
    other = changed(parts[2], tmp_path / "third.zip", **{"files/c.png": f"files/{place}"})
    if allowed:
        assert len(check_shards([*parts[:2], other])) == 3
        extract([other], tmp_path / "out")
        assert (tmp_path / "out" / place).is_file()
    else:
        with pytest.raises(CommandError, match="names a file outside of the run's folder"):
            check_shards([*parts[:2], other])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe_is_no_part(merging, tmp_path):
    pipe = tmp_path / "pipe.zip"
    os.mkfifo(pipe)
    code, err = merging(pipe)
    assert code == 1 and f"{pipe} is not a part of a scan" in err and "a pipe or a device" in err


def test_content_that_is_nested_without_end_is_none(merging, tmp_path):
    with zipfile.ZipFile(tmp_path / "third.zip", "w") as new:
        new.writestr("shard.json", nested(100_000))
    code, err = merging(tmp_path / "third.zip")
    assert code == 1 and "third.zip is not a part of a scan (" in err


def test_whatever_byte_is_wrong_the_part_is_whole_or_named(parts, tmp_path):
    """A zip file has bytes that mean nothing, as the time of a file."""
    raw, other, draw = parts[2].read_bytes(), tmp_path / "third.zip", random.Random(0)
    whole, named = check_shards(parts)[2], 0
    for _ in range(150):
        torn = bytearray(raw)
        for _ in range(draw.choice((1, 1, 4))):
            torn[draw.randrange(len(raw))] = draw.randrange(256)
        other.write_bytes(torn[: draw.choice((len(raw), len(raw), draw.randrange(len(raw))))])
        try:
            assert check_shards([*parts[:2], other])[2] == whole
            extract([other], tmp_path / "out")
        except CommandError as error:
            named += 1
            assert str(other) in str(error)
    assert named > 75
