"""Text for people: what comes from outside made safe for one line of a mail or a log, and counts."""

import unicodedata
from datetime import date

_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def one_line(text: str, longest: int = 200) -> str:
    """Return text on one line: control, format and direction characters become spaces, a long tail is cut.

    Parameters
    ----------
    text : str
        Anything.
    longest : int
        Most characters to keep; a cut ends in "…".
    """
    plain = "".join(" " if unicodedata.category(character) in _UNSAFE else character for character in text)
    line = " ".join(plain.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def counted(number: int, noun: str) -> str:
    """Return a number with a noun that takes an s beside any other than one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def day_and_month(iso: str) -> str:
    """Return an ISO date of the last months, such as "26 January"."""
    found = date.fromisoformat(iso[:10])
    return f"{found.day} {found:%B}"
