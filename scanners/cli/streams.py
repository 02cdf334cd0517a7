"""Standard streams as a command finds them: closed, full, or without a letter that a name has."""

import codecs
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

_ESCAPED = "lppl-escaped"  # name of an error handler


def prepare() -> None:
    """Make the streams such that none of them can stop a command's work.

    A stream that is closed leads nowhere from then on: the next file that is opened would get its number, and
    with it what is printed. A closed output is told of on stderr. What stderr does not take is lost.
    """
    codecs.register_error(_ESCAPED, _escape)
    closed = [number for number in (0, 1, 2) if not _is_open(number)]
    for number in closed:
        _open_nowhere(number)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  for the life of the process
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal's encoding lacks stops no scan
            stream.reconfigure(errors=_ESCAPED)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _Heedless(sys.stderr)
    if 1 in closed:
        sys.stderr.write("lppl: the output is closed: nothing is printed\n")


def forget_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not fail on it at exit."""
    with suppress(OSError, ValueError):  # ValueError: no file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Heedless:
    """A text stream whose trouble, as a full disk or a reader that has left, is nobody's business."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _open_nowhere(number: int) -> None:
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Replace what the terminal's encoding lacks by JSON's own escapes, so that ``--json`` stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    units = (lacking[at : at + 2].hex() for at in range(0, len(lacking), 2))
    return "".join(f"\\u{unit}" for unit in units), error.end
