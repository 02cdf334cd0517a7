"""Which episodes another list goes on with: a run of one list does not close the alerts of another."""

from collections.abc import Iterable
from datetime import date, timedelta

from scanners.alerts.risk import CHANCE, RISK
from scanners.scan.plan import Plan
from scanners.service.manifest import identities_of
from scanners.store.episodes import Step
from scanners.store.runs import Run
from scanners.store.store import Store
from scanners.systems.observations import MODEL as SYSTEMS

FORGOTTEN = timedelta(days=31)  # a list that was not scanned for so long goes on with nothing


def followed(store: Store, opened: Iterable[Step], plan: Plan) -> set[str]:
    """Return the fingerprints of open episodes that are not for a run to close.

    That is one which the newest run of another list, of the month before, judges as it was judged. And one of
    the second axis, for which this run's routes need not ask, in whose steps its list had no part.

    Parameters
    ----------
    store : Store
    opened : iterable of Step
        Newest steps of all open episodes.
    plan : Plan
        Of the run.
    """
    opened = list(opened)
    oldest = date.fromisoformat(plan.as_of) - FORGOTTEN
    others = [
        run
        for run in store.runs.newest_of_each()
        if run.key.watchlist != plan.watchlist and run.key.as_of >= oldest
    ]
    known: dict[str, set[str]] = {}
    for configuration in {step.body.configuration for step in opened}:
        run = store.runs.judged_by(configuration)
        known[configuration] = {configuration} | (identities_of(run.manifest) if run else set())
    lists = {run.key.watchlist for run in others}
    return {
        step.fingerprint
        for step in opened
        if (
            _of_others(store, step, plan, lists)
            if plan.configuration in known[step.body.configuration]
            else any(_goes_on(step, run, known) for run in others)
        )
    }


def _goes_on(step: Step, run: Run, known: dict[str, set[str]]) -> bool:
    """Return whether a run of another list judges an alert as it was judged."""
    if run.key.configuration not in known[step.body.configuration]:
        return False
    if step.body.model == SYSTEMS:
        cards = run.manifest.get("systems", {}).get("cards", ())
        return any(card.get("name") == step.body.series for card in cards)
    return step.body.series in run.manifest.get("series", ())


def _of_others(store: Store, step: Step, plan: Plan, others: set[str]) -> bool:
    """Return whether an alert of the second axis is of lists that were scanned lately, not of this one."""
    if step.body.model not in (RISK, CHANCE):
        return False
    taken = store.runs.lists_of(step)
    return plan.watchlist not in taken and bool(taken & others)
