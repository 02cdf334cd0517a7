"""Text from outside (names, titles, a server's words) made safe for one line of a mail or a log."""

import unicodedata

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
