"""Runs, episodes and the outbox: one transaction, resumable, each step and message once."""

from datetime import date, datetime, timedelta, timezone

import episode_steps
import numpy as np
import pytest

from scanners.core.errors import CommandError
from scanners.store import Message, Provenance, RunKey, Store
from scanners.store.check import find_damage

NOW = datetime(2024, 1, 2, 6, tzinfo=timezone.utc)
KEY = RunKey("demo", date(2024, 1, 1), "c0ffee")
RESULTS = {"^IXIC": {"level": "critical", "tc": float("inf")}, "코스닥": {"status": "stale"}}
MINUTE = timedelta(minutes=1)


def step(sequence=1, occurrence=1, state="firing", fingerprint="f0"):
    return episode_steps.step(fingerprint, occurrence, sequence, state, "level", NOW, "critical")


def message(number=1, recipient="a@example.org"):
    return Message(f"<{number}@lppl>", recipient, NOW, {"subject": "critical: ^IXIC"})


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def finish(store, key=KEY, **others):
    arguments = {
        "manifest": {"version": "0.1"},
        "results": RESULTS,
        "episodes": [step()],
        "messages": [message()],
    }
    return store.runs.finish(key, finished_at=NOW, **(arguments | others))


def test_a_run_is_found_with_all_that_it_caused(store):
    run = finish(store)
    assert store.runs.find(KEY) == store.runs.latest("demo") == run
    assert store.runs.results(run) == RESULTS
    assert store.runs.open_episodes() == [step()]
    assert store.outbox.messages("queued") == [message()]
    assert store.runs.latest("other") is None


def test_the_same_run_again_changes_nothing(store):
    run = finish(store)
    again = finish(store, manifest={"version": "0.2"}, results={}, episodes=[step(2)], messages=[message(2)])
    assert again == run
    assert store.runs.results(run) == RESULTS
    assert len(store.runs.steps("f0")) == len(store.outbox.messages("queued")) == 1


def test_a_run_whose_prices_changed_is_put_in_the_place_of_the_first(store):
    run = finish(store)
    later = NOW + MINUTE
    again = store.runs.finish(
        KEY, finished_at=later, manifest={"n": 2}, results={"B": {"n": 1}}, episodes=[step(2)], replace=True
    )
    assert (again.id, again.finished_at) == (run.id, later)
    assert store.runs.find(KEY) == store.runs.latest("demo") == again
    assert store.runs.results(again) == {"B": {"n": 1}}
    assert len(store.runs.steps("f0")) == 2 and find_damage(store.database) == []


def test_the_last_day_of_a_list(store):
    assert store.runs.last_day("demo", date(2024, 1, 1)) is None
    for day in (date(2024, 1, 5), date(2024, 1, 3), date(2030, 1, 1)):
        finish(store, RunKey("demo", day, "c0ffee"), episodes=[], messages=[])
    assert store.runs.last_day("demo", date(2024, 1, 8)) == date(2024, 1, 5)
    assert store.runs.last_day("demo", date(2024, 1, 4)) == date(2024, 1, 3)
    assert store.runs.last_day("other", date(2024, 1, 8)) is None
    assert [run.key.as_of.year for run in store.runs.runs(watchlist="demo")] == [2024, 2024, 2030]
    assert [run.key.as_of.day for run in store.runs.runs(as_of=date(2024, 1, 3))] == [3]


@pytest.mark.parametrize(
    "broken",
    [
        {"episodes": [step(), step(3)]},
        {"messages": [message(), Message("<2@x>", "a@b.c", NOW, {"eml": object()})]},
        {"results": RESULTS | {"B": {"level": object()}}},
        {"manifest": {"versions": {"numpy": object()}}},
    ],
)
def test_a_run_that_fails_at_any_part_leaves_no_part(store, broken):
    store.runs.checkpoint(KEY, {"^IXIC": RESULTS["^IXIC"]})
    with pytest.raises((ValueError, TypeError), match=r"must|not JSON serializable"):
        finish(store, **broken)
    assert store.runs.find(KEY) is None
    assert store.runs.open_episodes() == store.outbox.messages("queued") == []
    assert list(store.runs.checkpoints(KEY)) == ["^IXIC"]


def test_bars_and_a_run_can_share_a_transaction(store):
    sessions = np.datetime64("2024-01-01") + np.arange(2)
    with pytest.raises(CommandError, match="stop"), store.transaction():
        store.bars.write("A", sessions, np.ones(2), provenance=Provenance("csv"))
        finish(store)
        raise CommandError("stop")
    assert store.bars.names() == []
    assert store.runs.find(KEY) is None


def test_checkpoints_are_seen_by_their_run_alone_and_go_with_it(store):
    other = RunKey("demo", date(2024, 1, 2), "c0ffee")
    store.runs.checkpoint(KEY, {"A": {"n": 1}})
    store.runs.checkpoint(KEY, {"A": {"n": 2}, "B": {"n": 3}})
    store.runs.checkpoint(other, {"A": {"n": 9}})
    assert store.runs.checkpoints(KEY) == {"A": {"n": 2}, "B": {"n": 3}}
    assert store.runs.latest("demo") is None
    earlier = RunKey("demo", date(2023, 12, 29), "0ther")
    store.runs.checkpoint(earlier, {"A": {"n": 1}})
    finish(store)
    assert store.runs.checkpoints(KEY) == store.runs.checkpoints(earlier) == {}
    assert store.runs.checkpoints(other) == {"A": {"n": 9}}


def test_episodes_go_on_step_by_step(store):
    store.runs.add_steps(
        [step(1, state="pending"), step(2), step(3, state="resolved"), step(1, 2, "pending")]
    )
    assert [(s.occurrence, s.sequence) for s in store.runs.steps("f0")] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert store.runs.episode("f0") == step(1, 2, "pending")
    assert store.runs.episode("f1") is None
    store.runs.add_steps(
        [step(1, fingerprint="f1", state="pending"), step(2, fingerprint="f1", state="resolved")]
    )
    assert store.runs.open_episodes() == [step(1, 2, "pending")]


@pytest.mark.parametrize("wrong", [step(2), step(1, 2), step(0), step(1, 0)])
def test_an_episode_starts_with_its_first_step(store, wrong):
    with pytest.raises(ValueError, match=r"must go on with occurrence and sequence in \[\(1, 1\)\]"):
        store.runs.add_steps([wrong])


def test_a_step_is_added_once(store):
    store.runs.add_steps([step()])
    with pytest.raises(ValueError, match=r"must go on with .* \[\(1, 2\), \(2, 1\)\], got \(1, 1\)"):
        store.runs.add_steps([step()])


def test_a_message_is_queued_once_for_each_recipient(store):
    finish(store, messages=[message(), message(), message(recipient="b@example.org")])
    finish(store, RunKey("demo", date(2024, 1, 2), "c0ffee"), episodes=[step(2)], messages=[message()])
    assert [queued.recipient for queued in store.outbox.messages("queued")] == [
        "a@example.org",
        "b@example.org",
    ]


def test_a_claimed_message_is_not_claimed_again_before_its_lease_ends(store):
    store.outbox.add(message())
    assert store.outbox.claim(NOW - MINUTE, lease=MINUTE) == []
    (first,) = store.outbox.claim(NOW, lease=5 * MINUTE)
    assert (first.state, first.attempts, first.due_at) == ("leased", 1, NOW + 5 * MINUTE)
    assert store.outbox.claim(NOW + 4 * MINUTE, lease=MINUTE) == []
    (second,) = store.outbox.claim(NOW + 5 * MINUTE, lease=MINUTE)
    assert (second.message_id, second.attempts) == (first.message_id, 2)
    with pytest.raises(ValueError, match="must be leased in attempt 1"):
        store.outbox.settle(first, "sent", due_at=NOW)
    store.outbox.settle(second, "sent", due_at=NOW + 6 * MINUTE)
    assert store.outbox.claim(NOW + 100 * MINUTE, lease=MINUTE) == []
    assert [sent.attempts for sent in store.outbox.messages("sent")] == [2]


def test_a_message_is_tried_again_or_given_up(store):
    for number in range(3):
        store.outbox.add(message(number))
    first, second = store.outbox.claim(NOW, lease=MINUTE, limit=2)
    store.outbox.settle(first, "queued", due_at=NOW + 30 * MINUTE, error="451 try later")
    store.outbox.settle(second, "dead", due_at=NOW, error="550 no such user")
    assert [due.message_id for due in store.outbox.claim(NOW + MINUTE, lease=MINUTE)] == ["<2@lppl>"]
    (again,) = store.outbox.claim(NOW + 30 * MINUTE, lease=MINUTE, limit=1)
    assert (again.message_id, again.attempts, again.last_error) == ("<0@lppl>", 2, "451 try later")
    (dead,) = store.outbox.messages("dead")
    assert (dead.message_id, dead.last_error) == ("<1@lppl>", "550 no such user")
