"""Observations of the second axis, where a route asks: the risk of a series, chances with conditions."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scanners.alerts.observation import Observation
from scanners.config.policy import Policy
from scanners.config.settings import ChanceAsked, Route, Settings
from scanners.core.vocabulary import Level, RaisedRisk, Risk, rank_of
from scanners.store.episodes import Standing

if TYPE_CHECKING:
    from scanners.verdict.row import JudgedRow, Row

RISK, CHANCE = "risk", "chance"  # models of episodes
FALL = "fall"  # direction of a risk's episodes
LEVEL_OF: dict[Risk, Level] = {"usual": "calm", "raised": "watch", "high": "warning"}
_LABELS: dict[Level, str] = {"watch": "risk raised", "warning": "risk high"}


def risk_observations(rows: Iterable["Row"], settings: Settings) -> list[Observation]:
    """Return what routes that ask for it are to hear of each row's chances of falls.

    A row without a chance says nothing: its episodes stay as they are.

    Parameters
    ----------
    rows : iterable of Row
    settings : Settings
        Policy and routes.
    """
    from scanners.verdict.row import JudgedRow

    asked = asked_of(settings.route)
    judged = [row for row in rows if isinstance(row, JudgedRow)]
    return [each for row in judged for each in _observed(row, asked, settings)]


def asked_of(routes: Iterable[Route]) -> dict[tuple[str, str], ChanceAsked | None]:
    """Return model and direction of every episode of the second axis that a route asks for."""
    found: dict[tuple[str, str], ChanceAsked | None] = {}
    for route in routes:
        if route.risk:
            found[RISK, FALL] = None
        if route.chance is not None:
            found[CHANCE, condition(route.chance)] = route.chance
    return found


def condition(asked: ChanceAsked) -> str:
    """Return a condition on a chance in words, which tell its episodes from those of other conditions."""
    size = f"{asked.fall[:-1]} standard deviations" if asked.fall.endswith("s") else f"{asked.fall}%"
    times = f", {asked.times_usual:g} times usual" if asked.times_usual else ""
    return f"fall of {size} in {asked.sessions} sessions at least {asked.at_least:.0%}{times}"


def hears(body: Standing, level: Level, route: Route) -> bool:
    """Return whether a route asks for episodes of this kind of the second axis, at this level.

    Parameters
    ----------
    body : Standing
        Of an episode of the models `RISK` or `CHANCE`.
    level : str
        That it has, or had at most.
    route : Route
    """
    if body.model == CHANCE:
        return route.chance is not None and body.direction == condition(route.chance)
    lowest: RaisedRisk | str = route.risk
    return lowest in ("raised", "high") and rank_of(level) >= rank_of(LEVEL_OF[lowest])


def label(body: Standing, level: Level) -> str:
    """Return what the level of an episode is called."""
    if body.model == CHANCE:
        return "chance"
    return _LABELS.get(level, level) if body.model == RISK else level


def _observed(
    row: "JudgedRow", asked: dict[tuple[str, str], ChanceAsked | None], settings: Settings
) -> Iterator[Observation]:
    from scanners.verdict.fall_words import chance_lines
    from scanners.verdict.move_words import moves_line

    policy = settings.policy.for_class(row.asset_class)
    for (model, direction), wanted in asked.items():
        seen = _risk(row, policy) if wanted is None else _chance(row, wanted)
        if seen is None:
            continue
        level, reasons = seen
        yield Observation(
            calendar=row.evidence.data.calendar,
            series=row.name,
            title=row.title,
            direction=direction,
            session=row.evidence.data.last,
            level=level,
            held=level,
            reasons=reasons,
            chances=chance_lines(row.evidence.falls) if level != "calm" else (),
            headline=row.verdict.headline,
            moves=moves_line(row.evidence),
            model=model,
        )


def _risk(row: "JudgedRow", policy: Policy) -> tuple[Level, tuple[str, ...]] | None:
    from scanners.verdict.fall_words import risk_reason, usual_line

    falls, risk = row.evidence.falls, row.verdict.risk
    if falls is None or risk is None:
        return None
    return LEVEL_OF[risk], (risk_reason(falls, risk, policy) or usual_line(falls),)


def _chance(row: "JudgedRow", asked: ChanceAsked) -> tuple[Level, tuple[str, ...]] | None:
    from scanners.verdict.fall_words import stated

    falls = row.evidence.falls
    one = falls.cell(asked.fall, asked.sessions) if falls else None
    if one is None:
        return None
    met = one.chance >= asked.at_least and one.chance >= asked.times_usual * one.usual
    return ("watch" if met else "calm"), (f"{stated(one, falls)} ({one.times_usual:.1f} times).",)
