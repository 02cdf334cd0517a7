"""Answers in JSON: told from what is none, and read as prices."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from scanners.prices.files.cells import parse_date, parse_number
from scanners.prices.interface import FetchError


def decoded(payload: bytes) -> Any:
    """Return an answer, decoded.

    Raises
    ------
    FetchError
        ``rate_limited`` where the answer is a sentence about a limit; ``malformed`` for other text.
    """
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        text = payload[:300].decode("utf-8", "replace").strip()
    if not text.startswith("<") and " limit" in f" {text.lower()}":
        raise FetchError("rate_limited", "the service says that a limit is reached")
    raise FetchError(
        "malformed", f"JSON was expected, got {'a web page' if text[:1] == '<' else 'other text'}"
    )


def read(
    rows: Iterable[Mapping[str, Any]], date_name: str, names: Mapping[str, str]
) -> tuple[list[date], dict[str, list[float]]]:
    """Return the dates and the columns of objects, one a session.

    Raises
    ------
    FetchError
        ``malformed`` if a field is missing or holds something else.
    """
    sessions: list[date] = []
    columns: dict[str, list[float]] = {name: [] for name in names}
    for line, row in enumerate(rows, 1):
        try:
            sessions.append(parse_date(str(row[date_name])))
            for ours, theirs in names.items():
                cell = row[theirs]
                columns[ours].append(parse_number("" if cell is None else str(cell)))
        except KeyError as error:
            raise FetchError("malformed", f"session {line} must have {error.args[0]!r}") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise FetchError("malformed", f"session {line} is broken: {error}") from None
    return sessions, columns
