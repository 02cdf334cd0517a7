"""A scan that was interrupted goes on where it ended, and ends as if nothing had happened."""

from datetime import date

import pytest
from service_world import World, at, gather, listed, quick

from scanners.core import workers
from scanners.core.log import Log
from scanners.prices.series import Series
from scanners.scan import scanning as scan
from scanners.scan.scanning import read
from scanners.service.checkpoints import Checkpoints
from scanners.service.daily import serve
from scanners.store import RunKey, Store
from scanners.verdict.appraisal import Refusal
from scanners.verdict.draft import Draft

DAY = "2024-01-02"
NAMES = tuple("abcdef")


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_LONGEST_CHUNK", 1)
    monkeypatch.setattr(workers, "_SIDE_BY_SIDE", 1)  # what an interruption leaves is counted
    made = World(tmp_path / "w", NAMES, route=())
    made.put(DAY, a=0.45, d=0.32)
    return made


@pytest.fixture
def scanned():
    """Closes of the series that are scanned, and at which one the scan is interrupted."""
    closes, until = [], {"stop": 4}

    def counted(prices, as_of, preset, **_):
        closes.append(prices.iloc[-1])
        if len(closes) == until["stop"]:
            raise KeyboardInterrupt
        return gather(prices, as_of, preset)

    with quick():
        scan.gather = counted
        yield closes, until


def run(world, **changes):
    return serve(
        world.daily(scheduled=False, as_of=DAY, **changes),
        now=lambda: at(DAY),
        tell=world.told.append,
        log=Log("none", None),
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "run.json"}


def interrupted(world, scanned):
    closes, until = scanned
    with pytest.raises(KeyboardInterrupt):
        run(world)
    assert not (world.output / DAY).exists() and len(closes) == 4
    closes.clear()
    until["stop"] = None


def test_only_what_is_missing_is_scanned_and_the_end_is_the_same(world, scanned, tmp_path):
    interrupted(world, scanned)
    folder = run(world).folder
    assert len(scanned[0]) == 3
    other = World(tmp_path / "other", NAMES, route=())
    other.put(DAY, a=0.45, d=0.32)
    assert contents(folder) == contents(run(other).folder)
    assert listed(world.output) == [DAY]


@pytest.mark.parametrize("change", ["prices", "file", "pages", "version"])
def test_what_has_changed_is_scanned_again(world, scanned, change, monkeypatch):
    interrupted(world, scanned)
    (work,) = world.output.iterdir()
    if change == "file":
        (work / "a.png").write_bytes(b"torn")
    if change == "version":
        monkeypatch.setattr("scanners.core.versions.platform.python_version", lambda: "4.0")
    if change == "prices":
        with Store.open(world.database, write=True) as store:
            history = store.bars.read("b", None).to_series()
            store.bars.withdraw("b", history.index.to_numpy()[-2:-1])
    folder = run(world, **({"pages": "none"} if change == "pages" else {})).folder
    drawn = {path.stem for path in folder.glob("*.png")}
    assert drawn == (set() if change == "pages" else set(NAMES))  # nothing is left of the first try
    assert len(scanned[0]) == {"prices": 4, "file": 4, "pages": 6, "version": 6}[change]


def test_a_failed_series_is_kept_too(tmp_path):
    def missing():
        raise ValueError("no such file")

    key = RunKey("core", date(2024, 1, 2), "c0ffee")
    task = read(Series("x", "X", "equity", missing), DAY)
    draft = Draft("x", "X", "equity", Refusal("failed", "no such file"))
    with Store.open(tmp_path / "lppl.db", write=True) as store:
        Checkpoints(store, key, tmp_path, "stamp").keep([draft], {"x": task.digest})
        assert Checkpoints(store, key, tmp_path, "stamp").find(task) == draft
        assert Checkpoints(store, key, tmp_path, "other").find(task) is None


@pytest.mark.parametrize(
    "wrong", [{"name": 3}, {"spark": "x"}, {"evidence": {"as_of": DAY}}, {"title": None}]
)
def test_a_checkpoint_of_other_code_is_scanned_again(world, scanned, wrong):
    """Its seal is right, what it says is no draft of ours."""
    interrupted(world, scanned)
    with Store.open(world.database, write=True) as store:
        (key,) = {
            RunKey(name, date.fromisoformat(DAY), configuration)
            for name, configuration in store.database.connection.execute(
                "SELECT watchlist, configuration FROM checkpoint"
            )
        }
        saved = store.runs.checkpoints(key)
        broken = {name: {**each, "draft": {**each["draft"], **wrong}} for name, each in saved.items()}
        store.runs.checkpoint(key, broken)
    assert run(world).code == 0 and len(scanned[0]) == len(NAMES)
