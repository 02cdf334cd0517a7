"""How runs are done: what a person or a timer asked for, from which the plan of each day is made."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.config.settings import Settings
from scanners.config.watchlist import Watchlist
from scanners.core.vocabulary import Pages
from scanners.core.workers import Workers
from scanners.scan.plan import Plan, plan_of

if TYPE_CHECKING:
    from lppl import Preset


@dataclass(frozen=True)
class Options:
    """How a run is done and what follows from it.

    Parameters
    ----------
    settings : Settings
        Rules of episodes, routes; ``scan.output`` and ``scan.database`` say where.
    workers : Workers
    pages : {"auto", "all", "raised", "none"}
        Series that get pages and pictures.
    again : bool
        Scan even if the run is done and its prices are the same.
    alerts : bool
        Whether episodes go on and mails are written; not for a look at the past.
    notice : bool
        Whether trouble with the data is worth a notice; not for a day that is made up for.
    """

    settings: Settings
    workers: Workers = field(default_factory=Workers)
    pages: Pages = "auto"
    again: bool = False
    alerts: bool = True
    notice: bool = True

    @property
    def output(self) -> Path:
        """Folder of all runs."""
        return Path(self.settings.scan.output)

    @property
    def database(self) -> Path:
        """The database file."""
        return Path(self.settings.scan.database)

    @property
    def history(self) -> Path | None:
        """Folder in which the past of a series is remembered; None outside a workspace."""
        folder = self.database.parent
        return folder / "history" if folder.is_dir() else None


@dataclass(frozen=True)
class Request:
    """What is asked for, before it is known of which days.

    Parameters
    ----------
    options : Options
    watchlist : Watchlist
    preset : str or lppl.Preset
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

    options: Options
    watchlist: Watchlist
    preset: "str | Preset"
    as_of: str | None = None
    folder: Path | None = None
    stored: bool = True
    scheduled: bool = False

    def plan(self, as_of: str, at: datetime) -> Plan:
        """Return the plan of a day, with the systems as they stood then, and the sources of its series."""
        from scanners.prices.agreement.table import sources_of
        from scanners.systems.cards import regime

        said = self.options.settings
        plan = plan_of(self.watchlist.name, as_of, self.preset, said.policy, said.scan.trust)
        folders = () if self.stored or self.folder is None else (self.folder,)
        database = self.options.database if self.stored else None
        found = regime(said.systems, as_of, folders=folders, database=database)
        sources = sources_of(database, self.watchlist.series, date.fromisoformat(as_of))
        return replace(plan, regime=found, sources=sources, at=at)
