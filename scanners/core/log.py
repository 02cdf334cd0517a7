"""Structured log lines on stderr: what a run does and when, as text or as a JSON object a line."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Literal, TextIO

from scanners.core.text import one_line

Style = Literal["text", "json", "none"]
_BARE = re.compile(r"[A-Za-z0-9_.:/+-]+")


class Log:
    """A sink of events.

    Parameters
    ----------
    style : {"text", "json", "none"}
        ``none`` drops everything.
    stream : text file
        Where the lines go.
    clock : callable, optional
        Returns the present with a time zone.
    """

    def __init__(self, style: Style, stream: TextIO, clock: Callable[[], datetime] | None = None) -> None:
        self._style, self._stream = style, stream
        self._clock = clock or (lambda: datetime.now(timezone.utc))

    def __call__(self, event: str, **facts: Any) -> None:
        """Write one line: the time, what happened, and facts about it."""
        if self._style == "none":
            return
        moment = self._clock().isoformat(timespec="seconds")
        if self._style == "json":
            line = json.dumps({"time": moment, "event": event, **facts}, default=str)
        else:
            line = " ".join([moment, event, *(f"{name}={_shown(value)}" for name, value in facts.items())])
        with suppress(OSError):  # a full disk, a reader that has left: no work is lost for a line
            self._stream.write(line + "\n")
            self._stream.flush()


def _shown(value: Any) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else one_line(str(value), 300)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
