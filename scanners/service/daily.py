"""The daily run: which days, under which lock, recorded or not, and the mails that follow."""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scanners.alerts.decisions import Asked
from scanners.alerts.delivery import UNDELIVERED
from scanners.alerts.episodes import weekdays
from scanners.alerts.observation import Observation
from scanners.alerts.sending import send, stay
from scanners.config.settings import Settings
from scanners.config.watchlist import Watchlist
from scanners.core.errors import NOTHING_FRESH, CommandError
from scanners.core.log import Log
from scanners.core.run_files import Pictures
from scanners.prices.selection import select
from scanners.scan.plan import Plan, plan_of
from scanners.service.commit import decided
from scanners.service.record import Way, record
from scanners.service.results import exit_code
from scanners.service.run import run
from scanners.service.schedule import days_to_run
from scanners.store.store import Store
from scanners.systems.episodes import episode_observations
from scanners.verdict.row import Row

if TYPE_CHECKING:
    from lppl import Preset
    from scanners.store.outbox import Message

Follow = Callable[[Iterable[Row]], Iterable[Row]]


@dataclass(frozen=True)
class Daily:
    """What is to be done.

    Parameters
    ----------
    settings : Settings
        ``scan.output`` and ``scan.database`` say where.
    watchlist : Watchlist
    preset : str or lppl.Preset
    way : Way
    as_of : str, optional
        ISO date; today without it.
    folder : Path, optional
        Of the user's CSV files.
    stored : bool
        Whether prices that the database has are read from there, and not from ``folder``.
    scheduled : bool
        The run of cron or systemd: it makes up for missed days, takes the date of the configured time zone,
        and stays for a while to try mails again.
    """

    settings: Settings
    watchlist: Watchlist
    preset: "str | Preset"
    way: Way = field(default_factory=Way)
    as_of: str | None = None
    folder: Path | None = None
    stored: bool = True
    scheduled: bool = False

    @property
    def output(self) -> Path:
        """Folder of all runs."""
        return Path(self.settings.scan.output)

    @property
    def database(self) -> Path:
        """The database file."""
        return Path(self.settings.scan.database)

    def plan(self, as_of: str) -> Plan:
        """Return the description of the run of a day, with the systems as they stood then."""
        from scanners.systems.daily import regime

        said = self.settings
        asked = plan_of(self.watchlist.name, as_of, self.preset, said.policy, said.scan.trust)
        folders = () if self.stored or self.folder is None else (self.folder,)
        database = self.database if self.stored else None
        found = regime(self.settings.systems, as_of, folders=folders, database=database)
        return replace(asked, regime=found)

    def observations(self, asked: Plan) -> list[Observation]:
        """Return the observations of what is no series of the list: of the systems."""
        return episode_observations(asked.regime.cards)


@dataclass(frozen=True)
class Done:
    """What the (last) run found, where it is, and the exit code."""

    asked: Plan
    rows: list[Row]
    folder: Path
    code: int


def one_off(daily: Daily, today: date, *, log: Log, follow: Follow = iter) -> Done:
    """Scan into a folder and nothing else: no database is written, nobody is told."""
    asked = daily.plan(daily.as_of or today.isoformat())
    with reading(daily) as store:
        series = select(daily.watchlist, daily.folder, as_of=asked.as_of, store=store)
        log("start", watchlist=asked.watchlist, as_of=asked.as_of, series=len(series), recorded=False)
        rows, folder = run(
            asked, series, daily.output, workers=daily.way.workers, pages=daily.way.pages, follow=follow
        )
    return Done(asked, rows, folder, exit_code(rows))


def rehearse(
    daily: Daily, place: Path, *, now: Callable[[], datetime], log: Log, follow: Follow = iter
) -> tuple[Done, list["Message"]]:
    """Scan into ``place`` and return the mails that would follow; database and outputs stay as they are."""
    at = now()
    settings = daily.settings
    elsewhere = replace(daily, settings=_with_output(settings, place))
    done = one_off(elsewhere, _today(daily, at), log=log, follow=follow)
    asked = done.asked
    which = Asked(asked.watchlist, asked.as_of, asked.configuration, at)
    pictures, observations = Pictures(done.folder, done.rows), daily.observations(asked)
    with Store.open(daily.database) if daily.database.is_file() else nullcontext() as store:
        decision = decided(store, done.rows, which, settings, pictures=pictures, observations=observations)
    return done, list(decision.messages)


def serve(
    daily: Daily,
    *,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    log: Log,
    follow: Follow = iter,
    sleep: Callable[[float], None] = time.sleep,
) -> Done:
    """Scan, record, and send the mails that follow; a scheduled run makes up for missed days first.

    Parameters
    ----------
    daily : Daily
    now : callable
        Returns the present with a time zone.
    tell : callable
        Takes a line for a person.
    log : Log
    follow : callable
        Wraps the iterator of rows of a day, for progress.
    sleep : callable
        Takes seconds.

    Raises
    ------
    CommandError
        With exit code 75 when another process has the database; as `scanners.service.record.record`.
    """
    at, settings = now(), daily.settings
    today = _today(daily, at)
    with Store.open(daily.database, write=True) as store:
        *missed, last = _days(daily, store, today)
        for day in missed:
            try:
                _record(daily, store, day, today, at=at, log=log, follow=follow)
            except CommandError as error:
                tell(f"{day} could not be made up for: {error}")
        try:
            done = _record(daily, store, last, today, at=now(), log=log, follow=follow)
        except CommandError:
            send(store, settings, now=now, tell=tell, log=log)
            raise
        if not is_current(settings, last, today):
            tell(f"{last} is no date of these days: recorded, no alert was decided")
        sent = send(store, settings, now=now, tell=tell, log=log)
    if daily.scheduled:
        sent = stay(sent, settings, now=now, tell=tell, log=log, sleep=sleep)
    return done if sent.complete else replace(done, code=UNDELIVERED)


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
    daily: Daily, store: Store, day: date, today: date, *, at: datetime, log: Log, follow: Follow
) -> Done:
    asked = daily.plan(day.isoformat())
    series = select(daily.watchlist, daily.folder, as_of=asked.as_of, store=store if daily.stored else None)
    log("start", watchlist=asked.watchlist, as_of=asked.as_of, series=len(series), recorded=True)
    way = replace(
        daily.way, alerts=is_current(daily.settings, day, today), notice=day == today or not daily.scheduled
    )
    found = record(
        store,
        asked,
        series,
        daily.output,
        daily.settings,
        at=at,
        way=way,
        log=log,
        observations=daily.observations(asked),
        follow=follow,
    )
    code = exit_code(found.rows)
    log("done", as_of=asked.as_of, fresh=code != NOTHING_FRESH, exit_code=code)
    return Done(asked, found.rows, found.folder, code)


def _days(daily: Daily, store: Store, today: date) -> list[date]:
    if not daily.scheduled:
        return [date.fromisoformat(daily.as_of) if daily.as_of else today]
    before = store.runs.last_day(daily.watchlist.name, today)
    return days_to_run(before, today, daily.settings.schedule.catch_up_days)


def _today(daily: Daily, at: datetime) -> date:
    """Return the date by the clock that counts: the schedule's, or for a person that of the machine."""
    return at.astimezone(ZoneInfo(daily.settings.schedule.timezone) if daily.scheduled else None).date()


def is_current(settings: Settings, day: date, today: date) -> bool:
    """Return whether an alert about a day is news: not for a look at the past, or into the future."""
    age = weekdays(day.isoformat(), today.isoformat())
    return day <= today + timedelta(days=1) and age <= settings.schedule.catch_up_days + 1


def _with_output(settings: Settings, output: Path) -> Settings:
    import msgspec

    return msgspec.structs.replace(settings, scan=msgspec.structs.replace(settings.scan, output=str(output)))


def reading(daily: Daily) -> AbstractContextManager[Store | None]:
    """Return the store to read prices from, or None where there is none or it is not to be used."""
    if daily.stored and daily.database.is_file():
        return Store.open(daily.database)
    return nullcontext()
