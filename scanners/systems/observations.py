"""Observations by which episodes of systems open, change their state and end."""

from collections.abc import Iterable

from scanners.alerts.observation import Observation
from scanners.scan.regime import Card

MODEL = "systems"


def episode_observations(cards: Iterable[Card]) -> list[Observation]:
    """Return the observations by which episodes of systems open, change their state and end.

    A system without figures says nothing: its episode stays as it is.
    """
    return [
        Observation(
            series=one.name,
            title=one.title,
            direction="state",
            session=one.session,
            level=one.level,
            held=one.level,
            reasons=tuple(f"{question}: {text}." for question, text in one.answer[:2]),
            context=tuple(f"{question}: {text}" for question, text in one.answer[2:]),
            model=MODEL,
            state=one.state,
        )
        for one in cards
        if one.session
    ]
