"""The end of a run: results, episodes and mails decided together and committed together."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from scanners.alerting import Asked, Decision, decide, fingerprints
from scanners.config import Settings
from scanners.store.outbox import Message
from scanners.store.runs import RunKey
from scanners.store.store import Store

if TYPE_CHECKING:
    from scanners.scan import Row


def finish(
    store: Store,
    rows: Sequence["Row"],
    asked: Asked,
    settings: Settings,
    *,
    manifest: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
) -> Decision | None:
    """Commit a run with everything that follows from it, in one transaction.

    Parameters
    ----------
    store : Store
        Open for writing.
    rows : sequence of Row
        What the scan found, one row a series.
    asked : Asked
        Which run it is.
    settings : Settings
        Policy, rules of episodes, routes.
    manifest : mapping
        Versions, hashes and timings of the run.
    pictures : mapping of str to bytes, optional
        Series -> PNG.

    Returns
    -------
    Decision or None
        What was decided; None when this run was committed before, and nothing is decided twice.
    """
    key = RunKey(asked.watchlist, date.fromisoformat(asked.as_of), asked.configuration)
    with store.transaction():
        if store.runs.find(key) is not None:
            return None
        newest = {
            each: store.runs.episode(each)
            for each in fingerprints([row.name for row in rows], asked.configuration)
        }
        decision = decide(
            rows,
            asked,
            settings,
            last={each: step for each, step in newest.items() if step is not None},
            opened=store.runs.open_episodes(),
            pictures=pictures,
            given_up=_given_up(store),
        )
        store.runs.finish(
            key,
            finished_at=asked.at,
            manifest=manifest,
            results={row.name: row.to_dict() for row in rows},
            episodes=decision.steps,
            messages=decision.messages,
        )
    return decision


def _given_up(store: Store) -> list[Message]:
    """Return the messages that no mail has told of yet: given up since a run queued any."""
    last = store.outbox.newest_of_runs()
    told = datetime.fromisoformat(last.body["composed"]) if last else None
    dead = store.outbox.messages("dead")
    return [each for each in dead if told is None or each.due_at > told]
