"""From defaults, ``scanner.toml``, the environment and options to settings that know where they come from."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from scanners.config.policy import RULES, Policy
from scanners.config.presets import PresetSettings, build
from scanners.config.schema import choices, is_text, refuse_unknown
from scanners.config.settings import PATHS, Settings
from scanners.core import toml
from scanners.core.errors import CommandError
from scanners.core.vocabulary import ASSET_CLASSES

FILE = "scanner.toml"
_PREFIX, _JOIN = "LPPL_", "__"
_PLACE = re.compile(r"(?: - at `\$\.?(?P<place>[^`]*)`)?$")


@dataclass(frozen=True)
class Configuration:
    """Effective settings.

    Parameters
    ----------
    settings : Settings
        Checked values.
    origins : mapping of str to str
        Dotted key -> where its value comes from; a key that is not in it has its default.
    """

    settings: Settings
    origins: Mapping[str, str]

    def listed(self) -> list[tuple[str, Any, str]]:
        """Return dotted key, plain value and origin of every setting."""
        values = _flat(msgspec.to_builtins(self.settings))
        return [(key, value, self.origin(key)) for key, value in values]

    def origin(self, key: str) -> str:
        """Return where the value of a dotted key comes from."""
        while key not in self.origins and "." in key:
            key = key.rpartition(".")[0]
        return self.origins.get(key, "default")


def load(
    path: Path | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    options: Mapping[str, Any] | None = None,
) -> Configuration:
    """Read and check the configuration: defaults < file < environment < options.

    Parameters
    ----------
    path : Path, optional
        The file, which must exist then; by default ``scanner.toml`` in the current folder if it is there.
    environment : mapping
        ``LPPL_MAIL__PORT`` sets ``mail.port``; what is no text is read as TOML.
    options : mapping, optional
        Dotted key -> value; None is no value.

    Raises
    ------
    CommandError
        If a key is unknown (the nearest one is named), a value breaks its rule, or the file cannot be read.
    """
    path = path or (Path(FILE) if Path(FILE).is_file() else None)
    given = {key: value for key, value in (options or {}).items() if value is not None}
    layers = [
        *([(str(path), toml.read(path))] if path else []),
        *((f"environment {name}", _nested(*_setting(name, text))) for name, text in _variables(environment)),
        *((f"option for {key}", _nested(key, value)) for key, value in given.items()),
    ]
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for source, layer in layers:
        refuse_unknown(source, layer)
        _merge(merged, layer)
        origins |= {key: source for key, _ in _flat(layer)}
    return Configuration(_checked(merged, origins), origins)


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in sorted(environment.items()):
        if name.startswith(_PREFIX) and _JOIN in name:
            yield name, text


def _setting(name: str, text: str) -> tuple[str, Any]:
    key = name.removeprefix(_PREFIX).lower().replace(_JOIN, ".")
    if is_text(key):
        return key, text
    try:
        return key, toml.parse(f"value = {text}", name)["value"]
    except CommandError:
        return key, text


def _nested(key: str, value: Any) -> dict[str, Any]:
    for part in reversed(key.split(".")):
        value = {part: value}
    return value


def _merge(base: dict[str, Any], layer: Mapping[str, Any]) -> None:
    for key, value in layer.items():
        if isinstance(value, Mapping) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = dict(value) if isinstance(value, Mapping) else value


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _flat(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


def _checked(merged: dict[str, Any], origins: dict[str, str]) -> Settings:
    policy = merged.get("policy", {})
    classes = {}
    if isinstance(policy, dict):
        classes = policy.pop("by_asset_class", {})
        merged["policy"] = {
            "null_paths": PATHS,
            **_rules(policy.pop("rules", "measured"), origins),
            **policy,
        }
    presets = merged.get("preset", {})
    for name, preset in presets.items() if isinstance(presets, dict) else ():
        checked = _convert(preset, PresetSettings, f"preset.{name}", origins)
        try:
            build(name, checked)
        except ValueError as error:
            raise CommandError(f"{_sources(f'preset.{name}', origins)}: {error}") from None
    settings = _convert(merged, Settings, "", origins)
    overridden = _overrides(settings.policy, classes, origins)
    # Also without overrides: msgspec leaves defaults out of a dataclass, and they would not be shown.
    return msgspec.structs.replace(settings, policy=replace(settings.policy, by_asset_class=overridden))


def _rules(name: Any, origins: dict[str, str]) -> Mapping[str, Any]:
    """Return the thresholds that ``policy.rules`` stands for; keys of their own override them."""
    if name not in RULES:
        known = ", ".join(RULES)
        place = _sources("policy.rules", origins)
        raise CommandError(f"{place}: policy.rules: must be one of {known}, got {name!r}")
    source = f"policy.rules = {name} ({_sources('policy.rules', origins)})"
    for key in RULES[name]:
        origins.setdefault(f"policy.{key}", source)
    return RULES[name]


def _overrides(policy: Policy, classes: Any, origins: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    found = {}
    base = msgspec.to_builtins(policy)
    for name, overrides in _convert(classes, dict[str, dict], "policy.by_asset_class", origins).items():
        place = f"policy.by_asset_class.{name}"
        if name not in ASSET_CLASSES:
            known = ", ".join(ASSET_CLASSES)
            raise CommandError(f"{_sources(place, origins)}: {place} must be one of {known}")
        checked = _convert(base | overrides, Policy, place, origins)
        found[name] = {key: getattr(checked, key) for key in overrides}
    return found


def _convert(value: Any, kind: Any, prefix: str, origins: Mapping[str, str]) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message = str(error)
        found = _PLACE.search(message)
        place = found["place"] or "" if found else ""
        key = ".".join(part for part in (prefix, place) if part)
        what = (message[: found.start()] if found else message).replace("`", "")
        known = choices(kind, place) if what.startswith("Invalid enum value") else ()
        if known:
            what = f"must be one of {', '.join(known)}, got{what.removeprefix('Invalid enum value')}"
        raise CommandError(f"{_sources(key, origins)}: {key + ': ' if key else ''}{what}") from None


def _sources(key: str, origins: Mapping[str, str]) -> str:
    """Return where the value of a key, or what is in a section, comes from."""
    key = re.sub(r"\[.*", "", key)
    inside = [origins[known] for known in origins if known == key or known.startswith(f"{key}.") or not key]
    above = [origins[known] for known in origins if key.startswith(f"{known}.")]
    return ", ".join(dict.fromkeys(inside or above)) or "configuration"
