"""A long text in parts that a chat service takes, split between lines, the beginning first."""

from html import escape

MOST = 10  # parts of one message; a service stops listening to who sends more at once
_COUNTER = 24  # room for the number of a part and what a service puts between title and text
_LEAST = 100  # of room; a service with less gets the beginning only
CUT = "\n[...] lppl alerts list has the rest"


def split(text: str, limit: int, title: str) -> list[str]:
    """Return parts that fit below a title; the last one says so when there would be too many.

    Parameters
    ----------
    text : str
    limit : int
        Longest message with its title, in whatever the service counts; 0 for no limit. A part is counted
        by its UTF-8 bytes with ``&``, ``<`` and ``>`` escaped, which no service's count exceeds.
    title : str
        Repeated over each part.
    """
    room = limit - size(title) - _COUNTER
    if limit <= 0 or size(text) <= room:
        return [text]
    most = MOST if room >= _LEAST else 1
    room = max(room, min(limit, _LEAST) // 2)
    parts = _packed(text, room, most)
    if sum(map(len, parts)) < len(text):
        parts[-1] = _beginning(parts[-1], room - size(CUT)) + CUT if room > 2 * size(CUT) else parts[-1]
    return parts


def size(text: str) -> int:
    """Return the length of a text as the strictest of services counts it."""
    # Two bytes a line end: some services are sent CR and LF.
    return len(escape(text, quote=False).encode("utf-8", "replace")) + text.count("\n")


def _packed(text: str, room: int, most: int) -> list[str]:
    """Return up to ``most`` parts of whole lines; a line that is too long for one is cut."""
    parts, part = [], ""
    for line in text.splitlines(keepends=True):
        if size(part + line) > room and part:
            parts.append(part)
            part = ""
        while size(line) > room:
            head = _beginning(line, room)
            parts.append(head)
            line = line[len(head) :]
        part += line
        if len(parts) >= most:
            return parts[:most]
    return [*parts, *([part] if part else [])]


def _beginning(text: str, room: int) -> str:
    """Return the longest beginning of a text with that size, one character at least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= room else (low, middle - 1)
    return text[:low]
