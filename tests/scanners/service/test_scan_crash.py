"""A daily run that is killed: nothing is lost, nothing is seen half, no mail gets another Message-ID."""

import email
import shutil
from collections import Counter
from pathlib import Path

import crash_scan
import numpy as np
import pytest
from service_world import listed

from scanners.store import Store
from scanners.store.check import find_damage

SHARES = {"a": 0.45, "b": 0.32, "c": 0.0, "e": 0.41}
WHOLE = {"index.html", "scan.json", "scan.csv", "run.json", *(f"{name}.png" for name in crash_scan.MANY)}
LATER = 10  # minutes: a lease of the dead process has run out


@pytest.fixture(scope="module")
def base(place, nursery, postbox, port):
    """A workspace the evening before: yesterday's run is there, two alerts are open, prices of today too."""
    folder = place / "base"
    world = crash_scan.world(folder, port)
    world.put("2024-01-04", b=0.35, c=0.32)
    assert nursery.run(folder, port, day="2024-01-04")["answer"][0] == 0
    world.put(crash_scan.DAY, **SHARES)
    postbox.received.clear()
    return folder


@pytest.fixture(scope="module")
def truth(base, place, nursery, postbox, port):
    """What an undisturbed run leaves, and how many points it has."""
    folder = Path(shutil.copytree(base, place / "truth", symlinks=True))
    outcome = nursery.run(folder, port)
    assert outcome["answer"][0] == 0
    found = state(folder) | {"mails": delivered(postbox)}
    assert Counter(event for _, event, _ in found["steps"])["opened"] == 4
    assert len(found["mails"]) == 3
    return found | {"points": outcome["answer"][1]}


def delivered(postbox):
    """Return who got which Message-ID, and forget it."""
    found = {
        (email.message_from_bytes(content)["Message-ID"], recipient)
        for recipients, content in postbox.received
        for recipient in recipients
    }
    postbox.received.clear()
    return found


def state(folder):
    """Return what is stored after proving that it is sound, and that no part of a run is seen."""
    with Store.open(folder / "lppl.db") as store:
        assert find_damage(store.database) == []
        runs = store.runs.runs()
        results = {run.key.as_of.isoformat(): store.runs.results(run) for run in runs}
        query = "SELECT fingerprint, event, body FROM episode ORDER BY fingerprint, occurrence, sequence"
        steps = [tuple(row) for row in store.database.connection.execute(query)]
        mails = {
            (mail.message_id, mail.recipient, name)
            for name in ("queued", "leased", "sent", "dead")
            for mail in store.outbox.messages(name)
        }
    folders = [name for name in listed(folder / "outputs") if name[0] != "."]
    for name in folders:
        assert {path.name for path in (folder / "outputs" / name).iterdir()} == WHOLE
    pages = [(folder / "outputs" / name / "scan.json").read_bytes() for name in folders]
    return {"results": results, "steps": steps, "outbox": mails, "folders": folders, "pages": pages}


def survives(folder, nursery, postbox, port, truth):
    """Look at what a death left, run again, and compare with the undisturbed run."""
    left = state(folder)
    if crash_scan.DAY in left["results"]:
        assert left["results"] == truth["results"] and left["steps"] == truth["steps"]
        assert {mail[:2] for mail in left["outbox"]} == {mail[:2] for mail in truth["outbox"]}
    else:
        assert crash_scan.DAY not in left["folders"] and len(left["outbox"]) == len(truth["outbox"]) - 3
    assert left["pages"] == truth["pages"][: len(left["pages"])]
    assert nursery.run(folder, port, minutes=LATER)["answer"][0] == 0
    found = state(folder)
    assert found == {key: truth[key] for key in found}
    assert listed(folder / "outputs") == found["folders"]
    assert delivered(postbox) == truth["mails"]


@pytest.mark.parametrize("step", [89, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_every_point(base, truth, nursery, postbox, port, place, step):
    points = truth["points"]
    assert points > 100
    deaths = Counter()
    for point in range(1, points + 1, step):
        folder = Path(shutil.copytree(base, place / f"{point}", symlinks=True))
        outcome = nursery.run(folder, port, point=point)
        deaths[outcome["killed"]] += 1
        survives(folder, nursery, postbox, port, truth)
        shutil.rmtree(folder)
    assert deaths[True] == len(range(1, points + 1, step))


@pytest.mark.parametrize(
    "kills", [pytest.param(2, marks=pytest.mark.ci), pytest.param(200, marks=pytest.mark.slow)]
)
def test_killed_at_random_moments(base, truth, nursery, postbox, port, place, kills):
    rng = np.random.default_rng(kills)
    longest, deaths, number = 0.3, 0, 0
    while deaths < kills:
        number += 1
        assert number < 10 * kills
        folder = Path(shutil.copytree(base, place / f"{number}", symlinks=True))
        died = nursery.run(folder, port, delay=rng.uniform(0, longest))["answer"] is None
        deaths += died
        longest *= 1.1 if died else 0.9  # about as many deaths as lives, wherever this machine is slow
        survives(folder, nursery, postbox, port, truth)
        shutil.rmtree(folder)
