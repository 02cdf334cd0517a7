"""A run divided among machines: a part of it, and from the parts one page, one commit, one mail a route."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.alerts.sending import send
from scanners.config.settings import Settings
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.core.run_folders import new_folder, refuse_foreign, work_folder
from scanners.prices.selection import select
from scanners.report.sheets import drop_sheets
from scanners.scan.plan import Plan, plan_of
from scanners.service.collection import Follow, collect, pages_of, rows_of
from scanners.service.daily import is_current, reading, recorded
from scanners.service.options import Options, Request
from scanners.service.outcome import Outcome
from scanners.service.record import commit, work_key
from scanners.service.results import complete, home_of, publish, refuse_nothing
from scanners.service.run import unrecorded_home
from scanners.service.shards import Part, Shard, check_shards, combine, extract, sources_in, write_shard
from scanners.store.store import Store
from scanners.systems.cards import regime

if TYPE_CHECKING:
    from lppl import Preset


def scan_shard(request: Request, shard: Shard, at: datetime, *, log: Log, follow: Follow = iter) -> Outcome:
    """Scan a part of a list into one file, for `merge`; no database is written, nobody is told."""
    options = request.options
    plan = request.plan(request.as_of or at.astimezone().date().isoformat(), at)
    path = shard.path(options.output, plan.as_of)
    with reading(request) as store, tempfile.TemporaryDirectory() as place:
        series = select(request.watchlist, request.folder, as_of=plan.as_of, store=store)
        part = shard.choose(series)
        log("start", watchlist=plan.watchlist, as_of=plan.as_of, series=len(part), shard=path.stem)
        found = collect(
            plan,
            part,
            Path(place),
            workers=options.workers,
            pages=pages_of(options.pages, len(series)),
            follow=follow,
        )
        write_shard(path, plan, shard, [item.name for item in series], found, Path(place))
    return Outcome(plan, rows_of(plan, found), path)


def merge(
    paths: Sequence[Path],
    settings: Settings,
    preset: "str | Preset",
    *,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    log: Log,
) -> Outcome:
    """Put the parts of a run together: what `scanners.service.daily.serve` would have done on one machine.

    Parameters
    ----------
    paths : sequence of Path
        All parts, in any order.
    settings : Settings
        With the thresholds that the parts were made with.
    preset : str or lppl.Preset
        The same.
    now, tell, log
        As for `serve`.

    Raises
    ------
    CommandError
        If the parts are not those of one run, all of them, made with this configuration and version.
    """
    parts = check_shards(paths)
    at, options = now(), Options(settings)
    plan = replace(_plan(parts[0], paths[0], settings, preset), at=at)
    read = regime(settings.systems, plan.as_of, database=options.database)
    plan = replace(plan, regime=read, sources=sources_in(parts))
    found, started = combine(parts), datetime.now(timezone.utc)
    if not recorded(settings, ad_hoc=False, fetched=False):
        place = partial(unrecorded_home, options.output, plan)
        with new_folder(options.output, place) as folder:
            extract(paths, folder)
            outcome = complete(
                folder,
                plan,
                found,
                place(),
                recorded=False,
                started=started,
                workers=options.workers,
                pages="auto",
            )
            refuse_nothing(outcome.rows)
            drop_sheets(folder)
        target = home_of(options.output, plan)
        publish(options.output)
        return replace(outcome, folder=target, pictures={})
    current = is_current(settings, date.fromisoformat(plan.as_of), at.astimezone().date())
    options = replace(options, alerts=current)
    refuse_foreign(home_of(options.output, plan))
    with (
        Store.open(options.database, write=True) as store,
        work_folder(options.output, plan.as_of, work_key(plan)) as work,
    ):
        extract(paths, work)
        outcome = commit(store, plan, found, work, options, started=started, log=log)
        sent = send(store, settings, now=now, tell=tell, log=log)
    return replace(outcome, delivered=sent.complete)


def _plan(told: Part, path: Path, settings: Settings, preset: "str | Preset") -> Plan:
    plan = plan_of(told.watchlist, told.as_of, preset, settings.policy, settings.scan.trust)
    for key in ("configuration", "shown", "version"):
        here, there = getattr(plan, key), getattr(told, key)
        if there != here:
            raise CommandError(f"{path} was made with {key} {there}, here it is {here}")
    return plan
