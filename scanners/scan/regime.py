"""What a run keeps of the macro systems that were read with it."""

import msgspec

from scanners.core.vocabulary import Level


class Card(msgspec.Struct, frozen=True):
    """One system in short.

    Attributes
    ----------
    name, title, region : str
    state, since : str
        Of the lead monitor; ``not identified`` without one.
    level : str
        How much the state matters to who reads mails: ``calm``, ``watch``, ``warning`` or ``critical``.
    session : str
        ISO date of the last figure of the lead monitor; empty without one.
    answer : tuple of (str, str)
        Questions and answers.
    """

    name: str
    title: str
    region: str
    state: str
    since: str
    level: Level
    session: str
    answer: tuple[tuple[str, str], ...]


class Regime(msgspec.Struct, frozen=True):
    """The cards of the chosen systems, and the lines that stand behind a FOMO verdict."""

    cards: tuple[Card, ...] = ()
    context: tuple[str, ...] = ()
