"""Two lists that share series, scanned in turn and killed: each route is told once, under one identifier."""

import email
import shutil
from collections import Counter
from pathlib import Path

import crash_scan
import numpy as np
import pytest

from scanners.store import Store
from scanners.store.check import find_damage

BEFORE = {"b": 0.35, "c": 0.32}
SHARES = {"a": 0.45, "b": 0.32, "c": 0.0, "e": 0.41, "f": 0.25}
LATER = 10  # minutes: a lease of the dead process has run out


@pytest.fixture(scope="module")
def base(place, nursery, postbox, port):
    """The evening before: both lists were scanned yesterday, two alerts are open and told."""
    folder = place / "base"
    world = crash_scan.world(folder, port)
    world.put("2024-01-04", **BEFORE)
    for name in crash_scan.LISTS:
        assert nursery.run(folder, port, day="2024-01-04", list=name)["answer"][0] == 0
    world.put(crash_scan.DAY, **SHARES)
    assert {whom for whom, _ in delivered(postbox)} == {
        "core@example.org",
        "other@example.org",
        "night@example.org",
        "carl@example.org",
    }
    return folder


def delivered(postbox):
    """Return how often who got which Message-ID, and forget it."""
    found = Counter(
        (recipient, email.message_from_bytes(content)["Message-ID"].strip())
        for recipients, content in postbox.received
        for recipient in recipients
    )
    postbox.received.clear()
    return found


def state(folder):
    """Return what is known of alerts, after proving that it is sound and that nobody is told of nothing."""
    with Store.open(folder / "lppl.db") as store:
        assert find_damage(store.database) == []
        steps = {(each.fingerprint, each.sequence, each.event) for each in store.runs.all_steps()}
        told = {
            (each.route, each.fingerprint, each.sequence, each.message_id) for each in store.tellings.all()
        }
        mails = {(each.recipient, each.message_id): each.state for each in store.outbox.overview()}
        assert {each.message_id for each in store.tellings.all()} == {key for _, key in mails}
    assert len({each[:3] for each in told}) == len(told)
    return {"steps": steps, "told": told, "mails": mails}


@pytest.mark.slow
@pytest.mark.parametrize("kills", [200])
def test_each_route_is_told_once_whoever_dies(base, nursery, postbox, port, kills):
    truths = _undisturbed(base, nursery, postbox, port)
    rng = np.random.default_rng(kills)
    longest, deaths, number = 0.3, 0, 0
    while deaths < kills:
        number += 1
        assert number < 10 * kills
        folder = Path(shutil.copytree(base, base.parent / f"{number}", symlinks=True))
        done, minutes, names = set(), 0, list(rng.permutation(list(crash_scan.LISTS)))
        while len(done) < 2:
            name, minutes = names[0], minutes + LATER
            names.reverse()
            fate = {"delay": rng.uniform(0, longest)} if rng.random() < 0.9 else {}
            answer = nursery.run(folder, port, list=name, minutes=minutes, **fate)["answer"]
            deaths += answer is None
            if fate:
                longest *= 0.9 if answer else 1.1
            if answer:
                assert answer[0] == 0
                done.add(name)
            left = state(folder)
            assert any(all(set(left[key]) <= set(truth[key]) for key in left) for truth, _ in truths)
        assert (state(folder), set(delivered(postbox))) in [(truth, set(sent)) for truth, sent in truths]
        shutil.rmtree(folder)


def _undisturbed(base, nursery, postbox, port):
    """Return what is left when nobody dies, by order of the lists; a route of both hears in other parts."""
    found = []
    for names in (list(crash_scan.LISTS), list(crash_scan.LISTS)[::-1]):
        folder = Path(shutil.copytree(base, base.parent / names[0], symlinks=True))
        for name in names:
            assert nursery.run(folder, port, list=name)["answer"][0] == 0
        found.append((state(folder), delivered(postbox)))
        shutil.rmtree(folder)
        assert set(found[-1][1].values()) == {1} and set(found[-1][0]["mails"].values()) == {"sent"}
    told = [{each for each in state["told"] if each[0] != "critical"} for state, _ in found]
    assert told[0] == told[1] and {route for route, *_ in told[0]} == {"core desk", "other desk"}
    news = [{each[:3] for each in state["told"]} for state, _ in found]
    assert news[0] == news[1] and found[0][0]["steps"] == found[1][0]["steps"]
    return found
