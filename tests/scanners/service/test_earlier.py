"""A morning takes from the runs before it what they found for the same prices, and nothing else."""

from datetime import date

import pytest
from service_world import World, at, gather, quick

from scanners.core.log import Log
from scanners.scan import scanning
from scanners.service import earlier
from scanners.service.daily import serve
from scanners.store import Store

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04")


@pytest.fixture
def handed():
    """What each series is handed, in the order of the scans."""
    seen = []

    def noted(*prices_and_plan, known, **rest):
        seen.append(known)
        return gather(*prices_and_plan, **rest)

    with quick():
        scanning.gather = noted
        yield seen


def run(world, day):
    serve(world.daily(), now=lambda: at(day), tell=world.told.append, log=Log("none", None))
    with Store.open(world.database) as store:
        found = store.runs.results(store.runs.runs(as_of=date.fromisoformat(day))[0])
    return found["gold"]["evidence"]


def test_a_morning_is_handed_what_the_last_runs_found(tmp_path, monkeypatch, handed):
    world = World(tmp_path, names=("gold",))
    before = {}
    for day, share in zip(DAYS, (0.1, 0.2, 0.3), strict=True):
        world.put(day, gold=share)
        found = run(world, day)
        assert handed[-1] == before
        before[found["data"]["sha256"]] = (found["bubble"]["consensus"], 0.0)
    assert len(before) == 3
    monkeypatch.setattr(earlier, "fit_identity", lambda: "other code")
    world.put("2024-01-05", gold=0.4)
    run(world, "2024-01-05")
    assert handed[-1] == {}
