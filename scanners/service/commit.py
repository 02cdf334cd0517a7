"""The end of a run: results, episodes and mails decided together and committed together."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from scanners.alerts.audience import Known
from scanners.alerts.decisions import Decision, decide, fingerprints
from scanners.alerts.pages import Pages, pages_of
from scanners.alerts.risk import risk_observations
from scanners.config.settings import Settings
from scanners.core.as_fields import as_fields
from scanners.report.archive import series_page
from scanners.scan.plan import Plan
from scanners.service.followers import followed
from scanners.service.manifest import identities_of
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store.episodes import Step
from scanners.store.outbox import Message
from scanners.store.runs import RunKey
from scanners.store.statements import Statement
from scanners.store.store import Store
from scanners.systems.observations import episode_observations
from scanners.verdict.row import Row


def finish(store: Store, outcome: Outcome, options: Options) -> Decision | None:
    """Commit a run with everything that follows from it, in one transaction.

    Parameters
    ----------
    store : Store
        Open for writing.
    outcome : Outcome
        What the scan found, with its manifest.
    options : Options
        Rules of episodes and routes; whether anything follows at all.

    Returns
    -------
    Decision or None
        What was decided; None when this run was committed before with the same prices, and nothing is
        decided twice.
    """
    plan = outcome.plan
    key = key_of(plan)
    with store.transaction():
        done = store.runs.find(key)
        if done is not None and not options.again and same_run(done.manifest, outcome.manifest):
            return None
        decision = Decision()
        if options.alerts:
            decision = decided(store, outcome, options.settings)
            if decision.unhealthy and not options.notice:
                decision = replace(decision, messages=())
        store.runs.finish(
            key,
            finished_at=plan.at,
            manifest=outcome.manifest,
            results={row.name: row.to_dict() for row in outcome.rows},
            episodes=decision.steps,
            messages=decision.messages,
            replace=True,
        )
        store.tellings.add(decision.tellings)
        store.statements.add(statements_of(outcome.rows, plan.at))
    return decision


def statements_of(rows: Iterable[Row], at: datetime) -> list[Statement]:
    """Return the chances that rows state, to be kept; none of closes that are old or in doubt."""
    return [
        Statement(
            series=row.name,
            session=date.fromisoformat(row.evidence.data.last),
            stated_at=at,
            body={
                "asset_class": row.asset_class,
                "level": row.verdict.level,
                "risk": row.verdict.risk,
                **as_fields(row.evidence.falls),
            },
        )
        for row in rows
        if row.verdict.status in ("ok", "insufficient_data")
        and row.evidence
        and row.evidence.falls
        and row.evidence.falls.cells
    ]


def decided(store: Store | None, outcome: Outcome, settings: Settings) -> Decision:
    """Return what would follow from a run; nothing is changed.

    Parameters
    ----------
    store : Store or None
        With the episodes so far; None when there are none.
    outcome, settings
        As in `finish`.
    """
    plan, rows = outcome.plan, outcome.rows
    observations = episode_observations(plan.regime.cards)
    told = (*observations, *risk_observations(rows, settings))
    keys = fingerprints([row.name for row in rows], plan.configuration, told)
    newest = {each: store.runs.episode(each) for each in keys if store}
    opened = store.runs.open_episodes() if store else []
    return decide(
        rows,
        plan,
        settings,
        last={each: step for each, step in newest.items() if step is not None},
        opened=opened,
        alike=_alike(store, opened, plan.configuration) if store else (),
        followed=followed(store, opened, plan) if store else (),
        known=_known(store, [step for step in (*newest.values(), *opened) if step]) if store else None,
        pictures=outcome.pictures,
        given_up=_given_up(store, plan.at) if store else (),
        more=observations,
        pages=_pages(outcome, settings),
    )


def _pages(outcome: Outcome, settings: Settings) -> Pages:
    """Return the pages of a run as its messages speak of them."""
    folder, places = outcome.folder, {row.name: series_page(row.name) for row in outcome.rows}
    page = folder / "index.html"
    return pages_of(
        settings.report.url,
        outcome.place or outcome.plan.as_of,
        {name: place for name, place in places.items() if (folder / place).is_file()},
        page.read_bytes() if settings.mail.page_bytes and page.is_file() else b"",
    )


def key_of(plan: Plan) -> RunKey:
    """Return the key under which a run is stored."""
    return RunKey(plan.watchlist, date.fromisoformat(plan.as_of), plan.configuration)


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


def _known(store: Store, newest: Iterable[Step]) -> Known:
    """Return what is known of the episodes of these steps, and who was told of them."""
    keys = sorted({step.fingerprint for step in newest})
    steps = [step for key in keys for step in store.runs.steps(key)]
    told = [each for key in keys for each in store.tellings.of(key)]
    return Known(steps, told, store.installation)


def _given_up(store: Store, at: datetime) -> list[Message]:
    """Return the messages that no mail has told of yet: given up since a run queued any.

    All of them where that run's clock was ahead of the present one, which says nothing of what came first.
    """
    last = store.outbox.newest_of_runs()
    told = datetime.fromisoformat(last.body["composed"]) if last else None
    dead = store.outbox.messages("dead")
    return [each for each in dead if told is None or told > at or each.due_at > told]
