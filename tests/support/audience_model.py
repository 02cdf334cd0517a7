"""Who must have been told what, in the plainest words: alerts as lists of changes, routes as what they heard.

The rules are those of a scanner without waiting and hysteresis: an alert rises and falls with the level.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace

RANKS = {"calm": 0, "watch": 1, "warning": 2, "critical": 3}
MONTH = 31


@dataclass(frozen=True)
class Change:
    """How an alert stands after something happened; ``silent`` and ``noted`` are what a person asked for."""

    occurrence: int
    session: int
    event: str
    level: str
    peak: str
    news: bool
    silent: object = None  # last day
    noted: bool = False
    told: str = "calm"
    told_session: int = 0

    @property
    def open(self):
        return self.level != "calm"


class Alert:
    """One series under one configuration, as those who scan see it."""

    def __init__(self, day_of):
        self.changes, self.day_of = [], day_of

    def see(self, session, level, repeat):
        last = self.changes[-1] if self.changes else None
        if last and session <= last.session:
            return
        if not last or not last.open:
            if level != "calm":
                number = last.occurrence + 1 if last else 1
                self._tell(Change(number, session, "opened", level, level, True))
            return
        quiet = last.silent is not None and self.day_of(session) <= last.silent
        now = replace(last, session=session, level=level, news=not quiet)
        if RANKS[level] > RANKS[last.level]:
            peak = max(last.peak, level, key=RANKS.get)
            self._tell(replace(now, event="raised", peak=peak, noted=False))
        elif level == "calm":
            self.changes.append(replace(now, event="resolved"))
        elif RANKS[level] < RANKS[last.level]:
            self.changes.append(replace(now, event="lowered", told=level, news=False))
        elif not quiet and not last.noted:
            if RANKS[last.told] < RANKS[level]:
                self._tell(replace(now, event="raised"))
            elif repeat and session - last.told_session >= repeat:
                self._tell(replace(now, event="repeated"))

    def _tell(self, change):
        if change.news:
            change = replace(change, told=change.level, told_session=change.session)
        self.changes.append(change)

    def say(self, event, **said):
        self.changes.append(replace(self.changes[-1], event=event, news=False, **said))

    def close(self):
        last = self.changes[-1]
        self.changes.append(replace(last, event="superseded", level="calm", news=False))


@dataclass
class Model:
    """All that matters of the past.

    Parameters
    ----------
    day_of : callable
        Session -> date.
    lists : mapping of str to tuple of str
        Watchlist -> its series.
    """

    day_of: object
    lists: dict
    alerts: dict = field(default_factory=dict)  # (series, configuration) -> Alert
    heard: dict = field(default_factory=lambda: defaultdict(set))  # (route, recipients) -> places
    runs: dict = field(default_factory=dict)  # (list, session, configuration) -> order among runs of a day

    def opened(self, series):
        found = [key for key, alert in self.alerts.items() if key[0] == series and alert.changes[-1].open]
        return [self.alerts[key] for key in sorted(found)]

    def scan(self, name, session, configuration, levels, routes, repeat):
        """Return what has to be told now: (route, series, configuration, occurrence, session, event)."""
        for (series, other), alert in self.alerts.items():
            outdated = series in self.lists[name] and other != configuration and alert.changes[-1].open
            if outdated and not self._goes_on(name, series, other, session):
                alert.close()
        due = set()
        for series in self.lists[name]:
            alert = self.alerts.setdefault((series, configuration), Alert(self.day_of))
            alert.see(session, levels[series], repeat)
            for route in routes:
                change = self._owed(route, routes, name, (series, configuration), session)
                if change:
                    place = (series, configuration, change)
                    due.add((route.name, *place))
                    self.heard[route.name, route.recipients].add(place)
            if not alert.changes:
                del self.alerts[series, configuration]
        return {(*key, each.occurrence, each.session, each.event) for *key, each in due}

    def _goes_on(self, name, series, configuration, session):
        for other in self.lists:
            days = [key for key in self.runs if key[0] == other]
            if other == name or series not in self.lists[other] or not days:
                continue
            newest = max(days, key=lambda key: (key[1], self.runs[key]))
            recent = (self.day_of(session) - self.day_of(newest[1])).days <= MONTH
            if newest[2] == configuration and recent:
                return True
        return False

    def _owed(self, route, routes, name, key, session):
        if route.watchlists and name not in route.watchlists:
            return None
        seen = [each for each in self.alerts[key].changes if each.session <= session]
        seen = [each for each in seen if each.occurrence == seen[-1].occurrence]
        if not seen:
            return None
        present = {each.name for each in routes}
        heard = set()
        for (who, recipients), places in self.heard.items():
            if who == route.name or (who not in present and recipients == route.recipients):
                heard |= {change for *place, change in places if tuple(place) == key}
        order = self.alerts[key].changes
        newest = seen[-1]
        at_most = max((order.index(each) for each in heard), default=-1)
        knew = any(each in heard for each in seen)
        asked = [each for each in seen if self._asks(route, each) and order.index(each) > at_most]
        if not asked or (newest.silent is not None and self.day_of(session) <= newest.silent):
            return None
        last = asked[-1]
        if last.event == "resolved":
            return last if knew else None
        if last.event == "repeated" and knew and newest.noted:
            return None
        high_enough = newest.open and RANKS[newest.level] >= RANKS[route.level]
        return last if high_enough else None

    @staticmethod
    def _asks(route, change):
        if not change.news:
            return False
        if change.event == "resolved":
            return route.resolved and RANKS[change.peak] >= RANKS[route.level]
        return RANKS[change.level] >= RANKS[route.level]
