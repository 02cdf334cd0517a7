"""The daily run: which days, under which lock, recorded or not, and the mails that follow."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scanners.alerts.sending import send, stay
from scanners.config.settings import Settings
from scanners.core.errors import NOTHING_FRESH, CommandError
from scanners.core.log import Log
from scanners.prices.quality.session_calendar import trading_days
from scanners.prices.selection import select
from scanners.service.collection import Follow
from scanners.service.commit import decided
from scanners.service.options import Request
from scanners.service.outcome import Outcome
from scanners.service.record import record
from scanners.service.run import run
from scanners.service.schedule import days_to_run
from scanners.store.store import Store

if TYPE_CHECKING:
    from scanners.store.outbox import Message


def one_off(request: Request, at: datetime, *, log: Log, follow: Follow = iter) -> Outcome:
    """Scan into a folder and nothing else: no database is written, nobody is told."""
    options = request.options
    plan = request.plan(request.as_of or _today(request, at).isoformat(), at)
    with reading(request) as store:
        series = select(request.watchlist, request.folder, as_of=plan.as_of, store=store)
        log("start", watchlist=plan.watchlist, as_of=plan.as_of, series=len(series), recorded=False)
        return run(
            plan,
            series,
            options.output,
            workers=options.workers,
            pages=options.pages,
            follow=follow,
            again=options.again,
            history=options.history,
        )


def rehearse(
    request: Request, place: Path, *, now: Callable[[], datetime], log: Log, follow: Follow = iter
) -> tuple[Outcome, list["Message"]]:
    """Scan into ``place`` and return the mails that would follow; database and outputs stay as they are."""
    options = request.options
    settings = options.settings
    elsewhere = replace(request, options=replace(options, settings=_with_output(settings, place)))
    outcome = one_off(elsewhere, now(), log=log, follow=follow)
    with Store.open(options.database) if options.database.is_file() else nullcontext() as store:
        decision = decided(store, outcome, settings)
    return outcome, list(decision.messages)


def serve(
    request: Request,
    *,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    log: Log,
    follow: Follow = iter,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Scan, record, and send the mails that follow; a scheduled run makes up for missed days first.

    Parameters
    ----------
    request : Request
    now : callable
        Returns the present with a time zone.
    tell : callable
        Takes a line for a person.
    log : Log
    follow : callable
        Wraps the iterator of drafts of a day, for progress.
    sleep : callable
        Takes seconds.

    Raises
    ------
    CommandError
        With exit code 75 when another process has the database; as `scanners.service.record.record`.
    """
    at, settings = now(), request.options.settings
    today = _today(request, at)
    with Store.open(request.options.database, write=True) as store:
        *missed, last = _days(request, store, today)
        for day in missed:
            try:
                _record(request, store, day, today, at=at, log=log, follow=follow)
            except CommandError as error:
                tell(f"{day} could not be made up for: {error}")
        try:
            done = _record(request, store, last, today, at=now(), log=log, follow=follow)
        except CommandError:
            send(store, settings, now=now, tell=tell, log=log)
            raise
        for note in done.notes:
            tell(f"{done.folder}: {note}")
        if not is_current(settings, last, today):
            tell(f"{last} lies too far from today to be news: recorded, nobody is told")
        sent = send(store, settings, now=now, tell=tell, log=log)
    if request.scheduled:
        sent = stay(sent, settings, now=now, tell=tell, log=log, sleep=sleep)
    return replace(done, delivered=sent.complete)


def recorded(settings: Settings, *, ad_hoc: bool, fetched: bool) -> bool:
    """Return whether a scan is recorded: in a workspace that has something to keep, or somebody to tell.

    Parameters
    ----------
    settings : Settings
    ad_hoc : bool
        Whether the command names a folder of files for this one time.
    fetched : bool
        Whether prices are fetched into the database first.
    """
    return fetched or (not ad_hoc and (bool(settings.route) or Path(settings.scan.database).is_file()))


def _record(
    request: Request, store: Store, day: date, today: date, *, at: datetime, log: Log, follow: Follow
) -> Outcome:
    plan = request.plan(day.isoformat(), at)
    prices = store if request.stored else None
    series = select(request.watchlist, request.folder, as_of=plan.as_of, store=prices)
    log("start", watchlist=plan.watchlist, as_of=plan.as_of, series=len(series), recorded=True)
    options = replace(
        request.options,
        alerts=is_current(request.options.settings, day, today),
        notice=day == today or not request.scheduled,
    )
    outcome = record(store, plan, series, options, log=log, follow=follow)
    log("done", as_of=plan.as_of, fresh=outcome.code != NOTHING_FRESH, exit_code=outcome.code)
    return outcome


def _days(request: Request, store: Store, today: date) -> list[date]:
    if not request.scheduled:
        return [date.fromisoformat(request.as_of) if request.as_of else today]
    before = store.runs.last_day(request.watchlist.name, today)
    return days_to_run(before, today, request.options.settings.schedule.catch_up_days)


def _today(request: Request, at: datetime) -> date:
    """Return the date by the clock that counts: the schedule's, or for a person that of the machine."""
    return at.astimezone(
        ZoneInfo(request.options.settings.schedule.timezone) if request.scheduled else None
    ).date()


def is_current(settings: Settings, day: date, today: date) -> bool:
    """Return whether an alert about a day is news: not for a look at the past, or into the future."""
    age = trading_days("", day, today)
    return day <= today + timedelta(days=1) and age <= settings.schedule.catch_up_days + 1


def _with_output(settings: Settings, output: Path) -> Settings:
    import msgspec

    return msgspec.structs.replace(settings, scan=msgspec.structs.replace(settings.scan, output=str(output)))


def reading(request: Request) -> AbstractContextManager[Store | None]:
    """Return the store to read prices from, or None where there is none or it is not to be used."""
    if request.stored and request.options.database.is_file():
        return Store.open(request.options.database)
    return nullcontext()
