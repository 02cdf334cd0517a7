"""From the rows of a run to episode steps and mails, all to be committed with the run. Reads no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scanners.alerts.audience import Known, heard_by, owed, place_of
from scanners.alerts.bubble import observations
from scanners.alerts.channels.interface import Notice
from scanners.alerts.channels.registry import channel_of
from scanners.alerts.digest import Digest, digest_of, identity, message_id
from scanners.alerts.episodes import advance, going_on, supersede
from scanners.alerts.observation import DIRECTIONS, Observation
from scanners.alerts.pages import Pages
from scanners.alerts.risk import CHANCE, RISK, risk_observations
from scanners.alerts.risk import asked_of as risk_asked
from scanners.config.settings import Route, Settings
from scanners.core.text import one_line
from scanners.core.vocabulary import Refused
from scanners.scan.plan import Plan
from scanners.store.episodes import MODEL, Standing, Step, fingerprint
from scanners.store.outbox import Message
from scanners.store.tellings import Telling
from scanners.verdict.proxy import raised_proxies
from scanners.verdict.whole_list import chance_today

if TYPE_CHECKING:
    from scanners.verdict.row import Row

# No prices to judge: trouble with the data, not the market.
UNUSABLE: tuple[Refused, ...] = ("failed", "stale", "unfit_for_log")
_NAMED = 20  # series named in a notice about the data


@dataclass(frozen=True)
class Decision:
    """What follows from a run.

    Parameters
    ----------
    steps : tuple of Step
        New steps of episodes.
    messages : tuple of Message
        Mails for the outbox, one a recipient.
    tellings : tuple of Telling
        Which route is told of which step.
    unhealthy : bool
        Whether so many series had no usable data that no alert was decided.
    """

    steps: tuple[Step, ...] = ()
    messages: tuple[Message, ...] = ()
    tellings: tuple[Telling, ...] = ()
    unhealthy: bool = False


def decide(
    rows: Sequence["Row"],
    plan: Plan,
    settings: Settings,
    *,
    last: Mapping[str, Step],
    opened: Iterable[Step] = (),
    alike: Iterable[str] = (),
    followed: Collection[str] = (),
    known: Known | None = None,
    pictures: Mapping[str, bytes] | None = None,
    given_up: Sequence[Message] = (),
    more: Iterable[Observation] = (),
    pages: Pages | None = None,
) -> Decision:
    """Return the episode steps and mails that follow from a run.

    Parameters
    ----------
    rows : sequence of Row
        What the scan found.
    plan : Plan
        Which run it is, and when it was asked for.
    settings : Settings
        Policy, rules of episodes, routes.
    last : mapping of str to Step
        Fingerprint -> newest step, for the fingerprints of :func:`fingerprints` that have one.
    opened : iterable of Step
        All open episodes; those of these series under a configuration that judges otherwise are closed.
    alike : iterable of str
        Other configurations that decide verdicts as the present one does: their episodes go on.
    followed : collection of str
        Fingerprints of episodes that another list goes on with: they are not closed.
    known : Known, optional
        Who was told of what so far; without it only what this run adds is told.
    pictures : mapping of str to bytes, optional
        Series -> PNG.
    given_up : sequence of Message
        Dead messages to report.
    more : iterable of Observation
        Of what is no series of the list, such as the state of a system; see `scanners.alerts.episodes`.
    pages : Pages, optional
        Where who is told can read on.
    """
    known = known or Known()
    unusable = [row for row in rows if row.verdict.status in UNUSABLE]
    if rows and len(unusable) >= settings.alerts.health_share * len(rows):
        notices = _health(rows, unusable, plan, settings, known.installation, given_up)
        return Decision(messages=tuple(notices), unhealthy=True)
    more, second = tuple(more), risk_observations(rows, settings)
    seen = [(model, row.name) for row in rows for model in (MODEL, RISK, CHANCE)]
    seen += [(each.model, each.series) for each in more]
    opened = tuple(opened)
    continued = going_on(opened, {plan.configuration, *alike})
    outdated = [
        step
        for step in opened
        if (continued.get(step.body.subject) is not step or _unasked(step.body, settings))
        and step.fingerprint not in followed
    ]
    steps = supersede(outdated, seen, plan.at)
    looked: dict[str, str] = {}
    for observation in (*observations(rows, settings), *second, *more):
        newest = continued.get(observation.subject) or last.get(observation.fingerprint(plan.configuration))
        step = advance(newest, observation, plan.configuration, plan.at, settings.alerts)
        steps += [step] if step else []
        if present := step or newest:
            looked[present.fingerprint] = observation.session
    notes = (*raised_proxies(rows), *chance_today(rows, settings.policy), *_failures(given_up))
    known = replace(known, steps=(*known.steps, *steps))
    told = _told(looked, known, plan, settings, notes, pictures or {}, pages)
    mails = [mail for _, some in told for mail in some]
    return Decision(tuple(steps), tuple(mails), tuple(each for some, _ in told for each in some))


def fingerprints(names: Iterable[str], configuration: str, more: Iterable[Observation] = ()) -> list[str]:
    """Return the fingerprints whose newest steps :func:`decide` needs."""
    own = [fingerprint(name, side, configuration) for name in names for side in DIRECTIONS.values()]
    return [*own, *(observation.fingerprint(configuration) for observation in more)]


def _unasked(body: Standing, settings: Settings) -> bool:
    """Return whether an episode is of the second axis and no route asks for it any more."""
    return body.model in (RISK, CHANCE) and (body.model, body.direction) not in risk_asked(settings.route)


def _told(
    looked: Mapping[str, str],
    known: Known,
    plan: Plan,
    settings: Settings,
    notes: Sequence[str],
    pictures: Mapping[str, bytes],
    pages: Pages | None,
) -> list[tuple[list[Telling], list[Message]]]:
    """Return what each route is told: its tellings, and a digest for each of its recipients.

    Parameters
    ----------
    looked : mapping of str to str
        Fingerprint -> session that the run saw, of the episodes that it looked at.
    known : Known
        With the steps of this run.
    """
    steps: dict[str, list[Step]] = {key: [] for key in looked}
    for step in known.steps:
        if step.fingerprint in steps:
            steps[step.fingerprint].append(step)
    found = []
    for route in settings.route:
        heard = heard_by(route, settings.route, known.tellings)
        several = (owed(route, plan.watchlist, steps[key], day, heard) for key, day in looked.items())
        news = [each for each in several if each]
        if not news:
            continue
        digest = digest_of([each.shown for each in news], plan.as_of, plan.watchlist, notes, pages)
        about = identity(each.step for each in news)
        identifier = message_id(settings.mail, known.installation, plan.as_of, route.name, *about)
        whom = (*route.recipients, *route.notify)
        said = [
            Telling(*place_of(each.step), route.name, identifier, whom, plan.watchlist, plan.as_of)
            for each in news
        ]
        found.append((said, list(messages(digest, settings, route, identifier, plan.at, pictures))))
    return found


def messages(
    digest: Digest,
    settings: Settings,
    route: Route,
    identifier: str,
    at: datetime,
    pictures: Mapping[str, bytes],
) -> Iterable[Message]:
    """Yield the rows of the outbox for a digest: one a recipient, with the same content for a channel."""
    about = {"route": route.name, "composed": at.isoformat()}
    notice = Notice(digest, settings.mail, route, identifier, at, pictures)
    bodies: dict[str, Mapping[str, Any]] = {}
    for recipient in (*route.recipients, *route.notify):
        channel = channel_of(recipient)
        if channel.name not in bodies:
            bodies[channel.name] = {**about, **channel.compose(notice)}
        yield Message(identifier, recipient, at, bodies[channel.name])


def _health(
    rows: Sequence["Row"],
    unusable: Sequence["Row"],
    plan: Plan,
    settings: Settings,
    installation: str,
    given_up: Sequence[Message],
) -> Iterable[Message]:
    count = f"{len(unusable)} of {len(rows)} series"
    named = [
        f"{one_line(row.name, 60)}: {row.verdict.status}: {one_line('; '.join(row.verdict.reasons))}"
        for row in unusable[:_NAMED]
    ]
    more = [f"and {len(unusable) - _NAMED} more"] if len(unusable) > _NAMED else []
    digest = Digest(
        subject=f"data: {count} have no usable prices ({plan.as_of})",
        summary=(
            f"Scan of {one_line(plan.watchlist)} as of {plan.as_of}: {count} have no usable prices. "
            "Alerts about markets are held back, episodes stay as they are.",
            *named,
            *more,
        ),
        notes=_failures(given_up),
    )
    for route in settings.route:
        if route.health and (not route.watchlists or plan.watchlist in route.watchlists):
            about = (route.name, "health", plan.watchlist, plan.configuration)
            identifier = message_id(settings.mail, installation, plan.as_of, *about)
            yield from messages(digest, settings, route, identifier, plan.at, {})


def _failures(given_up: Sequence[Message]) -> tuple[str, ...]:
    return tuple(
        f"Not delivered to {one_line(message.recipient)}: {one_line(message.body.get('subject', ''), 120)} "
        f"({one_line(message.last_error)})"
        for message in given_up
    )
