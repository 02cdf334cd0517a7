"""What runs of the days before found for the same prices, so that a morning computes its own session only."""

from collections.abc import Mapping
from datetime import date

from scanners.evidence.fit_identity import Known, fit_identity
from scanners.evidence.series_fits import DAYS
from scanners.scan.plan import Plan
from scanners.store.store import Store

_RUNS = DAYS + 1  # one more than the sessions before need: a day without fresh prices has a run too


def consensus_before(store: Store, plan: Plan) -> Mapping[str, Known]:
    """Return what the last runs of a list knew: series -> hash of its closes -> C upward and downward.

    Runs of other code or another processor know nothing; neither do those that other machines had a part in.
    """
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for run in store.runs.before(plan.watchlist, date.fromisoformat(plan.as_of), _RUNS):
        if run.manifest.get("fits") != fit_identity():
            continue
        for name, result in store.runs.results(run).items():
            evidence = result.get("evidence") or {}
            bubble = evidence.get("bubble")
            if bubble:
                pair = bubble["consensus"], bubble["consensus_negative"]
                found.setdefault(name, {})[evidence["data"]["sha256"]] = pair
    return found
