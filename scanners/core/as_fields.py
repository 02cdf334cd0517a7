"""Nested dataclasses as nested dicts: ``dataclasses.asdict`` without copies of what they hold."""

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

_PLAIN = frozenset((float, int, str, bool, type(None)))


def as_fields(value: Any) -> Any:
    """Return dataclasses as dicts of their fields, at any depth of tuples, lists and dicts.

    What they hold besides is handed on and not copied: it must not be changed.
    """
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    names = _names(kind)
    if names is not None:
        return {name: as_fields(getattr(value, name)) for name in names}
    if kind is tuple or kind is list:
        return kind([as_fields(item) for item in value])
    if kind is dict:
        return {key: as_fields(item) for key, item in value.items()}
    return value


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None
