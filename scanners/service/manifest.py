"""The manifest of a run: versions, hashes, configuration and timings, in ``run.json`` and in the database."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scanners.config.policy import FIRST_STUDY, Policy
from scanners.core.plain_files import read_bytes
from scanners.core.run_files import MARKER
from scanners.core.versions import versions
from scanners.prices.agreement.table import SourceRow
from scanners.scan.plan import Plan
from scanners.scan.regime import Regime
from scanners.service.collection import Collection
from scanners.verdict.row import Row

if TYPE_CHECKING:
    from scanners.core.workers import Workers

_UNSET = object()


def manifest(
    plan: Plan,
    found: Collection,
    rows: Sequence[Row],
    folder: Path,
    *,
    started: datetime,
    workers: "Workers",
    pages: str,
) -> dict[str, Any]:
    """Return the manifest of a run whose folder is complete but for ``run.json``.

    Parameters
    ----------
    plan, found, rows
        What was asked for and found, and the rows that this gives.
    folder : Path
        With ``scan.json``, whose hash says later which folder is this run's.
    started : datetime
    workers : Workers
    pages : str
        As plan.
    """
    finished = datetime.now(timezone.utc)
    return {
        "watchlist": plan.watchlist,
        "as_of": plan.as_of,
        "preset": plan.preset_name,
        "filters": list(plan.filters),
        "configuration": plan.configuration,
        "shown": plan.shown,
        "policy": asdict(plan.policy),
        "version": plan.version,
        "versions": versions(),
        "fits": found.fits,
        "data": found.data,
        "scan": folder_hash(folder),
        "series": [row.name for row in rows],
        "statuses": dict(Counter(row.verdict.status for row in rows)),
        "systems": msgspec.to_builtins(plan.regime),
        "sources": msgspec.to_builtins(plan.sources),
        "pages": pages,
        "trust": plan.trust,
        "jobs": workers.jobs,
        "backend": workers.backend,
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "seconds": round((finished - started).total_seconds(), 3),
        "scanning_seconds": round(found.seconds, 3),
    }


def plan_from(manifest: Mapping[str, Any]) -> Plan:
    """Return what a stored run was asked for."""
    return Plan(
        watchlist=manifest["watchlist"],
        as_of=manifest["as_of"],
        preset=manifest["preset"],
        preset_name=manifest["preset"],
        filters=tuple(manifest["filters"]),
        policy=policy_of(manifest),
        configuration=manifest["configuration"],
        shown=shown_by(manifest),
        version=manifest["version"],
        trust=manifest.get("trust", "none"),
        regime=msgspec.convert(manifest.get("systems", {}), Regime),
        sources=msgspec.convert(manifest.get("sources", ()), tuple[SourceRow, ...]),
    )


def policy_of(manifest: Mapping[str, Any]) -> Policy:
    """Return the policy of a stored run; runs of before there was a rule for run-ups had none.

    Raises
    ------
    msgspec.ValidationError
        If it is not that of a policy.
    """
    said = manifest["policy"]
    return msgspec.convert(said if "run_up" in said else {**FIRST_STUDY, **said}, Policy)


def identities_of(manifest: Mapping[str, Any]) -> set[str]:
    """Return the identities under which episodes of a stored run go on; none when its policy cannot be read.

    They are its own, and for runs of before there was a rule for run-ups the one that it has with the
    defaults of now in place of those of then: other defaults alone close no alert and open none again.
    """
    try:
        found = {policy_of(manifest).identity}
        said = manifest["policy"]
        if "run_up" not in said:
            chosen = {key: value for key, value in said.items() if value != FIRST_STUDY.get(key, _UNSET)}
            found.add(msgspec.convert(chosen, Policy).identity)
    except (KeyError, msgspec.ValidationError, ValueError):
        return set()
    return found


def shown_by(manifest: Mapping[str, Any]) -> str:
    """Return the hash of all that a stored run shows; once that was the configuration's."""
    return manifest.get("shown", manifest["configuration"])


def folder_hash(folder: Path) -> str:
    """Return the hash of what a folder's ``scan.json`` says, "" when there is none to read."""
    try:
        said = json.loads(read_bytes(folder / MARKER))
    except (OSError, ValueError, RecursionError):
        return ""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
