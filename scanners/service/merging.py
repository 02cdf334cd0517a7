"""A run divided among machines: a part of it, and from the parts one page, one commit, one mail a route."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.alerts.delivery import UNDELIVERED
from scanners.alerts.sending import send
from scanners.config.settings import Settings
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.core.run_files import new_folder, work_folder
from scanners.prices.selection import select
from scanners.scan.plan import Plan, plan_of
from scanners.scan.scanning import pages_of
from scanners.service.collection import collect
from scanners.service.daily import Daily, Done, Follow, is_current, reading, recorded
from scanners.service.record import Way, commit, work_key
from scanners.service.results import complete, exit_code, publish, refuse_nothing
from scanners.service.shards import Shard, check_shards, combine, extract, write_shard
from scanners.store.store import Store
from scanners.systems.daily import regime
from scanners.systems.episodes import episode_observations

if TYPE_CHECKING:
    from lppl import Preset


def scan_shard(daily: Daily, shard: Shard, today: date, *, log: Log, follow: Follow = iter) -> Done:
    """Scan a part of a list into one file, for `merge`; no database is written, nobody is told."""
    asked = daily.plan(daily.as_of or today.isoformat())
    path = shard.path(daily.output, asked.as_of)
    with reading(daily) as store, tempfile.TemporaryDirectory() as place:
        series = select(daily.watchlist, daily.folder, as_of=asked.as_of, store=store)
        part = shard.choose(series)
        log("start", watchlist=asked.watchlist, as_of=asked.as_of, series=len(part), shard=path.stem)
        found = collect(
            asked,
            part,
            Path(place),
            workers=daily.way.workers,
            pages=pages_of(daily.way.pages, len(series)),
            follow=follow,
        )
        write_shard(path, asked, shard, [item.name for item in series], found, Path(place))
    return Done(asked, found.rows, path, exit_code(found.rows))


def merge(
    paths: Sequence[Path],
    settings: Settings,
    preset: "str | Preset",
    *,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    log: Log,
) -> Done:
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
    contents = check_shards(paths)
    asked = _asked(contents[0], paths[0], settings, preset)
    surroundings = regime(settings.systems, asked.as_of, database=Path(settings.scan.database))
    asked = replace(asked, regime=surroundings)
    found = combine(contents, settings.policy, surroundings.context)
    started, output = datetime.now(timezone.utc), Path(settings.scan.output)
    target = output / asked.as_of
    if not recorded(settings, ad_hoc=False, fetched=False):
        refuse_nothing(found.rows)
        with new_folder(target) as folder:
            extract(paths, folder)
            complete(folder, asked, found, started=started, workers=Way().workers, pages="auto")
        publish(output)
        return Done(asked, found.rows, target, exit_code(found.rows))
    at = now()
    way = Way(alerts=is_current(settings, date.fromisoformat(asked.as_of), at.astimezone().date()))
    with (
        Store.open(settings.scan.database, write=True) as store,
        work_folder(output, asked.as_of, work_key(asked)) as work,
    ):
        extract(paths, work)
        done = commit(
            store,
            asked,
            found,
            work,
            target,
            settings,
            at=at,
            started=started,
            way=way,
            log=log,
            observations=episode_observations(surroundings.cards),
        )
        sent = send(store, settings, now=now, tell=tell, log=log)
    code = exit_code(found.rows) if sent.complete else UNDELIVERED
    return Done(asked, done.rows, done.folder, code)


def _asked(told: dict, path: Path, settings: Settings, preset: "str | Preset") -> Plan:
    asked = plan_of(told["watchlist"], told["as_of"], preset, settings.policy, settings.scan.trust)
    for key in ("configuration", "shown", "version"):
        here = getattr(asked, key)
        if told[key] != here:
            raise CommandError(f"{path} was made with {key} {told[key]}, here it is {here}")
    return asked
