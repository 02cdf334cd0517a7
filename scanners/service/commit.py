"""The end of a run: results, episodes and mails decided together and committed together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from scanners.alerts.decisions import Asked, Decision, decide, fingerprints
from scanners.alerts.observation import Observation
from scanners.alerts.risk import risk_observations
from scanners.config.settings import Settings
from scanners.service.manifest import identities_of
from scanners.store.episodes import Step
from scanners.store.outbox import Message
from scanners.store.runs import RunKey
from scanners.store.store import Store

if TYPE_CHECKING:
    from scanners.verdict.row import Row


def finish(
    store: Store,
    rows: Sequence["Row"],
    asked: Asked,
    settings: Settings,
    *,
    manifest: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
    observations: Iterable[Observation] = (),
    alerts: bool = True,
    notice: bool = True,
    again: bool = False,
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
        Versions, hashes and timings of the run; ``data`` is the hash of all prices.
    pictures : mapping of str to bytes, optional
        Series -> PNG.
    observations : iterable of Observation
        Of what is no series of the list, beside those of the rows.
    alerts : bool
        Whether episodes go on and mails are written; not for a look at the past.
    notice : bool
        Whether trouble with the data is worth a notice; not for a day that is made up for.
    again : bool
        Commit even if this run was committed before with the same prices.

    Returns
    -------
    Decision or None
        What was decided; None when this run was committed before with the same prices, and nothing is
        decided twice.
    """
    key = key_of(asked)
    with store.transaction():
        done = store.runs.find(key)
        if done is not None and not again and same_run(done.manifest, manifest):
            return None
        decision = Decision()
        if alerts:
            decision = decided(store, rows, asked, settings, pictures=pictures, observations=observations)
            if decision.unhealthy and not notice:
                decision = replace(decision, messages=())
        store.runs.finish(
            key,
            finished_at=asked.at,
            manifest=manifest,
            results={row.name: row.to_dict() for row in rows},
            episodes=decision.steps,
            messages=decision.messages,
            replace=True,
        )
    return decision


def decided(
    store: Store | None,
    rows: Sequence["Row"],
    asked: Asked,
    settings: Settings,
    *,
    pictures: Mapping[str, bytes] | None = None,
    observations: Iterable[Observation] = (),
) -> Decision:
    """Return what would follow from a run; nothing is changed.

    Parameters
    ----------
    store : Store or None
        With the episodes so far; None when there are none.
    rows, asked, settings, pictures, observations
        As in `finish`.
    """
    observations = tuple(observations)
    second = risk_observations(rows, settings)
    keys = fingerprints([row.name for row in rows], asked.configuration, (*observations, *second))
    newest = {each: store.runs.episode(each) for each in keys if store}
    opened = store.runs.open_episodes() if store else []
    return decide(
        rows,
        asked,
        settings,
        last={each: step for each, step in newest.items() if step is not None},
        opened=opened,
        alike=_alike(store, opened, asked.configuration) if store else (),
        pictures=pictures,
        given_up=_given_up(store) if store else (),
        more=observations,
    )


def key_of(asked: Asked) -> RunKey:
    """Return the key under which a run is stored."""
    return RunKey(asked.watchlist, date.fromisoformat(asked.as_of), asked.configuration)


def same_run(done: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    """Return whether two runs of a key saw the same prices, and show the same of them."""
    return all(done.get(key) == manifest.get(key) for key in ("data", "shown"))


def _alike(store: Store, opened: Iterable[Step], present: str) -> set[str]:
    """Return the configurations of open episodes that decide as the present one does.

    The hash of a configuration was one over all that a run shows; the policy of its runs tells.
    """
    others = {step.body.configuration for step in opened} - {present}
    runs = {each: store.runs.judged_by(each) for each in others}
    return {each for each, run in runs.items() if run and present in identities_of(run.manifest)}


def _given_up(store: Store) -> list[Message]:
    """Return the messages that no mail has told of yet: given up since a run queued any."""
    last = store.outbox.newest_of_runs()
    told = datetime.fromisoformat(last.body["composed"]) if last else None
    dead = store.outbox.messages("dead")
    return [each for each in dead if told is None or each.due_at > told]
