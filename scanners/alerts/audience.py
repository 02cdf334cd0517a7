"""Who is to hear of what: each route once of what it asked for, whichever list was scanned first.

An episode belongs to a series, and several lists may have that series. Its steps are taken by the list that
is scanned first; whether a route has been told of them is kept for each route (`scanners.store.tellings`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from scanners.alerts.episodes import is_noted, is_silent
from scanners.alerts.risk import CHANCE, RISK, hears
from scanners.config.settings import Route
from scanners.core.vocabulary import Level, rank_of
from scanners.store.episodes import Standing, Step
from scanners.store.tellings import Telling

Place = tuple[str, int, int]  # fingerprint, occurrence, sequence of a step


@dataclass(frozen=True)
class Known:
    """What is known of the episodes that a run looks at, before it adds to them.

    Parameters
    ----------
    steps : sequence of Step
        All steps of their fingerprints.
    tellings : sequence of Telling
        Which route was told of which.
    installation : str
        As `scanners.store.store.Store.installation`.
    """

    steps: Sequence[Step] = ()
    tellings: Sequence[Telling] = ()
    installation: str = ""


@dataclass(frozen=True)
class Owed:
    """A step that a route is to be told of.

    Parameters
    ----------
    step : Step
        As it was taken.
    shown : Step
        As it is told: where the alert has moved on since, with how it stands now.
    """

    step: Step
    shown: Step


def heard_by(route: Route, routes: Iterable[Route], tellings: Iterable[Telling]) -> set[Place]:
    """Return the steps that a route was told of.

    A route that is configured no more and reached the same recipients counts as this one under another name:
    they are not told again.
    """
    present, whom = {each.name for each in routes}, {*route.recipients, *route.notify}
    return {
        (each.fingerprint, each.occurrence, each.sequence)
        for each in tellings
        if each.route == route.name or (each.route not in present and whom <= {*each.recipients})
    }


def owed(
    route: Route, watchlist: str, steps: Sequence[Step], session: str, heard: Collection[Place]
) -> Owed | None:
    """Return what a route is to be told of an episode, None for nothing.

    It is the last step worth a mail of those that the route asked for and has not been told of, if the alert
    still stands as the route asked. That an alert is over is told to who was told of it.

    Parameters
    ----------
    route : Route
    watchlist : str
        Of the run.
    steps : sequence of Step
        All of a fingerprint, oldest first, those of this run among them.
    session : str
        ISO date of the last bar that the run saw of the series: later steps, of another list, are not seen.
    heard : collection of (str, int, int)
        As :func:`heard_by`.
    """
    seen = [step for step in steps if step.body.session <= session]
    seen = [step for step in seen if step.occurrence == seen[-1].occurrence]
    fresh, told = _unheard(route, watchlist, seen, heard)
    if not fresh or is_silent(seen[-1], session):
        return None
    last, newest = fresh[-1], seen[-1]
    if any(place[0] == last.fingerprint and place > place_of(last) for place in heard):
        return None  # it was told of what came later; this run looks back
    if last.over:
        return Owed(last, last) if told else None
    if newest.state != "firing" or newest.body.aged or not _reaches(newest.body, newest.body.level, route):
        return None
    again = last.event in _AGAIN
    if again and told and is_noted(newest, session):
        return None
    # A session below the level shows the numbers of a calm day: the alert is told by those that raised it.
    body = next(step.body for step in reversed(seen) if step is last or not step.body.below)
    return Owed(last, replace(last, event="opened" if again and not told else last.event, body=body))


def _unheard(
    route: Route, watchlist: str, steps: Iterable[Step], heard: Collection[Place]
) -> tuple[list[Step], bool]:
    """Return the steps that a route asks for since it was told of the alert, and whether it was told."""
    fresh: list[Step] = []
    told = False
    for step in steps:
        if place_of(step) in heard or (not step.body.by_route and wanted(step, route, watchlist)):
            told, fresh = True, []
        elif wanted(step, route, watchlist):
            fresh.append(step)
    return fresh, told


def wanted(step: Step, route: Route, watchlist: str) -> bool:
    """Return whether a route asks to hear of a step."""
    if not step.body.notify or (route.watchlists and watchlist not in route.watchlists):
        return False
    if step.over:
        return route.resolved and _reaches(step.body, step.body.peak, route)
    return _reaches(step.body, step.body.level, route)


def place_of(step: Step) -> Place:
    """Return what tells a step from every other."""
    return step.fingerprint, step.occurrence, step.sequence


def _reaches(body: Standing, level: Level, route: Route) -> bool:
    if body.model in (RISK, CHANCE):
        return hears(body, level, route)
    return route.level != "none" and rank_of(level) >= rank_of(route.level)


_AGAIN = ("repeated", "changed", "updated")  # news only to who knows the alert
