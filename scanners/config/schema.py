"""The shape of ``scanner.toml``: which keys there are, and the nearest one to a key that is not."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from msgspec import inspect

from scanners.config.policy import RETIRED, RULES, Policy
from scanners.config.settings import Settings
from scanners.core.errors import CommandError

_type_info = cache(inspect.type_info)
_SCHEMA = _type_info(Settings)


def is_text(key: str) -> bool:
    """Return whether the value of a dotted key is text, to be taken as it stands."""
    info: Any = _SCHEMA
    for part in key.split("."):
        known = _keys(info)
        if known is None or part not in known:
            return False
        info = known[part]
    return isinstance(info, inspect.StrType | inspect.LiteralType)


def choices(kind: Any, place: str) -> tuple[str, ...]:
    """Return the words that may stand at a place of a type, as ``route[0].level``; none for no choice."""
    info: Any = _type_info(kind)
    for part in place.split("."):
        name, _, number = part.partition("[")
        info = (_keys(info) or {}).get(name)
        if number and isinstance(info, inspect.VarTupleType):
            info = info.item_type
    return tuple(map(str, info.values)) if isinstance(info, inspect.LiteralType) else ()


def _keys(info: Any) -> dict[str, Any] | None:
    """Return the keys that a type allows with their types; None when it allows any."""
    if isinstance(info, inspect.Metadata):
        info = info.type
    if isinstance(info, inspect.StructType | inspect.DataclassType):
        keys: dict[str, Any] = {part.encode_name: part.type for part in info.fields}
        if info.cls is Policy:
            own = {key: kind for key, kind in keys.items() if key != "by_asset_class"}
            keys["by_asset_class"] = _ClassOverrides(own)
            keys["rules"] = inspect.LiteralType(tuple(RULES))
        return keys
    return None


@dataclass(frozen=True)
class _ClassOverrides:
    """Stands for a table of asset classes, each a table of the policy's own keys."""

    keys: Mapping[str, Any]


def refuse_unknown(source: str, layer: Mapping[str, Any], kind: type = Settings) -> None:
    """Raise a `CommandError` that names the nearest key when a layer has one that ``kind`` does not know."""
    for place, key, known in _unknown(layer, _type_info(kind), ""):
        if place.startswith("policy.") and key in RETIRED:
            raise CommandError(f"{source}: {place}{key} has no meaning any more: {RETIRED[key]}")
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f"did you mean {place}{near[0]}?" if near else f"known are {', '.join(sorted(known))}"
        raise CommandError(f"{source}: unknown key {place}{key}: {hint}")


def _unknown(value: Any, info: Any, place: str) -> Iterator[tuple[str, str, list[str]]]:
    if isinstance(info, inspect.VarTupleType) and isinstance(value, list | tuple):
        for number, inner in enumerate(value, 1):
            yield from _unknown(inner, info.item_type, f"{place.rstrip('.')}[{number}].")
    if not isinstance(value, Mapping):
        return
    if isinstance(info, inspect.Metadata):
        info = info.type
    if isinstance(info, inspect.DictType):
        for key, inner in value.items():
            yield from _unknown(inner, info.value_type, f"{place}{key}.")
    elif isinstance(info, _ClassOverrides):
        for name, overrides in value.items():
            for key in overrides if isinstance(overrides, Mapping) else ():
                if key not in info.keys:
                    yield f"{place}{name}.", key, list(info.keys)
    elif (keys := _keys(info)) is not None:
        for key, inner in value.items():
            if key in keys:
                yield from _unknown(inner, keys[key], f"{place}{key}.")
            else:
                yield place, key, list(keys)
