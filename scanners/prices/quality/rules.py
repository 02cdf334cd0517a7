"""What the quality gate looks for, and how it says what it found."""

from datetime import date
from typing import Literal

import msgspec

# A finding on rows sets them aside; the others are about the whole series.
RowRule = Literal[
    "unsorted",
    "not_finite",
    "duplicate",
    "conflict",
    "non_positive",
    "future",
    "weekend",
    "unfinished",
    "impossible_event",
    "spike",
]
Rule = Literal[
    RowRule,
    "split_suspected",
    "last_jump",
    "constant_run",
    "too_thin",
    "gap",
    "off_calendar",
    "missing_session",
    "too_old",
    "nothing_left",
    "contradicted",
]
Severity = Literal["info", "warning", "error"]


class Finding(msgspec.Struct, frozen=True):
    """Something found in a series.

    Attributes
    ----------
    rule : str
    severity : str
        ``info``; ``warning``, worth a look; ``error``, no alert while one of the sessions is in a window.
    message : str
    sessions : tuple of datetime.date
    """

    rule: Rule
    severity: Severity
    message: str
    sessions: tuple[date, ...]
